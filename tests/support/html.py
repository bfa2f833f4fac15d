"""Look over a page the way a careful browser would: every page a test fetches passes through here."""

import re
from html import unescape
from typing import Any

import html5lib
from html5lib.constants import E

_XHTML = "{http://www.w3.org/1999/xhtml}"
#: The only inline scripts a strict Content-Security-Policy lets pass are those that are not run.
_DATA_BLOCKS = {"application/json", "application/ld+json"}
_REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-details",
    "aria-errormessage",
    "list",
    "form",
)
_LABELLED = {"input", "select", "textarea"}
_UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
#: html5lib knows an older list of elements; it is right about all else.
_TOLERATED = {"unexpected-start-tag-implies-table-voodoo"}


def text_of(response: Any) -> str:
    """Return the words of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def faults(page: str) -> list[str]:
    """Return what is wrong with an HTML page, as sentences; an empty list when nothing is."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"))
    document = parser.parse(page)
    found = [
        f"line {line}: {E.get(code, code) % values if values else E.get(code, code)}"
        for (line, _column), code, values in parser.errors
        if code not in _TOLERATED
    ]

    elements = [
        (element.tag.removeprefix(_XHTML), element)
        for element in document.iter()
        if isinstance(element.tag, str)
    ]
    ids = [element.get("id") for _, element in elements if element.get("id") is not None]
    known = set(ids)
    labelled = {element.get("for") for tag, element in elements if tag == "label"}
    wrapped = {child for tag, label in elements if tag == "label" for child in label.iter()}

    if not document.get("lang"):
        found.append("<html> has no lang")
    for tag, wanted in (("title", "one <title>"), ("h1", "one <h1>"), ("main", "one <main>")):
        texts = ["".join(element.itertext()).strip() for name, element in elements if name == tag]
        if len(texts) != 1:
            found.append(f"{len(texts)} <{tag}>, wanted {wanted}")
        elif not texts[0]:
            found.append(f"empty <{tag}>")
    found += [f"duplicate id {name!r}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    found += [
        f"id {name!r} is empty or has a space" for name in ids if not name or name != "".join(name.split())
    ]

    for tag, element in elements:
        if tag == "style" or element.get("style") is not None:
            found.append(f"inline style on <{tag}>")
        if tag == "script" and element.get("src") is None and element.get("type") not in _DATA_BLOCKS:
            found.append("inline <script>")
        found += [f"inline handler {name} on <{tag}>" for name in element.attrib if name.startswith("on")]
        found += [
            f"{name} of <{tag}> runs a script"
            for name in ("href", "src", "action", "formaction")
            if (element.get(name) or "").strip().lower().startswith(("javascript:", "vbscript:"))
        ]
        if tag == "label" and element.get("for") is not None and element.get("for") not in known:
            found.append(f"<label for={element.get('for')!r}> belongs to nothing")
        found += [
            f"{name}={target!r} of <{tag}> points nowhere"
            for name in _REFERENCES
            for target in (element.get(name) or "").split()
            if target not in known
        ]
        anchor = (element.get("href") or "") if tag == "a" else ""
        if anchor.startswith("#") and len(anchor) > 1 and anchor[1:] not in known:
            found.append(f"link {anchor!r} points nowhere")
        if tag == "img" and element.get("alt") is None:
            found.append(f"<img src={element.get('src')!r}> has no alt")
        if tag in _LABELLED and element.get("type") not in _UNLABELLED_TYPES:
            named = element.get("aria-label") or element.get("aria-labelledby") or element.get("title")
            if not named and element.get("id") not in labelled and element not in wrapped:
                found.append(f"<{tag} name={element.get('name')!r}> has no label")
        if tag == "button" and element.get("type") is None:
            found.append(f"<button>{''.join(element.itertext()).strip()[:30]}</button> has no type")
    return found
