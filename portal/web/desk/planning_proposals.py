"""Aspirations for the planning system: written from a case, recommended in order, exported in its columns."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from portal.core import clock
from portal.core.formats import content_disposition, write_csv
from portal.core.references import parse_reference
from portal.models import Endorser, IdentityMode, LandStatus, PlanningProposal, Role, Submission, Verdict
from portal.queries import planning_proposals as reading
from portal.queries import reference, submissions
from portal.queries.planning_proposals import ProposalLine
from portal.rules import planning as rules
from portal.rules.permissions import Actor
from portal.services import planning_proposals as writing
from portal.services.errors import StaleVersion
from portal.web import planning_words
from portal.web.access import current_actor, staff
from portal.web.consultation_files import workbook
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.desk.blueprint import blueprint
from portal.web.desk.fields import CodeSelect, NumberSelect, VersionField, agency_choices
from portal.web.forms import Form, LineField, ProseField, render_form
from portal.web.public.cards import agency_name

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_YEAR = NumberRange(2020, 2100, _l("Tulis tahun anggaran, 2020 sampai 2100."))
_VOLUME = NumberRange(0, 10**9, _l("Tulis volume dengan angka, contoh: 120."))
_MONEY = NumberRange(0, 10**13, _l("Anggaran paling besar Rp 10 triliun."))


class WholeRupiahField(IntegerField):
    """Whole rupiah as people write them: with or without "Rp" and dots."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        super().process_formdata([one.replace("Rp", "").replace(".", "").strip() for one in valuelist])

    def _value(self) -> str:
        if self.errors and self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")


class UsulanForm(PlacedForm):
    spot = "usulan"

    version = VersionField(default=0)
    year = IntegerField(_l("Tahun anggaran"), [InputRequired(_l("Tulis tahun.")), _YEAR])
    problem = ProseField(_l("Permasalahan"), limit=3000, required=_l("Tulis permasalahannya."))
    background = ProseField(_l("Latar belakang"), limit=3000)
    purpose = ProseField(_l("Maksud dan tujuan"), limit=3000)
    address = LineField(_l("Alamat atau lokasi"), limit=200, required=_l("Tulis lokasinya."))
    volume = FloatField(_l("Volume"), [Optional(), _VOLUME])
    unit = LineField(_l("Satuan"), limit=40)
    budget = WholeRupiahField(_l("Perkiraan anggaran (Rp)"), [Optional(), _MONEY])
    agency_id = NumberSelect(_l("Dinas tujuan"), required=_l("Pilih dinas."))
    land_status = CodeSelect(_l("Status tanah"), planning_words.LAND, required=_l("Pilih status tanah."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency_id.choices = agency_choices()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a volume is counted in something."""
        valid: bool = super().validate(extra_validators)
        if self.volume.data is not None and not self.unit.data:
            self.unit.errors = [_("Tulis satuannya, contoh: meter.")]
            return False
        return valid

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: self[name].data for name in writing.FIELDS}
        return values | {"land_status": LandStatus(self.land_status.data)}


class WordForm(PlacedForm):
    spot = "rekomendasi"

    verdict = CodeSelect(_l("Rekomendasi"), planning_words.VERDICT, required=_l("Pilih rekomendasinya."))
    given_on = DateField(_l("Tanggal rekomendasi"), [InputRequired(_l("Pilih tanggal."))])
    volume = FloatField(_l("Volume yang disarankan"), [Optional(), _VOLUME])
    budget = WholeRupiahField(_l("Anggaran yang disarankan (Rp)"), [Optional(), _MONEY])
    remark = LineField(_l("Catatan"), limit=500)

    def validate_given_on(self, field: Any) -> None:
        """What was said was said already."""
        if field.data > clock.city_date(clock.now()):
            raise StopValidation(_("Tanggalnya belum tiba. Periksa lagi."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a no needs a reason."""
        valid: bool = super().validate(extra_validators)
        if self.verdict.data == Verdict.NOT_RECOMMENDED and not self.remark.data:
            self.remark.errors = [_("Tulis alasannya.")]
            return False
        return valid


def _found(text: str) -> tuple[Submission, Actor]:
    canonical = parse_reference(text)
    case = submissions.by_reference(canonical) if canonical else None
    actor = current_actor()
    if case is None or not writing.may_write(actor, case, at=clock.now()):
        abort(404)
    return case, actor


def _prefilled(case: Submission, row: PlanningProposal | None) -> UsulanForm:
    """Draw what was written, or what the case says already."""
    if row is not None:
        return UsulanForm(None, obj=row)
    form = UsulanForm(None)
    ward = reference.wards().get(case.ward_code or "")
    form.year.data = case.planning_year or clock.city_date(clock.now()).year + 1
    form.problem.data = case.body
    # where a shielded reporter stood goes no further than its desk
    landmark = "" if case.identity_mode is IdentityMode.SHIELDED else case.landmark
    form.address.data = ", ".join(part for part in (landmark, ward.name if ward else "") if part)
    form.agency_id.data = case.agency_id
    form.land_status.data = LandStatus.UNKNOWN.value
    return form


@blueprint.get("/k/<reference>/usulan")
@staff
def planning_proposal(reference: str) -> Any:
    """Show a case as an aspiration for the planning system."""
    return _page(*_found(reference))


def _page(
    case: Submission, actor: Actor, bound: Form | None = None, *, stale: bool = False, fault: str = ""
) -> Any:
    row = reading.of_case(case.id)
    words = reading.endorsements([case.id])[case.id]
    given = {endorser: one.verdict for endorser, one in words.items()}
    page, status = render_form(
        "desk/planning/proposal.html",
        bound or Form(),
        extra_errors=[fault] if fault else [],
        case=case,
        written=row,
        usulan=bound if isinstance(bound, UsulanForm) else _prefilled(case, row),
        word=bound if isinstance(bound, WordForm) else WordForm(None),
        chain=[(endorser, words.get(endorser)) for endorser in rules.CHAIN],
        upcoming=rules.next_endorser(given) if row is not None else None,
        last=rules.last_given(given),
        stopped=next((one for one, verdict in given.items() if verdict is Verdict.NOT_RECOMMENDED), None),
        words=planning_words,
        stale=stale,
        agency_name=agency_name,
    )
    return page, 409 if stale else status


def _back(case: Submission, words: str) -> Any:
    flash(words)
    return redirect(url_for("desk.planning_proposal", reference=case.reference), code=303)


@blueprint.post("/k/<reference>/usulan")
@staff
def planning_proposal_save(reference: str) -> Any:
    """Write the fields."""
    case, actor = _found(reference)
    form = UsulanForm()
    if not form.validate():
        return _page(case, actor, form)
    try:
        writing.write(case, actor=actor, at=clock.now(), version=form.version.data, fields=form.values)
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(case, actor, form, stale=True)
    except writing.NotInOrder:
        return _page(
            case, actor, form, fault=_("Sudah ada rekomendasi. Tarik dulu rekomendasinya, lalu ubah.")
        )
    return _back(case, _("Usulan tersimpan."))


@blueprint.post("/k/<reference>/usulan/rekomendasi/<endorser>")
@staff
def planning_endorse(reference: str, endorser: str) -> Any:
    """Note the next word of the chain."""
    case, actor = _found(reference)
    if endorser not in set(Endorser) or reading.of_case(case.id) is None:
        abort(404)
    form = WordForm()
    if not form.validate():
        return _page(case, actor, form)
    try:
        writing.endorse(
            case,
            Endorser(endorser),
            verdict=Verdict(form.verdict.data),
            given_on=form.given_on.data,
            volume=form.volume.data,
            budget=form.budget.data,
            remark=form.remark.data or "",
            actor=actor,
            at=clock.now(),
        )
    except writing.NotInOrder:
        return _page(case, actor, form, fault=_("Bukan giliran rekomendasi ini. Periksa urutannya."))
    return _back(case, _("Rekomendasi tersimpan."))


@blueprint.post("/k/<reference>/usulan/rekomendasi/<endorser>/tarik")
@staff
def planning_word_back(reference: str, endorser: str) -> Any:
    """Take the last word back."""
    case, actor = _found(reference)
    if endorser not in set(Endorser):
        abort(404)
    try:
        writing.take_back(case, Endorser(endorser), actor=actor, at=clock.now())
    except writing.NotInOrder:
        return _page(case, actor, fault=_("Hanya rekomendasi terakhir yang bisa ditarik."))
    return _back(case, _("Rekomendasi ditarik."))


# --- the list and its export -----------------------------------------------------------------------------


def _lines() -> tuple[int | None, list[ProposalLine]]:
    actor, text = current_actor(), request.args.get("tahun", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
    scope = None if actor.has(Role.TRIAGE) else actor.agency_ids
    return year, reading.listed(scope, year=year)


@blueprint.get("/usulan")
@staff
def planning_proposals() -> str:
    """List what was written, and how far in the chain it is."""
    year, rows = _lines()
    return render_template(
        "desk/planning/list.html",
        rows=[(row, rules.next_endorser(row.given), rules.last_given(row.given)) for row in rows],
        year=year,
        years=reading.years(),
        words=planning_words,
        wards=reference.wards(),
        agency_name=agency_name,
    )


#: As the planning system names its columns.
HEADER = [
    "nomor", "tahun", "permasalahan", "alamat", "kelurahan", "kecamatan", "volume", "satuan", "anggaran",
    "perangkat_daerah", "status_tanah", "latar_belakang", "maksud_tujuan", "jumlah_lampiran",
    "rekomendasi_lurah", "rekomendasi_camat", "rekomendasi_perangkat_daerah", "rekomendasi_tapd",
]  # fmt: skip


def _table() -> list[list[Any]]:
    wards, districts = reference.wards(), _districts()
    table: list[list[Any]] = [HEADER]
    for row in _lines()[1]:
        one, ward = row.proposal, wards.get(row.ward_code or "")
        table.append(
            [
                row.reference,
                one.year,
                one.problem,
                one.address,
                ward.name if ward else "",
                districts.get(row.ward_code or "", ""),
                "" if one.volume is None else one.volume,
                one.unit,
                "" if one.budget is None else one.budget,
                agency_name(one.agency_id),
                str(planning_words.LAND[one.land_status]),
                one.background,
                one.purpose,
                row.files,
                *(
                    str(planning_words.VERDICT[row.given[endorser]]) if endorser in row.given else ""
                    for endorser in rules.CHAIN
                ),
            ]
        )
    return table


def _districts() -> dict[str, str]:
    return {ward.code: district for district, rows in reference.wards_by_district().items() for ward in rows}


@blueprint.get("/usulan.csv")
@staff
def planning_proposals_csv() -> Response:
    """The list as the planning system takes it."""
    return _file(write_csv(_table()), "text/csv; charset=utf-8", "usulan.csv")


@blueprint.get("/usulan.xlsx")
@staff
def planning_proposals_xlsx() -> Response:
    """The same as a workbook."""
    return _file(workbook([("usulan", _table())]), _XLSX, "usulan.xlsx")


def _file(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
