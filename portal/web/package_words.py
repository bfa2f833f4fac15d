"""Words for packages and the changes that their businesses ask for."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.models import ChangeState, Package, PackageChange
from portal.web import proposal_labels

STATE = {
    ChangeState.WAITING: _l("Menunggu petugas"),
    ChangeState.ACCEPTED: _l("Diterima"),
    ChangeState.DECLINED: _l("Tidak diterima"),
    ChangeState.WITHDRAWN: _l("Ditarik"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer as it stands and as the business wants it, in lines."""

    label: str
    now: list[str]
    wanted: list[str]


def differences(package: Package, change: PackageChange) -> list[Difference]:
    """Return what a change would change, in the order of the proposal."""
    return [
        Difference(
            proposal_labels.label(name),
            proposal_labels.lines(name, package.data.get(name)),
            proposal_labels.lines(name, value),
        )
        for name, value in change.data.items()
    ]
