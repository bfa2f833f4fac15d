"""The one-question link in a mail."""

from typing import Any

from portal.core.sealing import Seal, new_key
from portal.models import Question, Status, Submission, TokenPurpose
from portal.rules.permissions import Actor
from portal.services import cases, clock, outbox, questions, tokens
from tests import factories as make
from tests.factories import at

SEAL = Seal([new_key()])


def _asked(monkeypatch: Any) -> tuple[Submission, Question, str]:
    """Ask and catch the raw token on its way to the mail."""
    caught: list[str] = []
    real = outbox.sealed

    def catching(seal: Seal, raw: str) -> dict[str, str]:
        caught.append(raw)
        return real(seal, raw)

    monkeypatch.setattr(outbox, "sealed", catching)
    case = make.make_case()
    question = cases.ask(case, question="Di mana?", seal=SEAL, actor=make.triage(), at=at(10))
    return case, question, caught[0]


def test_the_link_opens_its_question_until_it_is_answered(db: Any, monkeypatch: Any) -> None:
    case, question, raw = _asked(monkeypatch)
    assert questions.open_token(raw, at(11)) == (question, case)
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(11))
    assert questions.open_token(raw, at(11)) is None


def test_the_link_answers_without_an_account(db: Any, monkeypatch: Any) -> None:
    case, question, raw = _asked(monkeypatch)
    assert tokens.redeem(raw, TokenPurpose.ANSWER_QUESTION, at(11)) == question.id
    cases.reply(case, text="Di depan pasar.", actor=Actor(reporter_of=frozenset({case.id})), at=at(11))
    assert (case.status, question.reply) == (Status.RECEIVED, "Di depan pasar.")


def test_the_link_ends_with_the_days_of_the_question(db: Any, monkeypatch: Any) -> None:
    _, question, raw = _asked(monkeypatch)
    assert questions.open_token(raw, question.expires_at) is None


def test_the_link_opens_nothing_once_the_case_moved_on(db: Any, monkeypatch: Any) -> None:
    case, _, raw = _asked(monkeypatch)
    cases.withdraw(case, actor=make.reporter(case), at=at(11))
    assert questions.open_token(raw, at(11)) is None


def test_the_link_opens_nothing_after_the_case_expired(db: Any, monkeypatch: Any) -> None:
    case, _, raw = _asked(monkeypatch)
    clock.run_due(at(30))
    assert case.status is Status.DECLINED
    assert questions.open_token(raw, at(11)) is None


def test_a_link_for_something_else_opens_no_question(db: Any, monkeypatch: Any) -> None:
    _, question, _ = _asked(monkeypatch)
    other = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, question.id, at(10), question.expires_at - at(10))
    assert questions.open_token(other, at(11)) is None
