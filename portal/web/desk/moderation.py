"""The moderators' pages: what waits, and deciding about one thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import Optional

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import (
    Appeal,
    Comment,
    CommentState,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Role,
    Subject,
    Submission,
)
from portal.queries import discussion, reference, submissions
from portal.queries import moderation as queries
from portal.rules import moderation as rules
from portal.rules.moderation import BLOCK_DAYS, DUE_DAYS, Matter
from portal.rules.workflow import TransitionNotAllowed
from portal.services import moderation
from portal.services.moderation import DecidedAlready
from portal.web import labels
from portal.web.access import current_actor, is_reporter_of, requires
from portal.web.desk.blueprint import blueprint
from portal.web.forms import Form, ProseField, chosen, render_form
from portal.web.public.discussion import page_path, title_of
from portal.web.public.paging import page_url

#: The three piles, by their word in the address.
PILES = {"dilaporkan": _l("Dilaporkan"), "menunggu": _l("Menunggu tayang"), "banding": _l("Banding")}
_SENTENCE = _l("Tulis satu kalimat yang bisa dibaca semua orang.")
#: What can be done with a comment in each state.
ACTS = {
    CommentState.HELD: (ModerationAct.PUBLISH, ModerationAct.HIDE),
    CommentState.PUBLISHED: (ModerationAct.DISMISS, ModerationAct.HIDE),
    CommentState.HIDDEN: (ModerationAct.RESTORE,),
    CommentState.DELETED: (ModerationAct.DISMISS,),
}


class DecisionForm(Form):
    #: The newest decision that the page showed; a newer one means that somebody was quicker.
    seen = HiddenField()
    act = RadioField(_l("Keputusan"), validators=[chosen(_l("Pilih keputusannya."))])
    code = SelectField(_l("Alasan"), validators=[Optional()])
    sentence = ProseField(_l("Kalimat untuk semua orang"), limit=300)

    def offer(self, acts: tuple[ModerationAct, ...], newest: int) -> "DecisionForm":
        """Fill in what can be decided here."""
        self.newest = newest
        self.act.choices = [(act.value, labels.MODERATION[act]) for act in acts]
        self.code.choices = [
            ("", _("Pilih alasan")),
            *((code.value, text) for code, text in labels.HIDE.items()),
        ]
        return self

    @property
    def is_stale(self) -> bool:
        """Somebody decided after the page was drawn."""
        return self.seen.data not in {"", None, str(self.newest)}

    def complete(self) -> bool:
        """Check it; hiding needs a reason and a sentence, showing again a sentence."""
        valid = self.validate()
        if self.act.data == ModerationAct.HIDE and not self.code.data:
            self.code.errors = [_("Pilih alasannya.")]
        needs_words = self.act.data in {ModerationAct.HIDE, ModerationAct.RESTORE}
        if needs_words and not self.sentence.data and not self.sentence.errors:
            self.sentence.errors = [str(_SENTENCE)]
        return bool(valid and not self.code.errors and not self.sentence.errors)


class PersonForm(Form):
    step = SelectField(_l("Langkah terhadap penulis"), validators=[chosen(_l("Pilih langkahnya."))])
    words = ProseField(_l("Kalimat untuk penulis"), limit=300, required=_l("Tulis alasannya untuk penulis."))

    def offer(self, *, blocked: bool) -> "PersonForm":
        """Fill in what can be done about the author."""
        days = [(str(day), _("Tidak boleh menulis %(days)s hari", days=day)) for day in BLOCK_DAYS]
        lift = [("0", _("Cabut larangan menulis"))] if blocked else []
        self.step.choices = [("", _("Pilih langkah")), ("warn", _("Beri peringatan")), *days, *lift]
        return self


class AppealForm(Form):
    granted = RadioField(
        _l("Putusan banding"),
        choices=[("ya", _l("Terima banding, batalkan keputusan")), ("tidak", _l("Tolak banding"))],
        validators=[chosen(_l("Pilih putusannya."))],
    )
    sentence = ProseField(_l("Alasan putusan"), limit=300, required=_l("Tulis alasan putusannya."))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits, as the list says it."""

    url: str
    title: str
    about: list[str]
    late: bool


# --- the list -----------------------------------------------------------------------------------------


@blueprint.get("/moderasi", endpoint="moderation")
@requires(Role.TRIAGE)
def waiting() -> str:
    """List what waits, the oldest first."""
    pile = request.args.get("lihat", "dilaporkan")
    if pile not in PILES:
        pile = "dilaporkan"
    after = request.args.get("dari")
    counts = queries.counts()
    numbers = {"dilaporkan": counts.reported, "menunggu": counts.held, "banding": counts.appeals}
    found: Any
    if pile == "menunggu":
        found = queries.held(after)
        lines = [_held_line(row) for row in found.items]
    elif pile == "banding":
        found = queries.appeals(after)
        lines = [_appeal_line(*row) for row in found.items]
    else:
        found = queries.reported(after)
        lines = [line for line in map(_reported_line, found.items) if line is not None]
    return render_template(
        "desk/moderation/list.html",
        piles=[
            (url_for("desk.moderation", lihat=key), name, numbers[key], key == pile)
            for key, name in PILES.items()
        ],
        lines=lines,
        previous_url=page_url("/meja/moderasi", ("lihat",), found.previous_cursor),
        next_url=page_url("/meja/moderasi", ("lihat",), found.next_cursor),
    )


def _age(since: datetime) -> tuple[str, bool]:
    calendar = reference.calendar()
    late = clock.now() > calendar.deadline(since, DUE_DAYS)
    hours = int((clock.now() - since).total_seconds() // 3600)
    if hours < 1:
        return _("baru saja"), late
    if hours < 24:
        return _("sejak %(hours)s jam lalu", hours=hours), late
    return _("sejak %(days)s hari lalu", days=hours // 24), late


def _line(url: str, title: str, since: datetime, about: list[str]) -> Line:
    age, late = _age(since)
    return Line(url, title, [*about, age], late)


def _held_line(comment: Comment) -> Line:
    url = url_for("desk.moderation_comment", token=comment.token)
    return _line(url, comment.body[:90], comment.created_at, [_("Komentar menunggu tayang")])


def _reported_line(row: queries.Waiting) -> Line | None:
    about = [_("%(count)s laporan", count=row.reports)]
    if row.subject is Subject.COMMENT:
        comment = queries.comment(row.subject_id)
        if comment is None:
            return None
        url = url_for("desk.moderation_comment", token=comment.token)
        return _line(url, comment.body[:90] or _("(dihapus)"), row.since, [_("Komentar"), *about])
    case = queries.case(row.subject_id)
    if case is None:
        return None
    url = url_for("desk.moderation_case", reference=case.reference)
    return _line(url, case.title, row.since, [_("Kiriman %(reference)s", reference=case.reference), *about])


def _appeal_line(appeal: Appeal, decision: ModerationDecision) -> Line:
    url = url_for("desk.moderation_appeal", appeal_id=appeal.id)
    return _line(url, appeal.words[:90], appeal.created_at, [str(labels.MODERATION[decision.act])])


# --- one comment --------------------------------------------------------------------------------------


def _comment(token: str) -> tuple[Comment, Matter]:
    comment = discussion.by_token(token)
    if comment is None:
        abort(404)
    return comment, _matter_of_comment(comment)


def _matter_of_comment(comment: Comment, decided_by: int | None = None) -> Matter:
    thread = queries.thread(comment.thread_id)
    case = queries.case(thread.subject_id) if thread.subject is Subject.SUBMISSION else None
    mine = comment.by_reporter and case is not None and is_reporter_of(case.id)
    named = case.named_user_ids if case is not None else frozenset()
    return Matter(comment.author_id, mine, named, decided_by)


@blueprint.get("/moderasi/komentar/<token>")
@requires(Role.TRIAGE)
def moderation_comment(token: str) -> Any:
    """Show one comment with its surroundings, and what can be decided."""
    comment, matter = _comment(token)
    form = _decision_form(comment)
    return _comment_page(comment, matter, form, _person_form(comment))


def _decision_form(comment: Comment, *, sent: bool = True) -> DecisionForm:
    acts = ACTS[comment.state]
    if not queries.open_reports(Subject.COMMENT, comment.id):
        acts = tuple(act for act in acts if act is not ModerationAct.DISMISS)
    form = DecisionForm() if sent else DecisionForm(formdata=None)
    return form.offer(acts, _newest(Subject.COMMENT, comment.id))


def _newest(subject: Subject, subject_id: int) -> int:
    decisions = queries.decisions_about(subject, subject_id)
    return decisions[0].id if decisions else 0


def _person_form(comment: Comment) -> PersonForm | None:
    user = queries.user(comment.author_id) if comment.author_id is not None else None
    if user is None or not user.citizen:
        return None
    return PersonForm().offer(blocked=user.blocked_until is not None and user.blocked_until > clock.now())


def _comment_page(
    comment: Comment,
    matter: Matter,
    form: DecisionForm,
    person: PersonForm | None,
    words: list[str] | None = None,
    code: int = 0,
) -> Any:
    thread = queries.thread(comment.thread_id)
    place = discussion.place_of(thread)
    author = queries.user(comment.author_id) if comment.author_id is not None else None
    may = rules.may_decide(current_actor(), matter)
    forms = [form] if person is None else [form, person]
    if person is not None and person.errors:
        forms.reverse()  # the summary is drawn from the first
    page, status = render_form(
        "desk/moderation/comment.html",
        forms,
        extra_errors=words,
        decision=form,
        person=person,
        comment=comment,
        state=labels.COMMENT_STATE[comment.state],
        flags=[str(labels.SCREEN.get(one, one)) for one in comment.screen_codes.split(",") if one],
        may=may,
        place_url=None if place is None else page_path(place),
        place_title="" if place is None else title_of(place),
        # what readers said of it is not for whoever wrote it
        reports=_reports(Subject.COMMENT, comment.id) if may else [],
        earlier=_earlier(Subject.COMMENT, comment.id),
        record=queries.record_of(author.id) if author is not None else None,
        author=author,
        blocked_until=author.blocked_until if author and author.blocked_until else None,
    )
    return page, code or status


def _reports(subject: Subject, subject_id: int) -> list[tuple[str, str, datetime]]:
    rows = queries.open_reports(subject, subject_id)
    return [(str(labels.REPORT[row.reason]), row.words, row.created_at) for row in rows]


def _earlier(subject: str, subject_id: int) -> list[tuple[str, str, datetime]]:
    rows = queries.decisions_about(subject, subject_id)
    return [(str(labels.MODERATION[row.act]), row.sentence, row.at) for row in rows]


@blueprint.post("/moderasi/komentar/<token>", endpoint="moderation_comment_decide")
@requires(Role.TRIAGE)
def decide_comment(token: str) -> Any:
    """Decide about a comment, or about its author."""
    comment, matter = _comment(token)
    if not rules.may_decide(current_actor(), matter):
        abort(404)
    if request.form.get("tentang") == "penulis":
        return _decide_author(comment, matter)
    form = _decision_form(comment)
    if form.is_stale:
        return _too_late(comment, matter)
    if not form.complete():
        return _comment_page(comment, matter, form, _unfilled(_person_form(comment)))
    act, seen = ModerationAct(form.act.data), form.newest
    try:
        if act is ModerationAct.DISMISS:
            moderation.dismiss(
                Subject.COMMENT,
                comment.id,
                actor=current_actor(),
                matter=matter,
                at=clock.now(),
                seen=seen,
            )
        else:
            moderation.decide_comment(
                comment,
                act,
                actor=current_actor(),
                matter=matter,
                at=clock.now(),
                code=HideCode(form.code.data) if act is ModerationAct.HIDE else None,
                sentence=form.sentence.data,
                seen=seen,
            )
    except DecidedAlready:
        return _too_late(comment, matter)
    flash(_("Keputusan disimpan."))
    return redirect(url_for("desk.moderation", lihat=_pile_of(comment)), code=303)


def _too_late(comment: Comment, matter: Matter) -> Any:
    """Show what a colleague decided meanwhile, and what can be decided now (409)."""
    form = _decision_form(comment, sent=False)
    return _comment_page(comment, matter, form, _unfilled(_person_form(comment)), [_quicker()], code=409)


def _quicker() -> str:
    return _("Rekan Anda sudah memutuskan ini lebih dulu. Lihat keputusannya di bawah.")


def _pile_of(comment: Comment) -> str:
    return "dilaporkan" if comment.report_count else "menunggu"


def _unfilled(person: PersonForm | None) -> PersonForm | None:
    """Draw the other form of the page as it was before."""
    if person is None:
        return None
    fresh = PersonForm(formdata=None)
    fresh.step.choices = person.step.choices
    return fresh


def _decide_author(comment: Comment, matter: Matter) -> Any:
    person = _person_form(comment)
    author = queries.user(comment.author_id) if comment.author_id is not None else None
    if person is None or author is None:
        abort(404)
    fresh = _decision_form(comment, sent=False)
    if not person.validate():
        return _comment_page(comment, matter, fresh, person)
    actor, at, words = current_actor(), clock.now(), person.words.data
    try:
        if person.step.data == "warn":
            moderation.warn(author, sentence=words, actor=actor, matter=matter, at=at)
        elif person.step.data == "0":
            moderation.unblock(author, sentence=words, actor=actor, matter=matter, at=at)
        else:
            days = int(person.step.data)
            moderation.block(author, days=days, sentence=words, actor=actor, matter=matter, at=at)
    except DecidedAlready:
        said = [_("Larangan ini sudah berakhir atau sudah dicabut.")]
        return _comment_page(comment, matter, fresh, person, said, code=409)
    flash(_("Penulis diberi tahu."))
    return redirect(url_for("desk.moderation_comment", token=comment.token), code=303)


# --- one submission -----------------------------------------------------------------------------------


def _case(reference_: str) -> tuple[Submission, Matter]:
    canonical = parse_reference(reference_)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or case.secret:
        abort(404)
    return case, Matter(None, is_reporter_of(case.id), case.named_user_ids)


@blueprint.get("/moderasi/kiriman/<reference>")
@requires(Role.TRIAGE)
def moderation_case(reference: str) -> Any:
    """Show what was reported about a submission."""
    case, matter = _case(reference)
    return _case_page(case, matter, _case_form(case))


def _case_form(case: Submission, *, sent: bool = True) -> DecisionForm:
    acts: tuple[ModerationAct, ...] = (ModerationAct.HIDE,)
    if case.hidden_code is not None:
        acts = (ModerationAct.RESTORE,)
    if queries.open_reports(Subject.SUBMISSION, case.id):
        acts = (ModerationAct.DISMISS, *acts)
    form = DecisionForm() if sent else DecisionForm(formdata=None)
    return form.offer(acts, _newest(Subject.SUBMISSION, case.id))


def _case_page(
    case: Submission, matter: Matter, form: DecisionForm, words: list[str] | None = None, code: int = 0
) -> Any:
    may = rules.may_decide(current_actor(), matter)
    page, status = render_form(
        "desk/moderation/case.html",
        form,
        extra_errors=words,
        decision=form,
        case=case,
        may=may,
        reports=_reports(Subject.SUBMISSION, case.id) if may else [],
        earlier=_earlier(Subject.SUBMISSION, case.id),
    )
    return page, code or status


@blueprint.post("/moderasi/kiriman/<reference>", endpoint="moderation_case_decide")
@requires(Role.TRIAGE)
def decide_case(reference: str) -> Any:
    """Decide about a submission."""
    case, matter = _case(reference)
    if not rules.may_decide(current_actor(), matter):
        abort(404)
    form = _case_form(case)
    if form.is_stale:
        return _case_page(case, matter, _case_form(case, sent=False), [_quicker()], code=409)
    if not form.complete():
        return _case_page(case, matter, form)
    given = {"actor": current_actor(), "matter": matter, "at": clock.now(), "seen": form.newest}
    words = form.sentence.data
    try:
        match ModerationAct(form.act.data):
            case ModerationAct.HIDE:
                moderation.hide_case(case, code=HideCode(form.code.data), sentence=words, **given)
            case ModerationAct.RESTORE:
                moderation.unhide_case(case, sentence=words, **given)
            case _:
                moderation.dismiss(Subject.SUBMISSION, case.id, **given)
    except (DecidedAlready, TransitionNotAllowed):
        return _case_page(case, matter, _case_form(case, sent=False), [_quicker()], code=409)
    flash(_("Keputusan disimpan."))
    return redirect(url_for("desk.moderation"), code=303)


# --- appeals ------------------------------------------------------------------------------------------


def _appeal(appeal_id: int) -> tuple[Appeal, ModerationDecision, Matter]:
    appeal = queries.appeal(appeal_id)
    decision = queries.decision(appeal.decision_id) if appeal is not None else None
    if appeal is None or decision is None:
        abort(404)
    matter = Matter(author_id=decision.user_id, decided_by_id=decision.by_id)
    comment = queries.comment(decision.subject_id) if decision.subject == Subject.COMMENT else None
    if comment is not None:
        matter = _matter_of_comment(comment, decision.by_id)
    if decision.subject == Subject.SUBMISSION:
        case = queries.case(decision.subject_id)
        named = case.named_user_ids if case is not None else frozenset()
        matter = Matter(None, is_reporter_of(decision.subject_id), named, decision.by_id)
    return appeal, decision, matter


@blueprint.get("/moderasi/banding/<int:appeal_id>")
@requires(Role.TRIAGE)
def moderation_appeal(appeal_id: int) -> Any:
    """Show an appeal with the decision that it is against."""
    return _appeal_page(*_appeal(appeal_id), AppealForm())


def _appeal_page(
    appeal: Appeal,
    decision: ModerationDecision,
    matter: Matter,
    form: AppealForm,
    words: list[str] | None = None,
    code: int = 0,
) -> Any:
    comment = queries.comment(decision.subject_id) if decision.subject == Subject.COMMENT else None
    case = queries.case(decision.subject_id) if decision.subject == Subject.SUBMISSION else None
    page, status = render_form(
        "desk/moderation/appeal.html",
        form,
        extra_errors=words,
        appeal=appeal,
        decision=decision,
        act=labels.MODERATION[decision.act],
        reason=labels.HIDE[decision.code] if decision.code else "",
        text=comment.body if comment is not None else case.body if case is not None else "",
        may=rules.may_decide(current_actor(), matter),
        own_decision=decision.by_id == current_actor().user_id,
    )
    return page, code or status


@blueprint.post("/moderasi/banding/<int:appeal_id>", endpoint="moderation_appeal_settle")
@requires(Role.TRIAGE)
def settle_appeal(appeal_id: int) -> Any:
    """Decide an appeal; never by whoever took the decision."""
    appeal, decision, matter = _appeal(appeal_id)
    if not rules.may_decide(current_actor(), matter):
        abort(404)
    form = AppealForm()
    if not form.validate():
        return _appeal_page(appeal, decision, matter, form)
    try:
        moderation.settle(
            appeal,
            granted=form.granted.data == "ya",
            sentence=form.sentence.data,
            actor=current_actor(),
            matter=matter,
            at=clock.now(),
        )
    except DecidedAlready:
        return _appeal_page(appeal, decision, matter, form, [_quicker()], code=409)
    flash(_("Putusan disimpan dan diberitahukan."))
    return redirect(url_for("desk.moderation", lihat="banding"), code=303)
