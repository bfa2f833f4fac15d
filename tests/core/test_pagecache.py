import gzip

import brotli

from portal.core.pagecache import PageCache


def test_a_kept_page_comes_back_in_every_encoding():
    cache = PageCache(1_000_000)
    cache.put(("/", "", "id"), b"<p>Horas</p>" * 100, "text/html")
    page = cache.get(("/", "", "id"))
    assert page.body == gzip.decompress(page.gzip) == brotli.decompress(page.brotli)


def test_another_version_is_another_page():
    cache = PageCache(1_000_000)
    cache.put(("/", "1"), b"old", "text/html")
    assert cache.get(("/", "2")) is None


def test_the_store_never_outgrows_its_limit():
    cache = PageCache(80_000)
    for number in range(200):
        cache.put((str(number),), bytes(str(number), "ascii") * 500, "text/html")
    assert sum(page.weight for page in cache._pages.values()) <= 80_000


def test_the_page_used_longest_ago_goes_first():
    cache = PageCache(100_000)
    for name in ("a", "b"):
        cache.put((name,), name.encode() * 4000, "text/html")
    cache.get(("a",))
    number = 0
    while cache.get(("b",)) and number < 100:
        number += 1
        cache.get(("a",))
        cache._pages.move_to_end(("b",), last=False)
        cache.put((f"more{number}",), str(number).encode() * 4000, "text/html")
    assert cache.get(("a",)) is not None


def test_a_page_too_large_to_keep_is_still_answered():
    cache = PageCache(1000)
    page = cache.put(("big",), b"x" * 5000, "text/html")
    assert page.body == b"x" * 5000
    assert cache.get(("big",)) is None
