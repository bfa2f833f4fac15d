"""How migrations run: one transaction for all of them, on either engine.

SQLite cannot alter much; batch mode builds a table anew and drops the old one. With foreign keys on, that
drop would take the rows of other tables along, so they are off before the transaction begins and checked
before it ends.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Column, Connection, Engine

from portal.core.database import EnumText, UtcDateTime, writing

migrate = current_app.extensions["migrate"]

#: The full-text table and its shadow tables, and what PostgreSQL derives from stems: no model can say them.
SEARCH_TABLE = "search_index"
SEARCH_ON_POSTGRESQL = {"index": "ix_search_document_words", "column": "words"}
#: SQLite does not tell that an index falls ("received_at DESC"); `db check` on PostgreSQL compares these.
FALLING = {
    index.name
    for table in migrate.db.metadata.tables.values()
    for index in table.indexes
    if not all(isinstance(part, Column) for part in index.expressions)
}
#: Two servers that start together migrate one after the other.
LOCK = 7_312_001


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    """Leave out of the comparison with the models what they cannot say or the engine cannot tell."""
    if kind == "index" and name in FALLING:
        return migrate.db.engine.dialect.name != "sqlite"
    if not reflected or name is None:
        return True
    if kind == "table":
        return name != SEARCH_TABLE and not name.startswith(f"{SEARCH_TABLE}_")
    on_search = getattr(thing, "table", None) is not None and thing.table.name == "search_document"
    return not (on_search and SEARCH_ON_POSTGRESQL.get(kind) == name)


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as what they are in the database, so that old migrations never change."""
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_on(connection: Connection) -> None:
    """Run what is to be run on a connection whose foreign keys are already as they must be."""
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        include_object=include_object,
        render_item=render_item,
        transactional_ddl=True,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(
                    f"migrations left rows that point nowhere, nothing was changed: {broken[:5]}"
                )


def run_online(engine: Engine) -> None:
    """Migrate the database of the application."""
    with writing(), engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite and raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction
        try:
            run_on(connection)
        finally:
            if sqlite and raw is not None:
                raw.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: rebuilding a table depends on what is in it.")
run_online(migrate.db.engine)
