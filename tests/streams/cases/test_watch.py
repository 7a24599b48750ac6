"""The watch of counters and registers, played by the bench's own offices."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.score import SINCE, folded, request_events, ticket_events
from benchmarks.detection.cases.world import Row, office, requests, visits
from streams.desks.channel import Channel
from streams.desks.service import Service
from streams.desks.service_state import ServiceState
from streams.indicators.cases import channel_means, service_means
from streams.kept.record import decode, encode
from streams.ledger.sums import whole

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


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("waits / 60", "unit"),
        ("half of the waits 0", "zero"),
        ("clock two hours behind", "clock"),
        ("rows twice, renamed", "duplicate"),
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


@pytest.mark.parametrize("what", ["closed on receipt", "received and answered swapped", "answered before received"])
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


def test_days_of_a_register_that_closes_requests_on_receipt_are_left_out() -> None:
    world = office(0, days=85)
    desk = folded(world, faulty(requests(world, 0, 10), "closed on receipt", "requests", 20), of="requests")
    assert isinstance(desk, Channel)
    days = whole([*desk.ledger.book.done, *desk.days()])
    means = channel_means(
        days, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at)), target=True
    )
    assert means.delay.method == "exclude"
    sound = folded(world, requests(world, 0, 10), of="requests")
    assert isinstance(sound, Channel)
    total = sound.state.total
    assert means.delay.low is not None
    assert means.delay.high is not None
    assert means.delay.low <= total.days / total.answered <= means.delay.high


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
            broken = Service(straight.rules, decode(encode(broken.state), ServiceState))
    assert encode(broken.state) == encode(straight.state)
    assert told(straight)


def test_the_bench_begins_its_faults_on_a_day_with_events() -> None:
    world = office(0)
    assert any(each.day >= SINCE for each in visits(world, 0, 5))
    assert request_events(requests(world, 0, 1))
