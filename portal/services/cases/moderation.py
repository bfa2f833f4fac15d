"""What triage keeps in order: titles, hiding, closed photos, colleagues whom a text names; and secrecy."""

from datetime import datetime

from portal.core.database import db
from portal.models import (
    Attachment,
    Category,
    HideCode,
    NamedStaff,
    Submission,
    User,
)
from portal.queries import splits
from portal.rules import visibility
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, MissingRequirement, Requirement, TransitionNotAllowed
from portal.services import events, search
from portal.services.cases.entering import (
    enter_standing,
    lock,
    reporter_time,
    required,
    state,
    the_category,
)
from portal.services.cases.handling import TITLE_LENGTH
from portal.services.errors import NotPermitted


def hide(
    case: Submission,
    *,
    code: HideCode,
    text: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Take text and files out of sight, with a coded reason and a sentence; the page stays and says so."""
    enter_standing(case, Action.HIDE, actor=actor, at=at, version=version)
    if code not in frozenset(HideCode):
        raise MissingRequirement(Action.HIDE, Requirement.CODE)
    words = required(text, Action.HIDE, Requirement.PUBLIC_TEXT)
    if case.hidden_code is not None:
        raise TransitionNotAllowed(case.status, Action.HIDE)
    case.hidden_code = HideCode(code)
    data = state(case, Action.HIDE, words, by_reporter=False, at=at)
    events.record(case, Action.HIDE, actor=actor, at=at, data=data | {"code": case.hidden_code.value})


def unhide(case: Submission, *, text: str, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Show again what was hidden, and say why."""
    enter_standing(case, Action.UNHIDE, actor=actor, at=at, version=version)
    words = required(text, Action.UNHIDE, Requirement.PUBLIC_TEXT)
    if case.hidden_code is None:
        raise TransitionNotAllowed(case.status, Action.UNHIDE)
    case.hidden_code = None
    data = state(case, Action.UNHIDE, words, by_reporter=False, at=at)
    events.record(case, Action.UNHIDE, actor=actor, at=at, data=data)


def classify(
    case: Submission,
    *,
    title: str,
    category_id: int | None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Give a case a better title or category."""
    enter_standing(case, Action.CLASSIFY, actor=actor, at=at, version=version)
    words = required(title, Action.CLASSIFY, Requirement.TEXT).replace("\n", " ")[:TITLE_LENGTH]
    category = the_category(category_id, Action.CLASSIFY)
    case.title, case.category_id = words, category.id
    db.session.expire(case, ["category"])
    search.index(case)
    data = {"category_id": category.id}
    events.record(case, Action.CLASSIFY, actor=actor, at=at, public=False, data=data)


def name_staff(
    case: Submission, *, user_id: int, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Note that the text is about a member of staff; a secret case is closed to them from now on.

    So are the secret cases that were made of the same submission: the one it was made of holds its words.
    """
    enter_standing(case, Action.NAME_STAFF, actor=actor, at=at, version=version)
    if db.session.get(User, user_id) is None:
        raise NotPermitted
    _close_to(case, user_id, actor, at)
    for relative_id in splits.same_author(case.id):
        relative = db.session.get_one(Submission, relative_id)
        if relative.id == case.id or not relative.secret:
            continue
        lock(relative)
        if user_id not in relative.named_user_ids:
            _close_to(relative, user_id, actor, at)


def _close_to(case: Submission, user_id: int, actor: Actor, at: datetime) -> None:
    if db.session.get(NamedStaff, (case.id, user_id)) is None:
        db.session.add(NamedStaff(submission_id=case.id, user_id=user_id))
        db.session.flush()
        db.session.expire(case, ["named_staff"])
    if case.secret and case.officer_id == user_id:
        case.officer_id = None
        db.session.expire(case, ["officer"])
    events.record(case, Action.NAME_STAFF, actor=actor, at=at, public=False, data={"user_id": user_id})


def clear_file(
    case: Submission, attachment: Attachment, *, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Open a file that stayed closed until somebody made sure that it shows nobody."""
    enter_standing(case, Action.CLEAR_FILE, actor=actor, at=at, version=version)
    if attachment.submission_id != case.id:
        raise NotPermitted
    attachment.cleared = True
    data = {"attachment_id": attachment.id}
    events.record(case, Action.CLEAR_FILE, actor=actor, at=at, public=False, data=data)


def lower_secrecy(case: Submission, *, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Open a secret case to everybody, as its reporter wishes; like any other it may await verification."""
    enter_standing(case, Action.LOWER_SECRECY, actor=actor, at=at, version=version)
    category = None if case.category_id is None else db.session.get(Category, case.category_id)
    case.secret = False
    verified = case.verified_at is not None
    case.text_public = verified or visibility.text_public_at_receipt(
        secret=False,
        screen_codes=case.screen_codes,
        verify_first=category is not None and category.verify_first,
    )
    case.files_public = verified
    at = reporter_time(case, at)
    events.record(case, Action.LOWER_SECRECY, actor=actor, at=at)
