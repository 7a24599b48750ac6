"""The decisions of an incident and of the log agree, in whatever order and form a worker keeps them."""

from __future__ import annotations

from typing import Any

from streams.chain.decisions import LoggedDecision, decisions_in, unfollowed, unlogged
from streams.events import Review
from streams.kept.times import DAY_MS
from streams.watch.incident import MAX_DECISIONS, Incident
from streams.watch.review import decided
from tests.streams.chain.telling import Writer, decision

NAME = "standard-20130304T073000Z-rise"
LINE = "lozere/standard"


def log(*reviews: Review, key: bytes = LINE.encode()) -> list[LoggedDecision]:
    """Return the decisions on the incident in a log with these."""
    writer = Writer()
    for each in reviews:
        writer.enter(each)
    writer.log = [each._replace(key=key, written=DAY_MS) if each.key != b"lozere" else each for each in writer.log]
    return list(decisions_in(writer.chain().decisions).get((LINE, NAME), ()))


def incident(*reviews: Review) -> Incident:
    """Return the incident after these decisions, with moments in seconds, as its record has them."""
    found = Incident(NAME, "standard", "rise", "miscount", "drift", 0, 1, 0, 0)
    for each in reviews:
        found.decide(decided(each))
    for one in found.decisions:
        one.at -= one.at % 1000
    return found


def invented(found: Incident, logged: list[LoggedDecision]) -> list[str]:
    return [each.by for each in unlogged(found, logged)]


def lacking(found: Incident, logged: list[LoggedDecision], until: int = 99) -> list[str]:
    return [each.review.by for each in unfollowed(found, logged, until)]


def several(count: int, **more: Any) -> list[Review]:
    return [decision(f"m.{number}", at=2.25 + number, **(more if number == 0 else {})) for number in range(count)]


def test_the_decisions_of_an_incident_are_those_of_its_log() -> None:
    both = several(2)
    assert invented(incident(*both), log(*both)) == lacking(incident(*both), log(*both)) == []
    assert invented(incident(*both), log(both[0])) == ["m.1"]
    assert lacking(incident(both[0]), log(*both)) == ["m.1"]
    assert lacking(incident(both[0]), log(*both), until=1) == [], "its worker has not read further"


def test_who_took_an_incident_last_is_in_its_log_and_earlier_ones_need_not_be_in_it() -> None:
    first, last = (decision(f"m.{number}", decision="take", at=2.25 + number, note=None) for number in range(2))
    taken = incident(first, last)
    assert taken.taken is not None
    assert invented(taken, log(first, last)) == lacking(taken, log(first, last)) == []
    assert invented(taken, log(first)) == ["m.1"]
    assert lacking(incident(first), log(first, last)) == ["m.1"]


def test_other_bounds_than_those_of_the_log_are_no_decision_of_it() -> None:
    (one,) = several(1, to=2_000_000_000.0)
    (other,) = several(1, to=2_000_003_600.0)
    assert invented(incident(other), log(one)) == ["m.0"]


def test_an_incident_keeps_its_latest_decisions_and_the_bounds_of_those_before() -> None:
    many = several(MAX_DECISIONS + 3, to=2_000_000_000.0)
    kept = incident(*many)
    assert (len(kept.decisions), kept.decisions[0].end) == (MAX_DECISIONS, 2_000_000_000_000)
    assert invented(kept, log(*many)) == lacking(kept, log(*many)) == []


def test_a_line_follows_neither_another_key_nor_an_answer_nor_a_decision_of_the_day_after_tomorrow() -> None:
    assert log(decision(), key=b"lozere/circulation") == []
    assert log(decision(decision="answer", line="standard", call="1", answer="right")) == []
    assert lacking(incident(), log(decision(at=2.5 * DAY_MS / 1000))) == []


def test_a_number_in_a_name_is_compared_as_the_worker_keeps_it() -> None:
    assert invented(incident(decision("m. (number withheld)")), log(decision("m. 06 11 22 33 44"))) == []
