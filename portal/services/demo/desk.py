"""What the desk of the demonstration works with: rules, days to answer, templates, searches, things to do."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.core.clock import city_date
from portal.models import Kind, Priority, Status, Submission
from portal.queries import reference
from portal.rules.permissions import Actor
from portal.services import cases, routing, saved_filters, templates, watches
from portal.services.demo.people import Staff

#: Of every so many open cases one is urgent, one put off, one watched by a coordinator.
_URGENT, _PUT_OFF, _WATCHED = 11, 17, 13


class Desk:
    """Sets the desk up before the stories begin, and leaves work on it after they ended."""

    def __init__(self, folder: Path, staff: Staff) -> None:
        self._read: dict[str, list[dict[str, Any]]] = json.loads(
            (folder / "desk.json").read_text(encoding="utf-8")
        )
        self._staff = staff
        self._agencies = {row.code: row.id for row in reference.agencies().values()}
        self._categories = {row.slug: row.id for row in reference.categories().values()}

    def set_up(self, at: datetime) -> None:
        """Write rules, days to answer, templates and searches as the people in charge would."""
        admin = self._staff.admin()
        for rule in self._read["rules"]:
            kind = rule.get("kind")
            routing.save_rule(
                None,
                actor=admin,
                at=at,
                name=rule["name"],
                kind=Kind(kind) if kind else None,
                category_id=self._category(rule.get("category")),
                words=rule.get("words", ""),
                agency_id=self._agencies[rule["agency"]],
                set_category_id=self._category(rule.get("set_category")),
                priority=rule.get("priority"),
            )
        for level in self._read["levels"]:
            routing.set_level(Kind(level["kind"]), None, level["days"], actor=admin, at=at)
        for template in self._read["templates"]:
            agency_id = self._agency(template["agency"])
            templates.create(
                fields={
                    "agency_id": agency_id,
                    "category_id": self._category(template.get("category")),
                    "kind": template["kind"],
                    "reason_code": template.get("reason", ""),
                    "title": template["title"],
                    "text": template["text"],
                },
                actor=self._writer(agency_id),
                at=at,
            )
        for search in self._read["filters"]:
            agency_id = self._agency(search.get("agency"))
            saved_filters.keep(
                actor=self._writer(agency_id),
                at=at,
                name=search["name"],
                queue=search["queue"],
                query=search["query"],
                agency_id=agency_id,
                everybody=agency_id is None,
            )

    def leave_work(self, open_cases: list[Submission], at: datetime) -> None:
        """Make some open cases urgent, put some off until the day after tomorrow, watch some."""
        triage = self._staff.triage(0)
        soon = at + timedelta(days=3)
        for number, case in enumerate(open_cases):
            if number % _URGENT == 0:
                cases.prioritise(case, priority=Priority.URGENT, actor=triage, at=at)
            if number % _WATCHED == 0:
                watches.watch(case, actor=triage, at=at)
            waits = case.due_at is not None and case.due_at > soon and case.status is not Status.NEEDS_INFO
            if number % _PUT_OFF == 0 and waits:
                cases.later(case, until=city_date(at) + timedelta(days=1), actor=triage, at=at)

    def _writer(self, agency_id: int | None) -> Actor:
        return self._staff.triage(0) if agency_id is None else self._staff.head(agency_id)

    def _agency(self, code: str | None) -> int | None:
        return self._agencies[code] if code else None

    def _category(self, slug: str | None) -> int | None:
        return self._categories[slug] if slug else None
