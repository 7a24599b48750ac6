"""The days of the ledger compared with the states of their desks, which need no events.

A state counts the parts that its worker finished for each closed day, and has every definition of its
line. Users with only Write on the ledger cannot change a state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Final, TypeAlias, get_args

from agents.history.days import DayRecords
from agents.states.records import StateRecord
from config.shared import Shared
from streams.chain.breach import Breach
from streams.chain.days import subject_of_day
from streams.desks.channel_state import ChannelState
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.kept.record import UNREADABLE, position_of
from streams.ledger.book import DIGESTS, NO_PARTS, digest_of_part
from streams.ledger.day import LedgerDay, LineDay, day_key
from streams.ledger.possible import place_of_part
from streams.partition import key_of_day
from streams.said import Said, said
from streams.watch.incident import DeskKind

DeskState: TypeAlias = LineState | ServiceState | ChannelState
DeskStates: TypeAlias = Mapping[bytes, DeskState]  # by key
_Place: TypeAlias = tuple[int, int]  # epoch and offset

_KINDS: Final = get_args(DeskKind)


def desks_of(shared: Shared, site: str, records: Iterable[StateRecord]) -> DeskStates:
    """Return the states of a site's desks from the records of all states.

    An unreadable record is replaced by the one before it.
    """
    found: dict[bytes, DeskState] = {}
    prefixes = tuple(f"{kind} {site}/" for kind in _KINDS)
    for record in records:
        if not record.key.startswith(prefixes):
            continue
        for value in filter(None, (record.earlier, record.value)):
            with suppress(*UNREADABLE):
                state = record._replace(value=value).state()
                if state.epoch == shared.kafka.epoch:
                    found[record.key.encode()] = state
    return found


def unlike(states: DeskStates, days: DayRecords, whole: list[LedgerDay], site: str) -> Iterator[Breach]:
    """Yield the breaches of a site's parts and of its `whole` days that its states do not have."""
    yield from _parts(states, days, site)
    for day in whole:
        state = states.get(key_of_day(day))
        if isinstance(day, LineDay) and isinstance(state, LineState) and _is_told(state, day):
            yield from _defined(state, day)


def _parts(states: DeskStates, days: DayRecords, site: str) -> Iterator[Breach]:
    of_desks = defaultdict[bytes, defaultdict[str, list[LedgerDay]]](lambda: defaultdict(list))
    for part in days.parts(site):
        of_desks[key_of_day(part)][part.day].append(part)
    for key, state in states.items():
        since = state.book.parts_since
        if since is None:
            continue  # an earlier version wrote the state
        finished = {date.fromordinal(ordinal).isoformat(): sums for ordinal, sums in state.book.parts.items()}
        still_open = {day_key(each) for each in (*state.book.days.values(), *state.book.done) if each.part}
        for day in sorted(finished.keys() | of_desks[key].keys()):
            told = [each for each in of_desks[key][day] if since < _place(each) <= _read(state)]
            parts = [each for each in told if day_key(each) not in still_open]
            yield from _compared(key, day, finished.get(day, NO_PARTS), parts)


def _compared(key: bytes, day: str, opened: tuple[int, int], parts: list[LedgerDay]) -> Iterator[Breach]:
    """Yield a breach if the ledger's parts of a day differ from the finished parts in the state."""
    digests = {day_key(each): digest_of_part(each) for each in parts}
    count, total = opened
    too_many = (sum(digests.values()) - total) % DIGESTS
    if len(parts) == count and not too_many:
        return
    kind, _, desk = key.decode().partition(" ")
    of_day = f"{desk}/{day}" if kind == "line" else f"{desk}/{day}/{kind}"
    added = [name for name, digest in digests.items() if digest == too_many] if len(parts) == count + 1 else []
    yield Breach(
        kind="parts-changed",
        subject=subject_of_day(added[0] if added else of_day),
        says=_says(len(parts), count),
        year=int(day[:4]),
    )


def _says(found: int, opened: int) -> Said:
    if found == opened:
        return said("its parts differ from its worker's")
    return said("parts in the ledger: {found}, finished by its worker: {opened}", found=found, opened=opened)


def _is_told(state: LineState, day: LineDay) -> bool:
    """Return whether a state knows the definitions of a day: the day is in it, and was not kept by a rebuild."""
    return _read(state) >= (day.epoch, day.offset) and date.fromisoformat(day.day).toordinal() > state.book.kept


def _defined(state: LineState, day: LineDay) -> Iterator[Breach]:
    """Yield a breach if a day names a definition by which its line never counted, or none although it has calls."""
    unnamed = not day.definitions and any(slot.offered for slot in day.slots.values())
    if (unnamed and None not in state.definitions) or any(each not in state.definitions for each in day.definitions):
        yield Breach(
            kind="day-impossible",
            subject=subject_of_day(day_key(day)),
            says=said("its calls are counted by a definition that the line never had"),
            year=int(day.day[:4]),
        )


def _place(part: LedgerDay) -> _Place:
    opened = place_of_part(part.part)
    return (-1, -1) if opened is None else (opened.epoch, opened.offset)


def _read(state: DeskState) -> _Place:
    """Return how far a state was folded, by its calls or by its readings, which name parts as well."""
    epoch, offset, _ = position_of(state)
    if isinstance(state, LineState):
        return max((epoch, offset), (state.readings.epoch, state.readings.offset))
    return epoch, offset
