"""The small part of Markdown that official answers may use; nothing else gets through.

Two walls: the parser knows no HTML, and the sanitiser keeps an allow-list of tags whatever the parser
did. What is not supported (headings, pictures, code, tables) stays as typed.
"""

import re
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

MAX_CHARACTERS = 20_000

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote"}
_SCHEMES = {"http", "https", "mailto"}
_HOST = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?"
)  # the parser has turned other letters into xn--
_UNSUPPORTED = [
    "heading",
    "lheading",
    "code",
    "fence",
    "hr",
    "html_block",
    "reference",
    "image",
    "backticks",
    "html_inline",
]


def _is_safe_link(url: str) -> bool:
    """Accept only whole web and mail addresses; a name before "@" in a web address disguises its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in _SCHEMES:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path and not parts.query  # a query could add recipients and text
    return bool(_HOST.fullmatch(parts.netloc.lower()))


def _parser() -> MarkdownIt:
    # breaks: people expect the line break they typed. maxNesting keeps ">>>>>..." cheap.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12}).disable(_UNSUPPORTED)
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    return parser


_markdown = _parser()


def render(text: str) -> Markup:
    """Return `text` as safe HTML: paragraphs, line breaks, emphasis, lists, quotes and links.

    Links lead only to http, https and mailto addresses and carry rel="nofollow noopener ugc".
    Texts over 20,000 characters are shown without marks.
    """
    if len(text) > MAX_CHARACTERS:
        return Markup("<p>{}</p>").format(text)
    return Markup(  # noqa: S704 (cleaned in this very line)
        nh3.clean(
            _markdown.render(text),
            tags=_TAGS,
            attributes={"a": {"href"}, "*": set()},
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener ugc",
        )
    )


#: Nothing in such a text means anything to the parser: no mark, and no line that could begin a list.
_PLAIN = re.compile(r"(?!.*^(?: |[-+>]|\d{1,9}[.)]))[^\\`*_\[\]<>&#~]+", re.MULTILINE | re.DOTALL)


@lru_cache(maxsize=1024)
def render_short(text: str) -> Markup:
    """Return the same as `render` for a text of which a page shows many: most carry no marks at all."""
    if not _PLAIN.fullmatch(text):
        return render(text)
    paragraphs = re.split(r"\n{2,}", escape(text, quote=False).strip("\n"))
    return Markup(  # noqa: S704 (escaped in the line above)
        "".join("<p>{}</p>\n".format(one.replace("\n", "<br>\n")) for one in paragraphs)
    )


def _words(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append(_words(token.children or []) + "\n\n")
        elif token.type in {"text", "text_special"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "list_item_open":
            parts.append("- " if token.markup in {"-", "*", "+"} else f"{token.info}{token.markup} ")
    return "".join(parts)


def plain(text: str) -> str:
    """Return the words of `text` without marks, for mail, search and snippets; links keep their label."""
    if len(text) > MAX_CHARACTERS:
        return text
    return _words(_markdown.parse(text)).strip()
