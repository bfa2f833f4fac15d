"""The forms of a discussion."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from portal.core.text import fold, screen
from portal.rules.discussion import LONGEST, LONGEST_NAME, SHORTEST, Voice, is_reserved_name
from portal.web.forms import Form, LineField, ProseField


class WordsForm(Form):
    """The words of a comment."""

    text = ProseField(
        _l("Komentar Anda"),
        limit=LONGEST,
        minimum=SHORTEST,
        required=_l("Tulis komentar Anda, minimal 2 huruf."),
    )


class CommentForm(WordsForm):
    """A comment, with who speaks and how they want to be called where that is still open."""

    voice = RadioField(_l("Anda berbicara sebagai"), validators=[Optional()])
    name = LineField(_l("Nama yang tampil"), limit=LONGEST_NAME)
    website = StringField(_l("Situs web"))

    def __init__(self, choices: Sequence[tuple[Voice, str]] = (), **values: Any) -> None:
        super().__init__(**values)
        if len(choices) > 1:
            self.voice.choices = [(str(voice), words) for voice, words in choices]
        else:
            del self.voice  # nothing to choose, so nothing that an extra field could claim

    def validate_name(self, field: Field) -> None:
        """A name is what everybody reads: no contacts, no insults, and nobody is the city but the city."""
        if not field.data:
            return
        if screen(field.data):
            raise ValidationError(_("Nama tidak boleh memuat nomor, e-mail, tautan, atau kata kasar."))
        if is_reserved_name(fold(field.data)):
            raise ValidationError(_("Nama ini bisa dikira nama resmi Pemko. Pilih nama lain."))
