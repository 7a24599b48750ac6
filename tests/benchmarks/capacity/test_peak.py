"""A small office's peak is mostly chance; a nation's follows the hours."""

from __future__ import annotations

from benchmarks.capacity.peak import peaks


def test_many_offices_peak_less_than_one_and_mondays_more_than_other_days() -> None:
    one, many = peaks(1, 100, 1.3), peaks(50, 100, 1.3)
    assert one.year > many.year > many.first_day > many.monday > many.usual_day > 1
    assert many.over_all_hours > 4 * many.year  # an office is closed for more than three quarters of a year
    assert 95 < many.a_day / 50 < 110
