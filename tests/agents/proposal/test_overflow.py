"""Queues overflow into each other if many calls leave one unanswered and enter the next at once."""

from __future__ import annotations

from typing import Any

import pytest

from agents.proposal.overflow import LEAST, QueueOverflow, SeenOverflows, joined
from streams.events import CallEvent, CallType, Reason

LINES = {"accueil": "Accueil", "soir": "Soir"}


def heard(calls: int, reason: Reason = "timeout", kind: CallType = "lost", after: float = 1) -> list[QueueOverflow]:
    seen = SeenOverflows()
    for number in range(calls):
        at = 1_700_000_000.0 + 60 * number
        common: dict[str, Any] = {"call": f"{number}", "source": "queue-log"}
        seen.hear(CallEvent(**common, line="accueil", type=kind, at=at, reason=reason))
        seen.hear(CallEvent(**common, line="soir", type="offered", at=at + after))
    return seen.usual(LINES)


def test_calls_that_enter_the_next_queue_at_once_overflow() -> None:
    assert heard(LEAST) == [QueueOverflow("accueil", "soir", LEAST)]
    assert heard(LEAST, "full", "diverted") == [QueueOverflow("accueil", "soir", LEAST)]


@pytest.mark.parametrize(
    "other",
    [
        {"calls": LEAST - 1},
        {"after": 30},
        {"reason": "key", "kind": "diverted"},
        {"reason": "abandoned"},
        {"kind": "answered"},
    ],
)
def test_a_few_calls_later_ones_and_those_that_somebody_sent_do_not(other: dict[str, Any]) -> None:
    assert heard(**{"calls": LEAST, **other}) == []


def test_a_caller_who_is_put_into_the_first_queue_again_keeps_the_call_s_id() -> None:
    seen = SeenOverflows()
    for number in range(LEAST):
        at = 1_700_000_000.0 + 60 * number
        seen.hear(CallEvent(call=f"{number}#2", line="accueil", type="lost", at=at, reason="timeout"))
        seen.hear(CallEvent(call=f"{number}", line="soir", type="offered", at=at))
    assert seen.usual(LINES) == [QueueOverflow("accueil", "soir", LEAST)]


def test_two_queues_that_overflow_into_each_other_are_one() -> None:
    assert joined([QueueOverflow("a", "b", 30), QueueOverflow("b", "a", 20)]) == {"b": "a"}
    assert joined([QueueOverflow("b", "c", 30), QueueOverflow("a", "b", 20)]) == {"b": "a", "c": "a"}
