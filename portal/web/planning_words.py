"""Words for planning: rounds, recommendations, land; and what a case's page tells of its round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.models import Endorser, LandStatus, ReasonCode, RoundLevel, Status, Submission, Verdict
from portal.queries import planning
from portal.queries.planning import RoundRow, StepRow
from portal.rules import planning as rules

LEVEL = {
    RoundLevel.WARD: _l("Musrenbang kelurahan"),
    RoundLevel.DISTRICT: _l("Musrenbang kecamatan"),
    RoundLevel.FORUM: _l("Forum perangkat daerah"),
    RoundLevel.CITY: _l("Musrenbang kota"),
    RoundLevel.RKPD: _l("Rencana kerja kota (RKPD)"),
}
ENDORSER = {
    Endorser.WARD_HEAD: _l("Lurah"),
    Endorser.DISTRICT_HEAD: _l("Camat"),
    Endorser.AGENCY: _l("Dinas"),
    Endorser.BUDGET_TEAM: _l("Tim anggaran (TAPD)"),
}
VERDICT = {
    Verdict.RECOMMENDED: _l("Direkomendasikan"),
    Verdict.CHANGED: _l("Direkomendasikan dengan perubahan"),
    Verdict.NOT_RECOMMENDED: _l("Tidak direkomendasikan"),
}
LAND = {
    LandStatus.UNKNOWN: _l("Belum diketahui"),
    LandStatus.CITY: _l("Milik kota"),
    LandStatus.VILLAGE: _l("Tanah adat atau bersama"),
    LandStatus.PRIVATE_GRANTED: _l("Milik pribadi, sudah dihibahkan"),
    LandStatus.PRIVATE: _l("Milik pribadi"),
    LandStatus.NOT_NEEDED: _l("Tidak perlu tanah"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a case's page says: the year, its round while that is known, and what can be done meanwhile."""

    year: int
    round: RoundRow | None
    steps: Sequence[StepRow]
    #: It was put off for want of money: the round is the next one from today, not the one of its receipt.
    again: bool = False


_OVER = frozenset({Status.DONE, Status.DECLINED, Status.MERGED, Status.REFERRED, Status.WITHDRAWN})


def told(case: Submission, today: date) -> Told | None:
    """Return what to tell of the planning clock, or None where it is no matter of this case (any more)."""
    if case.kind not in rules.KINDS or case.status in _OVER:
        return None
    if case.status is Status.DEFERRED and case.reason_code is ReasonCode.BUDGET:
        found = rules.entry_for(planning.rounds(), today)
        return found and Told(found.year, found, planning.quick_steps(case.category_id), again=True)
    if case.planning_year is None:
        return None
    entry = rules.entries(planning.rounds()).get(case.planning_year)
    return Told(case.planning_year, entry, planning.quick_steps(case.category_id))
