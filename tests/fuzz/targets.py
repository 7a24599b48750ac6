"""The fuzz targets: every reader of bytes from outside.

A target takes any bytes, and returns values or raises a named rejection. Any other exception is a finding.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from agents.kafka.dead_letters import decode_letter
from agents.sources.connector import FILE_OVER
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry
from agents.sources.kind import FileKind
from agents.sources.lines import UnreadableError, lines
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.registry import CONNECTORS
from agents.sources.tables import survey
from agents.terminal import plain
from config.calendar import zone
from config.document import parse
from config.mapping import available
from config.refusal import ConfigError
from config.settings import Settings, load
from streams.decoding import UNREADABLE, Decoder, Invalid
from streams.events import CallEvent, Reading, RequestEvent, Review, TicketEvent

CORPUS: Final = Path(__file__).with_name("corpus")
MAPPINGS: Final = available({})
PSEUDONYM: Final = Pseudonymizer(b"a key of the tests only")

EXAMPLES: Final = sorted(each for each in (Path(__file__).parents[2] / "examples").iterdir() if each.is_file())

VALUES: Final = ("1", "1700000000", "2013-05-10 09:00:00", "2013-05-10", "09:00:00", "A7", "NULL", "")  # of a column

OF_CALLS: Final = "technion"  # a mapping of calls without the usual values

Target: TypeAlias = Callable[[bytes], object]


def seeds(name: str) -> list[bytes]:
    """Return a target's seeds: the beginnings of the examples, rows of its columns, past findings."""
    heads = [b"".join(path.read_bytes().splitlines(keepends=True)[:6]) for path in EXAMPLES]
    table = MAPPINGS.get(name.removeprefix("table-").removeprefix("follow-").replace("calls", OF_CALLS))
    columns = table.used() if table else ()
    rows = [list(columns), *([value] * len(columns) for value in VALUES)] if columns else []
    heads += ["".join(f"{';'.join(row)}\n" for row in rows).encode()] if rows else []
    heads += [msgspec.json.encode(dict(zip(columns, row, strict=True))) for row in rows]
    return heads + [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def context(mapping: str = "") -> Context:
    return Context(
        source="source",
        site="lozere",
        zone="Europe/Paris",
        pseudonym=PSEUDONYM,
        line_of=lambda queue: queue or None,
        dialled=lambda number: number or None,
        mapping=mapping,
        table=MAPPINGS.get(mapping),
    )


def every(entries: Iterable[Entry]) -> None:
    for each in entries:
        if isinstance(each, Accepted):
            assert len(each.record) < 1_000_000
        else:
            assert plain(each.why.detail) is not None
            assert len(each.original) <= 2_000_000


def reader(kind: FileKind, mapping: str = "") -> Target:
    def target(content: bytes) -> None:
        with suppress(ConfigError, UnreadableError):
            every(CONNECTORS[kind].read(lines(io.BytesIO(content)), context(mapping)))

    return target


def follower(kind: FileKind) -> Target:
    mapping = OF_CALLS if kind is FileKind.CALLS else kind

    def target(content: bytes) -> None:
        rows = content.splitlines(keepends=True)
        if rows:
            with suppress(ConfigError):
                connector = CONNECTORS[kind]
                reader = connector.open(context(mapping), connector.state(), b"".join(rows[: connector.begins]))
                for number, row in enumerate([*rows, FILE_OVER], 1):
                    every(reader.read(number, row) or ())
                every(reader.finish())

    return target


def decoder(kind: type[CallEvent | TicketEvent | Reading | RequestEvent | Review]) -> Target:
    decode = Decoder(kind).decode

    def target(content: bytes) -> None:
        with suppress(Invalid):
            decode(content)

    return target


def split(content: bytes) -> None:
    with suppress(UnreadableError):
        assert all(lines(io.BytesIO(content)))


def answers(content: bytes) -> None:
    with suppress(ConfigError, UnreadableError):
        list(survey.read(lines(io.BytesIO(content)), "file"))


def document(content: bytes) -> None:
    with suppress(ConfigError):
        parse(content.decode("utf-8", "replace"), "file")


def configuration(content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file, suppress(ConfigError):
        file.write(content)
        file.flush()
        load(Path(file.name), {})


def hours(content: bytes) -> None:
    with suppress(ValueError):  # pydantic's rejection is one
        Settings(site="lozere", opening_hours=content.decode("utf-8", "replace"))


def time_zone(content: bytes) -> None:
    with suppress(ValueError):
        zone(content.decode("utf-8", "replace"))


def letter(content: bytes) -> None:
    with suppress(*UNREADABLE):
        decode_letter(content)


TARGETS: Final[Mapping[str, Target]] = {
    "lines": split,
    "queue-log": reader(FileKind.QUEUE_LOG),
    "events": reader(FileKind.EVENTS),
    **{f"table-{name}": reader(FileKind(table.of), name) for name, table in MAPPINGS.items()},
    "survey": answers,
    **{f"follow-{kind}": follower(kind) for kind in CONNECTORS},
    "call": decoder(CallEvent),
    "ticket": decoder(TicketEvent),
    "reading": decoder(Reading),
    "request": decoder(RequestEvent),
    "review": decoder(Review),
    "yaml": document,
    "configuration": configuration,
    "opening-hours": hours,
    "time-zone": time_zone,
    "dead-letter": letter,
}
