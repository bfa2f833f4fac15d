"""The words of a proposal: one source for forms, the check, the desk and public pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.locale import current_locale
from portal.models import Kind
from portal.rules import proposals as rules
from portal.rules.proposals import FieldType
from portal.web.rendering import rupiah

FIELD = {
    "title": _l("Judul"),
    "tour_kind": _l("Jenis wisata"),
    "background": _l("Latar belakang"),
    "benefit_citizens": _l("Manfaat bagi warga"),
    "route": _l("Rute dan jam"),
    "duration_hours": _l("Lama (jam)"),
    "season": _l("Musim yang baik"),
    "weather_limits": _l("Batas cuaca"),
    "capacity_min": _l("Tamu paling sedikit"),
    "capacity_max": _l("Tamu paling banyak"),
    "min_age": _l("Umur paling muda"),
    "price_per_person": _l("Harga per orang (rupiah)"),
    "price_components": _l("Rincian harga"),
    "transport": _l("Transportasi"),
    "guide": _l("Pemandu"),
    "meals": _l("Makan dan minum"),
    "not_included": _l("Tidak termasuk"),
    "safety_equipment": _l("Alat keselamatan"),
    "wheelchair": _l("Bisa dengan kursi roda?"),
    "accessibility": _l("Untuk lansia dan difabel"),
    "community_share": _l("Bagian untuk masyarakat"),
    "licences": _l("Izin dan sertifikat"),
    "risk_level": _l("Tingkat risiko"),
    "cooperation": _l("Bentuk kerja sama"),
    "purpose": _l("Tujuan"),
    "location": _l("Lokasi"),
    "scope": _l("Ruang lingkup"),
    "duration": _l("Jangka waktu"),
    "impact": _l("Dampak"),
    "funding": _l("Pembiayaan"),
    "agencies_involved": _l("Dinas yang terlibat"),
}

HINT = {
    "title": _l("Singkat dan jelas. Judul selalu tampil untuk umum."),
    "background": _l("Kenapa ini baik, dan apa yang dialami orang."),
    "benefit_citizens": _l("Siapa yang mendapat manfaat, dan bagaimana."),
    "duration_hours": _l("Dari berangkat sampai kembali. Contoh: 7,5"),
    "season": _l("Contoh: Februari sampai September"),
    "weather_limits": _l("Kapan perjalanan batal. Contoh: ombak di atas 1 meter"),
    "price_per_person": _l("Semua yang dibayar tamu. Contoh: 225.000"),
    "transport": _l("Contoh: perahu kayu untuk 12 penumpang"),
    "guide": _l("Siapa yang memandu, dan bahasanya."),
    "meals": _l("Apa yang disediakan."),
    "min_age": _l("Dalam tahun. Kosongkan bila semua umur boleh."),
    "not_included": _l("Yang dibayar tamu sendiri. Contoh: becak ke pelabuhan"),
    "safety_equipment": _l("Contoh: jaket pelampung semua ukuran, radio, kotak P3K"),
    "accessibility": _l("Bagian mana yang bisa dan belum bisa dilewati. “Belum bisa” juga jawaban."),
    "community_share": _l("Berapa dan untuk siapa. Contoh: Rp 10.000 per tamu untuk kas kebersihan"),
    "licences": _l("Yang sudah ada dan yang sedang diurus."),
    "location": _l("Alamat, kelurahan, atau kawasan."),
    "scope": _l("Apa yang Anda kerjakan, dan apa yang Anda minta dari kota."),
    "duration": _l("Contoh: 12 bulan mulai Maret 2027"),
    "impact": _l("Terhadap lingkungan, lalu lintas, atau usaha lain."),
    "funding": _l("Siapa membayar apa."),
    "agencies_involved": _l("Bila sudah tahu."),
}

TOUR_KIND = {
    "marine": _l("Wisata bahari"),
    "fishing": _l("Wisata nelayan"),
    "culinary": _l("Wisata kuliner"),
    "walking": _l("Jalan kaki"),
    "culture": _l("Budaya dan sejarah"),
    "nature": _l("Alam"),
    "homestay": _l("Menginap di rumah warga"),
    "other": _l("Lainnya"),
}
RISK = {"low": _l("Rendah"), "medium": _l("Sedang"), "high": _l("Tinggi")}
WHEELCHAIR = {"yes": _l("Bisa"), "partly": _l("Sebagian"), "no": _l("Belum bisa")}
COOPERATION = {
    "tourism_package": _l("Paket wisata"),
    "promotion": _l("Promosi dan pemasaran"),
    "training": _l("Pelatihan"),
    "event": _l("Acara atau festival"),
    "facility": _l("Tempat atau fasilitas"),
    "supply": _l("Pasokan produk"),
    "other": _l("Kerja sama lain"),
}
CHOICE: dict[str, Mapping[str, Any]] = {
    "tour_kind": TOUR_KIND,
    "risk_level": RISK,
    "wheelchair": WHEELCHAIR,
    "cooperation": COOPERATION,
}
_TYPES = {one.name: one.type for one in (*rules.PARTNERSHIP_FIELDS, *rules.PACKAGE_FIELDS)}

_SECTIONS = (
    (_l("Tentang"), ("background", "purpose", "scope")),
    (_l("Isi harga"), ("price_components", "transport", "guide", "meals", "not_included")),
    (
        _l("Aman dan terbuka"),
        ("safety_equipment", "weather_limits", "wheelchair", "accessibility", "licences"),
    ),
    (_l("Siapa yang mendapat manfaat"), ("benefit_citizens", "community_share", "impact")),
    (_l("Pelaksanaan"), ("funding", "agencies_involved")),
)


def label(name: str) -> str:
    """Return the label of a field; a name that the catalogue lost is shown as it is."""
    return str(FIELD.get(name, name.replace("_", " ").capitalize()))


def hours_text(value: float) -> str:
    """Write hours: 7,5 jam."""
    number = f"{value:g}"
    return _("%(hours)s jam", hours=number.replace(".", ",") if current_locale() == "id" else number)


def lines(name: str, value: Any) -> list[str]:
    """Return an answer as lines of text; [] for none."""
    if not rules.filled(value):
        return []
    kind = _TYPES.get(name)
    if kind is FieldType.ROUTE and isinstance(value, list):
        return [rules.stop_line(stop) for stop in value]
    if kind is FieldType.COSTS and isinstance(value, list):
        return [f"{row.get('label', '')}: {rupiah(row.get('amount', 0))}" for row in value]
    if kind is FieldType.CHOICE:
        return [str(CHOICE[name].get(value, value))]
    if kind is FieldType.MONEY and isinstance(value, int):
        return [rupiah(value)]
    if kind is FieldType.HOURS and isinstance(value, int | float):
        return [hours_text(value)]
    return str(value).splitlines()


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: its label and its lines."""

    label: str
    lines: list[str]
    #: In the business's own words, whatever the language of the page.
    written: bool


@dataclass(slots=True)
class Shown:
    """A proposal as everybody reads it."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    route: list[dict[str, Any]] = field(default_factory=list)
    sections: list[tuple[str, list[Row]]] = field(default_factory=list)


def shown(kind: Kind, data: Mapping[str, Any], proprietary: Collection[str] = ()) -> Shown:
    """Prepare the public answers for the macro `proposal_fields`. Proprietary ones are left out here."""
    public = rules.public_data(kind, data, proprietary)
    page = Shown(facts=facts(public), route=public.get("route", []))
    for heading, names in _SECTIONS:
        rows = [
            Row(label(name), lines(name, public[name]), _TYPES.get(name) in (FieldType.LINE, FieldType.PROSE))
            for name in names
            if name in public
        ]
        if rows:
            page.sections.append((str(heading), rows))
    return page


def facts(public: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the short facts of a proposal, guests in one."""
    found = []
    for name in ("tour_kind", "cooperation", "duration_hours", "duration", "location"):
        if name in public:
            title = _("Lama") if name == "duration_hours" else label(name)
            found.append((title, " ".join(lines(name, public[name]))))
    guests = [str(public[name]) for name in ("capacity_min", "capacity_max") if name in public]
    if guests:
        found.append((_("Tamu"), _("%(number)s orang", number="–".join(guests))))
    if "price_per_person" in public:
        found.append((_("Harga per orang"), rupiah(public["price_per_person"])))
    for name in ("min_age", "season", "risk_level"):
        if name in public:
            found.append((label(name), " ".join(lines(name, public[name]))))
    return found


_PACKAGE_STEPS = {
    2: _l("Ceritakan wisatanya"),
    3: _l("Rute dan jam"),
    4: _l("Waktu dan tamu"),
    5: _l("Harga per orang"),
    6: _l("Aman dan adil"),
}
_PARTNERSHIP_STEPS = {
    2: _l("Apa yang ingin dikerjakan bersama?"),
    3: _l("Di mana dan sampai kapan?"),
    4: _l("Manfaat dan biaya"),
}


def heading(kind: Kind, step: int) -> str:
    """Return the heading of a step of questions."""
    return str((_PACKAGE_STEPS if kind is Kind.TOURISM_PACKAGE else _PARTNERSHIP_STEPS)[step])
