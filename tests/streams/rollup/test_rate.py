"""The rate of a sum: its flag, its target, and its unknown part."""

from __future__ import annotations

from streams.indicators.indicator import Figure, Indicator
from streams.rollup.rate import RatePart, rate_sum
from streams.watch.guard import Guard


def part(lost: int, offered: int, *, site: str = "a", guard: Guard | None = None, status: str = "A") -> RatePart:
    raw = Figure(lost / offered if offered else None, lost, offered, status=status)  # type: ignore[arg-type]
    corrected = raw if guard is None else Figure(None, None, None, status="Q")
    rate = Indicator(
        id="lost_rate:circulation",
        kind="lost_rate",
        subject="circulation",
        label="",
        unit="share",
        raw=raw,
        corrected=corrected,
        guard=guard,
    )
    return RatePart(site, "circulation", rate, offered, 100, 100)


def test_a_target_is_of_the_sum() -> None:
    found = rate_sum("lost_rate", [part(30, 100), part(0, 900)], 0.1)
    assert (found.raw.met, found.corrected.met) == (True, True)
    assert rate_sum("lost_rate", [part(30, 100)], 0.1).corrected.met is False
    assert rate_sum("answer_rate", [part(90, 100)], 0.85).corrected.met is True


def test_the_bounds_hold_whatever_the_withheld_calls_were() -> None:
    hidden = part(7, 50, site="b", guard=Guard("undecided", 1))
    found = rate_sum("lost_rate", [part(4, 100), part(4, 100), part(2, 100), hidden])
    assert found.could_be is not None
    for lost in range(51):
        assert found.could_be.low <= (10 + lost) / 350 <= found.could_be.high
    assert found.could_be == (10 / 350, 60 / 350)


def test_the_farthest_is_told_first_and_each_alone() -> None:
    hidden = [part(0, calls, site=site, guard=Guard("undecided")) for site, calls in (("b", 10), ("c", 90))]
    found = rate_sum("lost_rate", [*(part(4, 100) for _ in range(7)), *hidden])
    assert [each.site for each in found.withheld] == ["c", "b"]
    assert found.withheld[1].high == (28 + 10) / 710


def test_nothing_at_all_is_no_rate() -> None:
    found = rate_sum("lost_rate", [])
    assert (found.raw.value, found.corrected.value, found.could_be) == (None, None, None)


def test_the_interval_of_one_line_is_its_own() -> None:
    one = part(40, 1000)
    one.rate.corrected = Figure(0.04, 40, 1000, 0.01, 0.09)
    assert (rate_sum("lost_rate", [one]).corrected.low, rate_sum("lost_rate", [one]).corrected.high) == (0.01, 0.09)
