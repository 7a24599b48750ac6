"""The figures that the peers keep: totals, the lost rate of the last hour, the mean wait."""

from __future__ import annotations

from benchmarks.hot_path.figures import begun, count, summary


def test_a_lost_and_an_answered_call_are_half_lost() -> None:
    figures = count(count(begun(), "answered", 60.0, 4.0), "lost", 90.0, 9.0)
    assert summary(figures) == {"totals": {"answered": 1, "lost": 1}, "lost_rate": 0.5, "mean_wait": 4.0}


def test_after_an_hour_a_loss_is_in_the_totals_alone() -> None:
    figures = count(count(begun(), "lost", 0.0, 9.0), "answered", 3_700.0, 4.0)
    assert (summary(figures)["totals"], summary(figures)["lost_rate"]) == ({"answered": 1, "lost": 1}, 0.0)


def test_what_comes_an_hour_late_is_in_the_totals_alone() -> None:
    figures = count(count(begun(), "answered", 3_700.0, 4.0), "lost", 0.0, 9.0)
    assert (summary(figures)["totals"], summary(figures)["lost_rate"]) == ({"answered": 1, "lost": 1}, 0.0)


def test_of_nothing_there_is_no_rate() -> None:
    assert summary(begun()) == {"totals": {}, "lost_rate": None, "mean_wait": None}
