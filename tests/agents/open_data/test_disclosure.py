"""No row is about a few people: small months hide all months, small quarters all quarters, and a year stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from agents.open_data.observations import PublishedEdition, observations
from streams.indicators.annual import annual as annual_of
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay
from tests.agents.open_data.opened import OFFICE, files
from tests.agents.totals.year import LINES, PARIS
from tests.streams.indicators.telling import held, plan

TODAY = date(2014, 1, 9)


def edition(calls: Callable[[date], int], period: Period = Period.of_year(2013)) -> PublishedEdition:  # noqa: B008
    days: list[LedgerDay] = []
    for number in range(365):
        day = date(2013, 1, 1) + timedelta(number)
        slot_no = round(datetime(day.year, day.month, day.day, 10, tzinfo=UTC).timestamp()) // 900
        slots = {slot_no: CallSlot(offered=calls(day), answered=calls(day))}
        days.append(LineDay(id="lozere/circulation", day=day.isoformat(), slots=slots))
    return PublishedEdition(annual_of(held(days, []), plan(lines=LINES), period, TODAY), None)


def shown(of: PublishedEdition) -> dict[str, Any]:
    """Return the raw denominator of the lost calls by period; None if it is hidden."""
    rows = observations(of, OFFICE, PARIS)
    own = [each for each in rows if (each["indicateur"], each["objet"]) == ("lost_rate", "circulation")]
    for each in own:
        if each["denominateur_brut"] is None:
            assert (each["valeur"], each["valeur_brute"], each["denominateur"]) == (None, None, None)
            assert (each["statut"], each["statut_brut"]) == ("Q", "Q")
            assert each["motif"] == "non publié : moins de 5 cas dans l'une de ces périodes"
    return {each["periode"]: each["denominateur_brut"] for each in own}


def august(day: date, calls: int) -> int:
    """Return the calls of a day: one, and in August only on the first working days."""
    return 1 if day.month != 8 or day.day in (1, 2, 5, 6, 7)[:calls] else 0


def test_a_month_of_a_few_calls_hides_every_month_and_no_quarter() -> None:
    found = shown(edition(lambda day: august(day, 3)))
    months = {name: count for name, count in found.items() if len(name) == 7 and "Q" not in name}
    assert set(months.values()) == {None}
    assert found["2013"] == sum(found[f"2013-Q{number}"] for number in (1, 2, 3, 4)) > 200


def test_a_month_without_a_call_or_with_five_hides_nothing() -> None:
    for first in (0, 5):
        found = shown(edition(partial(august, calls=first)))
        assert found["2013-08"] == first
        assert None not in found.values()


def test_a_quarter_of_a_few_calls_leaves_the_year_alone() -> None:
    found = shown(edition(lambda day: 1 if day.month > 3 or day == date(2013, 2, 4) else 0))
    assert {name for name, count in found.items() if count is not None} == {"2013"}


def test_a_year_of_a_few_calls_is_published_and_a_month_of_a_few_is_in_no_file() -> None:
    def twice(day: date) -> int:
        return 1 if day in {date(2013, 2, 4), date(2013, 2, 5)} else 0

    assert shown(edition(twice))["2013"] == 2
    month = edition(twice, Period(date(2013, 2, 1), date(2013, 2, 28)))
    assert set(shown(month).values()) == {None}
    assert {row["objectif_atteint"] for row in observations(month, OFFICE, PARIS)} == {None}


def test_the_rule_is_said_in_the_statements_and_in_the_datapackage() -> None:
    said = files(edition(lambda _: 9))
    assert "aucun n'a de 1 à 4 cas" in said["LISEZMOI.md"]
    assert "aucun n'a de 1 à 4 cas" in said["datapackage.json"]
    assert "if none has 1 to 4 cases" in said["README.md"]
