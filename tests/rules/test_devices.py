"""A device is named in words of our own."""

import pytest

from portal.rules.devices import in_words

PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A145) Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome, Android"),
        (PHONE + " SamsungBrowser/26", "Samsung Internet, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604.1", "Safari, iPhone"),
        ("<script>alert(1)</script>", ""),
        ("<b>Chrome/1</b> Linux", "Chrome, Linux"),
        ("", ""),
    ],
)
def test_a_device_is_named_in_words_and_never_in_its_own(agent, words):
    assert in_words(agent) == words
