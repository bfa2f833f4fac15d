"""What stands between a form and a sending: who sends, machines and floods."""

from collections.abc import Iterable

from flask import current_app, request

from portal.core import clock, throttle
from portal.core.text import normalise
from portal.models import Draft, IdentityMode
from portal.queries import contacts
from portal.services.submissions import Sender
from portal.web.access import signed_in_user
from portal.web.public.submit_forms import SendForm


def own_contact() -> dict[str, str]:
    """Return how a citizen who is signed in is reached: they see it before they send, and may take it out."""
    user = signed_in_user()
    if user is None or not user.citizen:
        return {}
    seal = current_app.extensions["seal"]
    return {"email": contacts.email_of(user, seal=seal), "phone": contacts.phone_of(user, seal=seal)}


def sender(form: SendForm, *, filled_in: bool = False) -> Sender:
    """Return who sends. `filled_in`: the page had filled in the contact of the account.

    A shielded reporter who does not want the case in the account leaves no contact of the account either:
    it stood there before they chose, and without JavaScript it stands there still.
    """
    mode = IdentityMode(form.identity.data)
    email, phone = form.email.data, form.phone.data
    if filled_in and mode is IdentityMode.SHIELDED and not form.is_kept:
        own = own_contact()
        email = "" if email == own.get("email") else email
        phone = "" if phone == own.get("phone") else phone
    return Sender(identity_mode=mode, secret=form.secret.data, name=form.name.data, email=email, phone=phone)


def looks_automatic(hidden_field: str | None, draft: Draft) -> bool:
    """Tell whether a machine seems to write: it fills the hidden field, or needs no time at all."""
    seconds = (clock.now() - draft.created_at).total_seconds()
    return bool(normalise(hidden_field or "")) or seconds < current_app.config["MIN_SECONDS_TO_SEND"]


def within_limits(contacts: Iterable[str]) -> bool:
    """Count this sending against the limits of its address and its contacts; False: too many."""
    limits = [(current_app.config["LIMIT_SUBMIT_PER_ADDRESS"], request.remote_addr or "")]
    for contact in filter(None, contacts):
        hashed = current_app.extensions["seal"].keyed_hash(contact)
        limits.append((current_app.config["LIMIT_SUBMIT_PER_CONTACT"], hashed))
    if not all(throttle.within(limit, "submit", key) for limit, key in limits):
        return False
    for limit, key in limits:
        throttle.hit(limit, "submit", key)
    return True
