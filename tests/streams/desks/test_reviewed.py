"""A person's decision reaches the line, the service or the channel that it is about, though their ids may be alike."""

from __future__ import annotations

import msgspec

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.kinds import Desk, kind_of
from streams.desks.reviewed import review_desk
from streams.events import Review
from streams.kept.mark import AHEAD
from streams.kept.times import DAY_MS, utc_day
from streams.partition import Partition
from streams.requests.rules import ChannelRules
from streams.tickets.rules import ServiceRules
from tests.streams.numbers import FRENCH
from tests.streams.partitions import declaration, written
from tests.streams.telling import Message

CARDS = b"lozere/cards"
ALIKE = Catalogue(
    {CARDS: LineRules(site="lozere", line="cards")},
    {CARDS: ServiceRules(site="lozere", service="cards", closing=lambda at: at // DAY_MS * DAY_MS)},
    {
        CARDS: ChannelRules(
            site="lozere",
            channel="cards",
            day=utc_day,
            days="calendar",
            between=lambda first, last: last - first,
            last=lambda day, days: day + days,
        )
    },
    lambda _: 3,
    FRENCH,
)


def statuses(owned: Partition) -> dict[str, list[str]]:
    desks: list[Desk] = [owned.lines[CARDS], owned.services[CARDS], owned.channels[CARDS]]
    return {kind_of(each): [one.status for one in each.state.watch.incidents] for each in desks}


def declared() -> list[Message]:
    each = [declaration("cards"), declaration(None, service="cards"), declaration(None, channel="cards")]
    return [Message(number, CARDS, value) for number, value in enumerate(each)]


def decision(incident: str, decision: str = "dismiss", **more: str) -> bytes:
    return msgspec.json.encode({"decision": decision, "incident": incident, "by": "m.durand", "at": 10_000, **more})


def test_a_decision_finds_its_desk_by_name_or_by_the_incident() -> None:
    owned = Partition(3, ALIKE, {})
    assert owned.reviews.take(declared()) == []
    assert statuses(owned) == {"line": ["confirmed"], "service": ["confirmed"], "channel": ["confirmed"]}
    by_id = decision("cards-19700101T000000Z-declared-service")
    by_name = decision("cards-19700101T000000Z-declared-channel", channel="cards")
    assert owned.reviews.take([Message(3, CARDS, by_id), Message(4, CARDS, by_name)]) == []
    assert statuses(owned) == {"line": ["confirmed"], "service": ["dismissed"], "channel": ["dismissed"]}


def test_a_decision_about_another_desk_than_it_names_is_refused_under_its_own_key() -> None:
    owned = Partition(3, ALIKE, {})
    wrong = decision("cards-19700101T000000Z-declared-service", line="cards")
    (refused,) = owned.reviews.take([Message(0, CARDS, wrong)])
    assert (refused.key, refused.reason) == (CARDS, "unknown-incident")
    elsewhere = b"lozere/titles"
    (unknown,) = owned.reviews.take([Message(1, elsewhere, declaration(None, service="titles"))])
    assert (unknown.key, unknown.reason) == (elsewhere, "unknown-service")


def test_decisions_are_restored_with_their_desk_and_not_taken_twice() -> None:
    owned = Partition(3, ALIKE, {})
    owned.reviews.take(declared())
    before = written(owned)
    later = Message(3, CARDS, decision("cards-19700101T000000Z-declared-channel"))
    owned.reviews.take([later])
    again = Partition(3, ALIKE, before)
    assert again.reviews.take([*declared(), later]) == []
    assert statuses(again) == statuses(owned)
    assert again.reviews.results() == owned.reviews.results() == [4, 0, 0]
    after = owned.changed()
    assert set(after.desks) == {b"channel lozere/cards"}, "a decision alone makes the desk's record a later one"


def test_a_decision_that_is_dated_a_day_ahead_is_refused() -> None:
    channel = Partition(3, ALIKE, {}).channels[CARDS]
    review = msgspec.json.decode(declaration(None, channel="cards"), type=Review)
    assert review_desk(channel.state, channel.watch, review, 0) != AHEAD
    assert review_desk(channel.state, channel.watch, review, -DAY_MS * 2) == AHEAD
