"""The form of a template of official texts."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional, StopValidation

from portal.models import AnswerTemplate
from portal.queries import reference
from portal.rules.permissions import Actor
from portal.rules.templates import FIELDS, QUESTION, may_write, unknown_fields
from portal.web import labels
from portal.web.desk import words
from portal.web.desk.fields import NumberSelect, VersionField, place
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import localised

#: What a template can be for; "" is any official text.
KIND: dict[str, Any] = {
    **{kind.value: label for kind, label in words.ANSWER_KIND.items()},
    QUESTION: _l("Pertanyaan kepada pelapor"),
}
ANY_KIND = _l("Semua langkah")
#: The owner's value for the city's; agencies have their row ids.
CITY = "kota"


class OwnerField(SelectField):
    """Whose a template is: one of the agencies that the actor leads, or the city's. `data` is the value."""

    def offer(self, actor: Actor) -> None:
        """Set the choices."""
        self.choices = [(CITY, str(_l("Semua dinas (kota)")))] if may_write(actor, None) else []
        self.choices += [
            (str(row.id), localised(row, "name"))
            for row in reference.agencies().values()
            if row.active and may_write(actor, row.id)
        ]


class TemplateForm(Form):
    version = VersionField(default=1)
    title = LineField(_l("Nama templat"), limit=120, minimum=3, required=_l("Tulis nama, minimal 3 huruf."))
    owner = OwnerField(_l("Untuk"), validate_choice=True)
    kind = SelectField(_l("Langkah"), [Optional()])
    reason_code = SelectField(_l("Alasan"), [Optional()])
    category_id = NumberSelect(_l("Kategori"))
    text = ProseField(
        _l("Teks"), limit=4000, minimum=20, required=_l("Tulis teks templat, minimal 20 huruf.")
    )

    def __init__(self, *args: Any, actor: Actor, template: AnswerTemplate | None, **kwargs: Any) -> None:
        super().__init__(*args, obj=template, **kwargs)
        place(self, "templat")
        self.owner.offer(actor)
        self.kind.choices = [("", str(ANY_KIND)), *((value, str(label)) for value, label in KIND.items())]
        self.reason_code.choices = [
            ("", _("Semua alasan")),
            *((code.value, str(label)) for code, label in labels.REASON.items()),
        ]
        active = (row for row in reference.categories().values() if row.active)
        self.category_id.choices = [
            ("", _("Semua kategori")),
            *((row.id, localised(row, "name")) for row in active),
        ]
        if template is not None and not self.owner.raw_data:
            self.owner.data = CITY if template.agency_id is None else str(template.agency_id)

    def validate_text(self, field: Any) -> None:
        unknown = unknown_fields(field.data)
        if unknown:
            raise StopValidation(
                _(
                    "Isian %(unknown)s tidak dikenal. Yang bisa dipakai: %(known)s.",
                    unknown=", ".join(f"{{{name}}}" for name in unknown),
                    known=", ".join(f"{{{name}}}" for name in FIELDS),
                )
            )

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {
            "agency_id": None if self.owner.data == CITY else int(self.owner.data),
            "category_id": self.category_id.data,
            "kind": self.kind.data or "",
            "reason_code": self.reason_code.data or "",
            "title": self.title.data,
            "text": self.text.data,
        }
