"""What is asked of a business: numbers by their structure, what staff check, and what is only advised."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from portal.models.kinds import BusinessKind, BusinessRole, LicenceKind

#: Digits of a Nomor Induk Berusaha (Peraturan Pemerintah 5/2021).
NIB_DIGITS = 13
#: Digits of a Nomor Pokok Wajib Pajak: the older form, and the one of PMK 112/2022.
NPWP_DIGITS = (15, 16)
_GAPS = " .-\u2013"

#: What staff can have checked of a business, in the order of their list.
CHECKS = ("met_owner", "address", "nib_register", "licences", "contact", "photos")
#: Without these it is no verification.
CHECKS_NEEDED = frozenset({"met_owner", "address", "contact"})
#: A verification holds at most so long.
LONGEST_VERIFICATION = timedelta(days=730)
#: An expiry is told so many days before.
LICENCE_REMIND_DAYS = (60, 30, 7, 0)
#: Members, pictures and licences of one business.
MOST_MEMBERS = 20
MOST_PHOTOS = 8
MOST_LICENCES = 50
INVITATION_DAYS = 14

#: What each kind of business usually needs; said as advice, never asked for.
USUAL_LICENCES: dict[BusinessKind, tuple[LicenceKind, ...]] = {
    BusinessKind.BOAT: (LicenceKind.SKIPPER, LicenceKind.VESSEL, LicenceKind.INSURANCE),
    BusinessKind.GUIDE: (LicenceKind.GUIDE,),
    BusinessKind.HOMESTAY: (LicenceKind.LODGING,),
    BusinessKind.FOOD: (LicenceKind.HALAL, LicenceKind.FOOD),
    BusinessKind.TRANSPORT: (LicenceKind.INSURANCE,),
}


class Warning(StrEnum):
    """Something soft: said to the business and to staff, refused to nobody."""

    NO_NIB = "no_nib"
    NPWP_CHECK_DIGIT = "npwp_check_digit"
    NO_CONTACT = "no_contact"
    NO_WARD = "no_ward"
    NO_PHOTO = "no_photo"
    LICENCE_EXPIRED = "licence_expired"
    LICENCE_MISSING = "licence_missing"
    VERIFICATION_OVER = "verification_over"


def _digits(typed: str) -> str:
    return "".join(sign for sign in typed if sign not in _GAPS)


def normalise_nib(typed: str) -> str:
    """Return the 13 digits of a NIB typed with spaces, dots or hyphens ("" stays ""). Raises ValueError.

    Only the structure is checked: the register itself is not asked.
    """
    digits = _digits(typed)
    if not digits:
        return ""
    if len(digits) != NIB_DIGITS or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        raise ValueError("a NIB has 13 digits")
    return digits


def normalise_npwp(typed: str) -> str:
    """Return the 15 or 16 digits of an NPWP ("" stays ""). Raises ValueError for another structure."""
    digits = _digits(typed)
    if not digits:
        return ""
    if len(digits) not in NPWP_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an NPWP has 15 or 16 digits")
    return digits


def npwp_looks_right(digits: str) -> bool:
    """Tell whether the ninth digit of a 15-digit NPWP is the check digit of the first eight (Luhn).

    Numbers of 16 digits carry none that could be checked. Only a warning follows: old numbers exist
    without it.
    """
    if len(digits) != 15:
        return True
    total = 0
    for place, sign in enumerate(digits[:8]):
        value = int(sign) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(digits[8])


def may_edit(role: BusinessRole | None) -> bool:
    """Tell whether a member may change profile, licences and agreements."""
    return role in (BusinessRole.OWNER, BusinessRole.MANAGER)


def may_manage_members(role: BusinessRole | None) -> bool:
    """Tell whether a member may invite, change and remove others."""
    return role is BusinessRole.OWNER


class Profile(Protocol):
    """What the warnings look at; `Business` is one."""

    @property
    def kind(self) -> BusinessKind: ...
    @property
    def nib(self) -> str: ...
    @property
    def ward_code(self) -> str | None: ...
    @property
    def public_phone(self) -> str: ...
    @property
    def public_email(self) -> str: ...
    @property
    def verified_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A licence as far as the rules ask: its kind and its last day (None: without end)."""

    kind: LicenceKind
    valid_until: date | None


def is_verified(verified_until: date | None, today: date) -> bool:
    """Tell whether a verification holds today (its last day included)."""
    return verified_until is not None and verified_until >= today


def warnings(
    profile: Profile, licences: Sequence[Held], *, photos: int, today: date
) -> list[tuple[Warning, LicenceKind | None]]:
    """Return what is missing or over, each with the licence that it is about."""
    found: list[tuple[Warning, LicenceKind | None]] = []
    if not profile.nib:
        found.append((Warning.NO_NIB, None))
    if not profile.public_phone and not profile.public_email:
        found.append((Warning.NO_CONTACT, None))
    if profile.ward_code is None:
        found.append((Warning.NO_WARD, None))
    if photos == 0:
        found.append((Warning.NO_PHOTO, None))
    found += [
        (Warning.LICENCE_EXPIRED, one.kind)
        for one in licences
        if one.valid_until is not None and one.valid_until < today
    ]
    kinds = {one.kind for one in licences}
    found += [
        (Warning.LICENCE_MISSING, kind) for kind in USUAL_LICENCES.get(profile.kind, ()) if kind not in kinds
    ]
    if profile.verified_until is not None and profile.verified_until < today:
        found.append((Warning.VERIFICATION_OVER, None))
    return found


def licence_reminder_due(valid_until: date, today: date, told: int | None) -> int | None:
    """Return which of LICENCE_REMIND_DAYS is to be told today, None for none; `told` is the one told last.

    After a standstill only the nearest one is told, and nothing once the licence is over.
    """
    left = (valid_until - today).days
    reached = [days for days in LICENCE_REMIND_DAYS if left <= days]
    if left < 0 or not reached:
        return None
    nearest = min(reached)
    return None if told is not None and told <= nearest else nearest


def checks_suffice(checked: Collection[str]) -> bool:
    """Tell whether what was checked makes a verification."""
    return CHECKS_NEEDED <= set(checked) <= set(CHECKS)
