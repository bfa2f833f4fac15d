"""Answers may be emphasised, listed and linked; no text can put anything else on a page."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.core.markdown import plain, render, render_short
from portal.core.text import normalise

ALLOWED = re.compile(
    r"</?(?:p|br|strong|em|ul|ol|li|blockquote)>|<a href=\"[^\"]+\" rel=\"nofollow noopener ugc\">|</a>"
)


def test_supported_marks_become_html() -> None:
    assert render("**Kami** perbaiki *segera*.\nBaris dua") == (
        "<p><strong>Kami</strong> perbaiki <em>segera</em>.<br>\nBaris dua</p>\n"
    )
    assert "<ul>\n<li>satu</li>" in render("- satu\n- dua")
    assert "<ol>\n<li>satu</li>" in render("1. satu\n2. dua")
    assert "<blockquote>" in render("> kutipan")
    assert isinstance(render("x"), Markup)


def test_link_leads_out_without_our_blessing() -> None:
    assert render("[situs](https://sibolga.example/a?b=1&c=2)") == (
        '<p><a href="https://sibolga.example/a?b=1&amp;c=2" rel="nofollow noopener ugc">situs</a></p>\n'
    )
    assert 'href="https://xn--' in render("[situs](https://sibolgá.example)")
    assert 'href="mailto:dinas@sibolga.example"' in render("[surel](mailto:dinas@sibolga.example)")


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/keluar)",
        "[x](\\\\evil.example)",
        "[x](https:evil.example)",
        "[x](https://sibolga.go.id@evil.example)",
        "[x](https://[evil)",
        "[x](mailto:a@b.id?bcc=c@d.id)",
        "<javascript:alert(1)>",
        "[x]( javascript:alert(1))",
        "[x][y]\n\n[y]: javascript:alert(1)",
    ],
)
def test_link_to_anything_else_stays_text(link: str) -> None:
    assert "<a" not in render(link)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "# Judul\n\n```\nkode\n```\n\n---\n\n| a | b |\n|---|---|",
        "<a href='javascript:x' onclick=x>y</a>",
        "<p style='position:fixed'>",
        "[<img src=x>](https://contoh.id)",
        '[x](https://contoh.id "judul")',
        '[x](https://contoh.id/"onmouseover=alert(1))',
        "&lt;script&gt;",
    ],
)
def test_everything_else_is_only_text(text: str) -> None:
    assert "<" not in ALLOWED.sub("", render(text))


@given(st.text(alphabet=st.sampled_from("<>&\"'`*_[]()!#-+.\\/: \n\tajscript@1")))
def test_any_text_gives_only_allowed_tags(text: str) -> None:
    assert "<" not in ALLOWED.sub("", render(text))
    plain(text)


def test_plain_words_carry_no_marks() -> None:
    text = "**Kami** [datang](https://contoh.id).\nBesok.\n\n- satu\n- dua\n\n1. tiga"
    assert plain(text) == "Kami datang.\nBesok.\n\n- satu\n\n- dua\n\n1. tiga"


@pytest.mark.parametrize("unit", ["[", ">", "*a ", "**", "- ", "[a](", "<", "\\", "_a_", "1. ", "&#", "![["])
def test_hostile_markup_costs_little_time(unit: str) -> None:
    started = time.process_time()
    render(unit * (20_000 // len(unit)))
    render(unit * 50_000)
    assert time.process_time() - started < 2


@given(st.text(alphabet="ab 1.)-+>=\n\"'&é:/|!*_[]()<`#\\~", max_size=40).map(normalise))
def test_the_short_way_for_many_texts_says_the_same(text: str) -> None:
    assert render_short(text) == render(text)
