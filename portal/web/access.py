"""Who may open which view. A view without a rule stops the application at boot.

A rule here only opens the door of a route; what may be done to an object is asked of
`rules.permissions.can` through `authorise`. "May not" answers 404 to someone signed in and leads to the
sign-in page otherwise (desk and admin only).
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.locale import current_locale
from portal.core.sealing import SealBroken
from portal.models import Role, SignInMethod, User
from portal.queries import businesses, ownership, people
from portal.rules import devices
from portal.rules.permissions import VISITOR, Actor, Case, Seat, can
from portal.rules.workflow import Action
from portal.services import ownership as owning
from portal.services import sessions

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[P, Any]

#: How long a proven tracking code opens the private page in this browser, in seconds.
TRACKED_SECONDS = 60 * 60 * 24
TRACKED_MOST = 20
#: How long after proving who one is contacts and passwords can be changed.
FRESH = timedelta(minutes=15)

login_manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user together with the server-side session that proves it. The session's token is the id."""

    def __init__(self, user: User, token: str, *, second: bool = False) -> None:
        self.user = user
        self.token = token
        self.second = second

    def get_id(self) -> str:
        return self.token

    @property
    def is_active(self) -> bool:
        return self.user.active


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    at = clock.now()
    row = people.open_session(token, at=at)
    if row is None:
        return None
    if row.seen_at is None or row.seen_at < sessions.to_the_hour(at):
        g.unseen = token
    return SignedIn(row.user, token, second=row.second_factor)


def _see(response: Response) -> Response:
    # After the request's own transaction has ended, whatever it came to.
    token = g.pop("unseen", None)
    if token is not None:
        sessions.see(token, at=clock.now())
    return response


def init_access(app: Flask) -> None:
    """Attach Flask-Login without its remember-me cookie, which would read the session on every page."""
    login_manager.session_protection = None  # bound to the server-side row instead of address and browser
    login_manager.init_app(app, add_context_processor=False)
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    app.after_request(_see)


def sign_in(
    user: User, *, at: datetime, method: SignInMethod = SignInMethod.PASSWORD, second: bool = False
) -> None:
    """Start a new session for the user; what an earlier visitor left in the cookie is dropped."""
    hours = (
        24 * current_app.config["CITIZEN_SESSION_DAYS"]
        if user.citizen
        else current_app.config["STAFF_SESSION_HOURS"]
    )
    device = devices.in_words(request.user_agent.string)
    token = sessions.start(user, at=at, hours=hours, method=method, device=device, second=second)
    held = session.get("held")  # what they typed before we asked who they are
    session.clear()
    if held is not None:
        session["held"] = held
    session.permanent = True
    login_user(SignedIn(user, token, second=second))


def sign_out() -> None:
    """End the session on the server and in the browser."""
    if current_user.is_authenticated:
        sessions.end(current_user.token)
    logout_user()
    session.clear()


def is_freshly_proved() -> bool:
    """Tell whether this browser proved who it is a short while ago, as contacts and passwords ask for."""
    proved = people.proved_at(current_user.token) if current_user.is_authenticated else None
    return proved is not None and proved > clock.now() - FRESH


def prove() -> None:
    """Note that this browser just proved who it is."""
    sessions.prove(current_user.token, at=clock.now())


def signed_in_user() -> User | None:
    """Return the user of this request, or None. Touches the session: never call it on a cached page."""
    return current_user.user if current_user.is_authenticated else None


def remember_reporter(submission_id: int) -> None:
    """Note in the signed cookie that this browser proved the tracking code."""
    proven = {key: until for key, until in _proven().items() if key != submission_id}
    proven[submission_id] = int(clock.now().timestamp()) + TRACKED_SECONDS
    _keep(proven)
    session.permanent = True


def make_own(submission_id: int) -> None:
    """Let the account that just sent a case find it again on its own page; a visitor has the code.

    The caller asks first where the reporter is shielded.
    """
    user = signed_in_user()
    if user is not None:
        owning.own(submission_id, user, at=clock.now(), seal=current_app.extensions["seal"])


def forget_reporter(submission_id: int) -> None:
    """Take the proof back (shared phones)."""
    _keep({key: until for key, until in _proven().items() if key != submission_id})


def _keep(proven: dict[int, int]) -> None:
    # Sealed: a cookie that is only signed can be read, and ids in it would tell how many cases there are.
    newest = list(proven.items())[-TRACKED_MOST:]
    session["tracked"] = current_app.extensions["seal"].seal(json.dumps(newest))


def _proven() -> dict[int, int]:
    kept = session.get("tracked")
    if not isinstance(kept, str):
        return {}
    try:
        pairs = json.loads(current_app.extensions["seal"].open(kept))
    except SealBroken:
        return {}
    moment = clock.now().timestamp()
    return {int(key): int(until) for key, until in pairs if until > moment}


def actor_for(user: User | None, reporter_of: frozenset[int] = frozenset()) -> Actor:
    """Translate a user row into the policy's actor."""
    if user is None:
        return Actor(reporter_of=reporter_of) if reporter_of else VISITOR
    seats = frozenset(Seat(m.role, m.agency_id, m.publisher) for m in user.memberships)
    return Actor(user_id=user.id, seats=seats, reporter_of=reporter_of)


def current_actor() -> Actor:
    """Return who makes this request. Touches the session: never call it on a cached page."""
    if "actor" not in g:
        g.actor = actor_for(signed_in_user(), frozenset(_proven()))
    actor: Actor = g.actor
    return actor


def is_reporter_of(submission_id: int) -> bool:
    """Tell whether this browser proved the tracking code of a case, or its account owns it."""
    actor = current_actor()
    if submission_id in actor.reporter_of:
        return True
    seal = current_app.extensions["seal"]
    return actor.user_id is not None and ownership.owns(actor.user_id, submission_id, seal=seal)


def actor_towards(submission_id: int) -> Actor:
    """Return who makes this request, as the reporter of this case too where its account owns it."""
    actor = current_actor()
    if submission_id in actor.reporter_of or not is_reporter_of(submission_id):
        return actor
    return replace(actor, reporter_of=actor.reporter_of | {submission_id})


def member_actor() -> Actor:
    """Return who makes this request together with the businesses that they speak for."""
    actor = current_actor()
    if actor.user_id is None:
        return actor
    if "businesses" not in g:
        g.businesses = businesses.seats_of(actor.user_id)
    return replace(actor, businesses=g.businesses)


def authorise(action: Action, case: Case) -> None:
    """Answer 404 unless the current actor may do this to the case."""
    if not can(action, current_actor(), case, at=clock.now()):
        abort(404)


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    prefix = "" if current_locale() == "id" else f"/{current_locale()}"
    return redirect(url_for("account.sign_in", next=wanted and prefix + wanted), code=303)


def _mark(view: Callable[..., Any], rule: str) -> None:
    view.access_rule = rule  # type: ignore[attr-defined]


def public(view: Callable[P, T]) -> Callable[P, T]:
    """Declare a view open to everybody."""
    _mark(view, "public")
    return view


def _guarded(rule: str, opens: Callable[[Actor], bool], *, work: bool = True) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            actor = current_actor()
            if actor.user_id is None:
                return _to_sign_in()
            if not opens(actor):
                abort(404)
            if work and current_app.config["STAFF_SECOND_FACTOR"] and not current_user.second:
                return redirect(url_for("account.second_factor_page"), code=303)
            return view(*args, **kwargs)

        _mark(guarded, rule)
        return guarded

    return decorate


#: Anybody who is signed in.
signed_in = _guarded("signed_in", lambda actor: True, work=False)
#: Officers, heads and triage: the desk. What they may do there is asked per case.
staff = _guarded("staff", lambda actor: actor.is_staff)


def requires(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Declare a view open to those who hold one of the roles."""
    names = "|".join(sorted(roles))
    return _guarded(names, lambda actor: any(actor.has(role) for role in roles))


def check_every_view_has_a_rule(app: Flask) -> None:
    """Raise at boot when a view forgot to say who may open it."""
    forgotten = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "access_rule")
    ]
    if forgotten:
        raise RuntimeError(f"views without an access rule: {', '.join(sorted(forgotten))}")
