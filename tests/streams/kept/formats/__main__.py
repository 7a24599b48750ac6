"""Write the states of a small office as this version writes them: `python -m tests.streams.kept.formats`.

Run it once whenever the format of a state is raised, and keep its output: later versions must read it. The folder is
named after the format. It holds a line, a service, a channel and their intakes, which folded the events of
`records/more.jsonl` from nothing, and `figures.json`, their figures at that time.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from streams.feed import Feed
from streams.intake_state import IntakeState
from streams.kept.record import FORMAT
from streams.partition import Partition
from tests.streams.kept.test_records import CATALOGUE, CHANNEL, INPUTS, LINE, SERVICE, STATES, rows
from tests.streams.telling import Message

HERE: Final = Path(__file__).parent
FEEDS: Final[Any] = {name: Feed(f"topic-{name}", 1) for name in INPUTS}


def tell(partition: Partition) -> None:
    told: dict[str, list[Message]] = {name: [] for name in INPUTS}
    for row in rows("more.jsonl"):
        name, offset, key, value = msgspec.json.decode(row)
        told[name].append(Message(offset, key.encode(), msgspec.json.encode(value)))
    for name, messages in told.items():
        partition.intakes[name].take(messages)  # type: ignore[index]  # a name of an input


def said(partition: Partition) -> dict[str, Any]:
    """Return the figures of a partition as plain JSON values."""
    line, service, channel = partition.lines[LINE], partition.services[SERVICE], partition.channels[CHANNEL]
    tickets = service.total()
    return msgspec.json.decode(  # type: ignore[no-any-return]
        msgspec.json.encode(
            {
                "line": line.figures.counts(),
                "outcomes": {str(outcome): count for outcome, count in sorted(line.state.counts.items())},
                "results": [line.state.results, service.state.results, channel.state.results],
                "offsets": [desk.state.offset for desk in (line, service, channel)],
                "incidents": [each.id for each in line.state.watch.incidents],
                "days": {
                    each.day: sum(slot.offered for slot in each.slots.values())
                    for each in (*line.state.book.done, *line.days())
                },
                "service": [tickets.waits.count, tickets.waits.total],
                "channel": channel.state.total,
                "intakes": {name: _told(intake.state) for name, intake in partition.intakes.items()},
            }
        )
    )


def _told(state: IntakeState) -> dict[str, Any]:
    """Return the state of an intake. Since format 7 an office names its sources, and a record has `desks`."""
    told = asdict(replace(state, sources={name.removeprefix("lozere/"): at for name, at in state.sources.items()}))
    del told["desks"]
    return told


def write() -> None:
    """Write the states and their figures."""
    folder = HERE / str(FORMAT)
    folder.mkdir(exist_ok=True)
    partition = Partition(3, CATALOGUE, {}, FEEDS)
    tell(partition)
    records = partition.changed()
    for key, (name, _) in STATES.items():
        written = (records.desks | records.intakes).get(key)
        if written is not None:
            (folder / name).write_bytes(written)
    (folder / "figures.json").write_bytes(msgspec.json.format(msgspec.json.encode(said(partition))) + b"\n")


if __name__ == "__main__":
    write()
