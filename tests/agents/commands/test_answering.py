"""`tocsin review questions` and `review answer` without a broker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.commands import answering
from agents.history import questions, review
from streams.events import Review
from tests.agents.board.known import SETTINGS, line
from tests.agents.board.questions import question

CALLS = [each.call for each in question().calls]


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[Review]:
    """Let a line ask about five calls, and return the reviews that are sent."""
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\nlines: {circulation: {}, standard: {}}\n", encoding="utf-8")
    monkeypatch.setenv("TOCSIN_CONFIG", str(file))
    asked = questions.open_questions(SETTINGS, [line(questions=[question()])], {})
    monkeypatch.setattr(questions, "read_questions", lambda _: asked)
    found: list[Review] = []
    monkeypatch.setattr(review, "send", lambda _, *reviews: found.extend(reviews))
    return found


def invoke(*arguments: str, told: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": None}).invoke(app, ["review", *arguments], input=told)


@pytest.mark.usefixtures("sent")
def test_the_questions_are_listed_for_persons_and_for_programs() -> None:
    shown = invoke("questions", "--lang", "fr").stdout
    assert all(
        each in shown for each in (*CALLS, "compté comme", "le taux de perte est suspect", "5 appels à vérifier")
    )
    (document,) = json.loads(invoke("questions", "--json").stdout)
    assert (document["line"], document["status"]) == ("circulation", "open")
    assert [each["call"] for each in document["calls"]] == CALLS


def test_an_answer_is_sent_under_a_name(sent: Sequence[Review]) -> None:
    done = invoke("answer", "circulation", CALLS[1], "cannot-tell", "--by", "m.durand", "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, "1 answer sent as 'm.durand'\n")
    assert [(each.decision, each.line, each.call, each.answer, each.by) for each in sent] == [
        ("answer", "circulation", CALLS[1], "cannot-tell", "m.durand")
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("circulation", "7", "right"), "line 'circulation' asks about no call '7'"),
        (("standard", CALLS[0], "right"), "asks about no call"),
        (("circulation", CALLS[0]), "name a line, a call and the answer"),
        ((), "name a line, a call and the answer"),
        (("circulation", CALLS[0], "maybe"), "maybe"),
        (("circulation", CALLS[0], "right", "--by", "06 12 34 56 78"), "a telephone number - at `$.by`"),
    ],
)
def test_an_answer_to_nothing_or_without_a_word_is_refused(
    arguments: Sequence[str], says: str, sent: Sequence[Review]
) -> None:
    done = invoke("answer", *arguments, "--lang", "en")
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert not sent


def test_at_a_terminal_one_call_comes_after_another(sent: Sequence[Review], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "attended", lambda: True)
    done = invoke("answer", "--by", "m", "--lang", "fr", told="j\n\nx\nf\ni\nq\n")
    assert done.exit_code == 0, done.output
    assert [(each.call, each.answer) for each in sent] == [
        (CALLS[0], "right"),
        (CALLS[2], "wrong"),
        (CALLS[3], "cannot-tell"),
    ], "the second was skipped, and the last was not answered"
    assert "3 réponses envoyées sous le nom de 'm'" in done.stdout
    assert f"appel {CALLS[0]}" in done.stderr
