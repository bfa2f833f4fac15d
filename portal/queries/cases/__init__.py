"""What staff read at the desk: the queues and the parts of one case."""

from portal.queries.cases.chosen import by_references
from portal.queries.cases.files import FileRow, file_rows
from portal.queries.cases.filters import PLACES, RUNNING, Due, Filters, Sort
from portal.queries.cases.page import (
    LinkedProgram,
    OfficialText,
    StaffRow,
    ThreadEntry,
    attachments,
    by_reference,
    merged_here,
    named,
    official_texts,
    programs,
    proposal,
    staff,
    thread,
)
from portal.queries.cases.queues import (
    FINISHED,
    PAGE_SIZE,
    CaseRow,
    Queue,
    counts,
    queue,
    queues_of,
    visible,
)

__all__ = [
    "FINISHED",
    "PAGE_SIZE",
    "PLACES",
    "RUNNING",
    "CaseRow",
    "Due",
    "FileRow",
    "Filters",
    "LinkedProgram",
    "OfficialText",
    "Queue",
    "Sort",
    "StaffRow",
    "ThreadEntry",
    "attachments",
    "by_reference",
    "by_references",
    "counts",
    "file_rows",
    "merged_here",
    "named",
    "official_texts",
    "programs",
    "proposal",
    "queue",
    "queues_of",
    "staff",
    "thread",
    "visible",
]
