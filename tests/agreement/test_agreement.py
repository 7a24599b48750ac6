"""One figure is the same on every surface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from agents.language import Language
from agents.report.format import Format
from agents.totals.telling import Telling
from streams.desks.callback_list import ToCallBack
from streams.events import milliseconds
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.rollup.rate import RateSum
from tests.agreement import callbacks, pages
from tests.agreement import nation as of_nation
from tests.agreement.expected import Expected, expected, of_units
from tests.agreement.office import Office, counted
from tests.agreement.shown import Number, Reading, differences, number
from tests.agreement.surfaces import DAYS, SURFACES, addresses
from tests.agreement.surfaces import TODAY as SAME_DAY
from tests.golden.plain import plain
from tests.golden.surfaces import NATION, OFFICE, counted_nation, counted_office

pytestmark = pytest.mark.slow

TODAY = date(2013, 4, 30)  # the ledger's last day


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with counted(OFFICE, counted_office, addresses()) as found:
        yield found


@pytest.fixture(scope="module")
def wanted(office: Office) -> Expected:
    days = [Period(day, day) for day in map(date.fromisoformat, DAYS)]
    months = [Period.of_months(2013, month, 1) for month in range(1, 5)]
    whole = [Period.of_year(2013), Period.of_months(2013, 1, 3)]
    return expected(office.offices.office(None), office.history, [*whole, *months, *days], TODAY)


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_shows_what_the_ledger_and_the_incidents_say(name: str, office: Office, wanted: Expected) -> None:
    telling = Telling(Language.EN, ZoneInfo("Europe/Paris"))
    named = {telling.name(each): each.id for each in wanted.of["2013"].indicators}
    _agree(SURFACES[name](office, named), wanted.indicator)


def test_the_sum_of_an_offices_lines_counts_a_call_once(office: Office, wanted: Expected) -> None:
    lines = wanted.of[SAME_DAY].lines
    apart = {part for each in wanted.settings.lines.values() for part in each.parts}
    raw = [each.raw for name, each in lines.items() if name not in apart]
    believed = [each.corrected for name, each in lines.items() if name not in apart and each.corrected is not None]
    lost, offered = (sum(getattr(each, name) for each in believed) for name in ("lost", "offered"))
    facts = dict(pages.facts(office.page("/")))
    assert (number(facts["calls today"]), number(facts["of them considered real"])) == (
        Number(sum(each.offered for each in raw), 0),
        Number(offered, 0),
    )
    assert number(facts["lost"]) == Number(lost, 0)
    (mail,) = office.mails(DAYS[-1])
    assert f" {offered:,} calls, {lost} lost" in mail.partition("\nMessage-ID")[0]


def test_whatever_shows_an_incident_says_since_when_calls_are_not_judged_yet(office: Office) -> None:
    name = "titres-20130417T082520Z-rise"
    for told in (office.page(f"/incidents/{name}"), plain(office.file(Format.HTML, "2013-04"))):
        assert "alls since 30 April 2013 at 09:00 are not judged yet, and in no corrected figure" in told
    for told in (office.run("review", "show", name), plain(office.file(Format.TABLE, "2013-04"))):
        assert "calls since 2013-04-30T09:00:00+02:00 are not judged yet, and in no corrected figure" in told


@pytest.fixture(scope="module")
def to_call_back(office: Office) -> callbacks.ToCallBackBy:
    day = date.fromisoformat(DAYS[-1])
    zone = office.offices.office(None).calendar()
    begins, ends = zone.day_bounds(day)
    office.counting.publish_statuses(round(1000 * (begins + ends) / 2))  # until the day is over
    told = [each for each in office.counting.calls() if begins <= milliseconds(each.at) / 1000 < ends]
    return callbacks.expected(told, miscounted={"titres"})


@pytest.mark.parametrize("name", callbacks.SURFACES)
def test_whatever_counts_callers_to_call_back_counts_those_of_the_calls(
    name: str, office: Office, to_call_back: callbacks.ToCallBackBy
) -> None:
    shown = callbacks.SURFACES[name](office)
    assert to_call_back[""].callers
    assert to_call_back[""].doubted
    assert "" in shown
    assert {of: to_call_back.get(of, ToCallBack()) for of in shown} == shown


@pytest.fixture(scope="module")
def nation() -> Iterator[Office]:
    with counted(NATION, counted_nation, of_nation.addresses()) as found:
        yield found


@pytest.fixture(scope="module")
def units(nation: Office) -> Mapping[tuple[str, str], RateSum]:
    periods = [Period.of_year(2025), Period.of_months(2025, 1, 3), Period(date(2025, 2, 5), date(2025, 2, 5))]
    return of_units(nation.offices, nation.history, periods, date(2025, 3, 31))


@pytest.mark.parametrize("name", of_nation.SURFACES)
def test_a_nations_surface_shows_the_sums_of_its_offices(
    name: str, nation: Office, units: Mapping[tuple[str, str], RateSum]
) -> None:
    _agree(of_nation.SURFACES[name](nation), lambda indicator, period: units.get((indicator, period)))


def _agree(readings: Iterable[Reading], wanted: Callable[[str, str], Indicator | RateSum | None]) -> None:
    found, wrong = 0, list[str]()
    for each in readings:
        indicator = wanted(each.indicator, each.period)
        if indicator is None:
            continue  # of the survey, or of a month without counted calls
        found += len(each.shown)
        wrong += differences(each, indicator)
    assert found, "nothing is read there"
    assert not wrong, "\n".join(wrong)
