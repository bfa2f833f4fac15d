"""A backup in one file while the site runs, and restoring it into an empty database.

The archive holds the database as it was at one moment, the files that database names, and a manifest with
checksums. It never holds a key: without IDENTITY_KEYS the sealed names in it stay sealed.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from portal.core.database import Base, learn_sizes
from portal.core.storage import FileMissing, Storage
from portal.core.version import VERSION

#: Raised when what is in the archive changes its shape.
FORMAT = 1
_DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_MANIFEST = "manifest.json"
_FILES = "files/"
_MIME = {"webp": "image/webp", "pdf": "application/pdf"}
#: Light compression: photos are compressed already, and the database shrinks to a fifth with it.
_LEVEL = 3
#: Beyond every number a page was kept under before the restore.
_NEW_PAGES = 1_000_000


class BackupFailed(Exception):
    """Nothing was written; the message says why in words for whoever runs the portal."""


class RestoreRefused(Exception):
    """Nothing was changed; the message says why in words for whoever runs the portal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: size in bytes, checksum in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. `counts` are rows by table, `missing` files that the storage had lost."""

    format: int
    version: str
    made_at: str
    engine: str
    revision: str
    counts: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def text(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "entries"}
        shown["entries"] = [{"name": e.name, "size": e.size, "sha256": e.sha256} for e in self.entries]
        return json.dumps(shown, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Manifest":
        """Read a manifest. Raises RestoreRefused."""
        try:
            values = json.loads(raw)
            values["entries"] = [Entry(**entry) for entry in values["entries"]]
            manifest = cls(**values)
        except (ValueError, TypeError, KeyError) as error:
            raise RestoreRefused("the manifest cannot be read") from error
        if manifest.format != FORMAT:
            raise RestoreRefused(f"the archive has format {manifest.format}, this version reads {FORMAT}")
        return manifest


# --- making one ---------------------------------------------------------------------------------------


def backup(target: Path, *, engine: Engine, storage: Storage, at: datetime) -> Manifest:
    """Write the archive `target` and return its manifest. Writers go on writing meanwhile.

    The file appears whole or not at all, readable by its owner only. Raises BackupFailed.
    """
    if target.exists():
        raise BackupFailed(f"{target} is there already")
    draft = target.with_name(f".{target.name}.part")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            copy = Path(folder) / _DATABASE[engine.dialect.name]
            with _snapshot(engine, copy) as found:
                manifest, keys = _describe(found, engine, at)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=_LEVEL) as archive:
                    _add_database(archive, manifest, copy, at)
                    for key in keys:
                        _add_stored(archive, manifest, storage, key, at)
                    _add_bytes(archive, _MANIFEST, manifest.text(), at)
                raw.flush()
                os.fsync(raw.fileno())
        os.link(draft, target)  # refuses where rename would replace what appeared meanwhile
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{type(error).__name__}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


@contextmanager
def _snapshot(engine: Engine, copy: Path) -> Iterator[Connection]:
    """Copy the database into a file and yield a connection that sees exactly what was copied."""
    if engine.dialect.name == "sqlite":
        _copy_sqlite(_sqlite_file(engine), copy)
        with closing(sqlite3.connect(copy)) as raw:
            found = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupFailed(f"the copy of the database is damaged: {found}")
        with _engine_of(copy) as own, own.connect() as connection:
            yield connection
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        arguments = ("--format=custom", "--no-owner", f"--snapshot={name}", f"--file={copy}")
        trouble = _run_postgresql(engine, "pg_dump", *arguments)
        if trouble:
            raise BackupFailed(trouble)
        yield connection


@contextmanager
def _engine_of(file: Path) -> Iterator[Engine]:
    """Open a copy of the database that nobody else uses."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def _sqlite_file(engine: Engine) -> Path:
    return Path(engine.url.database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database through SQLite's own backup: one moment of it, while others write on."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        # All pages in one step: in steps, a busy site would make it begin anew again and again.
        old.backup(new, pages=-1)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it


def _run_postgresql(engine: Engine, program: str, *arguments: str) -> str:
    """Run pg_dump or pg_restore on the database; return what went wrong, or nothing."""
    url = engine.url
    given = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),  # in the environment: a command line can be read by all
        "PGDATABASE": url.database or "",
    }
    found = shutil.which(program)
    if found is None:
        return f"{program} is not installed (package postgresql-client)"
    env = {**os.environ, **{name: value for name, value in given.items() if value}}
    done = subprocess.run([found, *arguments], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    return f"{program}: {done.stderr.strip()[-500:]}" if done.returncode else ""


def _describe(found: Connection, engine: Engine, at: datetime) -> tuple[Manifest, list[str]]:
    """Return a manifest without entries, and the keys of all files that the snapshot names."""
    revision = found.scalar(text("SELECT version_num FROM alembic_version"))
    rows = found.execute(text("SELECT storage_key, thumbnail_key FROM attachment ORDER BY id"))
    keys = list(dict.fromkeys(key for row in rows for key in row if key))
    manifest = Manifest(
        FORMAT, VERSION, at.isoformat(), engine.dialect.name, str(revision), _counts(found)
    )  # fmt: skip
    return manifest, keys


def _counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of each of our tables."""
    there = set(inspect(connection).get_table_names())
    ours = sorted(name for name in Base.metadata.tables if name in there)
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0  # noqa: S608 (our own names)
        for name in ours
    }


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), int(at.timestamp()), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _add_database(archive: tarfile.TarFile, manifest: Manifest, copy: Path, at: datetime) -> None:
    entry = tarfile.TarInfo(copy.name)
    entry.size, entry.mtime, entry.mode = copy.stat().st_size, int(at.timestamp()), 0o600
    with copy.open("rb") as data:
        sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        data.seek(0)
        archive.addfile(entry, data)
    manifest.entries.append(Entry(copy.name, entry.size, sha256))


def _add_stored(
    archive: tarfile.TarFile, manifest: Manifest, storage: Storage, key: str, at: datetime
) -> None:
    try:
        data = storage.get(key)
    except FileMissing:
        # A draft thrown away since the snapshot takes its photos along; anything else is to be looked into.
        manifest.missing.append(key)
        return
    _add_bytes(archive, _FILES + key, data, at)
    manifest.entries.append(Entry(_FILES + key, len(data), hashlib.sha256(data).hexdigest()))


# --- bringing one back --------------------------------------------------------------------------------


def restore(source: Path, *, engine: Engine, storage: Storage) -> Manifest:
    """Check an archive and bring it back: files first, then the database, which must be empty.

    Nothing is changed before everything in the archive was checked. Raises RestoreRefused.
    """
    if inspect(engine).get_table_names():
        raise RestoreRefused("the database is not empty: restore into a new one (or move the old file away)")
    try:
        with TemporaryDirectory(dir=source.parent, prefix=".restore-") as folder:
            with tarfile.open(source, mode="r:gz") as archive:
                archive.extractall(folder, filter="data")
            manifest = _checked(Path(folder), engine)
            for entry in manifest.entries:
                if entry.name.startswith(_FILES):
                    key = entry.name.removeprefix(_FILES)
                    storage.put(key, (Path(folder) / entry.name).read_bytes(), _MIME[key.rpartition(".")[2]])
            _bring_back(Path(folder) / _DATABASE[engine.dialect.name], engine)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise RestoreRefused(f"the archive is damaged ({type(error).__name__})") from error
    return manifest


def _checked(folder: Path, engine: Engine) -> Manifest:
    """Return the manifest of what lies in a folder, after comparing every file with it."""
    if not (folder / _MANIFEST).is_file():
        raise RestoreRefused("the archive has no manifest: it is not a whole backup of this portal")
    manifest = Manifest.read((folder / _MANIFEST).read_bytes())
    if manifest.engine != engine.dialect.name:
        raise RestoreRefused(
            f"the archive holds a {manifest.engine} database, DATABASE_URL names {engine.dialect.name}"
        )
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {_MANIFEST}
    named = {entry.name: entry for entry in manifest.entries}
    if there != named.keys() or _DATABASE[manifest.engine] not in named:
        raise RestoreRefused("the archive does not hold what its manifest says")
    for entry in manifest.entries:
        with (folder / entry.name).open("rb") as data:
            if hashlib.file_digest(data, "sha256").hexdigest() != entry.sha256:
                raise RestoreRefused(f"{entry.name} was changed or damaged")
    return manifest


def _bring_back(copy: Path, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        engine.dispose()
        _copy_sqlite(copy, _sqlite_file(engine))
    else:
        arguments = ("--no-owner", "--exit-on-error", "--single-transaction", str(copy))
        name = f"--dbname={engine.url.database}"
        trouble = _run_postgresql(engine, "pg_restore", name, *arguments)
        if trouble:
            raise RestoreRefused(trouble)
    with engine.begin() as connection:
        # What a proxy or a process kept of the pages before must not pass for what is there now.
        raised = text(
            "UPDATE page_version SET number = number + :more, reference_number = reference_number + :more"
        )
        connection.execute(raised, {"more": _NEW_PAGES})
        learn_sizes(connection)  # a restored database knows nothing of its own contents
