"""The staff of the demonstration. Nobody of them exists, and their passwords are printed in the README."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from portal.core.database import db
from portal.models import Membership, Role, User
from portal.queries import reference
from portal.rules.permissions import Actor, Seat
from portal.services.accounts import hashed

#: One password for each role: what it opens is said in its words.
PASSWORDS = {
    Role.TRIAGE: "sibolga-triase",
    Role.OFFICER: "sibolga-petugas",
    Role.HEAD: "sibolga-kepala",
    Role.ADMIN: "sibolga-admin",
    Role.COMPETENCY: "sibolga-kompetensi",
    Role.EXECUTIVE: "sibolga-pimpinan",
}
#: Heads of the agencies for which the data names nobody.
_HEADS = (
    "Nurmala Sitompul", "Bonar Lumbantobing", "Syafrida Chaniago", "Parlin Nainggolan", "Hikmah Panggabean",
    "Edison Zalukhu", "Rukiah Tanjung", "Marihot Silalahi", "Fatimah Pasaribu", "Walter Gulo",
    "Dewi Sarumpaet", "Jonggi Aritonang", "Yusniar Piliang", "Tohap Manurung", "Salma Hutagalung",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of the demonstration, as it is printed."""

    label: str
    email: str
    password: str


def _named(folder: Path) -> list[dict[str, str]]:
    read: list[dict[str, str]] = json.loads((folder / "staff.json").read_text(encoding="utf-8"))
    return read


def is_loaded(folder: Path) -> bool:
    """Tell whether the staff of the demonstration is there already."""
    emails = [entry["email"] for entry in _named(folder)]
    return db.session.scalar(select(User.id).where(User.email.in_(emails)).limit(1)) is not None


def accounts(folder: Path) -> list[Account]:
    """Return the sign-ins that the data names, in its order."""
    return [
        Account(entry["role_label_id"], entry["email"], PASSWORDS[Role(entry["role"])])
        for entry in _named(folder)
    ]


class Staff:
    """The people behind the desk, and who of them does what."""

    def __init__(self, folder: Path, at: datetime) -> None:
        # The password is public and the same for all: one hash a role spares a second a dozen.
        self._hashes = {role: hashed(password) for role, password in PASSWORDS.items()}
        self._at = at
        self._seats: dict[tuple[Role, int | None], list[User]] = {}
        agencies = {agency.code: agency for agency in reference.agencies().values()}
        for entry in _named(folder):
            agency = agencies[entry["agency"]] if entry["agency"] else None
            role, publisher = Role(entry["role"]), bool(entry["publisher"])
            self._add(entry["email"], entry["name"], role, agency.id if agency else None, publisher)
        names = iter(_HEADS)
        for agency in agencies.values():
            if (Role.HEAD, agency.id) not in self._seats:
                self._add(f"kepala.{agency.slug}@sibolga.example", next(names), Role.HEAD, agency.id, True)
        db.session.flush()  # stories need the ids

    def _add(self, email: str, name: str, role: Role, agency_id: int | None, publisher: bool) -> None:
        user = User(
            email=email,
            name=name,
            password_hash=self._hashes[role],
            created_at=self._at,
            memberships=[Membership(role=role, agency_id=agency_id, publisher=publisher)],
        )
        db.session.add(user)
        self._seats.setdefault((role, agency_id), []).append(user)

    def triage(self, turn: int) -> Actor:
        """Return one of the coordinators; they take turns."""
        people = self._seats[(Role.TRIAGE, None)]
        return actor_of(people[turn % len(people)])

    def admin(self) -> Actor:
        """Return who keeps users and settings."""
        return actor_of(self._seats[(Role.ADMIN, None)][0])

    def officer(self, agency_id: int | None) -> User:
        """Return who handles cases in an agency; its head where it has no officer."""
        return (self._seats.get((Role.OFFICER, agency_id)) or self._seats[(Role.HEAD, agency_id)])[0]

    def head(self, agency_id: int | None) -> Actor:
        """Return the head of an agency."""
        return actor_of(self._seats[(Role.HEAD, agency_id)][0])

    def publisher(self, agency_id: int | None) -> Actor:
        """Return who may publish for an agency: its officer if the head said so, else the head."""
        officer = actor_of(self.officer(agency_id))
        return officer if any(seat.publisher for seat in officer.seats) else self.head(agency_id)


def actor_of(user: User) -> Actor:
    """Return what the policy makes of a member of staff."""
    return Actor(user.id, frozenset(Seat(row.role, row.agency_id, row.publisher) for row in user.memberships))
