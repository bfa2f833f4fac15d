"""Wording a letter as a short message: what it is about and where to read it, nothing more."""

from portal.core.formats import one_line
from portal.core.gateway import ShortMessage
from portal.queries.letters import Letter
from portal.web import mails

#: Kinds with words of their own in templates/sms; the rest is said by news.txt.
OWN_WORDS = frozenset({"sign_in_code"})


def compose(letter: Letter, *, message_id: str) -> ShortMessage:
    """Return the finished message. Needs an application context; everything else is in the letter."""
    with mails.speaking(letter) as app:
        templates = mails.templates_of(app)
        values = mails.values_of(letter, letter.items[0])
        folder = "bare" if letter.bare else letter.kind
        subject = one_line(templates.get_template(f"email/{folder}/subject.txt").render(values))
        name = letter.kind if letter.kind in OWN_WORDS else "news"
        text = templates.get_template(f"sms/{name}.txt").render(
            values | {"subject": subject, "link": mails.link_of(letter)}
        )
    return ShortMessage(message_id, letter.address, one_line(text, 480))
