"""What citizens and offices of the demonstration say in public, and what moderation does with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.core.sealing import Seal
from portal.models import (
    Comment,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Program,
    ReportReason,
    Subject,
    Submission,
    User,
)
from portal.queries.discussion import Place, place_of_case, place_of_program
from portal.rules.discussion import Voice
from portal.rules.moderation import Matter
from portal.rules.permissions import Actor
from portal.services import discussion, moderation
from portal.services.demo.citizens import Citizens, named
from portal.services.demo.people import Staff, actor_of
from portal.services.demo.times import Times, dated


class Talk:
    """Replays the discussions, one after the other."""

    def __init__(self, folder: Path, staff: Staff, citizens: Citizens, seal: Seal, times: Times) -> None:
        self._entries = named(folder, "discussions.json")
        self._staff = staff
        self._citizens = citizens
        self._seal = seal
        self._times = times
        self._said: dict[str, Comment] = {}

    def __len__(self) -> int:
        return len(self._said)

    def replay(self, cases: Mapping[str, Submission], programs: Mapping[str, Program]) -> None:
        """Say everything, then report, decide, appeal and close."""
        for entry in self._entries:
            place = place_of_case(cases[entry["case"]]) if "case" in entry else None
            place = place or place_of_program(programs[entry["program"]])
            for said in entry["say"]:
                self._say(place, said)
            for said in entry["say"]:
                self._moderate(said)
            if "close" in entry:
                at = self._when(entry["close"])
                actor = self._staff.publisher(place.agency_id)
                discussion.close(place, reason=entry["close"]["text"], actor=actor, at=at)

    def _when(self, entry: Mapping[str, Any]) -> datetime:
        """Return a moment so many hours before now, or at an hour of a day."""
        if "hours_ago" in entry:
            return self._times.now - timedelta(hours=entry["hours_ago"])
        return self._times.at(entry["days_ago"], entry["hour"], entry.get("minute", 0))

    def _say(self, place: Place, said: Mapping[str, Any]) -> None:
        at = self._when(said)
        voice, actor, user = self._speaker(place, said)
        comment = self._said[said["key"]] = discussion.comment(
            place,
            dated(said["text"], self._times.calendar.day_of(at)),
            voice=voice,
            actor=actor,
            user=user,
            at=at,
            seal=self._seal,
            parent=self._said[said["under"]] if "under" in said else None,
        )
        for key in said.get("helpful", ()):
            reader = self._citizens.actor(key)
            discussion.find_helpful(comment, place, actor=reader, at=at + timedelta(minutes=40))

    def _speaker(self, place: Place, said: Mapping[str, Any]) -> tuple[Voice, Actor, User]:
        if said["who"] == "agency":
            officer = self._staff.officer(place.agency_id)
            return Voice.AGENCY, actor_of(officer), officer
        user = self._citizens.user(said["who"])
        if said.get("as_reporter"):
            return Voice.REPORTER, self._citizens.actor(said["who"], place.subject_id), user
        return Voice.PERSON, self._citizens.actor(said["who"]), user

    def _moderate(self, said: Mapping[str, Any]) -> None:
        comment = self._said[said["key"]]
        for number, remark in enumerate(said.get("reports", ())):
            moderation.report(
                Subject.COMMENT,
                comment.id,
                reason=ReportReason(remark["reason"]),
                words=remark["text"],
                person_hash=self._seal.keyed_hash(f"demo:reader:{said['key']}:{number}"),
                at=self._when(remark),
            )
        hidden = said.get("hidden")
        if hidden is None:
            return
        decision = moderation.decide_comment(
            comment,
            ModerationAct.HIDE,
            actor=self._staff.triage(0),
            matter=Matter(author_id=comment.author_id),
            at=self._when(hidden),
            code=HideCode(hidden["code"]),
            sentence=hidden["text"],
        )
        if "warning" in hidden:
            moderation.warn(
                self._citizens.user(said["who"]),
                sentence=hidden["warning"],
                actor=self._staff.triage(0),
                matter=Matter(author_id=comment.author_id),
                at=self._when(hidden) + timedelta(minutes=4),
            )
        if "appeal" in hidden:
            self._appeal(decision, hidden["appeal"])

    def _appeal(self, decision: ModerationDecision, appeal: Mapping[str, Any]) -> None:
        made = moderation.appeal(decision, appeal["text"], at=self._when(appeal))
        settled = appeal.get("settled")
        if settled is not None:
            moderation.settle(
                made,
                granted=settled["granted"],
                sentence=settled["text"],
                actor=self._staff.triage(1),
                matter=Matter(author_id=decision.user_id, decided_by_id=decision.by_id),
                at=self._when(settled),
            )
