"""The queue is first come, first served; no agent who is busy or away answers."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

from msgspec.structs import replace

from streams.simulation.attempt import Attempt
from streams.simulation.fit import Fitted
from streams.simulation.queue import AGAIN_AFTER_ANSWERED, AGAIN_AFTER_LOST, Caller, QueueDay, serve
from streams.simulation.staff import RING, Away
from tests.streams.simulation.offices import LINE

HOUR = 3_600_000
OPENED = [(0, 8 * HOUR)]
PLAIN = replace(LINE, diverted=0.0, at_once=0.0)


def served(
    starts: list[int], agents: int = 1, patience: float = 600.0, away: list[list[Away]] | None = None, seed: int = 1
) -> list[Attempt]:
    callers = [Caller(start, f"hmac:{number:08x}") for number, start in enumerate(starts)]
    day = QueueDay("day", OPENED, callers, away or [[] for _ in range(agents)], patience)
    return serve(day, PLAIN, Fitted(agents=agents, patience=patience), 1, Random(seed))


def rushed(seed: int = 1, agents: int = 3, patience: float = 120.0) -> list[Attempt]:
    random = Random(seed)
    return served(sorted(random.randrange(8 * HOUR) for _ in range(600)), agents, patience, seed=seed)


def test_a_lone_caller_waits_for_the_ringing_alone() -> None:
    (attempt, *_) = served([1_000])
    assert attempt.outcome == "answered"
    assert RING[0] <= attempt.wait <= RING[1]


def test_who_finds_the_agent_away_waits_until_he_is_back_or_gives_up() -> None:
    away: list[list[Away]] = [[(0, HOUR)]]
    (patient, *_) = served([0], patience=1e9, away=away)
    assert (patient.outcome, patient.wait >= HOUR) == ("answered", True)
    (hurried, *_) = served([0], patience=1.0, away=away)
    assert (hurried.outcome, hurried.reason, hurried.agent, hurried.talk) == ("lost", "abandoned", None, None)
    assert hurried.wait < 60_000


def test_an_agent_has_one_call_at_a_time_and_the_wrap_up_between() -> None:
    talks: dict[str | None, list[tuple[int, int]]] = defaultdict(list)
    for attempt in rushed():
        if attempt.outcome == "answered":
            assert attempt.talk is not None
            answered = attempt.start + attempt.wait
            talks[attempt.agent].append((answered, answered + attempt.talk + 15_000))
    assert len(talks) == 3
    for each in talks.values():
        assert len(each) > 50
        assert all(over <= answered for (_, over), (answered, _) in pairwise(sorted(each)))


def test_answers_come_in_the_order_of_the_calls() -> None:
    begun = [each.start + each.wait - RING[1] for each in rushed() if each.outcome == "answered"]
    assert all(later > sooner - RING[1] for sooner, later in pairwise(begun))


def test_call_backs_follow_the_shares_of_the_data() -> None:
    for outcome, share in (("lost", AGAIN_AFTER_LOST[-1]), ("answered", AGAIN_AFTER_ANSWERED[-1])):
        ended = again = 0
        for seed in range(6):
            attempts = rushed(seed, patience=400.0)
            starts = defaultdict(list)
            for each in attempts:
                starts[each.caller].append(each.start)
            for each in attempts:
                over = each.start + each.wait + (each.talk or 0)
                if each.outcome == outcome and over < 7 * HOUR:
                    ended += 1
                    again += any(over < start <= over + HOUR for start in starts[each.caller])
        assert ended > 500
        assert abs(again / ended - share) < 0.03


def test_nobody_enters_while_it_is_closed() -> None:
    assert all(0 <= each.start < 8 * HOUR for each in rushed())
