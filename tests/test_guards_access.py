"""Every view says who may open it, and everybody else gets what is agreed: 404, or the way to sign in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from portal.models import Role
from tests import factories as make
from tests.access_matrix import ENDPOINTS
from tests.support.client import PageClient

#: Whom a rule lets in. Rules name the roles that they take ("admin", "admin|triage").
STAFF = {Role.OFFICER, Role.HEAD, Role.TRIAGE}


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_endpoint_is_in_the_matrix(app: Flask) -> None:
    declared = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "access_rule", None) for rule in _rules(app)
    }
    assert declared == ENDPOINTS, "decide who may open it, in tests/access_matrix.py"


def test_no_view_below_the_desk_or_the_admin_pages_is_public() -> None:
    for endpoint, rule in ENDPOINTS.items():
        if endpoint.startswith(("desk.", "admin.")):
            assert rule != "public", endpoint


def _sample(rule: Rule) -> str:
    """Return an address that the rule matches and that names nothing there is."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        if hasattr(converter, "items"):
            values[name] = next(iter(converter.items))
        else:
            values[name] = 999_999 if isinstance(converter, IntegerConverter) else "SB-2611-ZZZZ"
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _opens(rule: str, role: Role | None) -> bool:
    if rule in {"public", "signed_in"}:
        return True
    if rule == "staff":
        return role in STAFF
    return role is not None and role in {Role(name) for name in rule.split("|")}


#: Without a code to enter these lead back to where one is asked for: they are signing in itself.
SIGNING_IN = {"account.second", "account.second_enter", "account.code", "account.code_enter"}


def _to_sign_in(response: Any) -> bool:
    return response.status_code == 303 and "/masuk" in response.headers["Location"]


def test_a_visitor_is_led_to_sign_in_wherever_it_takes_an_account(app: Flask, client: PageClient) -> None:
    for rule in _rules(app):
        for method in _methods(rule):
            response = client.open(_sample(rule), method=method)
            said = f"{method} {rule.rule} answers {response.status_code}"
            assert response.status_code < 500, said
            if rule.endpoint in SIGNING_IN:
                continue
            if ENDPOINTS[rule.endpoint] == "public":
                assert not _to_sign_in(response), said
            else:
                assert _to_sign_in(response), said


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_not_gets_404_and_nothing_else(
    app: Flask, db: Any, new_client: Callable[[], PageClient], role: Role | None
) -> None:
    agency = make.make_agency() if role in {Role.OFFICER, Role.HEAD} else None
    user = make.make_user(role, agency)
    db.session.commit()
    for rule in _rules(app):
        # the second one signs out on purpose, to ask once more who it is
        if rule.endpoint in {"account.sign_out", "account.prove"} or rule.endpoint in SIGNING_IN:
            continue
        for method in _methods(rule):
            client = new_client()
            make.sign_in(client, user)
            response = client.open(_sample(rule), method=method)
            said = f"{method} {rule.rule} answers {response.status_code} to {role}"
            assert response.status_code < 500, said
            if not _opens(ENDPOINTS[rule.endpoint], role):
                assert response.status_code == 404, said
            else:
                assert not _to_sign_in(response), said
