"""The rows that hang on made-up submissions, gathered and written some thousand at a time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count, islice
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, text

from portal.core.database import Base, db
from portal.models import Answer, Event, Note, Question, Status, Support


class Rows:
    """The rows that hang on a chunk of submissions, written together. Ids that events name are reserved."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.supports: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self._note_ids = _ids(Note)
        self._question_ids = _ids(Question)
        self._answer_ids = _ids(Answer)
        self._cases: dict[int, dict[str, Any]] = {}

    def event(
        self,
        row: dict[str, Any],
        action: str,
        at: datetime,
        before: Status | None,
        after: Status | None,
        actor: int | None,
        public: bool,
        data: dict[str, Any],
    ) -> None:
        """Note what happened."""
        self._cases[row["id"]] = row
        self.events.append(
            {
                "submission_id": row["id"],
                "at": at,
                "action": action,
                "actor_kind": "reporter" if actor is None else "staff",
                "actor_id": actor,
                "from_status": before,
                "to_status": after,
                "public": public,
                "data": data,
            }
        )

    def merged(self, row: dict[str, Any], at: datetime, actor: int | None) -> dict[str, Any]:
        """Add the other half of a merge to its target; return the data of this half."""
        target = self._cases[row["merged_into_id"]]
        supports = 1 + row["support_count"]
        target["support_count"] += supports
        data = {"source_reference": row["reference"]}
        self.event(target, "merged_in", at, target["status"], None, actor, True, data)
        return {"target_reference": target["reference"], "supports": supports}

    def note(self, row: dict[str, Any], author: int | None, body: str, at: datetime) -> int:
        """Add an internal note and return its id."""
        return _add(
            self.notes,
            self._note_ids,
            {"submission_id": row["id"], "author_id": author, "body": body, "created_at": at},
        )

    def question(
        self, row: dict[str, Any], author: int | None, words: str, at: datetime, expires_at: datetime
    ) -> int:
        """Add an open question and return its id."""
        question = {
            "submission_id": row["id"],
            "asked_by_id": author,
            "text": words,
            "asked_at": at,
            "expires_at": expires_at,
            "reply": "",
            "replied_at": None,
        }
        return _add(self.questions, self._question_ids, question)

    def reply(self, words: str, at: datetime) -> int:
        """Answer the newest question and return its id."""
        question = self.questions[-1]
        question |= {"reply": words, "replied_at": at}
        return int(question["id"])

    def answer(
        self, row: dict[str, Any], kind: str, agency_id: int, author: int | None, words: str, at: datetime
    ) -> int:
        """Add a published text and return its id."""
        answer = {
            "submission_id": row["id"],
            "kind": kind,
            "agency_id": agency_id,
            "author_id": author,
            "text": words,
            "published_at": at,
            "updated_at": at,
            "version": 1,
        }
        return _add(self.answers, self._answer_ids, answer)

    def write(self) -> None:
        """Write everything. The submissions stand already."""
        execute(Note, self.notes)
        execute(Question, self.questions)
        execute(Answer, self.answers)
        execute(Event, self.events)
        execute(Support, self.supports)


def _add(rows: list[dict[str, Any]], ids: Iterator[int], row: dict[str, Any]) -> int:
    id_ = next(ids)
    rows.append({"id": id_, **row})
    return id_


def execute(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    if rows:
        db.session.connection().execute(insert(table), rows)


def reserve(table: type[Base], count: int) -> list[int]:
    """Return ids for new rows that nobody else gets."""
    return list(islice(_ids(table), count))


def _ids(table: type[Base]) -> Iterator[int]:
    """Yield ids. On SQLite nobody else writes meanwhile; PostgreSQL gives them from its sequence."""
    made = cast(Table, table.__table__)
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        yield from count((connection.scalar(select(func.max(made.c.id))) or 0) + 1)
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, 500)")
    name = connection.dialect.identifier_preparer.quote(made.name)
    while True:
        yield from connection.scalars(query, {"name": name}).all()
