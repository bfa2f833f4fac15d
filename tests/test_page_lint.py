"""The page check that every fetched page passes through finds what it should."""

import pytest

from tests.support.html import faults

GOOD = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Beranda – Suara</title></head>
<body><a href="#isi">Lewati</a>
<main id="isi"><h1>Beranda</h1>
<form method="post"><label for="cerita">Cerita</label><textarea id="cerita" name="cerita"></textarea>
<label><input type="checkbox" name="setuju"> Setuju</label><button type="submit">Kirim</button></form>
<svg viewBox="0 0 1 1" aria-hidden="true"><use href="/static/icons.svg#peta"></use></svg>
</main></body></html>"""


def test_a_sound_page_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<!doctype html>", "", "DOCTYPE"),
        (' lang="id"', "", "no lang"),
        ("<title>Beranda – Suara</title>", "", "0 <title>"),
        ("<title>Beranda – Suara</title>", "<title></title>", "empty <title>"),
        ("<h1>Beranda</h1>", "<h2>Beranda</h2>", "0 <h1>"),
        ("<h1>Beranda</h1>", "<h1>Satu</h1><h1>Dua</h1>", "2 <h1>"),
        ("<h1>Beranda</h1>", '<h1 id="isi">Beranda</h1>', "duplicate id 'isi'"),
        ("<h1>Beranda</h1>", "<h1>Beranda</h1><p><div></div></p>", "line 4"),
        ("<h1>Beranda</h1>", '<h1 style="color:red">Beranda</h1>', "inline style"),
        ("<h1>Beranda</h1>", "<h1>Beranda</h1><script>1</script>", "inline <script>"),
        ("<h1>Beranda</h1>", '<h1 onclick="x()">Beranda</h1>', "inline handler onclick"),
        ("<h1>Beranda</h1>", '<h1>Beranda</h1><a href="javascript:x()">x</a>', "runs a script"),
        ("<h1>Beranda</h1>", '<h1>Beranda</h1><img src="a.webp">', "no alt"),
        ('for="cerita"', 'for="lain"', "belongs to nothing"),
        ('<label for="cerita">Cerita</label>', "", "has no label"),
        ('href="#isi"', 'href="#sini"', "points nowhere"),
        ('name="cerita"', 'name="cerita" aria-describedby="galat"', "points nowhere"),
        ('<button type="submit">', "<button>", "has no type"),
    ],
)
def test_each_fault_is_named(old: str, new: str, fault: str):
    assert old in GOOD
    assert any(fault in sentence for sentence in faults(GOOD.replace(old, new, 1)))
