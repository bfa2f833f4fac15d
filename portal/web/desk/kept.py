"""How often suggestions were kept, and what to do about it: for triage, and without any case for admins."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import clock
from portal.models import Role, SuggestionSource
from portal.queries import routing as reads
from portal.queries.routing import Kept
from portal.rules.routing import Verdict, verdict
from portal.web.access import requires
from portal.web.desk.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class Row:
    """One origin of suggestions: its name and numbers in words, and what to do."""

    name: str
    url: str
    cases: int
    agencies: str
    categories: str
    advice: str
    is_alarm: bool


def rows(*, at: datetime, linked: bool) -> list[Row]:
    """Return the origins of the last 90 days; `linked` rules lead to their page (admins only)."""
    return [_row(one, linked) for one in reads.kept(at=at)]


def _row(one: Kept, linked: bool) -> Row:
    said = verdict(*_judged(one))
    url = url_for("admin.rule", rule_id=one.rule_id) if linked and one.rule_id is not None else ""
    return Row(
        name=_name(one),
        url=url,
        cases=one.cases,
        agencies=_part(one.agencies_kept, one.agencies),
        categories=_part(one.categories_kept, one.categories),
        advice=_advice(one, said),
        is_alarm=said is Verdict.REFUSED and one.source is not SuggestionSource.NONE,
    )


def _judged(one: Kept) -> tuple[int, int]:
    """Return (kept, made) of what counts: agencies, or categories where no agency was suggested."""
    return (one.agencies_kept, one.agencies) if one.agencies else (one.categories_kept, one.categories)


def _part(kept: int, made: int) -> str:
    return _("%(kept)s dari %(made)s", kept=kept, made=made) if made else "–"


def _name(one: Kept) -> str:
    match one.source:
        case SuggestionSource.RULE:
            return _("Aturan “%(name)s”", name=one.name) if one.name else _("Aturan yang sudah dihapus")
        case SuggestionSource.SIMILAR:
            return _("Kiriman serupa yang sudah selesai")
        case SuggestionSource.CATEGORY:
            return _("Dinas yang biasa untuk kategorinya")
        case SuggestionSource.NONE:
            return _("Tanpa saran")


def _advice(one: Kept, said: Verdict) -> str:
    if one.source is SuggestionSource.NONE:
        return ngettext(
            "%(num)s kiriman diteruskan tanpa saran. Buat aturan untuk hal yang berulang.",
            "%(num)s kiriman diteruskan tanpa saran. Buat aturan untuk hal yang berulang.",
            one.cases,
        )
    kept, made = _judged(one)
    numbers = {"kept": kept, "made": made}
    match said:
        case Verdict.TOO_FEW:
            return _("Belum cukup untuk dinilai.")
        case Verdict.TRUSTED:
            return _("Dapat diandalkan: %(kept)s dari %(made)s dipakai.", **numbers)
        case Verdict.MIXED:
            return _("Kadang diganti: %(kept)s dari %(made)s dipakai.", **numbers)
        case Verdict.REFUSED if one.source is SuggestionSource.RULE:
            return _(
                "Aturan ini sering ditolak: %(kept)s dari %(made)s dipakai. Periksa katanya atau matikan.",
                **numbers,
            )
        case Verdict.REFUSED if one.source is SuggestionSource.CATEGORY:
            return _(
                "Sering diganti: %(kept)s dari %(made)s dipakai. Periksa dinas pada halaman kategori.",
                **numbers,
            )
        case _:
            return _(
                "Sering ditolak: %(kept)s dari %(made)s dipakai. Buat aturan untuk hal yang berulang.",
                **numbers,
            )


@blueprint.get("/saran")
@requires(Role.TRIAGE)
def suggestions() -> str:
    """Say how often suggestions were kept."""
    return render_template("desk/suggestions.html", rows=rows(at=clock.now(), linked=False))
