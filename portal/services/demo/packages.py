"""The catalogue of the demonstration: stops, a waiting change, visitors' questions, and the city's checks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.tokens import digest
from portal.models import Package, Submission, VisitorQuestion
from portal.queries import businesses as business_queries
from portal.rules.permissions import Actor
from portal.services import businesses, ownership, packages, readiness
from portal.services.demo.citizens import Citizens, named
from portal.services.demo.people import Staff
from portal.services.demo.times import Times


class Packages:
    """Fills the accepted packages with what came after they were accepted."""

    def __init__(self, folder: Path, staff: Staff, people: Citizens, seal: Seal, times: Times) -> None:
        self._entries = named(folder, "packages.json")
        self._staff = staff
        self._citizens = people
        self._seal = seal
        self._times = times

    def replay(self, cases: Mapping[str, Submission]) -> None:
        """Let happen what happened to each package that is in the catalogue by now."""
        for entry in self._entries:
            case = cases[entry["case"]]
            package = db.session.scalar(select(Package).where(Package.submission_id == case.id))
            if package is None:  # its proposal was not accepted yet
                continue
            at = package.created_at + timedelta(minutes=30)
            points = [None if spot is None else (spot[0], spot[1]) for spot in entry["points"]]
            packages.set_points(package, points, actor=self._staff.triage(case.id), at=at)
            if "member" in entry:
                self._of_business(package, case, entry)
            self._looked_at(package, case, entry)

    def _looked_at(self, package: Package, case: Submission, entry: Mapping[str, Any]) -> None:
        """What the city did about a package: its business verified, its safety checked on the jetty."""
        head = self._staff.head(case.agency_id)
        earliest = package.created_at + timedelta(hours=2)
        if "verified" in entry:
            found = entry["verified"]
            at = max(earliest, self._times.at(found["days_ago"], 11))
            businesses.verify(
                package.business,
                actor=head,
                at=at,
                checked=found["checked"],
                valid_until=city_date(at) + timedelta(days=found["days"]),
            )
            readiness.refresh(case, at=at)
        if "safety_days_ago" in entry:
            at = max(earliest, self._times.at(entry["safety_days_ago"], 14))
            readiness.tick(case, "safety_check", actor=head, at=at)

    def _of_business(self, package: Package, case: Submission, entry: Mapping[str, Any]) -> None:
        user = self._citizens.user(entry["member"])
        at = max(package.created_at, user.created_at) + timedelta(hours=1)
        ownership.own(case.id, user, at=at, seal=self._seal)
        businesses.claim(case.id, user=user, at=at)
        actor = replace(Actor(user.id), businesses=business_queries.seats_of(user.id))
        for asked in entry.get("questions", ()):
            self._question(package, asked, actor)
        if "change" in entry:
            packages.propose(
                package,
                entry["change"]["fields"],
                note=entry["change"]["note"],
                version=package.version,
                actor=actor,
                at=self._times.at(entry["change"]["days_ago"], 15),
            )

    def _question(self, package: Package, asked: Mapping[str, Any], actor: Actor) -> None:
        at = self._times.at(asked["days_ago"], 10)
        token = packages.ask(
            package, text=asked["text"], name=asked["name"], contact=None, locale="id", at=at, seal=self._seal
        )
        if "answer" not in asked:
            return
        query = select(VisitorQuestion).where(VisitorQuestion.token_hash == digest(token))
        question = db.session.scalars(query).one()
        packages.answer(question, text=asked["answer"], actor=actor, at=at + timedelta(hours=5))
