"""The watch of counters and registers, played by the bench's own offices."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from msgspec.structs import replace

from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.score import SINCE, folded, request_events, ticket_events
from benchmarks.detection.cases.world import Row, office, requests, visits
from streams.desks.channel import Channel
from streams.desks.service import Service
from streams.figures.mean import CorrectedMean
from streams.indicators.cases import channel_means, dated, service_means
from streams.kept.record import encode
from streams.ledger.sums import whole
from tests.streams.reading_back import read_back

pytestmark = pytest.mark.slow  # months of an office

BEGUN = 40  # index of the first day with a fault


def faulty(rows: list[Row], what: str, of: str, days: int = 365) -> list[Row]:
    """Return rows with a fault in those of some days, from the day `BEGUN` on."""
    fault, _ = (OF_TICKETS if of == "tickets" else OF_REQUESTS)[what]
    wrong = [each for each in rows if BEGUN <= each.day < BEGUN + days]
    before, after = (
        [each for each in rows if each.day < BEGUN],
        [each for each in rows if each.day >= BEGUN + days],
    )
    return [*before, *fault(wrong, Random(0)), *after]


def told(desk: Service | Channel) -> list[tuple[str, str]]:
    return [(each.verdict, each.kind) for each in desk.state.watch.incidents]


def delay(desk: Channel) -> CorrectedMean:
    days = whole([*desk.ledger.book.done, *desk.days()])
    day_of = dated(desk.rules.day)
    return channel_means(days, desk.state.watch.incidents, day_of, target=True).delay


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("waits / 60", "unit"),
        ("half of the waits 0", "zero"),
        ("clock two hours behind", "clock"),
        ("rows twice, renamed", "duplicate"),
        ("rows twice, a second later", "duplicate"),
        ("issued and called swapped", "swapped"),
        ("called in bulk", "bulk"),
        ("closed in bulk", "bulk"),
        ("never closed", "never-closed"),
        ("called and closed at once", "same-stamp"),
        ("30 % of rows missing", "missing"),
    ],
)
def test_a_fault_of_tickets_is_named_on_its_first_day_or_the_next(what: str, kind: str) -> None:
    world = office(0, days=47)
    rows = visits(world, 0, 60)
    desk = folded(world, faulty(rows, what, "tickets"), of="tickets")
    incident = desk.state.watch.incidents[0]
    first = min(each.begun for each in rows if each.day >= BEGUN)
    assert incident.verdict == "miscount"
    assert incident.kind in {kind, "order"} if kind == "swapped" else incident.kind == kind
    assert first * 1000 <= incident.detected <= (first + 2 * 86_400) * 1000
    assert abs(incident.start - first * 1000) <= 86_400_000


def test_a_third_of_the_visitors_never_called_is_reported_as_undecided() -> None:
    world = office(0, days=47)
    desk = folded(world, faulty(visits(world, 0, 60), "30 % never called", "tickets"), of="tickets")
    assert told(desk) == [("undecided", "never-closed")]


@pytest.mark.parametrize(
    ("what", "law"),
    [("issued on the half-hour", "issued at any minute"), ("waits end at a limit", "waits without a limit")],
)
def test_rounded_issue_times_and_waits_cut_at_a_limit_are_undecided_and_withhold_the_mean(what: str, law: str) -> None:
    world = office(0, days=60)
    desk = folded(world, faulty(visits(world, 0, 60), what, "tickets"), of="tickets")
    assert isinstance(desk, Service)
    (incident,) = desk.state.watch.incidents
    assert (incident.verdict, incident.cause) == ("undecided", law)
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = service_means(days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)))
    assert means.wait.guard is not None


@pytest.mark.parametrize(
    ("seed", "what", "cause"),
    [
        (0, "rows twice, renamed", "rows once"),  # copies overlap at their counter: that is no wrong unit
        (2, "wait and service swapped", "columns swapped"),  # half of the visitors do not wait: their service takes 0 s
        (3, "called in bulk", "met one by one"),  # in whole minutes, many rows are alike
        (0, "waits / 60", "waits divided by 60"),  # a recorded wait of 0 s may be half a minute
        (0, "waits x 60", "waits times 60"),  # most waits are short, and a few calls are at night
    ],
)
def test_each_fault_is_told_by_its_own_law_within_five_days(seed: int, what: str, cause: str) -> None:
    seed += 8000
    world = office(seed, days=50)
    rows = visits(world, seed, 60)
    desk = folded(world, faulty(rows, what, "tickets"), of="tickets")
    found = [each for each in desk.state.watch.incidents if each.verdict == "miscount"]
    assert {each.cause for each in found} == {cause}
    first = min(each.begun for each in rows if each.day >= BEGUN)
    assert found[0].detected <= (first + 5 * 86_400) * 1000


def test_four_counters_that_call_at_the_same_second_are_no_bulk() -> None:
    world = office(8006, days=90)
    assert told(folded(world, visits(world, 8006, 60), of="tickets")) == []


@pytest.mark.parametrize(
    "what",
    [
        "closed on receipt",
        "answered automatically in 5 minutes",
        "received and answered swapped",
        "answered before received",
    ],
)
def test_a_fault_of_requests_is_named(what: str) -> None:
    world = office(0, days=85)
    desk = folded(world, faulty(requests(world, 0, 10), what, "requests"), of="requests")
    kinds = {kind for _, kind in told(desk)}
    assert kinds & OF_REQUESTS[what][1]


@pytest.mark.parametrize("change", ["none", "staff", "rush", "appointments"])
def test_honest_visits_are_no_miscount(change: str) -> None:
    world = office(0, days=70)
    rows = visits(world, 0, 60, change, BEGUN)  # type: ignore[arg-type]
    assert told(folded(world, rows, of="tickets")) == []


def test_waits_in_a_wrong_unit_are_recounted() -> None:
    world = office(0, days=60)
    rows = visits(world, 0, 60)
    truth = [each.wait for each in rows if each.wait is not None]
    desk = folded(world, faulty(rows, "waits / 60", "tickets"), of="tickets")
    assert isinstance(desk, Service)
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = service_means(days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)))
    raw = desk.total().waits.mean()
    assert raw is not None
    assert raw / 1000 < 0.8 * sum(truth) / len(truth)
    assert means.wait.method == "recount"
    assert means.wait.value == pytest.approx(sum(truth) / len(truth), rel=0.05)


def test_divided_waits_are_left_out_if_whole_seconds_blur_them() -> None:
    world = office(8000, days=60)  # the mean wait is three minutes
    rows = visits(world, 8000, 60)
    desk = folded(world, faulty(rows, "waits / 60", "tickets", 5), of="tickets")
    assert isinstance(desk, Service)
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = service_means(days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)))
    assert ("miscount", "unit") in told(desk)
    assert means.wait.method == "exclude"


def test_short_waits_without_a_queue_are_doubted_if_their_distribution_is_the_usual_one() -> None:
    world, random = office(0, days=60), Random(1)
    rows = visits(world, 0, 60)
    for row in rows:
        row.counter = None
        if row.met is not None:
            row.met = row.begun + random.lognormvariate(6.8, 0.5)
            row.served, row.ended = row.met + 20, row.met + 320
    desk = folded(world, faulty(rows, "waits / 60", "tickets", 12), of="tickets")
    assert isinstance(desk, Service)
    assert ("undecided", "unit") in told(desk)
    assert "miscount" not in {verdict for verdict, _ in told(desk)}
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = service_means(days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)))
    assert means.wait.guard is not None
    assert means.wait.guard.reason == "undecided"


def test_a_fault_that_cannot_be_proven_every_day_lasts_until_its_waits_are_usual_again() -> None:
    world = office(8001, days=70)  # names no counters
    rows = faulty(visits(world, 8001, 60), "waits / 60", "tickets", 20)
    desk = folded(world, rows, of="tickets")
    (incident,) = desk.state.watch.incidents
    wrong = [each.begun * 1000 for each in rows if BEGUN <= each.day < BEGUN + 20]
    assert incident.start - 86_400_000 <= wrong[0]
    assert incident.end >= wrong[-1]
    assert incident.over


def test_days_with_copies_are_counted_without_them() -> None:
    world = office(0, days=60)
    rows = visits(world, 0, 60)
    truth = [each.wait for each in rows if each.wait is not None]
    desk = folded(world, faulty(rows, "29 % of rows twice, renamed", "tickets", 12), of="tickets")
    assert isinstance(desk, Service)
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = service_means(days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)))
    assert means.wait.method == "recount"
    assert means.wait.value == pytest.approx(sum(truth) / len(truth), rel=0.01)


@pytest.mark.parametrize(("what", "alike"), [("waits / 60", "kept"), ("rows twice, renamed", "left out")])
def test_alike_visitors_are_left_out_only_on_days_with_copies(what: str, alike: str) -> None:
    world = office(0, days=47)
    rows = visits(world, 0, 60)
    twins = [replace(row, name=f"T{row.name}") for row in rows[::20] if row.met is not None and row.day >= BEGUN]
    both = sorted([*rows, *twins], key=lambda row: row.begun)
    desk = folded(world, faulty(both, what, "tickets"), of="tickets")
    assert isinstance(desk, Service)
    called = sum(row.met is not None for row in (both if alike == "kept" else rows) if row.day >= BEGUN)
    recounted = [day.recounted.count for day in whole([*desk.ledger.book.done, *desk.days()]) if day.recounted]
    assert sum(recounted) == called


def test_a_register_without_answers_is_doubted_until_they_come_again() -> None:
    world = office(0, days=110)
    rows, silent = requests(world, 0, 10), world.days[BEGUN][1][0][0]
    for row in rows:
        if row.met is not None and row.met >= silent and row.begun < silent + 40 * 86_400:
            row.met += 40 * 86_400
    desk = folded(world, rows, of="requests")
    (found,) = [each for each in desk.state.watch.incidents if each.cause == "no answers"]
    assert found.verdict == "undecided"
    assert silent * 1000 < found.detected < (silent + 14 * 86_400) * 1000
    assert found.end >= (silent + 35 * 86_400) * 1000


def test_visitors_who_are_recorded_as_no_shows_are_a_miscount_that_ends_with_it() -> None:
    world = office(0, days=85)
    desk = folded(world, faulty(visits(world, 0, 60), "30 % of the served are no-shows", "tickets", 20), of="tickets")
    (incident,) = desk.state.watch.incidents
    assert (incident.kind, incident.verdict, incident.status) == ("drift", "miscount", "closed")


def test_a_new_share_of_no_shows_is_undecided_and_usual_after_a_month() -> None:
    world = office(3, days=110)
    desk = folded(world, visits(world, 3, 60, "remote", BEGUN), of="tickets")
    (incident,) = desk.state.watch.incidents
    assert (incident.kind, incident.verdict, incident.status) == ("drift", "undecided", "closed")
    assert incident.end - incident.start < 31 * 86_400_000


def test_a_register_that_answers_within_the_hour_is_no_miscount() -> None:
    world, random = office(0, days=85), Random(1)
    rows = requests(world, 0, 10)
    for row in rows:
        if row.day >= BEGUN and row.met is not None:
            row.met = row.begun + round(random.uniform(600, 3600))
    assert "miscount" not in {verdict for verdict, _ in told(folded(world, rows, of="requests"))}


@pytest.mark.parametrize("seed", [2, 3])  # with times, and with dates alone
def test_a_register_that_becomes_slower_for_four_months_is_no_miscount(seed: int) -> None:
    world = office(seed, days=330)
    rows = requests(world, seed, 15, "slower")
    desk = folded(world, rows, of="requests")
    assert isinstance(desk, Channel)
    assert told(desk) == []
    total = desk.state.total
    assert delay(desk).value == pytest.approx(total.days / total.answered)


@pytest.mark.parametrize("what", ["closed on the day", "closed on the hour"])
@pytest.mark.parametrize("seed", [3, 4])  # with dates alone, and with times
def test_requests_closed_on_the_day_are_doubted_and_the_months_after_them_are_not(seed: int, what: str) -> None:
    world = office(seed, days=230)
    rows = faulty(requests(world, seed, 8), what, "requests", 120)
    desk = folded(world, rows, of="requests")
    assert isinstance(desk, Channel)
    first, last = (end(each.begun for each in rows if BEGUN <= each.day < BEGUN + 120) * 1000 for end in (min, max))
    incidents = desk.state.watch.incidents
    assert {each.verdict for each in incidents} == {"undecided"}
    assert incidents[0].start <= first + 2 * 86_400_000
    assert incidents[0].detected <= first + 7 * 86_400_000
    assert last - 3 * 86_400_000 <= max(each.end for each in incidents) <= last + 7 * 86_400_000
    guard = delay(desk).guard
    assert guard is not None
    assert guard.reason == "undecided"


def test_a_register_that_answers_on_the_day_from_now_on_is_no_miscount() -> None:
    world = office(3, days=120)
    assert "miscount" not in {
        verdict for verdict, _ in told(folded(world, requests(world, 3, 15, "on the day", BEGUN), of="requests"))
    }


def test_a_register_whose_answers_are_dated_on_fridays_stays_in_its_incident() -> None:
    world = office(0, days=110)
    rows = requests(world, 0, 10)
    for row in rows:
        if BEGUN <= row.day < BEGUN + 40 and row.met is not None:
            row.met += (4 - int(row.met // 86_400 + 3) % 7) % 7 * 86_400 - row.met % 86_400 + 50_000
    desk = folded(world, rows, of="requests")
    (incident,) = desk.state.watch.incidents
    assert (incident.kind, incident.verdict) == ("bulk", "miscount")
    last = max(each.begun for each in rows if each.day < BEGUN + 40)
    assert incident.end >= (last - 7 * 86_400) * 1000


def test_days_of_a_register_that_closes_requests_on_receipt_are_left_out() -> None:
    world = office(0, days=85)
    desk = folded(world, faulty(requests(world, 0, 10), "closed on receipt", "requests", 20), of="requests")
    assert isinstance(desk, Channel)
    believed = delay(desk)
    assert believed.method == "exclude"
    sound = folded(world, requests(world, 0, 10), of="requests")
    assert isinstance(sound, Channel)
    total = sound.state.total
    assert believed.low is not None
    assert believed.high is not None
    assert believed.low <= total.days / total.answered <= believed.high


def test_a_state_that_is_restored_in_the_middle_says_the_same() -> None:
    world = office(0, days=47)
    events = ticket_events(faulty(visits(world, 0, 40), "waits / 60", "tickets"))
    straight = folded(world, [], of="tickets")
    assert isinstance(straight, Service)
    broken = Service(straight.rules)
    for number, event in enumerate(events):
        straight.fold(event)
        broken.fold(event)
        if number % 997 == 0:
            broken = Service(straight.rules, read_back(broken.state))
    assert encode(read_back(broken.state)) == encode(read_back(straight.state))
    assert told(straight)


def test_the_bench_begins_its_faults_on_a_day_with_events() -> None:
    world = office(0)
    assert any(each.day >= SINCE for each in visits(world, 0, 5))
    assert request_events(requests(world, 0, 1))
