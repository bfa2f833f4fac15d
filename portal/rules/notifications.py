"""Who hears of what, and how soon (WORKFLOW rule 6)."""

from dataclasses import dataclass
from enum import StrEnum

from portal.models.kinds import Topic


class Audience(StrEnum):
    """Whom a notice is for, relative to the case."""

    REPORTER = "reporter"  # of the case and of those merged into it
    SUPPORTERS = "supporters"
    FOLLOWERS = "followers"  # accounts that follow the case, or one merged into it
    OFFICER = "officer"
    HEADS = "heads"  # of the agency that has the case
    PUBLISHERS = "publishers"  # heads, and the officers whom they named, of that agency
    TRIAGE = "triage"
    MENTIONED = "mentioned"  # whom the note names
    WATCHERS = "watchers"  # staff who watch the case


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail for an event. `kind` names templates/email/<kind>/; a digest one waits for the daily mail."""

    kind: str
    audience: frozenset[Audience]
    digest: bool = False
    #: Told once (a draft: once a day) of what the event names under this key in its data.
    once: str = ""


_EVERYONE = frozenset({Audience.REPORTER, Audience.SUPPORTERS, Audience.FOLLOWERS})
_REPORTER = frozenset({Audience.REPORTER})

#: By event action. Receipt, question and outcomes go out at once; the rest is gathered per day.
NOTICES: dict[str, tuple[Notice, ...]] = {
    "send": (Notice("receipt", _REPORTER),),
    "ask": (Notice("question", _REPORTER),),
    "reply": (Notice("staff_reply", frozenset({Audience.OFFICER, Audience.TRIAGE})),),
    "assign": (
        Notice("assigned", _EVERYONE, digest=True),
        Notice("staff_assigned", frozenset({Audience.OFFICER, Audience.HEADS})),
    ),
    "hand_over": (
        Notice("assigned", _EVERYONE, digest=True),
        Notice("staff_assigned", frozenset({Audience.HEADS})),
    ),
    "answer": (Notice("answered", _EVERYONE),),
    "draft_answer": (Notice("staff_draft", frozenset({Audience.PUBLISHERS}), digest=True, once="answer_id"),),
    "return_draft": (Notice("staff_returned", frozenset({Audience.MENTIONED})),),
    "edit_answer": (Notice("answer_edited", _EVERYONE, digest=True),),
    "promise": (Notice("promised", _EVERYONE),),
    "finish": (Notice("done", _EVERYONE),),
    "accept": (Notice("accepted", _EVERYONE),),
    "decline": (Notice("declined", _EVERYONE),),
    "defer": (Notice("deferred", _EVERYONE),),
    "refer": (Notice("referred", _EVERYONE),),
    "expire": (Notice("expired", _EVERYONE, digest=True),),
    "merge": (Notice("merged", _EVERYONE, digest=True),),
    "unmerge": (Notice("unmerged", _EVERYONE, digest=True),),
    "not_done": (
        Notice("reopened", _EVERYONE, digest=True),
        Notice("staff_reopened", frozenset({Audience.OFFICER, Audience.HEADS})),
    ),
    "object": (
        Notice("reopened", _EVERYONE, digest=True),
        Notice("staff_reopened", frozenset({Audience.TRIAGE})),
    ),
    "review": (Notice("reviewed", _EVERYONE, digest=True),),
    "split": (
        Notice("split", _REPORTER),
        Notice("split", frozenset({Audience.SUPPORTERS, Audience.FOLLOWERS}), digest=True),
    ),
    "link": (Notice("linked", _EVERYONE, digest=True),),
    "unlink": (Notice("unlinked", _EVERYONE, digest=True),),
    "program_progress": (Notice("program_progress", _EVERYONE, digest=True, once="update_id"),),
    "partnership_moved": (Notice("partnership_moved", _EVERYONE, digest=True),),
    "hide": (Notice("hidden", _EVERYONE, digest=True),),
    "unhide": (Notice("unhidden", _EVERYONE, digest=True),),
    "escalate_before": (Notice("staff_due", frozenset({Audience.OFFICER})),),
    "escalate_due": (Notice("staff_due", frozenset({Audience.OFFICER, Audience.HEADS})),),
    "note": (Notice("staff_mention", frozenset({Audience.MENTIONED})),),
    "escalate_late": (Notice("staff_due", frozenset({Audience.OFFICER, Audience.HEADS, Audience.TRIAGE})),),
}

#: What staff who watch a case hear of: everything the public sees of it, in the daily mail.
_WATCHED = (
    "verify", "ask", "reply", "assign", "hand_over", "answer", "edit_answer", "promise", "finish", "accept",
    "decline", "defer", "refer", "expire", "merge", "unmerge", "withdraw", "not_done", "object", "review",
    "link", "unlink", "program_progress", "partnership_moved", "hide", "unhide", "confirm",
    "add_information", "lower_secrecy", "escalate_late",
)  # fmt: skip
_WATCH = Notice("staff_watch", frozenset({Audience.WATCHERS}), digest=True)
NOTICES |= {action: (*NOTICES.get(action, ()), _WATCH) for action in _WATCHED}

#: The group that a kind of news belongs to, so that a person can choose its pace (`rules.paces`). What is not
#: here goes out at once, always: receipts, codes, questions, links that somebody asked for, mail to staff.
TOPICS: dict[str, Topic] = {
    "answered": Topic.OUTCOME,
    "promised": Topic.OUTCOME,
    "done": Topic.OUTCOME,
    "accepted": Topic.OUTCOME,
    "declined": Topic.OUTCOME,
    "deferred": Topic.OUTCOME,
    "referred": Topic.OUTCOME,
    "assigned": Topic.PROGRESS,
    "answer_edited": Topic.PROGRESS,
    "expired": Topic.PROGRESS,
    "merged": Topic.PROGRESS,
    "unmerged": Topic.PROGRESS,
    "reopened": Topic.PROGRESS,
    "reviewed": Topic.PROGRESS,
    "split": Topic.PROGRESS,
    "linked": Topic.PROGRESS,
    "unlinked": Topic.PROGRESS,
    "program_progress": Topic.PROGRESS,
    "hidden": Topic.PROGRESS,
    "unhidden": Topic.PROGRESS,
    "consultation_outcome": Topic.OUTCOME,
    "partnership_moved": Topic.PROGRESS,
    "comment_new": Topic.DISCUSSION,
    "comment_reply": Topic.DISCUSSION,
}
