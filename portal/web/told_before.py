"""Before something is sent: the category that its words suggest, and whether this was told before."""

from hashlib import blake2b
from typing import Any

from portal.core.text import stems
from portal.models import Draft
from portal.queries import reference, similar
from portal.rules import categories
from portal.services import drafts
from portal.web import labels
from portal.web.public.cards import agency_name


def proposed_category(draft: Draft) -> str:
    """Return the id of the category that the words suggest, or ""."""
    words = {row.id: row.words for row in reference.categories().values() if row.active}
    return str(categories.propose(draft.data.get("text", ""), words) or "")


def rows(draft: Draft) -> list[similar.SimilarRow]:
    """Return the public cases that may tell the same."""
    story = drafts.story(draft)
    return similar.find(
        story.text, kind=story.kind, ward_code=story.ward_code, category_id=story.category_id or None
    )


def cards(draft: Draft) -> list[dict[str, Any]]:
    """Return them as the page shows them."""
    wards = reference.wards()
    return [
        {
            "reference": row.reference,
            "title": row.title,
            "place": wards[row.ward_code].name if row.ward_code in wards else "",
            "status": labels.status_text(row.status, agency=agency_name(row.agency_id, short=True)),
            "supports": row.support_count,
        }
        for row in rows(draft)
    ]


def signature(draft: Draft) -> str:
    """Return what stands for the story the question "was this told before?" was asked about."""
    story = drafts.story(draft)
    words = " ".join((story.kind, story.ward_code or "", str(story.category_id or 0), *stems(story.text)))
    return blake2b(words.encode(), digest_size=12).hexdigest()
