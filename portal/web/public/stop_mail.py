"""The link in a mail that stops the mail: of one matter, or all news of an account."""

from flask import abort, render_template, request

from portal.core import clock
from portal.services import outbox
from portal.web.access import public
from portal.web.public.blueprint import blueprint


@blueprint.get("/berhenti/<token>")
@public
def stop_mail(token: str) -> str:
    """Show the buttons: programs that look at every link in a mail must not press them."""
    can = outbox.stoppable(token, at=clock.now())
    if can is None:
        abort(404)
    return render_template("public/stop_mail.html", stopped=False, can=can)


@blueprint.post("/berhenti/<token>", endpoint="stop_mail_now")
@public
def stop_mail_now(token: str) -> str:
    """Stop the mail. Mail programs press this for their users (RFC 8058), without cookies or origin."""
    can = outbox.stoppable(token, at=clock.now())
    everything = request.form.get("apa") == "semua"
    if can is None or not outbox.stop(token, at=clock.now(), everything=everything):
        abort(404)
    everything = can.everything and (everything or not can.one)
    return render_template("public/stop_mail.html", stopped=True, can=can, everything=everything)


stop_mail_now.proof_in_address = True  # type: ignore[attr-defined]
