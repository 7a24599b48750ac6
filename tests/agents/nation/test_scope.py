"""A scope is the nation or a part of it, with all its units; offices are in the order of the funnel."""

from __future__ import annotations

import pytest

from agents.nation.scope import UnknownUnitError, scope_of
from tests.agents.nation.made import figures


def test_a_region_has_its_departments_and_offices_alone() -> None:
    scope = scope_of(figures(), region="North")
    assert [each.name for each in scope.departments()] == [f"Department {each}" for each in ("a", "b", "bad", "c")]
    assert {each.name for each in scope.offices()} == {"a", "b", "bad", "c"}
    assert scope.regions() == []
    assert scope.judging.kind == "nation", "four offices are too few to compare"


def test_the_worst_office_comes_first_and_who_is_not_compared_last() -> None:
    names = [each.name for each in scope_of(figures()).offices()]
    assert names[0] == "bad"
    assert names[-1] == "mute"


def test_a_department_is_told_by_its_name() -> None:
    scope = scope_of(figures(), department="Department a")
    assert [each.name for each in scope.units()] == ["Department a", "a"]


@pytest.mark.parametrize("named", [{"region": "West"}, {"department": "North"}])
def test_an_unknown_name_is_refused_with_the_known_ones(named: dict[str, str]) -> None:
    with pytest.raises(UnknownUnitError) as refused:
        scope_of(figures(), **named)
    assert "North" in refused.value.known or "Department a" in refused.value.known
