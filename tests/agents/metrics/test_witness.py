"""What Prometheus sees of a second record: settled calls by result, and nothing of lines that have none."""

from __future__ import annotations

from agents.metrics.witness import RESULTS, families
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent


def told(line: Line, number: int, outcome: str) -> None:
    both = {"line": "accueil", "call": str(number), "at": 1_700_000_000 + 60 * number, "wait": 5.0}
    line.fold(CallEvent(**both, type="lost", reason="abandoned", source="pbx"))  # type: ignore[arg-type]
    if outcome != "hidden":
        line.bear(CallEvent(**both, type="lost", reason="abandoned", source="cel"))  # type: ignore[arg-type]


def shown(line: Line) -> dict[tuple[str, str, str], float]:
    (family,) = families([line])
    assert family.name == "tocsin_witness_calls"
    return {
        (each.labels["site"], each.labels["line"], each.labels["result"]): each.value
        for each in family.samples
        if each.value
    }


def test_settled_calls_are_counted_by_how_the_second_record_stands_to_them() -> None:
    line = Line(LineRules(site="lozere", line="accueil", witness="cel"))
    for number in range(20):
        told(line, number, "hidden" if number == 7 else "lost")
    assert shown(line) == {}, "a call that waits may still change"
    line.close(line.state.high)
    assert shown(line) == {("lozere", "accueil", "matched"): 19, ("lozere", "accueil", "only_here"): 1}


def test_every_result_is_shown_from_the_start_and_none_of_a_line_without_a_witness() -> None:
    (family,) = families(
        [Line(LineRules(site="lozere", line="accueil", witness="cel")), Line(LineRules(site="lozere", line="standard"))]
    )
    assert [each.labels["result"] for each in family.samples] == list(RESULTS)
