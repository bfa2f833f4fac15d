"""What an officer writes down for a citizen: the three steps of the public flow on one page."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, RadioField

from portal.core.sealing import Seal
from portal.models import Channel, Consent, Draft, IdentityMode
from portal.services.drafts import MAX_TEXT, MIN_LETTERS, story
from portal.services.submissions import Sender
from portal.web.forms import ProseField, chosen
from portal.web.public.submit_forms import PlaceForm, SendForm, StoryForm

#: Choice of a category: whatever the words suggest.
BY_WORDS = ""
#: The officer leaves it to triage.
BY_TRIAGE = "0"


class CounterForm(StoryForm, PlaceForm, SendForm):
    """One page; the fields, limits and words of the public flow hold here too."""

    token = HiddenField()
    channel = RadioField(
        _l("Bagaimana warga menyampaikannya?"),
        choices=[
            (Channel.COUNTER.value, _l("Datang ke loket")),
            (Channel.PHONE.value, _l("Telepon")),
            (Channel.LETTER.value, _l("Surat")),
        ],
        default=Channel.COUNTER.value,
        validators=[chosen(_l("Pilih loket, telepon, atau surat"))],
    )
    text = ProseField(
        _l("Isi, dengan kata-kata warga"),
        limit=MAX_TEXT,
        minimum=MIN_LETTERS,
        required=_l("Tulis apa yang terjadi, minimal 10 huruf"),
    )
    letters = MultipleFileField(_l("Pindaian surat"))
    consent = RadioField(
        _l("Persetujuan warga (UU 27/2022)"),
        choices=[
            (Consent.SPOKEN.value, _l("Lisan: sudah dibacakan dan disetujui")),
            (Consent.SIGNED.value, _l("Tertulis: lembar bertanda tangan disimpan")),
        ],
        validators=[chosen(_l("Pilih bagaimana warga menyetujui"))],
    )
    document = latitude = longitude = website = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        by_words, *rest = self.category.choices
        self.category.choices = [
            (BY_WORDS, _("Usulkan dari kata-katanya")),
            (BY_TRIAGE, by_words[1]),
            *rest,
        ]

    def kept(self, seal: Seal) -> dict[str, Any]:
        """Return what the draft keeps, the valid fields only; contacts sealed. None takes a value away."""
        values = self.place_values()
        if self.category.data == BY_WORDS and not self.category.errors:
            values["category_id"] = None
        for field in (self.kind, self.channel, self.consent):
            if not field.errors:
                values[field.name] = field.data
        if len(self.text.data) <= MAX_TEXT:
            values["text"] = self.text.data
        contacts = (self.name, self.email, self.phone)
        values["sender"] = {
            "identity": self.identity.data,
            "secret": self.secret.data,
            "sealed": {
                field.name: seal.seal(field.data) for field in contacts if field.data and not field.errors
            },
        }
        return values


def values_of(draft: Draft | None, seal: Seal) -> dict[str, Any]:
    """Return what the form begins with: what a draft has kept."""
    if draft is None:
        return {}
    kept, written = draft.data, story(draft)
    sender = kept.get("sender", {})
    category = kept.get("category_id")
    return {
        **{name: kept[name] for name in ("kind", "channel", "consent") if name in kept},
        "text": written.text,
        "ward": (written.ward_code or written.place.value) if "place" in kept else "",
        "landmark": written.landmark,
        "category": BY_WORDS if category is None else str(category),
        "identity": sender.get("identity", IdentityMode.HIDDEN.value),
        "secret": sender.get("secret", False),
        **{name: seal.open(value) for name, value in sender.get("sealed", {}).items()},
    }


def sender_of(draft: Draft, seal: Seal) -> Sender:
    """Return who sends, as the complete form said it."""
    kept = draft.data["sender"]
    return Sender(
        identity_mode=IdentityMode(kept["identity"]),
        secret=bool(kept["secret"]),
        **{name: seal.open(value) for name, value in kept["sealed"].items()},
    )
