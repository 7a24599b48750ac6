"""The days and incidents that people see, compared with the states of the desks that wrote them.

Whoever shows figures asks this of the records it has read. Only an audit counts the events again as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from agents.audit.desks import desks_of, unlike
from agents.audit.incidents import StoredDesks, compare_incidents, stored_desks
from agents.history.incidents import PublishedIncidents, subject_of
from agents.history.ledger import History, read_history
from agents.kafka.client import Topic, topic
from agents.kafka.reading import leaving_out, records
from agents.states.records import StateRecord, state_records
from config.shared import Shared
from streams.chain.breach import Breach
from streams.indicators.period import Period

LOOKS: Final = 3  # for an incident that a state has and the topic lacks
LOOK_SECONDS: Final = 1.0  # before each: a worker writes an incident right after the state that has it


class Stated(NamedTuple):
    """The states read before a history, and a function that returns those read after it.

    A worker writes days before the state, and incidents after it: only a difference from both counts.
    """

    shared: Shared
    before: Collection[StateRecord]
    after: Callable[[], Collection[StateRecord]]

    def breaches(self, history: History, site: str, of: Period | None) -> list[Breach]:
        """Return the breaches of a site's days and incidents; raise what `after` raises."""
        compared = compare_incidents(
            self.shared, site, history, self._desks(site, self.before), lambda: self._desks(site, self.after())
        )
        years = None if of is None else Period(date(of.first.year, 1, 1), date(of.last.year, 12, 31))
        desks = desks_of(self.shared, site, self.before)
        days = unlike(desks, history.days, history.days.of(site, years), site)
        return [*days, *self._still(site, compared.breaches)]

    def _still(self, site: str, breaches: Collection[Breach]) -> Collection[Breach]:
        """Return the breaches without incidents that have been published since the history was read."""
        for _ in range(LOOKS):
            if all(each.kind != "incident-missing" for each in breaches):
                break
            time.sleep(LOOK_SECONDS)
            published, name = PublishedIncidents({}), topic(self.shared, Topic.INCIDENTS)
            for record in records(self.shared, name):
                with leaving_out(record):
                    published.take(record, record.key or b"", record.value)
            there = {subject_of(each.name[1]) for each in published.latest(site)}
            breaches = [each for each in breaches if each.kind != "incident-missing" or each.subject not in there]
        return breaches

    def _desks(self, site: str, records: Collection[StateRecord]) -> StoredDesks:
        return stored_desks(self.shared, site, records)


def read_compared(shared: Shared) -> History:
    """Return the history in the topics; its breaches include the differences from the workers' states.

    Raises `KafkaError` if no broker answers.
    """
    before = state_records(shared)
    history = read_history(shared)
    history.stated = Stated(shared, before, partial(state_records, shared)).breaches
    return history
