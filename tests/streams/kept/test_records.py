"""This version reads the records of version 0.1.0: same figures, same future figures, and nothing is lost.

The files of `records/` were made as follows. The code before 0.2.0 folded seventeen made-up days of one line, one
counter service and one request channel, in partition 3 of an office that is open from 8 to 16 (UTC). It wrote the
states (`line`, `intake-calls`, ...), a few records of the topics (`ledger.jsonl`, `incidents.jsonl`, `status.jsonl`),
the events after that (`more.jsonl`: input, offset, key, value), and the figures before and after these events
(`figures.jsonl`: name, before, after).

Never regenerate them: offices have records like these.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from operator import add
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.channel_state import ChannelState
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.feed import Feed
from streams.intake_state import IntakeState
from streams.kept import record
from streams.kept.packing import pack
from streams.kept.times import DAY_MS, utc_day
from streams.ledger.day import read_day
from streams.partition import Partition
from streams.requests.rules import ChannelRules
from streams.status import Status
from streams.tickets.rules import ServiceRules
from tests.streams.telling import Message

RECORDS: Final = Path(__file__).parent / "records"
HEAD: Final = 21  # bytes: format and position, not deflated
LINE, SERVICE, CHANNEL = b"lozere/circulation", b"lozere/cards", b"lozere/letter"
INPUTS = ("calls", "tickets", "readings", "requests", "reviews")
STATES: dict[bytes, tuple[str, type[Any]]] = {
    b"line " + LINE: ("line", LineState),
    b"service " + SERVICE: ("service", ServiceState),
    b"channel " + CHANNEL: ("channel", ChannelState),
    **{f"intake {name} 3".encode(): (f"intake-{name}", IntakeState) for name in INPUTS},
}
LINE_FIELDS = (
    *("line", "offset", "feed", "epoch", "high", "offered", "counts", "results"),
    *("readings", "reviews", "cut", "forgotten"),
)
WATCH_FIELDS = (
    *("steep", "mild", "fall", "laws", "silence", "baseline", "typical", "due", "day", "learnt", "late"),
    *("told", "stale", "judged", "opened", "quarantined", "counted"),
)
EVIDENCE = ("steep", "mild", "fall", "laws", "silence", "baseline", "typical", "learnt", "judged")
# Added: where a mark is read again, and rejections; a second record; delays one by one; how far each desk of an intake
# is; until when an incident is judged, persons' answers about it, the kind of its desk, and who took it.
NEW = {"until", "witnesses", "refused", "delays", "desks", "judged_until", "sample", "desk", "taken"}
GONE = {"rush"}  # evidence of a past hour: the losses of a day are counted from the start
SERVICE_FIELDS = ("offset", "high", "results", "issued", "counts", "counters", "cut")
CHANNEL_FIELDS = ("offset", "high", "results", "total", "anomalies", "forgotten")


def office_open(at: int) -> bool:
    return 8 <= at // 3_600_000 % 24 < 16


CATALOGUE = Catalogue(
    {LINE: LineRules(site="lozere", line="circulation", open=office_open, expected=0.02, max_call=3_600_000)},
    {
        SERVICE: ServiceRules(
            site="lozere",
            service="cards",
            closing=lambda at: at // DAY_MS * DAY_MS + 16 * 3_600_000,
            target_wait=900_000,
        )
    },
    {
        CHANNEL: ChannelRules(
            site="lozere",
            channel="letter",
            day=utc_day,
            between=lambda first, last: last - first,
            last=add,
            days="calendar",
            target_days=15,
        )
    },
    lambda _: 3,
)


def rows(name: str) -> list[bytes]:
    return (RECORDS / name).read_bytes().splitlines()


def kept() -> Partition:
    records = {key: (RECORDS / name).read_bytes() for key, (name, _) in STATES.items()}
    return Partition(3, CATALOGUE, records, {name: Feed(f"topic-{name}", 1) for name in INPUTS})  # type: ignore[misc]


def summed(built: Any) -> Any:
    """Return built-in values; waits only have their number, sum and maximum, without bins."""
    if isinstance(built, list) and len(built) == 4 and isinstance(built[0], dict):
        return built[1:]
    return [summed(each) for each in built] if isinstance(built, list) else built


def with_words(state: Any) -> Any:
    """Return a line's state whose evidence has its kept sentences where format 7 had them."""
    for incident in state.get("watch", {}).get("incidents", ()):
        incident["evidence"] = [[*each[:4], *each[4][1:], *each[5:]] for each in incident["evidence"]]
    return state


def without_words(incidents: Any) -> None:
    for incident in incidents:
        incident["evidence"] = [each[:4] for each in incident["evidence"]]


def figures(partition: Partition) -> dict[str, Any]:
    """Return the figures of a partition, under the names that are stored."""
    line, service, channel = partition.lines[LINE], partition.services[SERVICE], partition.channels[CHANNEL]
    stored, tickets, requests = (
        msgspec.to_builtins(pack(desk.state), str_keys=True) for desk in (line, service, channel)
    )
    windows = line.figures.windows(line.state.high)
    said = {
        "line": {name: stored[name] for name in LINE_FIELDS},
        "sizes": [len(stored["live"]), len(line.state.young) + len(line.state.old), len(stored["book"]["done"])],
        "days": [[day, page.get("part", "")] for day, page in stored["book"]["days"].items()],
        "total": summed(msgspec.to_builtins(pack(line.figures.total()))),
        "windows": {name: summed(msgspec.to_builtins(pack(tally))) for name, tally in windows.items()},
        "callers": msgspec.to_builtins(pack(line.figures.callers())),
        "staff": [line.figures.staff().occupancy, line.figures.staff().by_hour()],
        "overflow": line.figures.overflow(),
        "watch": {name: stored["watch"][name] for name in WATCH_FIELDS} | {"typical": stored["watch"]["typical"][:10]},
        "incidents": with_words(stored)["watch"]["incidents"],
        "service": {name: tickets[name] for name in SERVICE_FIELDS},
        "visits": summed(msgspec.to_builtins(pack(service.total()), str_keys=True)),
        "channel": {name: requests[name] for name in CHANNEL_FIELDS},
        "intakes": {name: intake.state for name, intake in partition.intakes.items()},
    }
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    for intake in told["intakes"].values():  # a source is now named by its office
        intake["sources"] = {name.removeprefix("lozere/"): at for name, at in intake["sources"].items()}
    return told


def expected(column: int) -> dict[str, Any]:
    return {row[0]: row[column] for row in map(msgspec.json.decode, rows("figures.jsonl"))}


def same(said: Any, told: Any) -> None:
    """Compare two values; a float's last digit depends on the machine."""
    if isinstance(told, dict):
        assert said.keys() - NEW == told.keys() - GONE
        for name in said.keys() - NEW:
            same(said[name], told[name])
    elif isinstance(told, list):
        for one, other in zip(said, told, strict=False):
            same(one, other)
        assert len(said) >= len(told)
        assert not any(said[len(told) :]), "what was added since stands behind, and says nothing"
    elif isinstance(told, float):
        assert said == pytest.approx(told)
    else:
        assert said == told


def test_a_kept_partition_says_what_it_said() -> None:
    partition = kept()
    partition.lines[LINE].check()
    partition.services[SERVICE].check()
    partition.channels[CHANNEL].check()
    same(figures(partition), expected(1))


def test_a_kept_partition_goes_on_as_it_would_have() -> None:
    partition = kept()
    told: dict[str, list[Message]] = {name: [] for name in INPUTS}
    for row in rows("more.jsonl"):
        name, offset, key, value = msgspec.json.decode(row)
        told[name].append(Message(offset, key.encode(), msgspec.json.encode(value)))
    for name, messages in told.items():
        assert partition.intakes[name].take(messages) == []  # type: ignore[index]
    partition.lines[LINE].check()
    said, told_before = figures(partition), expected(2)
    for each in (said, told_before):  # new evidence has facts in place of words
        without_words(each["incidents"])
        # The first reading after a pause is no longer late because the calls are ahead of it.
        each["line"]["readings"]["results"] = sum(each["line"]["readings"]["results"])
    for name in EVIDENCE:  # later versions weigh, and learn, by rules of their own
        del said["watch"][name], told_before["watch"][name]
    same(said, told_before)


def has(later: Any, earlier: Any) -> bool:
    """Check that a value has all entries of an earlier one, each in its place; additions come last."""
    if isinstance(earlier, dict):
        return all(name in later and has(later[name], earlier[name]) for name in earlier if name not in GONE)
    if isinstance(earlier, list):
        return len(later) >= len(earlier) and all(map(has, later, earlier))
    return bool(later == earlier)


@pytest.mark.parametrize(("name", "kind"), STATES.values(), ids=[name for name, _ in STATES.values()])
def test_a_kept_state_is_written_again_with_all_that_it_had(name: str, kind: type[Any]) -> None:
    was = (RECORDS / name).read_bytes()
    written = record.encode(record.decode(was, kind))
    assert record.position(written) == record.position(was)
    later, earlier = (msgspec.msgpack.decode(zlib.decompress(each[HEAD:]), strict=False) for each in (written, was))
    if "old" in earlier:  # format 9 keeps all on pages
        earlier["young"] |= earlier.pop("old")
    assert has(with_words(later), earlier)


READ: dict[str, Callable[[bytes], object]] = {
    "ledger.jsonl": read_day,
    "status.jsonl": msgspec.json.Decoder(Status).decode,
}


@pytest.mark.parametrize(("name", "read"), READ.items())
def test_a_kept_record_of_a_topic_is_written_again_as_it_was(name: str, read: Callable[[bytes], object]) -> None:
    for row in rows(name):
        assert msgspec.json.encode(pack(read(row))) == row
