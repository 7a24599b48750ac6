"""Decisions taken so far. The log has a decision at once, the incident after its worker has read the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from streams.decoding import Invalid
from streams.events import Review, milliseconds
from streams.watch.review import decided


def taken(history: History, site: str, incidents: Collection[str]) -> list[Review]:
    """Return the logged decisions on these incidents in order. A declaration belongs to the incident that it opens."""
    return [each for name, each in _reviews(history, site) if name in incidents]


def waiting(history: History, site: str, incident: IncidentJson) -> list[Review]:
    """Return the decisions on an incident that no worker has applied yet, in order.

    Published moments are whole seconds, so decisions within the last second are distinguished by author and content.
    """
    applied = {(_second(each["at"]), each["decision"], each["by"]) for each in incident["decisions"]}
    last = max((at for at, _, _ in applied), default=0)
    return [
        each
        for each in taken(history, site, {incident["id"]})
        if each.decision != "take"  # it is shown at once, as it changes nothing that a worker computes
        and (at := milliseconds(each.at) // 1000) >= last
        and (at, each.decision, each.by) not in applied
    ]


def holder(reviews: Sequence[Review]) -> Review | None:
    """Return who is dealing with an incident, from the decisions on it in order; None after a reopening."""
    last = next((each for each in reversed(reviews) if each.decision in {"take", "reopen"}), None)
    return None if last is None or last.decision == "reopen" else last


def _second(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


@lru_cache(maxsize=2)
def _reviews(history: History, site: str) -> list[tuple[str, Review]]:
    """Return the decisions of the log, each with the id of its incident."""
    found = []
    for link in history.publications.chain(site).links.values():
        with suppress(Invalid):  # an invalid decision is never applied
            if isinstance(link.entry, Review):
                found.append((decided(link.entry).incident, link.entry))
    return sorted(found, key=lambda each: milliseconds(each[1].at))
