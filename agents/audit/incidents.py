"""The incidents of a site, compared with the states of its desks and with the log of decisions.

A worker writes the state of a desk, and then the desk's incidents. So an incident is as in the last state, or as in the
state before it if the worker was killed in between. States are read before the incidents and once more after them: an
incident that a worker changed meanwhile is not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from math import isfinite
from typing import Any, Final, NamedTuple, TypeAlias, cast

from agents.audit.desks import DeskState
from agents.history.incident_json import incident_of
from agents.history.incident_schema import desk_in
from agents.history.incidents import IncidentRecord, subject_of
from agents.history.ledger import History
from agents.kafka.client import partition_of
from agents.states.records import StateRecord
from config.shared import Shared
from streams.chain.breach import Breach
from streams.chain.decisions import SECOND_MS, decisions_in, unfollowed
from streams.chain.links import breach, year_decided
from streams.kept.record import UNREADABLE, decode
from streams.said import said
from streams.states import KINDS
from streams.watch.incident import DESK_KINDS, Decided, DeskKind, Evidence, Incident
from streams.watch.incidents import MAX_KEPT
from streams.watch.review import DeskName, desk_of


class StoredDesk(NamedTuple):
    """The state of a line, service or channel that a worker would resume from."""

    state: DeskState
    earlier: bytes | None  # the record of the state before
    written: int  # epoch ms

    @classmethod
    def of(cls, record: StateRecord) -> StoredDesk | None:
        """Return the state in a record, or in the record before it if it cannot be read; None if neither can."""
        for value in filter(None, (record.value, record.earlier)):
            with suppress(*UNREADABLE):
                return cls(decode(value, _state_of(record.key)), record.earlier, record.at)
        return None

    def incidents(self) -> dict[str, Incident]:
        return {each.id: each for each in self.state.watch.incidents}

    def incidents_before(self) -> dict[str, Incident]:
        with suppress(*UNREADABLE):
            return {each.id: each for each in decode(self.earlier or b"", type(self.state)).watch.incidents}
        return {}


StoredDesks: TypeAlias = Mapping[str, StoredDesk]  # by the key of the state, `line site/name`
_Facts: TypeAlias = Mapping[str, Any] | None  # None without the incident

_NAMES: Final = ("line", "desk", "cause", "verdict", "kind", "calls", "status")


class _Difference(NamedTuple):
    """A breach, and the incident in the state that it was compared with."""

    breach: Breach
    stated: _Facts


class ComparedIncidents(NamedTuple):
    """The breaches found, and how many incidents could be compared with the log alone, or with a state before."""

    breaches: list[Breach]
    beyond: int  # older than what their desk's state keeps
    behind: int  # published as in the state before the last one


def _state_of(key: str) -> Any:  # noqa: ANN401 -- the class of a desk's state
    return KINDS[key.partition(" ")[0].encode()]


def stored_desks(shared: Shared, site: str, records: Iterable[StateRecord]) -> StoredDesks:
    """Return the states of all desks of a site, in the configuration or not, from the records of all states."""
    kinds, found = tuple(f"{kind} {site}/" for kind in DESK_KINDS), dict[str, StoredDesk]()
    for each in records:
        name = each.key.partition(" ")[2]
        if not each.key.startswith(kinds) or each.partition != partition_of(name.encode(), shared.kafka.partitions):
            continue
        if (stored := StoredDesk.of(each)) is not None:
            found[each.key] = stored
    return found


def compare_incidents(
    shared: Shared, site: str, history: History, before: StoredDesks, after: Callable[[], StoredDesks]
) -> ComparedIncidents:
    """Compare a site's incidents with its log and with its desks' states `before`.

    `after` reads the states again if an incident differs from them. Raises what `after` raises.
    """
    found = _Comparison(shared, site, history, before)
    if found.differences:
        still = _Comparison(shared, site, history, after()).differences
        found.differences = [each for each in found.differences if each in still]
    return ComparedIncidents([each.breach for each in found.differences], found.beyond, found.behind)


class _Comparison:
    """One comparison of a site's incidents with its log and its desks' states."""

    def __init__(self, shared: Shared, site: str, history: History, desks: StoredDesks) -> None:
        chain = history.publications.chain(site)
        self._chained, self._logged = chain.links, decisions_in(chain.decisions)
        self._records = {each.name[1]: each for each in history.incidents.latest(site)}
        self.beyond = self.behind = 0
        self.differences: list[_Difference] = []
        stated = set[DeskName]()
        for key, stored in desks.items():
            kind, _, home = key.partition(" ")
            desk = DeskName(cast("DeskKind", kind), home.partition("/")[2])
            stated.add(desk)
            waiting = self._compare(desk, stored)
            until = stored.state.reviews.offset if stored.state.reviews.epoch == shared.kafka.epoch else -1
            lacking = [each for each in self._lacking(site, desk, until) if each[0] not in waiting]
            # The desk refuses a decision on an incident that it does not have, as after a rebuild, and counts it.
            refused = stored.state.watch.unapplied + stored.state.reviews.refused.get("unknown-incident", 0)
            if len(lacking) > refused:
                self.differences += [each for _, each in lacking]
        self.beyond += sum(desk_in(each.incident) not in stated for each in self._records.values())

    def _compare(self, desk: DeskName, stored: StoredDesk) -> set[str]:
        """Compare a desk's incidents with its state; return those whose decisions may not be in them yet."""
        kept, before = stored.incidents(), stored.incidents_before()
        published = {name: each for name, each in self._records.items() if desk_in(each.incident) == desk}
        behind = {each.incident for each in stored.state.watch.waiting}
        for name in sorted(kept.keys() | published.keys()):
            record, stated, earlier = published.get(name), _facts(kept.get(name)), _facts(before.get(name))
            told = None if record is None else _facts(incident_of(record.incident))
            if told == stated:
                continue
            # Kafka removes the state before, so one that is alone excuses nothing.
            killed = stored.earlier is not None and name in kept and told == earlier
            if killed and (record is None or record.written <= stored.written):
                behind.add(name)  # the worker was killed before it wrote the incident
                self.behind += 1
            elif record is None:
                says = said("the state of its desk has it, and it is not among the incidents: deleted")
                found = Breach(kind="incident-missing", subject=subject_of(name), says=says)
                self.differences.append(_Difference(found, stated))
            elif stated is not None and told is not None:
                says = said("the state of its desk has it otherwise: {moved}", moved=_moved(stated, told))
                self.differences.append(_Difference(record.breach("incident-changed", says), stated))
            elif _is_beyond(stored.state, record):
                self.beyond += 1
            else:
                says = said("the state of its desk does not have it: no worker found it")
                self.differences.append(_Difference(record.breach("incident-unknown", says), stated))
        return behind

    def _lacking(self, site: str, desk: DeskName, until: int) -> Iterator[tuple[str, _Difference]]:
        """Yield the decisions in the log of a desk, up to an offset, that its incidents lack, each by its incident."""
        for (key, incident), logged in self._logged.items():
            record = self._records.get(incident)
            if key != f"{site}/{desk.name}" or desk_of(logged[0].review) != desk:
                continue
            if record is not None:
                for each in unfollowed(incident_of(record.incident), logged, until):
                    says = said("it lacks a decision of the log: {what}", what=each.words)
                    yield incident, _Difference(record.breach("decision-unfollowed", says), None)
                continue
            for each in logged:
                # Tocsin takes decisions on published incidents only, and declares any other.
                if each.link.logged.offset <= until and each.link.hash in self._chained:
                    says = said("the log decides on it, and it is not among the incidents: deleted")
                    subject, year = subject_of(incident), year_decided(each.review)
                    yield incident, _Difference(breach("incident-missing", each.link.logged, subject, says, year), None)


def _is_beyond(state: DeskState, record: IncidentRecord) -> bool:
    """Return whether a line's state may have dropped an incident, or has begun after it."""
    begun = date.fromisoformat(record.incident["from"][:10]).toordinal()
    return len(state.watch.incidents) >= MAX_KEPT or begun <= state.book.kept


def _facts(incident: Incident | None) -> _Facts:
    """Return what an incident's record says, without words; moments are in seconds."""
    if incident is None:
        return None
    start, end = incident.bounds()
    return {name: getattr(incident, name) for name in _NAMES} | {
        "from": start // SECOND_MS,
        "to": end // SECOND_MS,
        "detected": incident.detected // SECOND_MS,
        "judged until": None if incident.over else _seconds(incident.judged_until),
        "sample": incident.sample,
        "evidence": [_evidence(each) for each in incident.evidence],
        "decisions": [_decision(each) for each in incident.decisions],
        "taken": incident.taken and _decision(incident.taken),
    }


def _evidence(each: Evidence) -> tuple[object, ...]:
    figures = (None if each is None or not isfinite(each) else each for each in (each.observed, each.expected))
    return each.check, *figures, each.score, each.calls


def _decision(each: Decided) -> tuple[object, ...]:
    return each.decision, _seconds(each.at), each.by, _seconds(each.start), _seconds(each.end), each.note_digest


def _seconds(at: int | None) -> int | None:
    return None if at is None else at // SECOND_MS


def _moved(stated: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Return what differs: of lists, their lengths."""
    words = []
    for name in stated:
        was, now = stated[name], told[name]
        if was != now:
            was, now = (len(each) if isinstance(each, list) else each for each in (was, now))
            words.append(name if was == now else f"{name} {was} → {now}")
    return ", ".join(words)
