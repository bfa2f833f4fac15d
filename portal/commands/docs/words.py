"""The words of the documentation."""

from portal.rules.workflow import Requirement, Who

WRITTEN = "<!-- Written by `make docs` from portal/rules; change the rules, not this page. -->"

WHO = {
    Who.REPORTER: "reporter",
    Who.TRIAGE: "triage",
    Who.OFFICER_HERE: "officer here",
    Who.HEAD_HERE: "head here",
    Who.HEAD_HERE_FIRST: "head here, the first time",
    Who.PUBLISHER: "publisher",
    Who.CLOCK: "the clock",
}

NEEDS = {
    Requirement.CATEGORY: "category",
    Requirement.AGENCY: "agency",
    Requirement.OTHER_AGENCY: "another agency",
    Requirement.QUESTION: "question",
    Requirement.TEXT: "text",
    Requirement.REASON: "reason",
    Requirement.PUBLIC_TEXT: "public text",
    Requirement.DATE: "date (today or later)",
    Requirement.REVIEW_DATE: "review date (later)",
    Requirement.CODE: "reason code",
    Requirement.INSTITUTION: "institution",
    Requirement.TARGET: "target that can carry it",
    Requirement.EVIDENCE: "evidence, where work was ever promised",
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def code(value: str) -> str:
    """Return a value as it stands in the code."""
    return f"`{value}`"
