"""A mean over days leaves out the wrong ones, and is withheld if a doubt changes it."""

from __future__ import annotations

from streams.figures.mean import DayMean, ValueSums, corrected_mean
from streams.watch.guard import Guard


def test_days_with_missing_rows_are_left_out_if_their_mean_differs() -> None:
    values = [ValueSums(10, total) for total in (100, 101, 300)]
    sound, near, far = (DayMean(each, each, each.total > 100) for each in values)
    assert corrected_mean([sound] * 9 + [near]).method == "none"
    found = corrected_mean([sound] * 9 + [far])
    assert (found.method, found.value) == ("exclude", 10.0)
    withheld = corrected_mean([sound] * 9 + [far], None, Guard("undecided", 1))
    assert (withheld.value, withheld.guard) == (None, Guard("undecided", 1))
