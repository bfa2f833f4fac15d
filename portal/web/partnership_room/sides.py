"""The two doors of a room: staff come by the desk, the business by its account; behind them one view."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core.references import parse_reference
from portal.models import Partnership, Submission
from portal.queries import partnerships
from portal.rules import partnerships as rules
from portal.rules.partnerships import Act
from portal.rules.permissions import Actor
from portal.services import attachments
from portal.services.errors import NotPermitted
from portal.web import labels, partnership_words, uploads
from portal.web.access import signed_in, staff
from portal.web.account.blueprint import blueprint as account
from portal.web.account.business.doors import frame, own_business
from portal.web.desk.blueprint import blueprint as desk
from portal.web.desk.partnerships.page import readable, room_links
from portal.web.forms import Form, render_form
from portal.web.public.cards import agency_name
from portal.web.uploads import Received


@dataclass(frozen=True)
class Side:
    """A partnership as one of the two doors opens it."""

    partnership: Partnership
    case: Submission
    #: Speaks for one side only: at the desk for the city, in the account for the business.
    actor: Actor
    at_desk: bool
    values: dict[str, Any]  # of every address of this room
    frame: dict[str, Any]
    received: Received = field(default_factory=Received)

    def url(self, name: str, **values: Any) -> str:
        """Return the address of a part of this room on the same side."""
        where = "desk" if self.at_desk else "account"
        return url_for(f"{where}.{name}", **self.values, **values)

    def may(self, act: Act) -> bool:
        """Tell whether the actor may do this now."""
        return rules.can(act, self.actor, self.partnership)

    def demand(self, act: Act) -> None:
        """Answer 404 to those who may never do this."""
        if not rules.could(act, self.actor, self.partnership):
            self.discard()
            raise NotPermitted

    def discard(self) -> None:
        """Remove what came with a form that was not accepted."""
        attachments.discard(self.received.files, storage=current_app.extensions["storage"])

    def back(self, name: str, said: str) -> Response:
        """Say what was done and lead back to a page."""
        flash(said)
        return redirect(self.url(name), code=303)

    def page(self, template: str, forms: Form | list[Form], *, stale: bool = False, **values: Any) -> Any:
        """Draw a page in the frame of this side; `stale` answers 409."""
        layout = "desk/partnerships/room_frame.html" if self.at_desk else "account/business/room_frame.html"
        drawn, status = render_form(
            f"partnerships/{template}.html",
            forms,
            layout=layout,
            side=self,
            partnership=self.partnership,
            case=self.case,
            labels=labels,
            words=partnership_words,
            agency_name=agency_name,
            Act=Act,
            stale=stale,
            **self.frame,
            **values,
        )
        return drawn, 409 if stale else status


def _links(endpoints: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(endpoint, label) for endpoint, label in endpoints if endpoint in current_app.view_functions]


def at_desk(reference: str, received: Received) -> Side:
    """Open the room for staff who take part; 404 for all others."""
    row, case, actor = readable(reference)
    values = {"reference": case.reference}
    return Side(row, case, actor, True, values, {"rooms": _links(room_links())}, received)


def for_business(slug: str, reference: str, received: Received) -> Side:
    """Open the room for members of the business; 404 for all others."""
    business, actor = own_business(slug)
    # Who also works for the city speaks here for the business alone, and sees what the business sees.
    actor = replace(actor, seats=frozenset())
    canonical = parse_reference(reference)
    found = partnerships.by_reference(canonical) if canonical else None
    if found is None or found[0].business_id != business.id:
        abort(404)
    row, case = found
    values = {"slug": business.slug, "reference": case.reference}
    rooms = [
        ("account.partnership", _("Kemitraan")),
        ("account.partnership_room", _("Ruang")),
        ("account.partnership_schedule", _("Jadwal")),
        ("account.partnership_drafts", _("Naskah")),
        ("account.partnership_duties", _("Janji")),
        ("account.partnership_monitoring", _("Pemantauan")),
    ]
    return Side(row, case, actor, False, values, {"rooms": _links(rooms), **frame(business, actor)}, received)


def both(
    path: str,
    name: str,
    *,
    post: bool = False,
    receive: Callable[[], Received] | None = None,
    staff_only: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view of a `Side` under both doors as `partnership_<name>`, or at the desk only.

    `receive` takes the files of the form before the first statement on the partnership.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        @staff
        def by_desk(reference: str, **ids: Any) -> Any:
            received = receive() if receive else Received()
            return view(at_desk(reference, received), **ids)

        @signed_in
        def by_business(slug: str, reference: str, **ids: Any) -> Any:
            received = receive() if receive else Received()
            return view(for_business(slug, reference, received), **ids)

        methods = ["POST"] if post else ["GET"]
        doors = [(desk, f"/kemitraan/<reference>{path}", by_desk)]
        if not staff_only:
            doors.append((account, f"/akun/usaha/<slug>/kemitraan/<reference>{path}", by_business))
        for blueprint, rule, door in doors:
            door.__doc__ = view.__doc__
            opened = uploads.takes_files(door) if receive else door
            blueprint.add_url_rule(rule, f"partnership{name}", opened, methods=methods)
        return view

    return register
