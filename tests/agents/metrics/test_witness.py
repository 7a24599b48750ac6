"""Metrics of a second record: settled calls by result, and no series for lines without one."""

from __future__ import annotations

from agents.metrics.witness import RESULTS, families
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent
from tests.agents.scraping import samples_of


def told(line: Line, number: int, outcome: str) -> None:
    both = {"line": "accueil", "call": str(number), "at": 1_700_000_000 + 60 * number, "wait": 5.0}
    if outcome != "lacking":
        line.fold(CallEvent(**both, type="lost", reason="abandoned", source="pbx"))  # type: ignore[arg-type]
    if outcome != "hidden":
        line.bear(CallEvent(**both, type="lost", reason="abandoned", source="cel"))  # type: ignore[arg-type]


def gauge(line: Line, name: str) -> float:
    (sample,) = (each for each in samples_of(families([line])) if each.name == name)
    return sample.value


def shown(line: Line) -> dict[tuple[str, str, str], float]:
    return {
        (each.labels["site"], each.labels["line"], each.labels["result"]): each.value
        for each in samples_of(families([line]))
        if each.name == "tocsin_witness_calls_total" and each.value
    }


def test_settled_calls_are_counted_by_how_the_second_record_stands_to_them() -> None:
    line = Line(LineRules(site="lozere", line="accueil", witness="cel"))
    for number in range(20):
        told(line, number, "hidden" if number == 7 else "lost")
    assert shown(line) == {}, "a call that waits may still change"
    line.close(line.state.high)
    assert shown(line) == {("lozere", "accueil", "matched"): 19, ("lozere", "accueil", "only_here"): 1}


def test_every_result_is_shown_from_the_start_and_none_of_a_line_without_a_witness() -> None:
    family, *gauges = families(
        [Line(LineRules(site="lozere", line="accueil", witness="cel")), Line(LineRules(site="lozere", line="standard"))]
    )
    assert [len(samples_of([each])) for each in gauges] == [1, 1]
    assert [each.labels["result"] for each in samples_of([family])] == list(RESULTS)


def test_the_calls_of_incidents_that_go_on_are_in_dispute() -> None:
    line = Line(LineRules(site="lozere", line="accueil", witness="cel"))
    for number in range(90):
        told(line, number, "lacking" if number in {7, 20, 31} else "lost")
    assert gauge(line, "tocsin_witness_disputed_calls") == 3
    for number in range(90, 3000, 10):
        told(line, number, "lost")
    assert gauge(line, "tocsin_witness_disputed_calls") == 0, "a day without a difference ends it"


def test_a_line_whose_second_record_falls_silent_counts_its_calls_since_then() -> None:
    line = Line(LineRules(site="lozere", line="accueil", witness="cel"))
    for number in range(300):
        told(line, number, "lost" if number < 60 else "hidden")
    assert 225 <= gauge(line, "tocsin_witness_unheard_calls") <= 240
    told(line, 300, "lost")
    for number in range(301, 330):
        told(line, number, "lost")
    assert gauge(line, "tocsin_witness_unheard_calls") == 0
