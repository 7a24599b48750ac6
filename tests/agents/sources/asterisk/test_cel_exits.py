"""The reason and time of a caller's exit from a queue, if no row records them."""

from __future__ import annotations

import pytest

from agents.sources.asterisk.cel_calls import CelCalls, Linked, Party, Visit
from agents.sources.asterisk.cel_exits import by_key, changed, let_go, ran_out
from agents.sources.asterisk.cel_rows import CelRow

T = 1795617500.0


def row(at: float = T + 60, exten: str = "s", context: str = "menu") -> CelRow:
    return CelRow("APP_START", at, "", "", exten, context, "PJSIP/trunk-1", "Queue", "accueil", "1.1", "1.1", "")


def visit(left: float = 0.0, limit: float | None = None, **more: str | float) -> Visit:
    return Visit("accueil", "1.1", T, queue="accueil", place="queues,s", limit=limit, left=left, **more)  # type: ignore[arg-type]


def test_a_key_takes_a_caller_out_where_it_was_pressed_shortly_before() -> None:
    pressed = visit(digit="1", pressed=T + 29)
    assert by_key(pressed, row(exten="1"), T + 30) == "key"
    assert by_key(pressed, row(exten="1", context="Callback"), T + 30) == "callback"
    assert by_key(pressed, row(exten="1"), T + 40) is None
    assert by_key(visit(), row(exten="1"), T + 30) == "key"  # no key in the log, but a key leads to this extension
    assert by_key(visit(), row(exten="s"), T + 30) is None


@pytest.mark.parametrize(
    ("left", "limit", "others", "why"),
    [(0.5, 30, 1, "full"), (0.5, 30, 0, "no_agents"), (30, 30, 0, "timeout"), (12, 30, 0, "no_agents")],
)
def test_whom_a_queue_lets_go_is_told_by_how_long_they_waited(left: float, limit: float, others: int, why: str) -> None:
    calls = CelCalls()
    for number in range(others):
        calls.join("2.1", Party(f"2.{number}", "PJSIP/trunk-2", T, visit=visit()))
    assert let_go(visit(T + left, limit), row(), calls) == why


def test_a_visit_runs_out_at_its_limit_or_at_once() -> None:
    assert [ran_out(visit(T + left, 30.0)) for left in (0.01, 10.0, 30.0)] == [True, False, True]
    assert not ran_out(visit(T + 300))


def test_a_caller_changes_queues_at_the_limit_of_the_first_or_at_their_latest_row() -> None:
    def moved(limit: float | None) -> float:
        return changed(Linked(), Party("1.1", "PJSIP/trunk-1", T + 5, visit=visit(limit=limit)), row())

    assert [moved(limit) for limit in (30.0, 90.0, None)] == [T + 30, T + 5, T + 5]
