"""The indicators of a year: targets, statuses, days, and the years before and after."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from streams.indicators.annual import Annual, annual, without_baseline
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan, LinePlan
from streams.indicators.survey import Share
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.counting import SILENCE
from streams.watch.guard import Guard
from streams.watch.incident import Decided, DeskKind, Incident
from tests.streams.indicators.telling import LINE, days, held, incident, line_days, opened, plan

YEAR = Period.of_year(2013)
LATER = date(2014, 2, 1)
USUAL = CallSlot(offered=50, answered=49, lost=1)
STRETCH = (date(2013, 9, 2), date(2013, 10, 31))


def calls(year: int, slot: CallSlot = USUAL) -> list[LedgerDay]:
    covered = {slot_no for day in days(*STRETCH) for slot_no in opened(day)}
    wrong = CallSlot(offered=100, answered=20, lost=80)
    return [*line_days(date(year, 1, 1), date(year, 12, 31), lambda slot_no: wrong if slot_no in covered else slot)]


def waits(*seconds: int) -> Waits:
    found = Waits()
    for each in seconds:
        found.add(each * 1000)
    return found


def indicator(found: Annual, name: str) -> Indicator:
    (one,) = [each for each in found.indicators if each.id == name]
    return one


def test_a_miscount_that_decides_on_the_target_is_told() -> None:
    found = annual(held(calls(2013), [incident(*STRETCH)]), plan(), YEAR, LATER)
    rate = indicator(found, "lost_rate:circulation")
    assert rate.raw.value is not None
    assert rate.raw.value > 0.10
    assert rate.corrected.value == pytest.approx(0.02)
    assert (rate.raw.met, rate.corrected.met, rate.flips) == (False, True, True)
    assert (rate.raw.status, rate.corrected.status, rate.method) == ("U", "E", "exclude")
    assert rate.corrected.whole == found.lines["circulation"].corrected.offered  # type: ignore[union-attr]
    assert rate.incidents == [each.id for each in found.incidents]
    assert rate.counted == Period(date(2013, 1, 1), date(2013, 12, 31))


ANSWERING = replace(LINE, answer_target=0.85, agentless=("key", "transfer"))
DIVERTING = CallSlot(offered=50, answered=38, lost=1, diverted=11, diverted_for={"key": 5, "voicemail": 6})


def test_the_answer_rate_is_about_the_calls_that_required_an_agent() -> None:
    found = annual(
        held(calls(2013, DIVERTING), [incident(*STRETCH)]), plan(lines={"circulation": ANSWERING}), YEAR, LATER
    )
    rate, lost = indicator(found, "answer_rate:circulation"), indicator(found, "lost_rate:circulation")
    assert rate.corrected.value == pytest.approx(38 / 45)
    assert (rate.corrected.met, rate.target, rate.rises) == (False, 0.85, True)
    assert rate.raw.value is not None
    assert rate.raw.value < 38 / 45, "the stretch that was counted wrong lost calls that were none"
    assert (rate.coverage, rate.method, rate.incidents) == (lost.coverage, lost.method, lost.incidents)
    line, low, high = found.lines["circulation"], rate.corrected.low, rate.corrected.high
    assert line.corrected is not None
    assert line.low is not None
    assert low is not None
    assert high is not None
    assert low < 38 / 45 < high
    assert rate.corrected.whole is not None
    offered = line.corrected.offered
    assert high == pytest.approx(1 - (6 / 50 + line.low) * offered / rate.corrected.whole)
    assert [each.rates("answer_rate")[1] for each in line.months if each.corrected is not None] == pytest.approx(
        [38 / 45] * 10
    )


def test_diverted_calls_without_a_reason_withhold_the_answer_rate_alone() -> None:
    untold = CallSlot(offered=50, answered=38, lost=1, diverted=11)
    found = annual(held(calls(2013, untold), []), plan(lines={"circulation": ANSWERING}), YEAR, LATER)
    rate, lost = indicator(found, "answer_rate:circulation"), indicator(found, "lost_rate:circulation")
    assert (rate.raw.value, rate.corrected.value, rate.guard) == (None, None, Guard("diversions"))
    assert (rate.corrected.part, rate.corrected.whole, rate.corrected.status) == (None, None, "Q")
    assert lost.corrected.value == lost.raw.value
    assert lost.guard is None


def test_the_rate_that_leads_stands_first() -> None:
    given, of = held(calls(2013), []), plan()
    assert [each.kind for each in annual(given, of, YEAR, LATER).indicators][:2] == ["lost_rate", "answer_rate"]
    leading = annual(given, of._replace(leads="answer_rate"), YEAR, LATER)
    assert [each.kind for each in leading.indicators][:2] == ["answer_rate", "lost_rate"]


def test_a_quarter_stands_beside_that_of_the_year_before_and_the_quarter_before() -> None:
    given = held([*calls(2012), *calls(2013)], [])
    found = annual(given, plan(), Period.of_months(2013, 1, 3), LATER)
    assert [each.period.name for each in indicator(found, "lost_rate:circulation").compared] == ["2012-Q1", "2012-Q4"]


def test_each_year_stands_for_itself_beside_the_others() -> None:
    other = line_days(date(2014, 1, 1), date(2014, 9, 30), lambda _: CallSlot(offered=100, answered=97, lost=3))
    given = held([*calls(2013), *calls(2012, CallSlot(offered=10, answered=9, lost=1)), *other], [incident(*STRETCH)])
    rate = indicator(annual(given, plan(), YEAR, LATER), "lost_rate:circulation")
    before, after = rate.compared
    assert (before.period.name, before.raw, before.corrected) == ("2012", 0.1, 0.1)
    assert (after.counted, after.raw) == (Period(date(2014, 1, 1), date(2014, 9, 30)), 0.03)
    alone = indicator(annual(held(calls(2013), [incident(*STRETCH)]), plan(), YEAR, LATER), "lost_rate:circulation")
    assert msgspec.structs.replace(rate, compared=[]) == alone


@pytest.mark.parametrize(
    ("today", "first", "bases", "status"),
    [
        (LATER, 1, {}, "A"),
        (date(2013, 12, 31), 1, {}, "P"),
        (LATER, 4, {}, "E"),
        (LATER, 1, {"circulation": "lost over offered"}, "A"),
        (LATER, 1, {"circulation": "without short calls"}, "B"),
    ],
)
def test_a_status_says_how_a_figure_stands(today: date, first: int, bases: dict[str, str], status: str) -> None:
    ledger = line_days(date(2013, first, 1), date(2013, 12, 31), lambda _: USUAL)
    rate = indicator(annual(held(ledger, [], bases=bases), plan(), YEAR, today), "lost_rate:circulation")
    assert (rate.raw.status, rate.corrected.status) == (status, status)


def test_what_nobody_decided_is_suspect_and_what_is_left_of_too_little_is_not_told() -> None:
    doubt = incident(date(2013, 3, 4), date(2013, 3, 5), verdict="undecided", over=True, status="closed")
    rate = indicator(annual(held(calls(2013), [doubt]), plan(), YEAR, LATER), "lost_rate:circulation")
    assert (rate.raw.status, rate.corrected.status, rate.raw.value) == ("U", "U", rate.corrected.value)
    most = incident(date(2013, 1, 1), date(2013, 8, 31))
    rate = indicator(annual(held(calls(2013), [most]), plan(), YEAR, LATER), "lost_rate:circulation")
    assert (rate.corrected.value, rate.corrected.met, rate.corrected.status) == (None, None, "Q")
    assert not rate.flips
    assert rate.guard == Guard("coverage")
    goes_on = incident(date(2013, 3, 4), date(2013, 3, 5), verdict="undecided")
    rate = indicator(annual(held(calls(2013), [goes_on]), plan(), YEAR, LATER), "lost_rate:circulation")
    assert (rate.raw.status, rate.corrected.value, rate.corrected.status) == ("U", None, "Q")
    assert rate.guard == Guard("undecided", goes_on.start)


def test_a_line_without_an_expected_rate_has_no_figure_until_it_is_known() -> None:
    unknown = plan(lines={"circulation": replace(LINE, expected=None)})
    week = line_days(date(2013, 3, 4), date(2013, 3, 12), lambda _: USUAL)
    rate = indicator(annual(held(week, []), unknown, YEAR, LATER), "lost_rate:circulation")
    assert (rate.guard, rate.corrected.value, rate.raw.status) == (Guard("no baseline"), None, "U")
    fortnight = line_days(date(2013, 3, 4), date(2013, 3, 15), lambda _: USUAL)
    rate = indicator(annual(held(fortnight, []), unknown, YEAR, LATER), "lost_rate:circulation")
    assert (rate.guard, rate.corrected.value) == (None, rate.raw.value)


def test_an_incident_of_another_line_or_year_changes_nothing() -> None:
    others = [
        incident(*STRETCH, line="etrangers"),
        incident(date(2012, 9, 3), date(2012, 9, 5)),
        incident(date(2014, 9, 3), date(2014, 9, 5)),
    ]
    found = annual(held(calls(2013), others), plan(), YEAR, LATER)
    assert indicator(found, "lost_rate:circulation").raw.status == "A"
    assert [each.line for each in found.incidents] == ["etrangers"]


def test_who_took_an_incident_is_in_no_vintage_and_changes_none() -> None:
    taken, known = incident(*STRETCH), incident(*STRETCH)
    taken.decide(Decided(taken.id, taken.detected, 1, "take", "m.durand", "", None, None))
    first, second = (annual(held(calls(2013), [each]), plan(), YEAR, LATER) for each in (taken, known))
    assert (first == second, taken.in_hand) == (True, True)


def test_counters_and_channels_have_theirs() -> None:
    ledger: list[LedgerDay] = [
        ServiceDay(
            id="lozere/cartes",
            day=f"2013-0{month}-0{day}",
            slots={1: TicketSlot(issued=4, served=3, no_show=1)},
            waits=waits(600, 1200),
            times_in_service=waits(522),
        )
        for month in (2, 3)
        for day in (4, 5, 6, 7)
    ]
    ledger += [
        ChannelDay(
            id="lozere/email",
            day="2013-12-27",
            slots={
                1: RequestSlot(received=10, answered=7, withdrawn=1, within=6, days=14, open=2, due={"2014-01-06": 2})
            },
        )
    ]
    found = annual(held(ledger, [], [Share("accueil", 147, 150, 0.98, 0.94, 0.99, 3)]), plan(), YEAR, LATER)
    assert indicator(found, "wait:cartes").raw.value == 15
    assert indicator(found, "wait:cartes").raw.met
    assert indicator(found, "time_in_service:cartes").corrected.value == 8.7
    assert indicator(found, "within_target:email").raw.value == 0.6
    assert indicator(found, "mean_days:email").raw.value == 2.0
    assert (found.channels["email"].pending, found.channels["email"].overdue) == (2, 2)
    assert indicator(found, "satisfaction:accueil").raw.value == 0.98
    assert [(month.name, month.wait) for month in found.services["cartes"].months] == [
        ("2013-02", 900),
        ("2013-03", 900),
    ]
    early = annual(held(ledger, []), plan(), YEAR, date(2014, 1, 6))
    assert early.channels["email"].overdue == 0


def test_nothing_counted_is_no_figure_never_zero() -> None:
    found = annual(held([], []), plan(channels={"im341": ChannelPlan("CNI (IM 341)", None, "calendar")}), YEAR, LATER)
    assert [(each.id, each.raw.value, each.counted) for each in found.indicators] == [
        ("lost_rate:circulation", None, None),
        ("answer_rate:circulation", None, None),
        ("wait:cartes", None, None),
        ("time_in_service:cartes", None, None),
        ("mean_days:im341", None, None),
    ]


def test_an_annual_outlives_its_encoding() -> None:
    lines = {"circulation": LINE, "standard": LinePlan("Standard", 0.02, 20.0, "impute", "lost over offered")}
    found = annual(held(calls(2013), [incident(*STRETCH)]), plan(lines=lines), YEAR, LATER)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Annual) == found


def test_an_incident_has_the_label_of_its_desk_and_a_desk_of_another_year_its_name() -> None:
    known = {"circulation": LINE, "standard": replace(LINE, label="Standard")}
    found = annual(held(calls(2013), []), plan(lines=known), YEAR, LATER)
    desks: list[tuple[str, DeskKind]] = [
        ("circulation, standard, permis", "line"), ("cartes", "service"), ("email", "channel")
    ]  # fmt: skip
    labels = {found.label(incident(*STRETCH, line=line, desk=desk)) for line, desk in desks}
    assert labels == {"Circulation, Standard, permis", "Cartes grises", "Courriels"}


def test_lines_that_were_silent_at_once_are_one_incident_of_the_office_if_no_other_had_a_call() -> None:
    first, last = date(2013, 3, 5), date(2013, 3, 6)
    known = {name: replace(LINE, label=name) for name in ("circulation", "standard", "permis")}

    def silent(line: str) -> Incident:
        return incident(first, last, id=f"{line}-silence", line=line, cause=SILENCE, kind="silence")

    def found(*lines: str) -> Annual:
        ledger = [
            day
            for line in lines
            for day in line_days(date(2013, 3, 1), date(2013, 4, 30), lambda _: USUAL, line)
            if line == "permis" or not first.isoformat() <= day.day <= last.isoformat()
        ]
        return annual(held(ledger, [silent("circulation"), silent("standard")]), plan(lines=known), YEAR, LATER)

    office = found("circulation", "standard")
    assert [each.incidents for each in office.silences] == [["circulation-silence", "standard-silence"]]
    behind, others = office.told()
    assert ([each.line for each in behind], others) == (["circulation, standard"], [])
    assert found("circulation", "standard", "permis").silences == []


def test_an_incident_that_no_figure_depends_on_is_told_among_the_others() -> None:
    of_figures, other = incident(*STRETCH), incident(*STRETCH, line="etrangers", id="other")
    found = annual(held(calls(2013), [of_figures, other]), plan(), YEAR, LATER)
    assert [[each.id for each in told] for told in found.told()] == [[of_figures.id], ["other"]]
    assert [each.id for each in found.behind(indicator(found, "lost_rate:circulation"))] == [of_figures.id]


def test_the_days_with_calls_alone_make_a_line_known() -> None:
    unknown = replace(LINE, expected=None)
    some = line_days(date(2013, 3, 1), date(2013, 4, 30), lambda _: USUAL)
    empty = line_days(date(2013, 3, 1), date(2013, 4, 30), lambda _: CallSlot())
    assert without_baseline(unknown, some) is None
    assert without_baseline(unknown, empty) == Guard("no baseline")
    assert without_baseline(LINE, empty) is None


def test_the_years_before_and_after_an_indicator_are_those_beside_it() -> None:
    given = held([*calls(2012), *calls(2013), *calls(2014)], [])
    rate = indicator(annual(given, plan(), YEAR, date(2015, 2, 1)), "lost_rate:circulation")
    assert rate.before is not None
    assert rate.after is not None
    assert (rate.before.period, rate.after.period) == (Period.of_year(2012), Period.of_year(2014))
    uncounted = replace(rate, counted=None)
    assert uncounted.before is None
    assert uncounted.after is None
    alone = indicator(annual(held(calls(2013), []), plan(), YEAR, LATER), "lost_rate:circulation")
    assert alone.before is None
    assert alone.after is None


def test_only_the_lost_rate_of_a_line_has_the_remarks_about_the_line_beside_it() -> None:
    found = annual(held(calls(2013), []), plan(), YEAR, LATER)
    assert [each.kind for each in found.indicators if each.principal] == ["lost_rate"]
    assert {each.id for each in found.indicators if each.of == "channel"} == {"within_target:email", "mean_days:email"}
