"""The link in a mail that stops the mail about a case."""

from flask import abort, render_template

from portal.core import clock
from portal.services import outbox
from portal.web.access import public
from portal.web.public.blueprint import blueprint


@blueprint.get("/berhenti/<token>")
@public
def stop_mail(token: str) -> str:
    """Show the button: programs that look at every link in a mail must not press it."""
    if not outbox.can_stop(token, at=clock.now()):
        abort(404)
    return render_template("public/stop_mail.html", stopped=False)


@blueprint.post("/berhenti/<token>", endpoint="stop_mail_now")
@public
def stop_mail_now(token: str) -> str:
    """Stop the mail. Mail programs press this for their users (RFC 8058), without cookies or origin."""
    if not outbox.stop(token, at=clock.now()):
        abort(404)
    return render_template("public/stop_mail.html", stopped=True)


stop_mail_now.proof_in_address = True  # type: ignore[attr-defined]
