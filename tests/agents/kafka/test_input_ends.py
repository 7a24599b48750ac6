"""No day is beyond the last event of its input, whatever the broker calls the end of a partition."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from agents.kafka.client import Topic, topic
from agents.kafka.input_ends import InputEndsReader, latest_day
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.ledger.day import ChannelDay, LineDay, ServiceDay

LINE, SERVICE = "lozere/standard", "lozere/cards"


def test_the_latest_day_is_bounded_by_the_clock() -> None:
    assert 1 <= (latest_day() - datetime.now(UTC).date()).days <= 3


@pytest.mark.broker
def test_the_last_event_is_the_end_and_an_input_without_events_has_none(settings: Settings) -> None:
    create_topics(settings)
    with sending(settings, "events") as sender:
        for number in range(30):
            sender.send(topic(settings, Topic.CALL_ATTEMPTS), LINE.encode(), b"%d" % number)
    with closing(InputEndsReader(settings)) as reader:
        ends = reader.read(fetched=True)
    last, beyond = (LineDay(id=LINE, day="2013-03-04", offset=offset) for offset in (29, 30))
    assert (ends.reach(last), ends.reach(beyond)) == (True, False)
    part = LineDay(id=LINE, day="2013-03-04", part="0.30", offset=29)
    assert not ends.reach(part)
    assert ends.reach(LineDay(id=LINE, day="2013-03-04", epoch=1, offset=99)), "of another epoch"
    assert ends.reach(ServiceDay(id=SERVICE, day="2013-03-04", offset=99)), "the input never had an event"
    assert ends.reach(ChannelDay(id=SERVICE, day="2013-03-04", offset=99))
