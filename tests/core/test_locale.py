import pytest

PAGES = ["/", "/kiriman", "/program", "/keterbukaan", "/cara-kerja", "/privasi", "/aksesibilitas", "/bantuan"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_its_language(client, path):
    assert '<html lang="id">' in client.get(path).text
    assert '<html lang="en">' in client.get(f"/en{path}").text


def test_links_keep_the_language(client):
    page = client.get("/en/kiriman").text
    assert 'href="/en/program"' in page
    assert 'href="/program"' not in page


def test_the_switch_keeps_page_and_query(client):
    assert 'href="/en/kiriman?q=jalan"' in client.get("/kiriman?q=jalan").text
    assert 'href="/kiriman?q=jalan"' in client.get("/en/kiriman?q=jalan").text


def test_static_files_stand_once_for_all_languages(client):
    assert "/en/static/" not in client.get("/en/").text


def test_an_unknown_language_is_an_unknown_page(client):
    assert client.get("/fr/").status_code == 404


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example"])
def test_the_switch_never_leads_to_another_host(client, path):
    page = client.get("/", environ_overrides={"PATH_INFO": f"/en{path}"})
    assert page.status_code == 404
    assert 'href="/evil.example' in page.text
    assert 'href="//' not in page.text
