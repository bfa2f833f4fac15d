"""What a letter is made of: plain values that the words are put to."""

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.models import HideCode, LicenceKind, PartnershipStage, ReasonCode, Recipient, Route
from portal.queries.weekly import Week

#: Wanted even by those who stopped their mail: they asked for it, or their case waits for them.
ESSENTIAL = frozenset(
    {
        "receipt",
        "question",
        "support_confirm",
        "password_reset",
        "sign_in_code",
        "sign_in_password",
        "erase_planned",
        "erased",
        "contact_changed",
    }
)

#: The summary of the week, which is about no single case.
WEEKLY = "staff_weekly"


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened, as plain values. Empty where it does not apply or is not for this recipient."""

    title: str = ""
    agency_id: int | None = None
    answer: str = ""
    statement: str = ""
    question: str = ""
    question_expires_at: datetime | None = None
    due_at: datetime | None = None
    promised_on: date | None = None
    review_on: date | None = None
    #: The year of the budget that one's own case came in time for.
    planning_year: int | None = None
    contest_until: datetime | None = None
    reason: ReasonCode | None = None
    hidden: HideCode | None = None
    institution: str = ""
    target: str = ""
    #: References of the cases that were made of this one.
    children: tuple[str, ...] = ()
    program_code: str = ""
    program_title_id: str = ""
    program_title_en: str = ""
    program_sentence: str = ""
    program_text_id: str = ""
    program_text_en: str = ""
    progress: int | None = None
    #: Of an absence: whose, until when, and how many cases it gave away.
    colleague: str = ""
    away_until: date | None = None
    count: int = 0
    #: Of a meeting: its page, and what was decided there.
    meeting_token: str = ""
    meeting_title: str = ""
    meeting_at: datetime | None = None
    decided: tuple["Decided", ...] = ()
    #: Of a consultation: its page, and what was done with the answers.
    consulted_id: int | None = None
    consulted_slug: str = ""
    consulted_title_id: str = ""
    consulted_title_en: str = ""
    consulted_outcome_id: str = ""
    consulted_outcome_en: str = ""
    #: Of a discussion: where it is, below the language, and how many comments came.
    talk_path: str = ""
    talk_title_id: str = ""
    talk_title_en: str = ""
    talk_count: int = 0
    #: Of a moderator's decision: the end of a block, and what came of an appeal.
    blocked_until: datetime | None = None
    granted: bool | None = None
    #: Of a meeting for citizens: what, when and where, why it is off, and what the recipient has of it.
    gathering_slug: str = ""
    gathering_title_id: str = ""
    gathering_title_en: str = ""
    gathering_starts_at: datetime | None = None
    gathering_ends_at: datetime | None = None
    gathering_place: str = ""
    gathering_reason: str = ""
    seats: int = 0
    waits: bool = False
    #: Of a task of the city: whether its day is over.
    late: bool = False
    #: Of a partnership: which, with whom, how far, and what of it is told (`rules.partnership_news`).
    partnership_reference: str = ""
    partnership_title: str = ""
    partnership_business: str = ""
    partnership_slug: str = ""
    partnership_stage: PartnershipStage | None = None
    partnership_about: str = ""
    partnership_text: str = ""
    partnership_ends_on: date | None = None
    #: Of a licence that runs out: what it is about, what the business calls it, and its last day.
    licence_kind: LicenceKind | None = None
    licence_title: str = ""
    licence_until: date | None = None
    #: The part of its room that the link leads to; empty for its front page.
    partnership_page: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a meeting decided on a case that the recipient may read; of a secret one only its reference."""

    reference: str
    decision: str
    owner: str
    due_on: date | None
    yours: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell."""

    kind: str
    action: str
    at: datetime
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has words. `items` are newest first; more than one makes a digest."""

    #: An e-mail address, or a number (E.164) where `route` is not e-mail.
    address: str
    name: str
    locale: str
    to: Recipient
    #: The reference the recipient knows: of their own case, which may be merged into `case_reference`.
    reference: str
    case_reference: str
    #: Only reference and link may be said.
    bare: bool
    #: Everybody can open the page of the case.
    public_page: bool
    items: tuple[Item, ...]
    #: The scoped token of a link, opened.
    token: str = ""
    #: Opened too; empty where the mail cannot be stopped.
    stop_token: str = ""
    #: The summary of a head's week.
    week: Week | None = None
    route: Route = Route.EMAIL
    #: Opened too: by it a supporter says whether the case is done.
    vote_token: str = ""
    #: The recipient reads it as a member of staff.
    staff: bool = False
    #: What was gathered for an account over several matters: a letter each, the newest news first.
    parts: tuple["Letter", ...] = ()
    #: Matters that found no place.
    more: int = 0

    @property
    def kind(self) -> str:
        """The folder in templates/email."""
        if self.parts:
            return "gathered"
        return "digest" if len(self.items) > 1 else self.items[0].kind


class Undeliverable(Exception):
    """There is nobody to send it to (any more); `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
