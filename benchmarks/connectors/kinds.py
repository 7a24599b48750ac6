"""The kinds of files to measure: their writers, and how many rows a call has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from agents.sources.kind import FileKind
from benchmarks.connectors import asterisk, exchanges
from benchmarks.connectors.office import OfficeCall, office_days, tally
from config.settings import Settings

Writer = Callable[[OfficeCall], Iterator[tuple[float, str]]]

OFFICE: Final = f"""
site: bench
timezone: Europe/Paris
holidays: {{country: FR}}
opening_hours: "Mo-Fr 08:30-12:00,13:30-17:00"
kafka: {{partitions: 4}}
clock: event
lines:
  standard: {{label: Standard, expected_lost_rate: 0.06}}
  circulation: {{label: Circulation, expected_lost_rate: 0.06}}
  cni-passeport: {{label: CNI - Passeport, expected_lost_rate: 0.06}}
  etrangers: {{label: Étrangers, expected_lost_rate: 0.06}}
exchanges: {{cucm: {{voicemail: ["{exchanges.VOICEMAIL}"]}}}}
mappings:
  bench:
    of: calls
    delimiter: semicolon
    timezone: Europe/Paris
    id: call
    queue: {{column: group}}
    moments: {{offered: {{date: day, time: entered, format: "%Y-%m-%d %H:%M:%S"}}}}
    wait: waited
    talk: talked
    outcome:
      column: result
      values: {{OK: answered, GIVEUP: lost/abandoned, TIMEOUT: lost/timeout, MAILBOX: diverted/voicemail}}
    caller: {{column: from, unknown: withheld}}
    agent: agent
"""


class BenchedKind(NamedTuple):
    """The writer and the reader of a kind of file."""

    write: Writer
    rows: float  # rows of a call, about: lines, or frames of the event socket
    header: str = ""
    options: tuple[str, ...] = ()  # of the commands that read it


KINDS: Final[Mapping[FileKind, BenchedKind]] = {
    FileKind.QUEUE_LOG: BenchedKind(asterisk.queue_log, 2.9),
    FileKind.ASTERISK_CEL: BenchedKind(asterisk.cel, 16.0),
    FileKind.ASTERISK_CDR: BenchedKind(asterisk.cdr, 1.1),
    FileKind.CALLCENTER: BenchedKind(exchanges.callcenter, 4.6),
    FileKind.FREESWITCH_CDR: BenchedKind(exchanges.freeswitch_cdr, 1.9),
    FileKind.CUCM_CDR: BenchedKind(exchanges.cucm_cdr, 1.0, exchanges.CUCM_HEADER),
    FileKind.CALLS: BenchedKind(exchanges.table, 1.0, exchanges.TABLE_HEADER, ("--mapping", "bench")),
}


class MadeFile(NamedTuple):
    """The contents of a file."""

    rows: int
    counts: dict[str, Counter[str]]  # by line: offered, answered, lost, diverted


def make(kind: FileKind, rows: int, settings: Settings, path: Path) -> MadeFile:
    """Write a year's calls as a file of about `rows` rows, in the order in which an exchange writes them."""
    written, counts = 0, dict[str, Counter[str]]()
    known = KINDS[kind]
    with path.open("w", encoding="utf-8") as file:
        file.write(known.header)
        for day in office_days(settings, rows / known.rows):
            tally(day, counts)
            told = [(at, number, row) for number, call in enumerate(day) for at, row in known.write(call)]
            told.sort(key=lambda each: each[0])
            file.writelines(f"{row}\n" for _, _, row in told)
            written += len(told)
    return MadeFile(written, counts)
