"""What everybody sees."""

from portal.web.public import (  # noqa: F401 (importing a module hangs its views on the blueprint)
    about,
    agenda,
    attachments,
    business,
    business_profiles,
    consultation_answers,
    consultations,
    discussion,
    discussion_own,
    discussion_writing,
    done,
    embed,
    feeds,
    follow,
    home,
    map,
    moderation_summary,
    offline,
    packages,
    partnerships,
    planning,
    programs,
    question,
    rate,
    receipt,
    report,
    stop_mail,
    submissions,
    submit,
    support,
    track,
    transparency,
)
from portal.web.public.blueprint import blueprint

__all__ = ["blueprint"]
