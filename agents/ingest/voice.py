"""What a follower says: sentences on a terminal, lines of the log elsewhere, in one language."""

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

Saying: TypeAlias = Literal["begun", "waiting", "turned", "counted", "ended", "behind", "broker"]

MINUTE: Final = 60.0  # seconds between two counts

SAYINGS: Final[Mapping[Saying, Said]] = {
    "begun": said("following {file} from line {row} on, to the broker {broker}"),
    "waiting": said("{file} is not there yet; waiting for it"),
    "turned": said("the file was rotated; going on with {file}, {sent} records so far"),
    "counted": said("{sent} records up to line {row}, now at {at}"),
    "ended": said("{sent} records up to line {row} of {file}"),
    "behind": said(
        "{sent} records up to line {row} of {file}; the last {rows} lines are sent again next time, and count once"
    ),
    "broker": said("the broker does not take it; beginning again from what it has: {error}"),
}
_GAPS: Final[Mapping[str, Said]] = {
    "gone": said(
        "{file} is found no more as it was read up to line {row}: lines written from {since} to {until} "
        "may be missing; fetch that file back and run `tocsin ingest {kind} FILE`: what is there already counts once"
    ),
    "cut": said(
        "{file} was cut or replaced behind line {row}, and no copy of it is found: lines written from "
        "{since} to {until} may be missing; find a copy and run `tocsin ingest {kind} FILE`: what is there already "
        "counts once"
    ),
    "unreadable": said(
        "{file} cannot be read behind line {row}: {detail}; lines written from {since} to {until} are "
        "missing; mend it and run `tocsin ingest {kind} {file}`: what is there already counts once"
    ),
}


class Voice:
    """Say what a follower does; `zone` is that of the moments."""

    def __init__(self, language: Language, zone: str, *, terminal: bool) -> None:
        self._text = Words(language)
        self._zone = ZoneInfo(zone)
        self._terminal = terminal
        self._counted = time.monotonic()

    def words(self, saying: Saying, **facts: object) -> str:
        """Return a sentence."""
        return self._text(SAYINGS[saying], **facts)

    def tell(self, saying: Saying, **facts: object) -> None:
        """Say a sentence."""
        self._out(log.info if saying != "broker" else log.warning, self.words(saying, **facts), facts)

    def count(self, sent: int, row: int, at: float) -> None:
        """Say once a minute how many records were sent, and at which moment (epoch s) the last of them is."""
        if time.monotonic() - self._counted >= MINUTE:
            self._counted = time.monotonic()
            self.tell("counted", sent=sent, row=row, at=self._shown(at))

    def warn(self, gap: FileGap, kind: str) -> str:
        """Say that lines may be missing, and return it in English, for the dead letters."""
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
