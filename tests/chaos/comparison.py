"""The comparison at the end, to the last unit: metrics, states, ledger, dead letters, the file's analysis."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from agents.audit.audit import audit
from agents.catalogue import catalogue
from agents.history.incident_json import incident_of
from agents.history.ledger import read_history
from agents.ingest.replay import waiting
from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.topics import INPUT_TOPICS, topic_id
from agents.worker.ownership import Ownership
from config.offices import Offices
from config.shared import Shared
from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.desks.line_witness import Witnessing
from streams.desks.line_witness_state import LineWitnessState
from streams.desks.service import Service
from streams.feed import Feed, Input
from streams.intake_state import IntakeState
from streams.ledger.day import LedgerDay, WitnessDay, read_day
from streams.ledger.sums import whole
from streams.pages import Remembering
from streams.partition import Partition
from streams.tickets.ticket import CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED
from streams.watch.incident import Incident
from streams.watch.state import WatchState
from tests.chaos.fleet import Fleet, console
from tests.chaos.truth import SITES
from tests.streams.ledger.telling import counted, slots, totals
from tests.streams.reading_back import read_back

Bad = tuple[str, int, int, str]
SEEN = ("matched", "only_there")
Feeds = Mapping[Input, Feed]


class Differences:
    """A comparison of figures that remembers the differences."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def same(self, what: str, found: object, expected: object) -> None:
        if found == expected:
            return
        if isinstance(found, dict) and isinstance(expected, dict):
            found, expected = (
                {name: value for name, value in one.items() if other.get(name) != value}
                for one, other in ((found, expected), (expected, found))
            )
        self.found.append(f"{what}: {str(found)[:300]}, expected {str(expected)[:300]}")


def differences(fleet: Fleet, offices: Offices, files: Mapping[str, Path], config: Path) -> list[str]:
    """Return the differences between the workers' figures, a fold in one go and the analysis of each site's file."""
    settings = offices.shared
    differ = Differences()
    feeds: Feeds = {name: Feed(topic_id(settings, which)) for name, which in INPUT_TOPICS.items()}
    straight, bad, opened = _folded(offices, feeds)
    analysed = {site: _analysed(file, config, site, offices) for site, file in files.items()}
    for name, which in INPUT_TOPICS.items():
        _results(differ, fleet, topic(settings, which), [owned.intakes[name] for owned in straight.values()])
    for partition in straight.values():
        for line in partition.lines.values():
            _line(differ, fleet, line, analysed[line.rules.site]["lines"][line.name])
        for service in partition.services.values():
            _service(differ, fleet, service)
        _channels(differ, fleet, partition.channels.values(), analysed)
    differ.found += sorted(fleet.fallen)
    fleet.stop()
    _ledger(differ, settings, straight)
    states = _written(offices, feeds)
    _witness(differ, straight, states)
    _published(differ, settings, states)
    for site, office in offices.sites.items():
        differ.same(f"audit of {site}", audit(office).breaches, [])
    for number, partition in straight.items():
        for name, intake in partition.intakes.items():
            written, folded = (_still_there(each.state) for each in (states[number].intakes[name], intake))
            differ.same(f"state of {name} {number}", written, folded)
            for key, desk in intake.desks.items():
                kept = states[number].intakes[name].desks[key].state
                differ.same(f"state of {name} {key.decode()}", _counted(kept), _counted(desk.state))
    _services_over(differ, straight, analysed)
    letters = {
        (str(letter.topic), letter.partition, offset, letter.reason)
        for letter in waiting(settings)
        for first, last in letter.places()
        for offset in range(first, last + 1)
    }
    differ.same("dead letters", sorted(letters ^ bad)[:20], [])
    arrived = {
        msgspec.json.decode(record.value)["id"]
        for record in records(settings, topic(settings, Topic.COUNTER_TICKETS))
        if record.value is not None and b'"id":"transfer:' in record.value and record.value.endswith(b"}")
    }
    differ.same("waits opened by transfers", sorted(arrived ^ opened)[:20], [])
    return differ.found


def _services_over(
    differ: Differences, straight: Mapping[int, Partition], analysed: Mapping[str, dict[str, Any]]
) -> None:
    """Compare the counters' tickets with the analysis, once their days are over."""
    for partition in straight.values():
        for service in partition.services.values():
            service.advance(service.state.high + 3 * 86_400_000)  # as the analysis does: its days are over
            counted = {
                "issued": service.state.issued,
                "served": service.count(SERVED),
                "no_show": service.count(NO_SHOW),
                "cancelled": service.count(CANCELLED),
                "transferred": service.count(TRANSFERRED),
            }
            of_service = analysed[service.rules.site]["services"][service.name]
            differ.same(f"{service.rules.id}, analysis", {name: of_service[name] for name in counted}, counted)
            differ.same(f"{service.rules.id} waits, analysis", of_service["wait"]["count"], service.total().waits.count)


def _analysed(file: Path, config: Path, site: str, offices: Offices) -> dict[str, Any]:
    """Return the result of `tocsin analyze` on a site's file."""
    command = [sys.executable, "-m", "agents", "analyze", "events", str(file), "--config", str(config), "--json"]
    of = ["--site", site] if offices.nation else []
    said: dict[str, Any] = json.loads(subprocess.run([*command, *of], check=True, capture_output=True).stdout)
    return said


def _ledger(differ: Differences, settings: Shared, straight: dict[int, Partition]) -> None:
    """Compare the ledger's days with the days of a fold in one go, and their sums with the totals."""
    folded = [value for partition in straight.values() for value in partition.changed().days.values()]
    expected: list[LedgerDay] = whole(map(read_day, folded))
    found = read_history(settings).days.of()
    told = [
        {each.day: each for each in some if isinstance(each, WitnessDay) and each.closed} for some in (found, expected)
    ]
    differ.same(
        "days of both records",
        *[[_said(each) for day, each in one.items() if day in told[0].keys() & told[1]] for one in told],
    )
    differ.same("closed days of both records, none", [] in [list(each) for each in told], expected=False)
    own: list[list[LedgerDay]] = [
        [each for each in some if not isinstance(each, WitnessDay)] for some in (found, expected)
    ]
    days: list[dict[str, Any]] = [{f"{each[0]} {each[1]}": each for each in slots(some)} for some in own]
    for name in sorted(days[0].keys() | days[1].keys()):
        differ.same(f"ledger of {name}", days[0].get(name), days[1].get(name))
    for partition in straight.values():
        desks: list[Line | Service] = [*partition.lines.values(), *partition.services.values()]
        for desk in desks:
            name = desk.rules.id
            differ.same(f"ledger of {name}, totals", counted(own[0], name.encode()), totals(desk))


def _folded(offices: Offices, feeds: Feeds) -> tuple[dict[int, Partition], set[Bad], set[str]]:
    """Return every partition folded in one go, place and reason of each bad record, and the tickets of transfers."""
    settings, rules = offices.shared, catalogue(offices)
    bad: set[Bad] = set()
    opened: set[str] = set()
    partitions = {number: Partition(number, rules, {}, feeds) for number in range(settings.kafka.partitions)}
    messages: defaultdict[int, list[tuple[int, Input, Any]]] = defaultdict(list)
    for name, which in INPUT_TOPICS.items():
        for record in records(settings, topic(settings, which)):
            # In the order sent: a line holds a limited number of calls for its witness, and questions precede answers.
            at = record.timestamp if name in {"calls", "witnesses", "reviews"} else 0
            messages[record.partition].append((at, name, record))
    for number, partition in partitions.items():
        together = sorted(messages[number], key=itemgetter(0))
        for name, run in groupby(together, key=itemgetter(1)):
            intake, input_topic = partition.intakes[name], topic(settings, INPUT_TOPICS[name])
            bad |= {(input_topic, number, why.offset, why.reason) for why in intake.take([each for _, _, each in run])}
            opened |= {str(event.id) for event in intake.opened()}
    return partitions, bad, opened


def _written(offices: Offices, feeds: Feeds) -> dict[int, Partition]:
    """Return every partition as its last owner left it in the changelog."""
    settings, owned = offices.shared, Ownership(catalogue(offices), {})
    for record in records(settings, topic(settings, Topic.STATE)):
        if record.key is not None:
            owned.restore(record.partition, record.key, record.value)
    asyncio.run(owned.assign(range(settings.kafka.partitions), feeds))
    return owned.partitions


def _still_there(state: IntakeState) -> IntakeState:
    """Return an intake's state without the sources of the retired office, which are forgotten with it."""
    sources = {source: at for source, at in state.sources.items() if not source.startswith(f"{SITES[0]}/")}
    return replace(state, sources=sources)


def _counted(state: Any) -> Any:
    """Return a state without the position from which it is read again, which is no count, and with one page of memory.

    For a line with a witness, the start of some incidents depends on which topic a worker read first.
    """
    state.until = -1
    if isinstance(state, Remembering):
        desk: Any = state  # calls or tickets
        desk.young = desk.young | {name: each for page in desk.pages for name, each in page.settled.items()}
        desk.old, desk.pages = {}, []
    if isinstance(state, LineState):
        state.readings.until = state.witness.mark.until = -1
        if state.witness.mark.offset >= 0:
            state.witness, state.watch = LineWitnessState(mark=state.witness.mark), WatchState()
    return state


def _witness(differ: Differences, straight: dict[int, Partition], written: dict[int, Partition]) -> None:
    """Compare the figures of a line and its witness, once all records are compared."""
    found = [
        {name: _closed(line) for each in some.values() for name, line in each.lines.items() if line.witness is not None}
        for some in (written, straight)
    ]
    differ.same("both records", *found)
    seen = {result: sum(getattr(each, result) for each in found[1].values()) for result in SEEN}
    console.print(f"calls of both records: {seen}")
    differ.same(
        "results that no call of both records has", [result for result in SEEN if found[1] and not seen[result]], []
    )


def _published(differ: Differences, settings: Shared, written: Mapping[int, Partition]) -> None:
    """Compare the published incidents of counters and registers with the incidents in their states."""
    told, compared = read_history(settings).incidents.by_site(), 0
    for partition in written.values():
        desks: list[Service | Channel] = [*partition.services.values(), *partition.channels.values()]
        for desk in desks:
            known = told.get(desk.rules.site, {})
            own = {each.id: _of_incident(each) for each in desk.state.watch.incidents}
            found = {each: _of_incident(incident_of(known[each])) for each in own if each in known}
            differ.same(f"published incidents of {desk.rules.id}", found, own)
            compared += len(own)
    console.print(f"{compared} incidents of counters and registers are published as they are kept")


def _of_incident(incident: Incident) -> tuple[str, str, str | None, str, int, int]:
    """Return the facts of an incident; a published moment has whole seconds."""
    bounds = incident.start // 1000, incident.end // 1000
    return (incident.cause, incident.verdict, incident.kind, incident.status, *bounds)


def _closed(line: Line) -> Witnessing:
    """Return the figures of both records of a line, from copies of their states."""
    assert line.witness is not None
    state = read_back(line.state)
    copy = Line(line.rules, state)
    assert copy.witness is not None
    copy.witness.close(copy.state.high)
    return copy.witness.figures()


def _said(day: WitnessDay) -> WitnessDay:
    return msgspec.structs.replace(day, offset=0, others=0)


def _results(differ: Differences, fleet: Fleet, name: str, intakes: list[Any]) -> None:
    counts = [sum(column) for column in zip(*(intake.results() for intake in intakes), strict=True)]
    counts.append(sum(intake.rejected() for intake in intakes))
    for result, count in zip(("ok", "duplicate", "late", "invalid"), counts, strict=True):
        differ.same(f"{name} {result}", fleet.total("tocsin_events_total", topic=name, result=result), count)


def _line(differ: Differences, fleet: Fleet, line: Line, analysed: dict[str, Any]) -> None:
    of, name = {"site": line.rules.site, "line": line.name}, line.rules.id
    raw, shown, counts = analysed["raw"], line.state.shown, line.state.counts
    for kind, code in (("answered", ANSWERED), ("lost", LOST), ("diverted", DIVERTED)):
        differ.same(
            f"{name} {kind}, metrics",
            fleet.total(f"tocsin_calls_{kind}_total", **of),
            sum(shown.counter(outcome, count) for outcome, count in counts.items() if outcome & ~15 == code),
        )
        differ.same(f"{name} {kind}, analysis", raw[kind], line.figures.count(code))
    differ.same(f"{name} offered, metrics", fleet.total("tocsin_calls_offered_total", **of), line.state.offered)
    differ.same(f"{name} offered, analysis", raw["offered"], line.state.offered)
    waits = sum(sum(histogram.counts) for histogram in (shown.answered_wait, shown.lost_wait))
    differ.same(f"{name} waits, metrics", fleet.total("tocsin_call_wait_seconds_count", **of), waits)


def _service(differ: Differences, fleet: Fleet, service: Service) -> None:
    of, name = {"site": service.rules.site, "service": service.name}, service.rules.id
    shown = service.state.shown
    for kind, code in (
        ("served", SERVED),
        ("no_show", NO_SHOW),
        ("cancelled", CANCELLED),
        ("transferred", TRANSFERRED),
    ):
        found = fleet.total(f"tocsin_tickets_{kind}_total", **of)
        differ.same(f"{name} {kind}, metrics", found, shown.counter(code, service.count(code)))
    differ.same(f"{name} issued, metrics", fleet.total("tocsin_tickets_issued_total", **of), service.state.issued)
    waits = fleet.total("tocsin_ticket_wait_seconds_count", **of)
    differ.same(f"{name} waits, metrics", waits, sum(shown.wait.counts))
    if not 0 <= service.count(OPEN_TICKET) < service.state.issued:
        differ.found.append(f"{name}: {service.count(OPEN_TICKET)} open of {service.state.issued}")


def _channels(
    differ: Differences, fleet: Fleet, channels: Iterable[Channel], analysed: Mapping[str, dict[str, Any]]
) -> None:
    for channel in channels:
        channel.check()
        site, name, total = channel.rules.site, channel.rules.id, channel.state.total
        of_channel = analysed[site]["requests"][channel.name]
        counts = {"received_total": total.received, "answered_total": total.answered, "pending": total.open}
        for kind, count in counts.items():
            differ.same(
                f"{name} {kind}, metrics",
                fleet.total(f"tocsin_requests_{kind}", site=site, channel=channel.name),
                count,
            )
            differ.same(f"{name} {kind}, analysis", of_channel[kind.removesuffix("_total")], count)
        delay = total.days / total.answered if total.answered else None
        differ.same(f"{name} mean delay, analysis", of_channel["mean_days"], delay)
