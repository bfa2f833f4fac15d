"""The draft of this browser: its token, and later the key of its receipt, lie in the signed cookie."""

from flask import current_app, session

from portal.core import clock
from portal.models import Draft
from portal.queries import drafts as queries
from portal.services import drafts, mine
from portal.web.access import signed_in_user

#: What people write for themselves; at the counter staff write for somebody else.
OWN_FLOWS = (drafts.ASPIRATION, drafts.PROPOSAL)
#: How long a browser can see its receipt, tracking code included, again (seconds).
RECEIPT_SECONDS = 60 * 60 * 24


def current(flow: str, *, lock: bool = False) -> Draft | None:
    """Return the draft of this browser, sent or not, or None."""
    token = token_of(flow)
    if not token:
        return None
    return queries.by_token(token, flow, at=clock.now(), lock=lock)


def current_or_new(flow: str) -> Draft:
    """Return the unsent draft of this browser; begin one where there is none. Only for unsafe methods."""
    draft = current(flow)
    if draft is None or drafts.is_sent(draft):
        draft, token = drafts.begin(flow, at=clock.now())
        keep(flow, token)
        user = signed_in_user()
        if user is not None and flow in OWN_FLOWS:
            mine.own_draft(draft, user)
    return draft


def keep(flow: str, token: str) -> None:
    """Let this browser find the draft of a form again."""
    session["drafts"] = {**session.get("drafts", {}), flow: token}
    session.permanent = True


def token_of(flow: str) -> str:
    """Return the token of this browser's draft, or ""."""
    token = session.get("drafts", {}).get(flow)
    return token if isinstance(token, str) else ""


def forget(flow: str) -> None:
    """Take the draft's token out of the cookie."""
    session["drafts"] = {key: token for key, token in session.get("drafts", {}).items() if key != flow}


def keep_receipt(flow: str, idempotency_key: str, *, seconds: int = RECEIPT_SECONDS) -> None:
    """Let this browser show the receipt again for a day; the draft is done with."""
    until = int(clock.now().timestamp()) + seconds
    session["receipts"] = {**session.get("receipts", {}), flow: [idempotency_key, until]}
    session.permanent = True
    forget(flow)


def receipt_key(flow: str) -> str | None:
    """Return the key of the receipt that this browser may show, or None."""
    key, until = session.get("receipts", {}).get(flow, ("", 0))
    return key if key and until > clock.now().timestamp() else None


def forget_receipt(flow: str) -> None:
    """Take the receipt out of the cookie (shared phones)."""
    session["receipts"] = {key: kept for key, kept in session.get("receipts", {}).items() if key != flow}


def code_secret() -> bytes:
    """Return what references and tracking codes are derived from."""
    return str(current_app.config["SECRET_KEY"]).encode()
