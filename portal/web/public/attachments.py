"""Files under unguessable names. Whoever may not see one is told that it does not exist."""

from flask import Response, abort, request

from portal.core import clock
from portal.queries import attachments
from portal.queries.attachments import Found
from portal.rules import files
from portal.services.drafts import ASPIRATION, COUNTER, PROPOSAL
from portal.web import drafts as browser_draft
from portal.web.access import actor_towards, public
from portal.web.files import answer_with
from portal.web.public.blueprint import blueprint


@blueprint.get("/berkas/<token>", endpoint="attachment")
@public
def attachment(token: str) -> Response:
    """Serve a file, or its small picture with `?ukuran=kecil`."""
    found = attachments.by_token(token)
    if found is None:
        abort(404)
    open_to_all = found.case is not None and files.everybody_sees(found.file, found.case)
    if not open_to_all and not _may_see(found):
        abort(404)
    small = request.args.get("ukuran") == "kecil" and bool(found.file.thumbnail_key)
    return answer_with(found.file, small=small, open_to_all=open_to_all)


def _may_see(found: Found) -> bool:
    """Ask the session, which public files never do."""
    if found.case is not None:
        return files.may_see(found.file, found.case, actor_towards(found.case.id), at=clock.now())
    drafts = (browser_draft.current(flow) for flow in (ASPIRATION, PROPOSAL, COUNTER))
    return any(draft is not None and draft.id == found.file.draft_id for draft in drafts)
