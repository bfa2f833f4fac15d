"""Templates: there is one for everything that needs one, and none carries what it must not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from portal.models import Status
from portal.queries.cases import ThreadEntry
from portal.rules.notifications import NOTICES
from portal.rules.workflow import Action
from portal.services import events
from portal.services.cases.merging import UNMERGED_FROM
from portal.web import labels, mails
from portal.web.desk import words
from tests.factories import MONDAY

ROOT = Path(__file__).parents[1] / "templates"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
ALL = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.*"))

#: Everything that can stand in a history.
RECORDED = ({str(action) for action in Action} - {Action.READ, Action.EXPORT}) | {
    events.MERGED_IN,
    UNMERGED_FROM,
    events.PARTNERSHIP_MOVED,
    events.PROGRAM_PROGRESS,
    events.PROPOSAL_COMPLETED,
    *events.ESCALATIONS.values(),
}
#: Of these the public does not hear.
INTERNAL = {
    events.PROPOSAL_COMPLETED,
    Action.NOTE,
    Action.TAKE,
    Action.CLASSIFY,
    Action.PRIORITISE,
    Action.LATER,
    Action.DRAFT_ANSWER,
    Action.NAME_STAFF,
    Action.CLEAR_FILE,
    Action.REVEAL_IDENTITY,
    Action.RATE,
    Action.RETURN_DRAFT,
    events.ESCALATIONS[1],
    events.ESCALATIONS[2],
}


@pytest.mark.parametrize("action", sorted(RECORDED - INTERNAL))
def test_every_public_event_has_its_line_in_the_timeline(action: str) -> None:
    assert (ROOT / "timeline" / f"{action}.html").is_file()


@pytest.mark.parametrize("action", sorted(INTERNAL))
def test_no_internal_event_has_a_line_in_the_public_timeline(action: str) -> None:
    assert not (ROOT / "timeline" / f"{action}.html").exists()


@pytest.mark.parametrize("action", sorted(RECORDED))
def test_the_desk_has_words_for_every_event(app: Flask, action: str) -> None:
    with app.test_request_context():
        assert words.event_text(_entry(action)) != action


def _entry(action: str) -> ThreadEntry:
    return ThreadEntry(
        id=1,
        at=MONDAY,
        action=action,
        actor_kind="staff",
        actor_id=None,
        actor=None,
        from_status=None,
        to_status=None,
        public=False,
        data={"program_code": "3.26", "code": "budget" if action != "hide" else "insult"},
        statement="",
        note="",
        question="",
        reply="",
    )


@pytest.mark.parametrize("kind", sorted({notice.kind for notices in NOTICES.values() for notice in notices}))
def test_every_mail_has_its_template(kind: str) -> None:
    for part in ("subject.txt", "body.txt"):
        assert (ROOT / "email" / kind / part).is_file(), part


def test_every_notice_is_of_an_event_that_can_happen() -> None:
    assert set(NOTICES) <= RECORDED


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_name_and_its_tag(app: Flask, status: Status) -> None:
    with app.test_request_context():
        tags = app.jinja_env.get_template("components/tags.html").make_module(
            app.jinja_env.globals, shared=True
        )
        name = str(labels.STATUS[status])
        assert name in tags.status_tag(status.value, name)


@pytest.mark.parametrize("code", [403, 404, 409, 413, 422, 429, 500, 503, 507])
def test_every_error_has_its_page(code: int) -> None:
    assert (ROOT / "errors" / f"{code}.html").is_file()


@pytest.mark.parametrize("name", ALL)
def test_every_template_can_be_read_by_jinja(app: Flask, name: str) -> None:
    (mails.templates_of(app) if name.startswith(("email/", "sms/")) else app.jinja_env).get_template(name)


def _imports(tree: nodes.Template) -> Iterator[str]:
    for found in tree.find_all((nodes.FromImport, nodes.Import)):
        if isinstance(found, nodes.FromImport):
            for imported in found.names:
                yield imported[1] if isinstance(imported, tuple) else imported
        elif isinstance(found, nodes.Import):
            yield found.target


@pytest.mark.parametrize("name", ALL)
def test_no_template_imports_a_macro_that_it_does_not_use(app: Flask, name: str) -> None:
    tree = app.jinja_env.parse((ROOT / name).read_text())
    used = {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}
    assert not [macro for macro in _imports(tree) if macro not in used]


def test_every_macro_is_used_somewhere(app: Flask) -> None:
    defined: dict[str, str] = {}
    used: set[str] = set()
    for name in ALL:
        tree = app.jinja_env.parse((ROOT / name).read_text())
        defined |= {found.name: name for found in tree.find_all(nodes.Macro)}
        used |= {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}
        used |= {found.attr for found in tree.find_all(nodes.Getattr)}
    assert not {macro: where for macro, where in defined.items() if macro not in used}


# Mails need inline styles: most readers drop everything else.
@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("email/")])
def test_no_template_carries_inline_style_or_script(name: str) -> None:
    """The content security policy would drop them, and nobody would see why."""
    source = (ROOT / name).read_text()
    for forbidden in (r"<style\b", r"\bstyle\s*=", r"\son[a-z]+\s*=\s*[\"']", r"javascript:"):
        assert not re.search(forbidden, source, re.IGNORECASE), forbidden
    for script in re.findall(r"<script\b[^>]*>", source, re.IGNORECASE):
        # data that no browser runs may stand in the page
        assert "src=" in script or 'type="application/ld+json"' in script, script


@pytest.mark.parametrize("name", ALL)
def test_no_template_trusts_text_blindly(name: str) -> None:
    """`|safe` and `autoescape false` would undo the escaping of what people wrote."""
    source = (ROOT / name).read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", source)


@pytest.mark.parametrize("name", PAGES)
def test_no_template_loads_anything_from_another_host(name: str) -> None:
    source = (ROOT / name).read_text()
    assert not re.findall(r"(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//[^\"']*", source)
    assert not re.findall(r"<link\b[^>]*href\s*=\s*[\"'](?:https?:)?//[^\"']*", source)
