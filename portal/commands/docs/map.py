"""docs/img/workflow.svg: the states as a map. Lines are drawn by hand; what they say is the table's."""

from dataclasses import dataclass

from markupsafe import escape

from portal.commands.docs.workflow import origins
from portal.models import Status
from portal.rules.workflow import TRANSITIONS, Action
from portal.web import labels

S = Status
WIDTH, HEIGHT = 1240, 700
BOX_WIDTH, BOX_HEIGHT = 168, 48

#: Upper left corners.
PLACES: dict[Status, tuple[int, int]] = {
    S.RECEIVED: (40, 270),
    S.IN_REVIEW: (300, 270),
    S.ASSIGNED: (560, 270),
    S.NEEDS_INFO: (300, 440),
    S.ACCEPTED: (850, 30),
    S.ANSWERED: (850, 150),
    S.IN_PROGRESS: (850, 270),
    S.DONE: (1055, 210),
    S.DEFERRED: (850, 400),
    S.DECLINED: (850, 500),
    S.REFERRED: (850, 600),
    S.MERGED: (60, 610),
    S.WITHDRAWN: (290, 610),
}
TONES = {
    S.DONE: "good",
    S.ACCEPTED: "good",
    S.ANSWERED: "good",
    S.NEEDS_INFO: "waits",
    S.DEFERRED: "waits",
    S.DECLINED: "ends",
    S.REFERRED: "ends",
    S.MERGED: "ends",
    S.WITHDRAWN: "ends",
}

#: All that is open: what can be merged and withdrawn from everywhere inside is one line from its edge.
OPEN_FRAME = (20, 235, 728, 280)
FROM_FRAME = frozenset({Action.MERGE, Action.WITHDRAW, Action.UNMERGE})


@dataclass(frozen=True, slots=True)
class Line:
    """A path, where its words stand, and whether it points both ways."""

    path: str
    x: int
    y: int
    both: bool = False


#: By the steps that it shows, each from one state to another.
LINES: dict[tuple[tuple[Status, Status], ...], Line] = {
    ((S.RECEIVED, S.IN_REVIEW),): Line("M208 290 H300", 252, 284),
    ((S.RECEIVED, S.ASSIGNED), (S.ASSIGNED, S.RECEIVED)): Line(
        "M130 270 C140 205 560 205 600 270", 370, 226, both=True
    ),
    ((S.IN_REVIEW, S.ASSIGNED), (S.ASSIGNED, S.IN_REVIEW)): Line("M468 290 H560", 514, 284, both=True),
    ((S.RECEIVED, S.NEEDS_INFO), (S.NEEDS_INFO, S.RECEIVED)): Line("M124 318 V464 H300", 190, 458, both=True),
    ((S.IN_REVIEW, S.NEEDS_INFO), (S.NEEDS_INFO, S.IN_REVIEW)): Line("M370 318 V440", 370, 382, both=True),
    ((S.ASSIGNED, S.NEEDS_INFO), (S.NEEDS_INFO, S.ASSIGNED)): Line("M590 318 V456 H468", 540, 450, both=True),
    ((S.NEEDS_INFO, S.DECLINED),): Line("M468 474 C560 536 700 534 850 534", 690, 536),
    ((S.ASSIGNED, S.ASSIGNED),): Line("M628 270 C618 214 672 214 662 270", 645, 222),
    ((S.ASSIGNED, S.ACCEPTED),): Line("M690 270 C700 90 760 54 850 54", 752, 84),
    ((S.ASSIGNED, S.ANSWERED), (S.ANSWERED, S.ASSIGNED)): Line(
        "M715 270 C730 190 780 174 850 174", 782, 186, both=True
    ),
    ((S.ASSIGNED, S.IN_PROGRESS), (S.IN_PROGRESS, S.ASSIGNED)): Line("M728 294 H850", 789, 266, both=True),
    ((S.ANSWERED, S.IN_PROGRESS),): Line("M910 198 V270", 910, 238),
    ((S.IN_PROGRESS, S.IN_PROGRESS),): Line("M880 318 C868 366 922 366 910 318", 895, 364),
    ((S.ANSWERED, S.DONE),): Line("M1018 174 C1060 174 1100 180 1110 210", 1072, 180),
    ((S.IN_PROGRESS, S.DONE),): Line("M1018 294 C1060 294 1100 290 1110 258", 1072, 300),
    ((S.DONE, S.ASSIGNED),): Line("M1150 210 C1150 104 1040 104 960 108 C800 114 720 150 703 270", 1062, 112),
    ((S.IN_REVIEW, S.DECLINED),): Line("M440 318 C500 500 660 518 850 518", 600, 500),
    ((S.ASSIGNED, S.DECLINED),): Line("M655 318 C680 470 760 506 850 508", 682, 424),
    ((S.ASSIGNED, S.DEFERRED),): Line("M690 318 C710 404 770 424 850 424", 752, 402),
    ((S.IN_PROGRESS, S.DEFERRED),): Line("M970 318 V400", 970, 362),
    ((S.IN_REVIEW, S.REFERRED),): Line("M410 318 C480 590 650 632 850 632", 556, 574),
    ((S.ASSIGNED, S.REFERRED),): Line("M625 318 C650 560 760 612 850 616", 748, 594),
    ((S.DECLINED, S.IN_REVIEW), (S.DEFERRED, S.IN_REVIEW), (S.REFERRED, S.IN_REVIEW)): Line(
        "M1018 524 H1100 M1018 624 H1100 M1018 424 H1100 V682 H268 V308 H300", 960, 678
    ),
}
#: What leads out of the frame, and back.
FRAME_LINES: dict[tuple[Action, ...], Line] = {
    (Action.MERGE, Action.UNMERGE): Line("M144 515 V610", 144, 566, both=True),
    (Action.WITHDRAW,): Line("M340 515 V610", 340, 566),
}

_STYLE = """<style>
.box{fill:#fff;stroke:#0A6078;stroke-width:2}.good .box{stroke:#17613F;fill:#EAF5EF}
.waits .box{stroke:#8A6100;fill:#FFF6DD}.ends .box{stroke:#48606B;fill:#F1F4F5}
.name{font-weight:700;font-size:15px;fill:#0B2A3A}.shown{font-size:12px;fill:#48606B}
.line{fill:none;stroke:#48606B;stroke-width:1.6}.frame{fill:#F4F8F8;stroke:#7C929C;stroke-dasharray:6 5}
.says{font-size:12.5px;fill:#0B2A3A;stroke:#fff;stroke-width:4;paint-order:stroke;stroke-linejoin:round}
text{text-anchor:middle}
</style>
<marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"
 orient="auto-start-reverse">
<path d="M0 0 8 4 0 8z" fill="#48606B"/></marker>"""


def state_map() -> str:
    """Return the map as SVG. Raises `ValueError` for a step that no line shows, or a line without a step."""
    steps = _steps()
    drawn = {step for pairs in LINES for step in pairs}
    if drawn != set(steps):
        raise ValueError(f"the map and the table differ: {sorted(drawn ^ set(steps))}")
    says = [
        (line, " / ".join(dict.fromkeys(action for step in pairs for action in steps[step])))
        for pairs, line in LINES.items()
    ]
    says += [(line, " / ".join(actions)) for actions, line in FRAME_LINES.items()]
    x, y, width, height = OPEN_FRAME
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="system-ui, sans-serif">',
        "<title>The states of a submission and what leads from one to another</title>",
        _STYLE,
        f'<rect class="frame" x="{x}" y="{y}" width="{width}" height="{height}" rx="14"/>',
        *(_line(line) for line, _ in says),
        *(_box(status) for status in Status),
        *(f'<text class="says" x="{line.x}" y="{line.y}">{escape(words)}</text>' for line, words in says),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _steps() -> dict[tuple[Status, Status], list[str]]:
    """Return the actions by the states that they lead from and to, less those drawn from the frame."""
    steps: dict[tuple[Status, Status], list[str]] = {}
    for row in TRANSITIONS:
        if row.action in FROM_FRAME:
            continue
        for source in row.sources:
            for target in [row.target] if row.target else origins(row):
                steps.setdefault((source, target), []).append(row.action.replace("_", " "))
    return steps


def _line(line: Line) -> str:
    start = ' marker-start="url(#to)"' if line.both else ""
    return f'<path class="line" d="{line.path}"{start} marker-end="url(#to)"/>'


def _box(status: Status) -> str:
    x, y = PLACES[status]
    middle = x + BOX_WIDTH // 2
    return (
        f'<g class="{TONES.get(status, "open")}">'
        f'<rect class="box" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"/>'
        f'<text class="name" x="{middle}" y="{y + 21}">{status.replace("_", " ")}</text>'
        f'<text class="shown" x="{middle}" y="{y + 38}">{escape(labels.STATUS[status])}</text></g>'
    )
