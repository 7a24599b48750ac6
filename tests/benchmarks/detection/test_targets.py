"""Whether a target is reached depends only on its own runs."""

from __future__ import annotations

from typing import Any

from benchmarks.detection.figure import Figure
from benchmarks.detection.hours import Hours
from benchmarks.detection.score import Score
from benchmarks.detection.targets import TARGETS, rows


def score(family: str, what: str = "", **more: Any) -> Score:
    return Score(method="Tocsin", family=family, what=what, volume=100, rate=0.02, half=0, scenario="", **more)


def reached(*scores: Score) -> dict[str, tuple[str, str]]:
    """Return, by the first words of each target, its figure and whether it is reached."""
    return {says.split(":")[0].split(" (")[0]: (seen, last) for says, seen, _, _, last in rows(scores, TARGETS)}


def test_false_miscounts_are_of_a_year() -> None:
    seen = reached(score("sound", false=1, years=4.0), score("sound", years=6.0), score("hanging", false=2, years=1.0))
    assert seen["false miscounts per sound line-year"] == ("0.10 [0.00, 0.56]", "yes")
    assert seen["the same, with correlated days"] == ("2.00 [0.24, 7.22]", "**no**")
    assert seen["the same, with a wrong prior"] == ("-", "-")


def test_a_fault_that_is_not_found_counts_as_never() -> None:
    early = [score("early", fault=True, works=True, opening_days=days) for days in (1.0, 2.0, None)]
    told = "faults from the first day reported within 5 opening days at 100 calls a day"
    assert reached(*early)[told] == ("2.0", "yes")
    assert reached(*early, *early[2:], *early[2:])[told] == ("never", "**no**")


def test_intervals_are_counted_where_something_was_wrong_or_corrected() -> None:
    def figured(method: str, error: float, *, covers: bool, fault: bool) -> Score:
        figure = Figure(method=method, coverage=1.0, raw_error=2.0, error=error, half=0.1, covers=covers)
        return score("faults", fault=fault, works=fault, figure=figure)

    seen = reached(
        figured("none", 0.0, covers=True, fault=False),
        figured("recount", 0.0, covers=True, fault=True),
        figured("exclude", 0.6, covers=False, fault=True),
    )
    assert seen["published corrected figures whose 95 % interval misses the truth"] == ("50.0% [1.3%, 98.7%]", "**no**")
    assert seen["of them, by more than 0.5 points"] == ("1", "**no**")
    assert seen["farther from the truth than raw, by more than 0.1 points"] == ("0", "yes")


def test_overloads_are_scored_by_hours() -> None:
    hours = Hours(bad=4, told=4, alerts=5, right=4, delays=[], stays=[], most=1, years=1.0)
    seen = reached(score("sound", years=1.0, hours=hours))
    assert seen["overload incidents that contain a bad hour or day"] == ("80% [28%, 99%]", "yes")
    assert seen["bad hours reported as overload"] == ("100% [40%, 100%]", "yes")


def test_no_real_loss_is_a_miscount() -> None:
    fine, taken = score("overloads", works=True), score("real-losses", works=True, found=True)
    assert reached(fine)["real losses, overloads and changes called miscount"] == ("0", "yes")
    assert reached(fine, taken)["real losses, overloads and changes called miscount"] == ("1", "**no**")
