"""What stands between a form and a sending: machines and floods."""

from collections.abc import Iterable

from flask import current_app, request

from portal.core import clock, throttle
from portal.core.text import normalise
from portal.models import Draft


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
