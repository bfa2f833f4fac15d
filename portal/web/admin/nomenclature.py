"""The national nomenclature of programs: which decrees are here, their codes, and taking in a new one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import InputRequired, StopValidation

from portal.core import clock
from portal.core.spreadsheets import MOST_BYTES, Table, TableUnreadable, read_table
from portal.core.text import normalise
from portal.models import Role
from portal.queries import nomenclature as reads
from portal.services import nomenclature
from portal.services.nomenclature import Fault
from portal.web import program_words as words
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.forms import Form, LineField
from portal.web.uploads import takes_files

#: Faults that one page shows.
MOST_FAULTS = 100


class DecreeForm(Form):
    decree = LineField(
        _l("Keputusan"), limit=120, minimum=5, required=_l("Tulis nomor keputusan, minimal 5 huruf.")
    )
    issued_on = DateField(_l("Tanggal keputusan"), [InputRequired(_l("Pilih tanggal."))])

    def validate_issued_on(self, field: Any) -> None:
        if field.data is not None and not 1990 <= field.data.year <= 2100:
            raise StopValidation(_("Tulis tanggal yang benar, contoh: 2026-11-17."))


def _page(form: DecreeForm, error: str = "", faults: tuple[Fault, ...] = ()) -> str:
    versions = reads.versions()
    chosen = request.args.get("versi", "")
    typed = normalise(request.args.get("q", "")[:100])
    shown = next((row for row in versions if str(row.id) == chosen), versions[0] if versions else None)
    codes = reads.codes(shown.id, typed, request.args.get("dari", "")[:40]) if shown is not None else []
    more = len(codes) == reads.PAGE_SIZE
    return render_template(
        "admin/nomenclature.html",
        form=form,
        form_errors=form.errors or ({"berkas": [error]} if error or faults else None),
        extra_errors=[error] if error else [],
        faults=[(fault, _fault_text(fault)) for fault in faults[:MOST_FAULTS]],
        versions=versions,
        shown=shown,
        typed=typed,
        codes=codes,
        words=words,
        next_url=url_for("admin.nomenclature", versi=shown.id, q=typed or None, dari=codes[-1].code)
        if more and shown is not None
        else "",
    )


def _fault_text(fault: Fault) -> str:
    return {
        "columns": _("Berkas perlu kolom code dan title."),
        "code": _("Ini bukan kode nomenklatur, contoh: 3.26.02."),
        "title": _("Nama kosong atau lebih dari 300 huruf."),
        "twice": _("Ini tertulis dua kali."),
    }[fault.code]


@blueprint.get("/nomenklatur", endpoint="nomenclature")
@requires(Role.ADMIN)
def nomenclature_list() -> str:
    """List the decrees and the codes of one of them."""
    return _page(DecreeForm())


@blueprint.post("/nomenklatur", endpoint="nomenclature_load")
@requires(Role.ADMIN)
@takes_files
def nomenclature_load() -> Response | tuple[str, int]:
    """Take in the nomenclature of a decree: all of the file or nothing."""
    sent = request.files.get("berkas")
    content = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    form = DecreeForm()
    if not form.validate():
        return _page(form), 422
    try:
        table: Table = read_table(content)
        version = nomenclature.load(
            table,
            decree=form.decree.data,
            issued_on=form.issued_on.data,
            actor=current_actor(),
            at=clock.now(),
        )
    except TableUnreadable as refused:
        return _page(form, words.unreadable_text(refused.code)), 422
    except nomenclature.DecreeKnown:
        return _page(form, _("Keputusan ini sudah ada. Nomenklatur lama tidak pernah ditimpa.")), 422
    except nomenclature.FaultyFile as faulty:
        return _page(form, _("Belum ada yang tersimpan. Perbaiki baris ini."), tuple(faulty.faults)), 422
    flash(_("%(decree)s tersimpan.", decree=version.decree))
    return redirect(url_for("admin.nomenclature", versi=version.id), code=303)
