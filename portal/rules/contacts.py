"""What a person types to say how they are reached: an e-mail address or an Indonesian mobile number."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal.core.text import mask_email, mask_phone, normalise
from portal.models.kinds import ContactKind

#: Longest e-mail address that can be delivered (RFC 5321 with its erratum 1690).
EMAIL_LIMIT = 254
_COUNTRY = "ID"


class NoContact(Exception):
    """What was typed reaches nobody; `why` says what to tell the person."""

    def __init__(self, why: "Why") -> None:
        super().__init__(why)
        self.why = why


class Why(StrEnum):
    """What is wrong with a contact."""

    EMPTY = "empty"
    EMAIL = "email"
    PHONE = "phone"
    FOREIGN = "foreign"
    NOT_MOBILE = "not_mobile"


@dataclass(frozen=True, slots=True)
class TypedContact:
    """A contact in its one true spelling: lower case address, or E.164 number."""

    kind: ContactKind
    value: str


def parse(typed: str) -> TypedContact:
    """Return the contact that was typed. Raise `NoContact`.

    All spellings of a number are one: 0812…, 812…, 62812…, +62 812-….
    """
    text = normalise(typed).replace("\n", " ").strip()
    if not text:
        raise NoContact(Why.EMPTY)
    if "@" in text:
        return TypedContact(ContactKind.EMAIL, _email(text))
    return TypedContact(ContactKind.PHONE, _phone(text))


def _email(text: str) -> str:
    try:
        # Nothing is asked of the network; test domains are the business of tests and of the example data.
        found = validate_email(text[: EMAIL_LIMIT + 1], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise NoContact(Why.EMAIL) from None
    return found.normalized.lower()


def _phone(text: str) -> str:
    digits = sum(char.isdigit() for char in text)
    if digits < 8 or any(char.isalpha() for char in text):
        raise NoContact(Why.PHONE)
    bare = text.lstrip("(").lstrip()
    # "62812…" without the plus is how WhatsApp shows numbers
    candidate = f"+{bare}" if bare.startswith("62") and digits >= 10 else bare
    try:
        number = phonenumbers.parse(candidate, _COUNTRY)
    except phonenumbers.NumberParseException:
        raise NoContact(Why.PHONE) from None
    if number.country_code != 62:
        raise NoContact(Why.FOREIGN)
    if not phonenumbers.is_valid_number(number):
        raise NoContact(Why.PHONE)
    if phonenumbers.number_type(number) not in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        raise NoContact(Why.NOT_MOBILE)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def masked(contact: TypedContact) -> str:
    """Return what its owner recognises and nobody else can use."""
    return mask_email(contact.value) if contact.kind is ContactKind.EMAIL else mask_phone(contact.value)
