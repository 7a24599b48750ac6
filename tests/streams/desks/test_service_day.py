"""A service's figures against a count by hand: days, windows, transfers, counters, and visitors who leave a crowd."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.calls.windows import WINDOWS
from streams.desks.service import MAX_COUNTERS, Service
from streams.desks.service_state import MAX_LIVE_TICKETS
from streams.events import ServiceReading, TicketEvent, milliseconds
from streams.kept import record
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS
from streams.tickets.rules import ServiceRules
from streams.tickets.ticket import GRACE, NO_SHOW, OPEN_TICKET, SERVED
from tests.streams.desks.visits import (
    LATENESS,
    LONG_AFTER,
    MIDNIGHT,
    MINUTE,
    RULES,
    WINDOW,
    clock,
    closing,
    day,
    event,
    folded,
    kinds,
    moment,
)

A_DAY = day(
    """
    A01 issued 08:30 called 08:35 served 08:36 completed 08:46
    A02 issued 08:31 called 08:40 served 08:41 completed 08:51
    A03 issued 08:32 called 08:45 recalled 08:47 served 08:48 completed 09:00
    A04 issued 08:35 called 08:50 recalled 08:52 no_show 08:55
    A05 issued 08:40 called 09:00 completed 09:20
    A06 issued 08:45 served 09:05 completed 09:10
    A07 issued 08:50 cancelled 09:00
    A08 issued 08:55 called 09:10 transferred>cartes-grises 09:12
    A09 issued 09:00 called 09:20 served 09:21 completed 09:30 transferred>cartes-grises 09:30
    A10 issued 09:05 called 09:30 served 09:31
    A11 issued 09:10 called 09:35
    A12 issued 09:15
    A13 called 09:40 served 09:41 completed 09:50
    A14 called 09:45 issued 10:00 served 10:05 completed 10:15
    A15 issued 10:00 called 10:30 completed 10:35 served 10:40
    A16 issued 10:05 called 10:35 no_show 10:40 served 10:50 completed 11:00
    A17 issued 10:10 called 10:40 cancelled 10:41 no_show 10:42
    A18 issued 10:15 no_show 11:00
    A19 issued 10:20 called 19:00
    A20 issued 10:30 transferred>etrangers 10:31
    A21 issued 13:30 called 13:30 served 13:30 completed 13:45
    A22 issued 13:40 called 14:40 recalled 14:41 recalled 14:50 served 14:51 completed 15:00
    A23 issued 14:00 called 14:30 served 14:31 completed 14:41
    A24 issued 16:50 called 17:20 served 17:21 completed 17:40
    A25 issued 15:00 completed 16:00
    """
)


def test_a_day_of_tickets_counts_as_it_does_by_hand() -> None:
    service = folded(A_DAY)
    visits = service.total()
    assert kinds(service) == (25, 16, 5, 1, 2, 1)
    assert (visits.issued, visits.served, visits.no_show) == (25, 16, 5)
    assert (visits.cancelled, visits.transferred, visits.open) == (1, 2, 1)  # A12 was never called
    assert visits.no_show_rate == 5 / 24
    # 0 5 9 13 15 15 20 20 20 25 25 30 30 30 30 30 60 minutes
    assert (visits.waits.count, visits.waits.total, visits.waits.longest) == (17, 377 * MINUTE, 60 * MINUTE)
    quantiles = [visits.waits.quantile(share) for share in (0.5, 0.9, 0.95)]
    assert quantiles == pytest.approx([20 * MINUTE, 30 * MINUTE, 60 * MINUTE], rel=0.011)
    assert visits.within_target == 16 / 17
    assert (visits.times_in_service.count, visits.times_in_service.total) == (13, 148 * MINUTE)
    assert visits.anomalies == {
        "never-issued": 1,
        "called-before-issued": 1,
        "called-after-closing": 1,
        "completed-before-served": 1,
    }
    assert sum(slot.late for day in service.days() for slot in day.slots.values()) == 1
    assert sum(slot.unticketed for day in service.days() for slot in day.slots.values()) == 0
    shown = service.state.shown.wait
    assert (sum(shown.counts), shown.total) == (visits.waits.count, visits.waits.total)
    assert [(one.service, one.ticket, one.type, one.at) for one in service.transfers] == [
        ("cartes-grises", "A08", "issued", MIDNIGHT + clock("09:12")),
        ("cartes-grises", "A09", "issued", MIDNIGHT + clock("09:30")),
        ("etrangers", "A20", "issued", MIDNIGHT + clock("10:31")),
    ]


def test_the_same_day_in_the_middle_of_the_morning() -> None:
    service = folded([one for one in A_DAY if milliseconds(one.at) <= moment("09:17")])
    assert service.waiting(moment("09:17")) == [minutes * MINUTE for minutes in (17, 12, 7, 2)]
    assert kinds(service) == (12, 4, 1, 1, 1, 5)
    assert service.window(WINDOW["5m"], moment("09:17")).waits.count == 0
    assert service.window(WINDOW["15m"], moment("09:17")).waits.total == 35 * MINUTE  # A06 and A08
    assert service.window(WINDOW["1h"], moment("09:17")).waits.count == 7
    assert service.window(WINDOW["1h"], moment("09:17")).no_show_rate == 1 / 6  # A05 is still being served


def test_the_window_of_a_day_holds_what_has_settled() -> None:
    service = folded(A_DAY)
    before = service.window(WINDOW["1d"], moment("23:59"))
    service.fold(event("issued", DAY_MS / 1000 + 300, "B1"))
    assert len(service.state.live) == 1
    assert service.window(WINDOW["1d"], moment("23:59")) == before
    assert before.waits.count == 17
    assert service.window(WINDOW["1d"], moment("23:59") + DAY_MS // 2).waits.count == 4  # since noon
    assert service.window(WINDOW["1d"], moment("23:59") + DAY_MS).waits.count == 0


def test_a_number_that_comes_back_the_next_day_is_another_ticket() -> None:
    first = day("A1 issued 16:00")
    second = [event(kind, DAY_MS / 1000 + clock(at)) for kind, at in (("called", "08:40"), ("issued", "08:30"))]
    service = folded(first + second)
    service.advance(LONG_AFTER)
    assert kinds(service) == (2, 0, 1, 0, 0, 1)
    assert (service.total().waits.count, service.total().waits.longest) == (1, 10 * MINUTE)


def test_a_ticket_carried_over_midnight_is_told_and_gives_no_wait() -> None:
    service = folded([event("issued", clock("16:00")), event("called", DAY_MS / 1000 + clock("08:40"))])
    assert service.total().anomalies == {"never-issued": 1}
    assert service.total().waits.count == 0


def test_a_ticket_that_was_called_is_a_no_show_when_the_day_is_over_and_may_still_be_served() -> None:
    service = folded(day("A1 issued 16:00\nA2 issued 16:10 called 16:20"))
    over = closing(moment("16:00")) + GRACE + RULES.lateness
    service.advance(over)
    assert kinds(service) == (2, 0, 0, 0, 0, 2)
    service.advance(over + 1)
    assert kinds(service) == (2, 0, 1, 0, 0, 1)
    assert service.total().waits.count == 1
    service.advance(LONG_AFTER)
    assert service.fold(event("completed", clock("16:40"), "A2")) == OK
    assert kinds(service) == (2, 1, 0, 0, 0, 1)
    assert service.total().times_in_service.total == 20 * MINUTE
    assert service.state.shown.counter(NO_SHOW, service.count(NO_SHOW)) == 1
    assert service.fold(event("called", clock("16:50"), "A1")) == OK
    assert kinds(service) == (2, 1, 1, 0, 0, 0)


def test_a_ticket_settles_only_when_its_local_day_is_over() -> None:
    service = folded(day("A1 issued 16:00 called 16:05"))
    for now, live in ((moment("23:59"), 1), (moment("23:59") + 2 * MINUTE, 0)):
        service.advance(now + RULES.lateness)
        assert len(service.state.live) == live


def test_a_leap_of_the_clock_ends_only_the_days_that_are_over() -> None:
    called = [event("called", clock("16:59")), event("called", DAY_MS / 1000 + clock("00:01"))]
    service = folded(called)
    service.advance(closing(moment("16:59")) + DAY_MS + GRACE)
    service.check()
    assert kinds(service) == (2, 0, 1, 0, 0, 1)


def test_a_ticket_that_was_never_called_is_in_no_window_even_in_1970() -> None:
    service = folded([event("cancelled", 10 - MIDNIGHT)])
    for _ in range(2):
        assert all(service.window(window, 20_000).issued == 0 for window in WINDOWS)
        service.shed()
    assert kinds(service) == (1, 0, 0, 1, 0, 0)


def test_results_tell_ok_duplicate_late_and_ahead() -> None:
    service = Service(RULES)
    first = event("issued", clock("10:00"))
    now = moment("10:00")
    assert service.fold(first, now) == OK
    assert service.fold(first, now) == DUPLICATE
    assert service.fold(event("issued", clock("10:00") - LATENESS, "A2"), now) == OK
    assert service.fold(event("issued", clock("10:00") - LATENESS - 0.001, "A3"), now) == LATE
    assert service.fold(event("issued", clock("10:01"), "A4"), now) == OK
    assert service.state.high == now
    assert service.fold(event("issued", clock("10:01") + DAY_MS / 1000, "A5"), now) == AHEAD
    assert (service.state.issued, service.state.results) == (4, [3, 1, 1])


def test_a_transfer_is_told_once_with_an_id_of_its_own() -> None:
    service = Service(RULES)
    moved = event("transferred", clock("10:00"), to="cartes-grises", id="x", source="hall")
    again = event("transferred", clock("10:00"), to="cartes-grises", id="y", source="desk")
    for one in (moved, moved, again):
        service.fold(one)
    (told,) = service.transfers
    assert (told.service, told.ticket, told.type, told.at) == ("cartes-grises", "A1", "issued", moved.at)
    assert (told.site, told.source) == ("lozere", "hall")
    assert service.state.results == [2, 1, 0]
    (repeated,) = folded([again]).transfers
    assert repeated.id == told.id
    (other,) = folded([event("transferred", clock("10:01"), to="cartes-grises")]).transfers
    assert other.id != told.id


def test_two_destinations_at_one_moment_are_two_transfers() -> None:
    both = [event("transferred", 1, to=to) for to in ("cartes-grises", "etrangers")]
    told = folded(both).transfers
    assert [one.service for one in told] == ["cartes-grises", "etrangers"]
    assert told[0].id != told[1].id
    assert folded(both[::-1]).transfers == told[::-1]


def test_a_transfer_within_the_service_or_to_nowhere_opens_no_wait() -> None:
    assert folded([event("transferred", 1, "A1", to="cni-passeport"), event("transferred", 2, "A2")]).transfers == []


def test_a_linked_wait_counts_at_the_next_service() -> None:
    first = folded(day("A1 issued 09:00 called 09:05 transferred>cartes-grises 09:10"))
    second = Service(ServiceRules(site="lozere", service="cartes-grises", closing=closing))
    for one in [*first.transfers, *first.transfers, event("called", clock("09:25"))]:
        second.fold(one)
    assert second.total().waits.total == 15 * MINUTE
    assert second.state.issued == 1


def test_counters_are_open_that_called_or_served_in_the_window() -> None:
    service = folded(
        [
            event("called", clock("09:00"), "A1", counter="1"),
            event("served", clock("09:50"), "A2", counter="2"),
            event("called", clock("09:40"), "A3", counter="2"),
            event("completed", clock("09:58"), "A4", counter="3"),
            event("called", clock("10:00"), "A5"),
        ]
    )
    at = [(name, when) for name in ("15m", "1h") for when in ("09:50", "09:59", "10:05")]
    assert [service.open_counters(WINDOW[name], moment(when)) for name, when in at] == [1, 1, 0, 2, 2, 1]


@pytest.mark.parametrize("falling", [False, True])
def test_counters_that_name_themselves_without_end_take_no_more_room(falling: bool) -> None:  # noqa: FBT001
    numbers = range(3 * MAX_COUNTERS)
    service = Service(RULES)
    for number in reversed(numbers) if falling else numbers:
        service.fold(event("called", number, counter=str(number)))
    assert sorted(map(int, service.state.counters)) == list(numbers)[-MAX_COUNTERS:]


def busy_day(number_of_tickets: int, after: float = 0.0) -> list[TicketEvent]:
    told = []
    for number in range(number_of_tickets):
        name, start = f"C{number:05}", after + 30_000 + number * 25_000 / number_of_tickets
        for kind, later in (("issued", 0), ("called", 900 + number % 977), ("served", 1_920), ("completed", 2_400)):
            at = start + later + number % 60
            told.append(event(kind, at, name, id=f"hall:{after}:{name}:{kind}", counter=str(number % 12)))
    return sorted(told, key=lambda one: milliseconds(one.at))


@pytest.mark.slow
def test_ten_thousand_tickets_a_day_bend_no_total_and_keep_the_record_small() -> None:
    service = Service(RULES)
    biggest = 0
    for number in range(3):
        for count, one in enumerate(busy_day(10_000, number * DAY_MS / 1000)):
            assert service.fold(one) == OK
            if count % 5_000 == 0:
                biggest = max(biggest, len(record.encode(service.state)))
    service.check()
    visits = service.total()
    assert kinds(service) == (30_000, 30_000, 0, 0, 0, 0)
    assert (visits.waits.count, visits.times_in_service.count) == (30_000, 30_000)
    assert visits.times_in_service.total == 30_000 * 480_000
    assert service.state.cut > 0
    assert service.window(WINDOW["1d"], service.state.high).waits.count == 10_000
    assert max(biggest, len(record.encode(service.state))) < 500_000


def test_a_crowd_that_is_never_called_settles_early_and_bends_no_total() -> None:
    service = Service(RULES)
    crowd = [str(number) for number in range(MAX_LIVE_TICKETS + 500)]
    for number, name in enumerate(crowd):
        service.fold(event("issued", 30_000 + number / 100, name))
    service.check()
    assert service.state.cut == MAX_LIVE_TICKETS // 2
    assert service.count(OPEN_TICKET) == len(crowd)
    for name in crowd:
        service.fold(event("called", 40_000, name))
        service.fold(event("served", 40_010, name))
    service.check()
    assert kinds(service) == (len(crowd), len(crowd), 0, 0, 0, 0)
    assert service.window(WINDOW["5m"], service.state.high).waits.count == len(crowd)


def test_shedding_settles_those_that_ended_and_bends_no_figure() -> None:
    service = folded([one for one in A_DAY if milliseconds(one.at) <= moment("09:31")])
    before = service.total()
    assert service.shed()
    assert list(service.state.live[closing(moment("09:31"))]) == ["A06", "A08", "A09", "A10", "A11", "A12"]
    assert service.shed()
    assert list(service.state.live[closing(moment("09:31"))]) == ["A10", "A11", "A12"]
    while service.state.live:
        assert service.shed()
    service.check()
    assert (len(service.state.young), service.state.cut) == (12, 12)
    assert not service.shed()
    assert service.total().waits == before.waits
    assert service.count(SERVED) == before.served


def test_an_estimated_ticket_that_was_called_never_becomes_a_no_show() -> None:
    """Polls of a display see the number that is called, but not whether its visitor comes."""
    told = [event("issued", clock("09:00"), each, source="display~estimated") for each in ("A1", "A2")]
    told += [event("called", clock("09:20"), "A1", source="display~estimated"), event("issued", clock("09:00"), "A3")]
    told += [event("called", clock("09:30"), "A3")]
    service = folded(told)
    for now in (moment("19:00"), LONG_AFTER):
        service.advance(now)
        service.check()
        assert (service.count(OPEN_TICKET), service.count(NO_SHOW)) == (2, 1)
    assert service.total().no_show_rate == 1
    service.fold(event("issued", clock("09:00"), "A3", source="display~estimated"))
    service.check()
    assert (service.count(OPEN_TICKET), service.count(NO_SHOW)) == (3, 0)


def test_a_reading_that_is_dated_more_than_a_day_ahead_is_refused() -> None:
    service, now = Service(RULES), moment("10:00")
    reading = ServiceReading(service="cni-passeport", mode="cumulative", at=(now + DAY_MS) / 1000, issued=5)
    assert service.read(replace(reading, at=(now + DAY_MS) / 1000 + 1), now) == AHEAD
    assert (service.state.high, service.state.reported) == (0, None)
    assert service.read(reading, now) == OK
    assert service.state.high == now + DAY_MS
