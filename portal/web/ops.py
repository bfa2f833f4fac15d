"""For those who run the portal: health."""

from flask import Blueprint

from portal.web.access import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}
