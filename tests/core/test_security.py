import pytest

from portal.core.security import safe_next


@pytest.mark.parametrize("target", ["/meja", "/meja?antrean=mine", "/en/meja/k/SB-2611-K7RM", "/"])
def test_a_local_address_may_follow_signing_in(target):
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "meja",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/meja\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        " /meja",
        "/me\\ja",
    ],
)
def test_an_address_that_may_leave_the_site_is_dropped(target):
    assert safe_next(target) is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_on_another_site_is_refused(client, site):
    answer = client.post("/lacak", data={}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403


def test_a_foreign_origin_is_refused_where_the_browser_sends_no_fetch_metadata(client):
    client.environ_base.pop("HTTP_SEC_FETCH_SITE")
    answer = client.post("/lacak", data={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_client_that_says_nothing_needs_the_token(client):
    client.environ_base.pop("HTTP_SEC_FETCH_SITE")
    assert client.post("/lacak", data={}).status_code == 403


def test_every_answer_forbids_inline_code_and_framing(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_visitor_gets_no_cookie_and_no_vary_on_it(client):
    answer = client.get("/")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
