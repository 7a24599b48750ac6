"""A follower's messages: sentences on a terminal, log lines elsewhere, in one language."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import structlog

from agents.ingest.tail import FileGap
from agents.language import Language
from agents.terminal import say
from agents.translation import Words
from streams.said import Said, said

log = structlog.get_logger()

Saying: TypeAlias = Literal["begun", "waiting", "awaited", "turned", "counted", "ended", "behind", "broker"]

MINUTE: Final = 60.0  # seconds between two counts

SAYINGS: Final[Mapping[Saying, Said]] = {
    "begun": said("following {file} from line {row} on, to the broker {broker}"),
    "waiting": said("{file} does not exist yet; waiting for it"),
    "awaited": said("{file} has no header up to line {row}; waiting for one: {mistake}"),
    "turned": said("the file was rotated; continuing with {file}, {sent} records so far"),
    "counted": said("{sent} records up to line {row}, now at {at}"),
    "ended": said("{sent} records up to line {row} of {file}"),
    "behind": said(
        "{sent} records up to line {row} of {file}; the last {rows} lines will be sent again next time, counted once"
    ),
    "broker": said("the broker does not accept the records; resuming after the last confirmed one: {error}"),
}
_GAPS: Final[Mapping[str, Said]] = {
    "gone": said(
        "{file}, read up to line {row}, is gone: lines written from {since} to {until} may be missing; restore that "
        "file and run `tocsin ingest {kind} FILE`, which counts no line twice"
    ),
    "cut": said(
        "{file} was truncated or replaced after line {row}, and there is no copy of it: lines written from {since} to "
        "{until} may be missing; find a copy and run `tocsin ingest {kind} FILE`, which counts no line twice"
    ),
    "unreadable": said(
        "{file} cannot be read after line {row}: {detail}; lines written from {since} to {until} are missing; repair "
        "it and run `tocsin ingest {kind} {file}`, which counts no line twice"
    ),
}


class Voice:
    """The messages of a follower, with timestamps in this `zone`."""

    def __init__(self, language: Language, zone: str, *, terminal: bool) -> None:
        self._text = Words(language)
        self._zone = ZoneInfo(zone)
        self._terminal = terminal
        self._counted = time.monotonic()

    def words(self, saying: Saying, **facts: object) -> str:
        return self._text(SAYINGS[saying], **facts)

    def tell(self, saying: Saying, **facts: object) -> None:
        self._out(log.info if saying != "broker" else log.warning, self.words(saying, **facts), facts)

    def count(self, sent: int, row: int, at: float) -> None:
        """Write once a minute how many records were sent, and the moment (epoch s) of the last event."""
        if time.monotonic() - self._counted >= MINUTE:
            self._counted = time.monotonic()
            self.tell("counted", sent=sent, row=row, at=self._shown(at))

    def warn(self, gap: FileGap, kind: str) -> str:
        """Write that lines may be missing; return the message in English, for the dead letters."""
        facts = {**gap._asdict(), "since": self._shown(gap.since), "until": self._shown(gap.until), "kind": kind}
        self._out(log.warning, self._text(_GAPS[gap.why], **facts), {"file": gap.file, "row": gap.row})
        return _GAPS[gap.why].format(**facts)

    def _out(self, logged: Callable[..., object], words: str, facts: Mapping[str, object]) -> None:
        if self._terminal:
            say(words, err=True)
        else:
            logged(words, **{name: str(fact) if isinstance(fact, Path) else fact for name, fact in facts.items()})

    def _shown(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._zone).isoformat(timespec="seconds")
