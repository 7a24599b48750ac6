"""A group is shown with enough answers, unless it would reveal another one; every row is counted in some group."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.checks.interval import wilson
from streams.indicators.breakdown import FEWEST, FEWEST_NAMED, Theme, breakdowns
from streams.indicators.survey import Answer


def answers(**sizes: int) -> list[Answer]:
    return [Answer("q", number % 2 == 0, subgroup=name) for name, size in sizes.items() for number in range(size)]


def shown(given: list[Answer]) -> dict[str, int | None]:
    (found,) = breakdowns(given)
    return {each.name: each.share and each.share.answers for each in found.groups}


def test_a_group_of_ten_is_withheld_with_the_next_one_which_would_reveal_it() -> None:
    assert shown(answers(a=40, b=30, c=10)) == {"a": 40, "b": None, "c": None}
    assert shown(answers(a=40, b=11, c=11)) == {"a": 40, "b": 11, "c": 11}
    assert shown(answers(a=40, b=10, c=10)) == {"a": 40, "b": None, "c": None}


def test_a_rare_name_is_not_kept() -> None:
    assert shown(answers(a=40, martin=2, durand=2)) == {"a": None, "": None}


def test_the_interval_of_the_least_group_is_half_of_the_scale() -> None:
    bounds = wilson(FEWEST // 2, FEWEST)
    assert bounds is not None
    assert 0.5 < bounds[1] - bounds[0] < 0.52


def test_a_survey_without_groups_and_suggestions_has_no_breakdown() -> None:
    assert breakdowns([Answer("q", satisfied=True)] * 20) == []


def test_suggestions_are_counted_by_theme_and_rare_themes_together() -> None:
    themes = ["hours"] * 5 + ["parking"] * FEWEST_NAMED + ["call me", ""]
    (found,) = breakdowns([Answer("q", None, suggestion=theme) for theme in [*themes, None]])
    assert found.suggestions == 10
    assert found.themes == [Theme("hours", 5), Theme("parking", 3), Theme("", 2)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y", "z", ""]), st.sampled_from([True, None]))))
def test_no_small_group_follows_from_the_total_and_the_shown_groups(rows: list[tuple[str, str, bool | None]]) -> None:
    given = [Answer(question, said, subgroup=name) for question, name, said in rows * 5]
    totals = Counter(each.question for each in given if each.satisfied is not None)
    for found in breakdowns(given):
        known = [each.share.answers for each in found.groups if each.share is not None]
        assert all(each >= FEWEST for each in known)
        rest = totals[found.question] - sum(known)
        assert rest == 0 or rest >= FEWEST or not known
