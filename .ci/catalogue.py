"""Keep the English catalogue complete: `catalogue.py check` (CI) or `catalogue.py update` (after new texts).

The source texts are the Indonesian that people read, so only English has a catalogue.
"""

import io
import re
import sys
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PO = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def extract() -> Catalog:
    """Return every text that the code and the templates show to people."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: {} for mapping in mappings}
    texts = Catalog(project="Suara", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
        texts.add(message, None, [(file, None)], auto_comments=comments, context=context)
    return texts


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as the running site reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def source(message: Message) -> str:
    """Return the Indonesian text (the singular form where there are two)."""
    return message.id if isinstance(message.id, str) else message.id[0]


def is_complete(message: Message) -> bool:
    """Tell whether every form of the text is translated."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms)


def placeholders(text: object) -> set[str]:
    """Return the placeholders of a text, or of the last (plural) form."""
    return set(PLACEHOLDER.findall(text[-1] if isinstance(text, tuple | list) else str(text)))


def faults() -> list[str]:
    """Return what is missing or stale in the catalogue."""
    texts = extract()
    if not PO.exists():
        return ["there is no English catalogue yet"] if len(texts) else []
    with PO.open("rb") as file:
        english = read_po(file, locale="en")
    found = []
    shown = [message for message in texts if message.id]
    for message in shown:
        known = english.get(message.id, message.context)
        if known is None:
            found.append(f"not in the catalogue: {source(message)!r}")
        elif not is_complete(known):
            found.append(f"not translated: {source(message)!r}")
        elif known.fuzzy:
            found.append(f"only guessed (fuzzy): {source(message)!r}")
        elif placeholders(known.id) != placeholders(known.string):
            found.append(f"other placeholders in English: {source(message)!r}")
    wanted = {(source(message), message.context) for message in shown}
    found += [
        f"no longer used: {source(message)!r}"
        for message in english
        if message.id and (source(message), message.context) not in wanted
    ]
    if not MO.exists() or MO.read_bytes() != compiled(english):
        found.append("messages.mo is not what messages.po says")
    return found


def update() -> None:
    """Merge new texts into the catalogue and compile it; translations of texts that are gone are dropped."""
    texts = extract()
    PO.parent.mkdir(parents=True, exist_ok=True)
    if PO.exists():
        with PO.open("rb") as file:
            english = read_po(file, locale="en")
    else:
        english = Catalog(locale="en", project="Suara", charset="utf-8", fuzzy=False)
    texts.creation_date = english.creation_date  # a new date alone is no change worth committing
    english.header_comment = "# English for the Indonesian texts. Kept by `make translations`."
    english.project, english.version = "Suara", "1"
    english.msgid_bugs_address = english.last_translator = english.language_team = ""
    english.update(texts, no_fuzzy_matching=True)
    english.obsolete.clear()
    english.fuzzy = False
    with PO.open("wb") as file:
        write_po(file, english, sort_by_file=True, include_lineno=False, width=100, omit_header=False)
    with PO.open("rb") as file:
        MO.write_bytes(compiled(read_po(file, locale="en")))
    untranslated = sum("not translated" in fault for fault in faults())
    print(f"{len(texts)} texts, {untranslated} without English.")
    if untranslated:
        print(f"Translate them in {PO.relative_to(ROOT)}, then run this again.")


def main() -> int:
    """Run the command; 1 means the check found something."""
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    found = faults()
    for fault in found[:40]:
        print(fault)
    if found:
        print(f"{len(found)} faults -> 'make translations', translate what is missing, once more")
        return 1
    print("English is complete and compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
