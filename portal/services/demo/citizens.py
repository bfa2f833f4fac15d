"""Citizens of the demonstration who sign in by a code: what is theirs, what they support and follow."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.core.sealing import Seal
from portal.models import Program, Subject, Submission, User
from portal.rules.contacts import parse
from portal.rules.permissions import Actor
from portal.services import citizens, consultations, contacts, discussion, follows, ownership, supports
from portal.services.demo.times import Times


def named(folder: Path, file: str) -> list[dict[str, Any]]:
    """Return the entries of a file that a small city may do without."""
    path = folder / file
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return read


def sign_ins(folder: Path) -> list[tuple[str, str]]:
    """Return (name, contact) of each citizen; the second contact of one is a way in as well."""
    return [
        (entry["name"] or "Warga tanpa nama", entry[way])
        for entry in named(folder, "citizens.json")
        for way in ("email", "phone")
        if entry.get(way)
    ]


class Citizens:
    """Makes the accounts, as a code does that was typed, and lets them take part."""

    def __init__(self, folder: Path, seal: Seal, times: Times) -> None:
        self._entries = named(folder, "citizens.json")
        self._seal = seal
        self._times = times
        self._users: dict[str, User] = {}
        self.supports = 0

    def __len__(self) -> int:
        return len(self._users)

    def user(self, key: str) -> User:
        """Return an account by its name in the data."""
        return self._users[key]

    def actor(self, key: str, *owned: int) -> Actor:
        """Return who acts when this citizen does; of `owned` they are the reporter."""
        return Actor(self._users[key].id, reporter_of=frozenset(owned))

    def enter(self, cases: Mapping[str, Submission], programs: Mapping[str, Program]) -> None:
        """Make all accounts with what is theirs."""
        for entry in self._entries:
            at = self._times.at(entry["days_ago"], 19)
            user = citizens.enter(parse(entry["email"]), at=at, seal=self._seal, locale="id")
            assert user is not None  # a new account is open
            self._users[entry["key"]] = user
            if entry.get("phone"):
                contacts.add(user, parse(entry["phone"]), at=at, seal=self._seal, phone_route=None)
            discussion.call_oneself(user, entry["name"])
            consultations.declare_ward(user, entry["ward"])
            for key in entry["owns"]:
                ownership.own(cases[key].id, user, at=at, seal=self._seal)
            later = at + timedelta(minutes=6)
            for key in entry["supports"]:
                done = supports.support_as_user(cases[key], user, later, seal=self._seal)
                self.supports += done
            for key in entry["follows"]:
                follows.follow(user, Subject.SUBMISSION, cases[key].id, at=later)
            for code in entry["programs"]:
                follows.follow(user, Subject.PROGRAM, programs[code].id, at=later)
