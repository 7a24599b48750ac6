"""Days add up from parts in any order, and entries that become zero are dropped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, LineDay, RequestSlot, ServiceDay, TicketSlot, day_key
from streams.ledger.sums import add_slot, called, whole


def waits(*values: int, times: int = 1) -> Waits:
    found = Waits()
    for value in values:
        found.add(value, times)
    return found


def line(day: int, part: str = "", offset: int = 0, **more: object) -> LineDay:
    return LineDay(id="lozere/standard", day=f"2013-03-{day:02}", part=part, offset=offset, **more)  # type: ignore[arg-type]


def test_a_day_is_the_sum_of_its_parts_and_reaches_as_far_as_the_furthest() -> None:
    parts = [
        line(5, offset=9, slots={1: CallSlot(offered=1, open=1)}),
        line(
            4, "1.2", 2, slots={1: CallSlot(lost=-1, answered=1), 2: CallSlot(offered=1)}, lost_waits=waits(9, times=-1)
        ),
        line(4, offset=40, slots={1: CallSlot(offered=3, lost=1)}, lost_waits=waits(9), answered_waits=waits(70, 70)),
    ]
    parts[1].epoch = 1
    before = [str(part) for part in parts]
    fourth, fifth = whole(parts)
    assert (fourth.day, fourth.part, fourth.epoch, fourth.offset) == ("2013-03-04", "", 1, 2)
    assert fourth.slots == {1: CallSlot(offered=3, answered=1), 2: CallSlot(offered=1)}
    assert (fourth.lost_waits.bins, fourth.lost_waits.count, fourth.lost_waits.total) == ({}, 0, 0)
    assert (fourth.answered_waits.count, fourth.answered_waits.total) == (2, 140)
    assert fifth == parts[0]
    assert [str(part) for part in parts] == before


def test_talks_add_up_if_only_some_parts_have_any() -> None:
    parts = [line(4), line(4, "0.5", 5, talks=waits(60_000)), line(4, "0.7", 7, talks=waits(90_000))]
    before = [str(part) for part in parts]
    (day,) = whole(parts)
    assert day.talks is not None
    assert (day.talks.count, day.talks.total) == (2, 150_000)
    assert [str(part) for part in parts] == before
    (untold,) = whole([line(5), line(5, "0.5", 5)])
    assert untold.talks is None


def test_what_has_come_to_nothing_is_let_go() -> None:
    (day,) = whole([line(4, slots={1: CallSlot(lost=1)}), line(4, "0.7", slots={1: CallSlot(lost=-1)})])
    assert day.slots == {}


def test_days_of_every_kind_add_up_by_id_and_date() -> None:
    parts: list[LedgerDay] = [
        ServiceDay(id="lozere/cards", day="2013-03-04", slots={1: TicketSlot(issued=1, open=1)}, waits=waits(5)),
        ChannelDay(
            id="lozere/email", day="2013-03-04", slots={1: RequestSlot(received=2, open=2, due={"2013-03-11": 2})}
        ),
        ServiceDay(id="lozere/cards", day="2013-03-04", part="0.1", slots={1: TicketSlot(served=1, open=-1)}),
        ChannelDay(
            id="lozere/email",
            day="2013-03-04",
            part="0.1",
            slots={1: RequestSlot(answered=2, open=-2, days=3, due={"2013-03-11": -2})},
        ),
    ]
    assert [day.slots for day in whole(parts)] == [
        {1: TicketSlot(issued=1, served=1)},
        {1: RequestSlot(received=2, answered=2, days=3)},
    ]


@given(
    st.lists(st.builds(RequestSlot, st.integers(-9, 9), due=st.dictionaries(st.sampled_from("ab"), st.integers(1, 3))))
)
def test_slots_add_up_in_any_order(slots: list[RequestSlot]) -> None:
    first, second = RequestSlot(), RequestSlot()
    for slot in slots:
        add_slot(first, slot)
    for slot in reversed(slots):
        add_slot(second, slot)
    assert first == second
    assert first.received == sum(slot.received for slot in slots)


def test_a_line_and_a_service_of_the_same_name_have_days_of_their_own() -> None:
    line = LineDay(id="lozere/etrangers", day="2013-03-04", slots={1: CallSlot(offered=2)})
    service = ServiceDay(id="lozere/etrangers", day="2013-03-04", slots={1: TicketSlot(issued=3)})
    channel = ChannelDay(id="lozere/etrangers", day="2013-03-04", part="0.9", slots={1: RequestSlot(received=4)})
    assert [day_key(day) for day in (line, service, channel)] == [
        "lozere/etrangers/2013-03-04",
        "lozere/etrangers/2013-03-04/service",
        "lozere/etrangers/2013-03-04/channel#0.9",
    ]
    days: list[LedgerDay] = [line, service, channel, line]
    assert len(whole(days)) == 3


def test_the_slots_in_which_calls_entered_are_told_by_line() -> None:
    days: list[LedgerDay] = [
        LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(offered=2), 2: CallSlot()}),
        LineDay(id="lozere/standard", day="2013-03-05", slots={97: CallSlot(offered=1), 98: CallSlot(offered=-1)}),
        LineDay(id="lozere/circulation", day="2013-03-04"),
        ServiceDay(id="lozere/cartes", day="2013-03-04", slots={1: TicketSlot(issued=1)}),
    ]
    assert called(days) == {"standard": {1, 97}, "circulation": set()}
