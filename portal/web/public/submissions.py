"""The public list of submissions, and the page of one."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.core.text import normalise
from portal.models import PROPOSALS, Kind, PartnershipStage, Status, Submission
from portal.queries import done_votes, packages, partnerships, program_page, submissions
from portal.queries import reference as reference_data
from portal.queries.discussion import place_of_case
from portal.queries.submissions import COUNT_CAP, Filters
from portal.rules import deadlines, visibility, workflow
from portal.rules.deadlines import Urgency
from portal.rules.map import public_spot
from portal.rules.partnerships import is_public
from portal.rules.workflow import Action
from portal.web import labels, planning_words, program_words, proposal_labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import discussion
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name, cards, related_cards
from portal.web.public.paging import filtered_url, page_url
from portal.web.rendering import date_text

E = TypeVar("E", bound=StrEnum)

#: The address says it in Indonesian, as the people who share it do.
PARAMETERS = ("q", "jenis", "status", "kelurahan", "kategori", "dinas")


def _choice(kind: type[E], value: str | None) -> E | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def filters_from_query() -> Filters:
    """Read the filters of the address; what is not on the allow-list counts as not given."""
    args = request.args
    by_slug = {category.slug: category.id for category in reference_data.categories().values()}
    agencies = {agency.slug: agency.id for agency in reference_data.agencies().values()}
    ward = args.get("kelurahan", "")
    return Filters(
        words=normalise(args.get("q", "")[:200]),
        kind=_choice(Kind, args.get("jenis")),
        status=_choice(Status, args.get("status")),
        ward_code=ward if ward in reference_data.wards() else None,
        category_id=by_slug.get(args.get("kategori", "")),
        agency_id=agencies.get(args.get("dinas", "")),
    )


def filter_choices() -> dict[str, Any]:
    """Return what the form of the filters offers."""
    return {
        "wards": reference_data.wards_by_district(),
        "categories": [category for category in reference_data.categories().values() if category.active],
        "agencies": [agency for agency in reference_data.agencies().values() if agency.active],
        "kinds": labels.KIND,
        "statuses": {key: text for key, text in labels.STATUS.items() if key is not Status.WITHDRAWN},
    }


@blueprint.get("/kiriman", endpoint="submissions")
@public
@cached_page
def submissions_list() -> str | Response:
    """Show a page of the list; a reference typed into the search leads straight to its page."""
    filters = filters_from_query()
    wanted = parse_reference(filters.words) if filters.words else None
    if wanted is not None:
        return redirect(url_for("public.submission", reference=wanted), code=303)
    page = submissions.listed(filters, request.args.get("dari"))
    number = submissions.count(filters) if filters.any else None
    ward = reference_data.wards().get(filters.ward_code or "")
    return render_template(
        "public/submissions.html",
        filters=filters,
        cards=cards(list(page.items)),
        number=number,
        more_than=COUNT_CAP if number is not None and number > COUNT_CAP else None,
        previous_url=page_url("/kiriman", PARAMETERS, page.previous_cursor),
        next_url=page_url("/kiriman", PARAMETERS, page.next_cursor),
        ward=ward,
        choices=filter_choices(),
        map_url=filtered_url("/peta", PARAMETERS),
        feed_url=filtered_url("/kiriman.atom", PARAMETERS),
        embed_url=filtered_url("/sematan", PARAMETERS),
    )


@blueprint.get("/k/<reference>")
@public
@cached_page
def submission(reference: str) -> str | Response:
    """Show the page of one submission. A secret one answers as if it did not exist."""
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or not visibility.has_page(case):
        abort(404)
    if reference != case.reference:
        return redirect(url_for("public.submission", reference=case.reference), code=301)
    shows_text = visibility.shows_text(case)
    entries = submissions.timeline(case.id)
    answers = submissions.official_answers(entries) if case.hidden_code is None else []
    edited = [entry.answer_id for entry in answers if entry.answer_id and (entry.answer_version or 1) > 1]
    proposal = packages.proposal_of(case.id) if shows_text and case.kind in PROPOSALS else None
    # A case without a link event has no links: most pages are spared the query.
    linked = any(entry.action == Action.LINK for entry in entries)
    return render_template(
        "public/submission.html",
        case=case,
        title=case.title if shows_text else closed_title(case),
        shows_text=shows_text,
        status_label=full_status(case),
        files=submissions.files(case.id) if case.file_count and visibility.shows_files(case) else [],
        answers=answers,
        versions=submissions.answer_versions(edited),
        timeline=entries,
        following=_following(case),
        programs=submissions.programs_of(case.id) if linked else [],
        partnership_stage=partnership_stage(case) if is_public(case) else None,
        changes=program_page.changes_since(case.id, case.received_at, today=clock.city_date(clock.now()))
        if linked
        else [],
        program_stages=program_words.STAGE,
        overdue_days=_overdue_days(case),
        planned=planning_words.told(case, clock.city_date(clock.now())) if shows_text else None,
        planning_words=planning_words,
        place=labels.place_text(case.place, case.ward.name if case.ward else None),
        labels=labels,
        agency_name=agency_name,
        spot=public_spot(case) if shows_text else None,
        related=related_cards(case),
        is_proposal=case.kind in PROPOSALS,
        votes=done_votes.votes(case),
        business=proposal.business if proposal is not None else None,
        proposal=proposal_labels.shown(case.kind, proposal.data, proposal.proprietary)
        if proposal is not None and proposal.data
        else None,
        talk=discussion.part(place_of_case(case), case.thread),
        contest_open=case.contest_until is not None and case.contest_until > clock.now(),
    )


def partnership_stage(case: Submission) -> PartnershipStage | None:
    """Return how far the partnership is that a proposal became. Asks only where there may be one."""
    begun = case.kind in PROPOSALS and case.status is Status.ACCEPTED
    return partnerships.stage_of(case.id) if begun else None


def closed_title(case: Submission) -> str:
    """Return the heading of a page whose text is not shown (yet): what it is, and nothing it says."""
    return f"{labels.KIND[case.kind]} {case.reference}"


def full_status(case: Submission) -> str:
    """Return a case's status in full words. A secret merge target is not named."""
    target = case.merged_into
    return labels.status_text(
        case.status,
        agency=agency_name(case.agency_id, short=True),
        promised_on=date_text(case.promised_on) if case.promised_on else None,
        review_on=date_text(case.review_on) if case.review_on else None,
        institution=case.institution,
        merged_into=target.reference if target is not None and not target.secret else "",
    )


def _overdue_days(case: Submission) -> int:
    """Return by how many working days the case is late (0: it is not)."""
    left = deadlines.remaining(
        case.due_at,
        paused=case.paused_at is not None,
        at=clock.now(),
        calendar=reference_data.calendar(),
    )
    return left.days if left.urgency is Urgency.OVERDUE else 0


def _following(case: Submission) -> list[str]:
    """Return the names of the steps that still lie ahead on the usual way."""
    if case.status not in workflow.OPEN:
        return []
    way = [Status.IN_REVIEW, Status.ASSIGNED, Status.ANSWERED]
    place = {Status.RECEIVED: 0, Status.IN_REVIEW: 1, Status.ASSIGNED: 2, Status.IN_PROGRESS: 3}
    ahead: list[str] = []
    if case.status in place:
        ahead = [str(labels.STATUS[status]) for status in way[place[case.status] :]]
    if case.status is Status.IN_PROGRESS:
        ahead = [str(labels.STATUS[Status.DONE])]
    return ahead
