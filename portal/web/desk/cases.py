"""The page of one case at the desk: everything its staff need to decide, and every action open to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock, wording
from portal.core.references import parse_reference
from portal.models import (
    PROPOSALS,
    AnswerKind,
    AnswerTemplate,
    AnswerVersion,
    IdentityMode,
    Status,
    Submission,
)
from portal.queries import cases, meetings, partnerships, splits, submissions, templates, watches
from portal.rules import workflow
from portal.rules.files import may_see
from portal.rules.permissions import Actor, allowed
from portal.rules.workflow import Action
from portal.services import events
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import deadline, filling, likely, listing, presence, routing, words
from portal.web.desk.audience import audience, warning
from portal.web.desk.blueprint import blueprint
from portal.web.desk.forms import DeskForm
from portal.web.desk.listing import Position
from portal.web.desk.mentions import drawn_notes
from portal.web.desk.proposals import proposal_rows
from portal.web.desk.table import ACTIONS, may_mend
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text


@dataclass(frozen=True, slots=True)
class Decision:
    """A button that opens the form of an action; `key` is its letter on the keyboard."""

    action: Action
    look: str = "secondary"
    key: str = ""


#: What moves the case, in the order of the buttons.
DECISIONS = (
    Decision(Action.VERIFY, "primary", "v"),
    Decision(Action.ACCEPT, "primary"),
    Decision(Action.PROMISE),
    Decision(Action.FINISH, "primary"),
    Decision(Action.ASK),
    Decision(Action.MERGE, key="2"),
    Decision(Action.REFER, key="3"),
    Decision(Action.DEFER),
    Decision(Action.HAND_OVER),
    Decision(Action.DECLINE),
    Decision(Action.REVIEW),
    Decision(Action.UNMERGE),
    Decision(Action.LATER, key="h"),
)
#: What tidies it.
FURTHER = (
    Decision(Action.LINK, key="p"),
    Decision(Action.CLASSIFY, key="l"),
    Decision(Action.SPLIT),
    Decision(Action.NAME_STAFF),
    Decision(Action.UNHIDE),
    Decision(Action.HIDE, "danger"),
)
#: Actions whose form always stands on the page, at a place of its own.
_INLINE = (Action.NOTE, Action.ANSWER, Action.DRAFT_ANSWER, Action.ASSIGN, Action.TAKE, Action.PRIORITISE)


#: Their text is for everybody, or for the reporter of a secret case.
PUBLIC_TEXTS = frozenset({*workflow.PUBLISHES, Action.EDIT_ANSWER})


def found(reference: str, actor: Actor, at: datetime) -> Submission:
    """Return the case with that number, or answer 404: what one may not read does not exist."""
    canonical = parse_reference(reference)
    case = cases.by_reference(canonical, actor, at=at) if canonical else None
    if case is None:
        abort(404)
    return case


@blueprint.get("/k/<reference>")
@staff
def case(reference: str) -> str | Response:
    """Show a case; `aksi` opens the form of one action, `templat` begins its text (else the answer's)."""
    actor, at = current_actor(), clock.now()
    subject = found(reference, actor, at)
    where = listing.came_from()
    if reference != subject.reference:
        return redirect(where.case_url(subject.reference), code=303)
    template = filling.chosen(request.args.get("templat"), actor)
    return render_template(
        "desk/case.html",
        **page(subject, actor, at, where, asked=request.args.get("aksi"), template=template),
    )


def open_actions(case: Submission, actor: Actor, at: datetime, *, closed_files: bool = True) -> set[Action]:
    """Return what the page offers: the policy's answer, less what has no object at the moment."""
    found = set(allowed(actor, case, at=at))
    found.discard(Action.UNHIDE if case.hidden_code is None else Action.HIDE)
    if case.agency_id is None:
        found.discard(Action.TAKE)
    # A secret case is never tied to another, and only a secret one is closed to those it names.
    found.discard(Action.MERGE if case.secret else Action.NAME_STAFF)
    if case.status not in workflow.OPEN | {Status.ANSWERED}:
        found.discard(Action.DRAFT_ANSWER)
    if not closed_files:
        found.discard(Action.CLEAR_FILE)
    return found


def page(
    case: Submission,
    actor: Actor,
    at: datetime,
    where: Position,
    *,
    asked: str | None = None,
    bound: DeskForm | None = None,
    revealed: Any = None,
    template: AnswerTemplate | None = None,
) -> dict[str, Any]:
    """Return all values of the page. `bound` is a form shown again with what was typed.

    `template` begins the text of the form that is asked for.
    """
    files = cases.attachments(case.id) if case.file_count else []
    offered = open_actions(case, actor, at, closed_files=any(not file.cleared for file in files))
    texts = cases.official_texts(case.id)
    drafts = {text.answer.kind: text for text in reversed(texts) if text.is_draft}
    published = {text.answer.id: text for text in texts if not text.is_draft}

    returnable = {
        text.answer.id
        for text in texts
        if text.waits and text.answer.agency_id == case.agency_id and text.answer.author_id != actor.user_id
    }
    if not returnable and (bound is None or bound.action != Action.RETURN_DRAFT):
        offered.discard(Action.RETURN_DRAFT)

    def form(action: Action, **values: Any) -> DeskForm | None:
        if action not in offered:
            return None
        if bound is not None and bound.action == action:
            return bound
        made = ACTIONS[action].form(None, action=action, case=case, actor=actor)
        for name, value in values.items():
            made[name].data = value
        return made

    target = _target(case, actor, at)
    suggested = routing.suggestion(case, offered)
    panel = _panel(asked, bound, offered)
    thread = cases.thread(case.id)
    if template is not None and bound is None:
        step = panel or (Action.ANSWER if Action.ANSWER in offered else Action.DRAFT_ANSWER)
        given = _given(step, actor, drafts, published)
        begun = form(step, **given) if step in filling.TAKES_TEMPLATES else None
        if begun is not None:
            filling.apply(begun, template, case, actor)
            bound = begun
    proposal = cases.proposal(case.id) if case.kind in PROPOSALS else None
    versions = submissions.answer_versions(
        [key for key, text in published.items() if text.answer.version > 1]
    )
    return {
        **listing.frame(actor, where, at, open_id=case.id),
        "case": case,
        "came_from": where,
        "form_errors": bound.errors if bound is not None else None,
        "bound": bound,
        "badge": listing.badge(case, at),
        "status_label": labels.status_text(
            case.status,
            agency=agency_name(case.agency_id, short=True),
            promised_on=date_text(case.promised_on) if case.promised_on else None,
            review_on=date_text(case.review_on) if case.review_on else None,
            institution=case.institution,
            merged_into=target,
        ),
        "target": target,
        "place": labels.place_text(case.place, case.ward.name if case.ward else None),
        "labels": labels,
        "words": words,
        "agency_name": agency_name,
        "offered": offered,
        "decisions": [row for row in DECISIONS if row.action in offered],
        "further": [row for row in FURTHER if row.action in offered],
        "panel": form(panel, **_given(panel, actor, drafts, published)) if panel else None,
        "panel_action": panel,
        "panel_is_public": panel in PUBLIC_TEXTS,
        "audience": audience(case, actor) if PUBLIC_TEXTS & offered else None,
        "last_word": warning(thread, actor),
        "templates": filling.offered(case, actor, offered),
        "note": form(Action.NOTE),
        "answer": form(Action.ANSWER, **_draft_of(AnswerKind.ANSWER, actor, drafts)),
        "draft": form(Action.DRAFT_ANSWER, **_draft_of(AnswerKind.ANSWER, actor, drafts)),
        "assign": form(Action.ASSIGN, **routing.prefilled(suggested)),
        "suggested": routing.reasons(suggested),
        "take": form(Action.TAKE),
        "prioritise": form(Action.PRIORITISE),
        "put_off": case.later_until is not None and case.later_until > clock.city_date(at),
        "priority": listing.priority(case),
        "drafts": list(drafts.values()),
        "returnable": returnable if Action.RETURN_DRAFT in offered else set(),
        "published": published,
        "mendable": {key for key, text in published.items() if may_mend(text, case)}
        if Action.EDIT_ANSWER in offered
        else set(),
        "votes": templates.votes_of_answers(sorted(published)),
        "versions": versions,
        "rewordings": _rewordings(versions, published),
        "files": files,
        "visible_files": {file.id for file in files if may_see(file, case, actor, at=at)},
        "thread": thread,
        "why": deadline.why(case, thread),
        "kept": deadline.kept(case, thread),
        "last_handover": routing.last_handover(thread) if case.handovers else None,
        "panel_warning": routing.warning(panel, case, actor),
        "programs": cases.programs(case.id),
        "merged_here": cases.merged_here(case.id),
        "taken_in": cases.taken_in(case.id),
        "similar": likely.cards(case, actor, where),
        "family": _family(case, thread, actor),
        "named": cases.named(case.id) if case.secret else [],
        "proposal": proposal,
        "partnership_stage": partnerships.stage_of(case.id) if proposal is not None else None,
        "proposal_rows": proposal_rows(proposal, case.kind) if proposal is not None else [],
        "screen": [labels.SCREEN.get(code, code) for code in case.screen_codes],
        "sealed": case.identity_mode is IdentityMode.SHIELDED,
        "revealed": revealed,
        "meetings": meetings.planned(actor) if request.args.get("rapat") else None,
        "is_mine": case.officer_id == actor.user_id,
        "user_id": actor.user_id,
        "presence": presence.shown(case, actor, at),
        "watching": watches.is_watching(case.id, actor.user_id),
        "mentions": drawn_notes(thread),
        "may_take_it": Action.TAKE in offered and case.agency_id in actor.agency_ids,
    }


def _panel(asked: str | None, bound: DeskForm | None, offered: set[Action]) -> Action | None:
    """Return the action whose form is open in the page, if it is one that may be open."""
    wanted = bound.action if bound is not None else asked
    action = next((one for one in offered if one == wanted), None)
    return action if action in ACTIONS and action not in _INLINE else None


def _draft_of(kind: AnswerKind, actor: Actor, drafts: dict[AnswerKind, Any]) -> dict[str, Any]:
    draft = drafts[kind].answer if kind in drafts else None
    if draft is None:
        return {}
    # Somebody of another agency may have begun it, with a template of their own.
    known = templates.by_id(draft.template_id, actor) if draft.template_id is not None else None
    return {"text": draft.text, "template_id": None if known is None else known.id}


def _given(
    action: Action, actor: Actor, drafts: dict[AnswerKind, Any], published: dict[int, Any]
) -> dict[str, Any]:
    """Return what the form of an action begins with: a colleague's draft, or the text to be mended."""
    if action is Action.EDIT_ANSWER:
        number = request.args.get("jawaban", type=int)
        text = published.get(number) if number is not None else None
        return {"answer_id": text.answer.id, "text": text.answer.text} if text else {}
    if action is Action.RETURN_DRAFT:
        waiting = next((text.answer.id for text in drafts.values() if text.waits), None)
        return {"answer_id": request.args.get("draf", waiting, type=int)}
    kind = AnswerKind.ANSWER if action is Action.DRAFT_ANSWER else workflow.PUBLISHES.get(action)
    return _draft_of(kind, actor, drafts) if kind else {}


def _rewordings(
    versions: dict[int, list[AnswerVersion]], published: dict[int, Any]
) -> dict[int, list[tuple[str, str]]]:
    """Return by the id of an earlier wording what the next one changed in it."""
    found = {}
    for answer_id, earlier in versions.items():
        after = published[answer_id].answer.text
        for version in earlier:
            found[version.id] = wording.changes(version.text, after)
            after = version.text
    return found


def _target(case: Submission, actor: Actor, at: datetime) -> str:
    """Return the number of the case this one was merged into; a secret one is not named to others."""
    target = case.merged_into
    if target is None or (target.secret and Action.READ not in allowed(actor, target, at=at)):
        return ""
    return target.reference


def _family(
    case: Submission, thread: Sequence[cases.ThreadEntry], actor: Actor
) -> list[tuple[str, splits.Relative]]:
    """Return the cases that were made of this one, and the one it was made of. Asked only where there are."""
    if not any(entry.action in {Action.SPLIT, events.SPLIT_OFF} for entry in thread):
        return []
    return [
        (_("Dipecah menjadi") if row.is_child else _("Dipisahkan dari"), row)
        for row in splits.relatives(case.id, reader=actor)
    ]
