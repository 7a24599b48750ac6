"""The days behind a vintage. Closed days must never change or disappear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from streams.chain.breach import Breach, BreachKind
from streams.indicators.vintage import Vintage
from streams.kept.record import Position
from streams.ledger.day import ChannelDay, LedgerDay, day_key
from streams.ledger.possible import calls_moved, place_of_part
from streams.said import Said, said


def moved_since(vintage: Vintage, digests: Mapping[str, str]) -> Iterator[Breach]:
    """Yield a breach for each day that has changed since a vintage was published.

    `digests` has the present digest of each record by its key. It is no breach if a day that was open at
    publication has grown, or if parts of days were added.
    """
    number, of = vintage.number, vintage.annual.period.name
    for key, mark in vintage.days.items():
        now = digests.get(key)
        if now is None:
            says = said(
                "vintage {number} of {period} is made of it, and the ledger has it no longer: deleted",
                number=number,
                period=of,
            )
            yield _breach("day-missing", vintage, key, says)
        elif mark and now != mark:
            says = said("a closed day, changed since vintage {number} of {period}", number=number, period=of)
            yield _breach("day-changed", vintage, key, says)


def differing(altered: Vintage, digests: Mapping[str, str]) -> Iterator[Breach]:
    """Yield a breach for each closed day that differs from an altered vintage, which shows where to look."""
    of = altered.annual.period.name
    for key, mark in altered.days.items():
        if mark and digests.get(key) != mark:
            says = said("a closed day differs from a vintage of {period} that was altered too", period=of)
            yield _breach("day-changed", altered, key, says)


def moving(vintage: Vintage, parts: Iterable[LedgerDay]) -> Iterator[Breach]:
    """Yield the parts that came after a vintage and move more than one call of its period.

    A part is opened by a late event, and as a rule that changes one call. More is possible, if a file comes late, so a
    person must look before the figures are published again. Requests are often answered weeks later, several at once.
    """
    period = vintage.annual.period
    for part in parts:
        moved, key = calls_moved(part), day_key(part)
        if moved > 1 and not isinstance(part, ChannelDay) and part.day in period and key not in vintage.days:
            says = said(
                "since vintage {number} of {period}, it has moved {count} calls at once",
                number=vintage.number,
                period=period.name,
                count=moved,
            )
            yield _breach("part-unusual", vintage, key, says)


def opened_before(vintage: Vintage, positions: Mapping[str, Position]) -> Iterator[Breach]:
    """Yield a breach for each part that a vintage lacks, although the event that the part names came before it.

    `positions` has the position of each record by its key. A worker writes the parts of a checkpoint with the days that
    it closes, so a vintage has every part opened before the last but one checkpoint whose closed days it has. The last
    one may have been read while it was written.
    """
    closed = defaultdict[tuple[str, str], set[tuple[int, int]]](set)
    for key, mark in vintage.days.items():
        if mark and (known := positions.get(key)) is not None:
            closed[_desk(key)].add((known.epoch, known.offset))
    for key in positions:
        opened = place_of_part(key.partition("#")[2])
        if opened is None or key in vintage.days:
            continue
        before = sorted(closed[_desk(key)])[:-1]
        if before and (opened.epoch, opened.offset) <= before[-1]:
            says = said(
                "vintage {number} of {period} lacks it, although its event came before that vintage",
                number=vintage.number,
                period=vintage.annual.period.name,
            )
            yield _breach("day-impossible", vintage, key, says)


def _breach(kind: BreachKind, vintage: Vintage, key: str, says: Said) -> Breach:
    """Return a breach of a day behind a vintage; `key` is the key of the day's record."""
    return Breach(kind=kind, subject=subject_of_day(key), says=says, year=vintage.annual.period.first.year)


def _desk(key: str) -> tuple[str, str]:
    """Return the id and the kind of the desk of a day's record."""
    site, desk, _, *kind = key.partition("#")[0].split("/")
    return f"{site}/{desk}", "".join(kind)


_DAYS: Final = {
    "": said("{desk} {day}"),
    "service": said("{desk} {day}, counter"),
    "channel": said("{desk} {day}, requests"),
    "witness": said("{desk} {day}, both records"),
}
_OTHER: Final = said("{desk} {day}, {kind}")  # a key that no worker writes


def subject_of_day(key: str) -> Said:
    """Name a day by the key of its record in the ledger.

    >>> subject_of_day("lozere/circulation/2013-03-04#0.95"), subject_of_day("lozere/cards/2013-03-04/service")
    ('circulation 2013-03-04, part 0.95', 'cards 2013-03-04, counter')
    """
    name, _, part = key.partition("#")
    desk, _, day = name.partition("/")[2].partition("/")
    day, _, kind = day.partition("/")
    found = said(_DAYS.get(kind, _OTHER), desk=desk, day=day, kind=kind)
    return said("{of_day}, part {part}", of_day=found, part=part) if part else found
