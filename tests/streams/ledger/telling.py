"""Messages of a line and of a counter over some weeks, and the ledger that their partition publishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, REASON_MASK, REASONS, UNRESOLVED
from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.record import position_of
from streams.kept.times import DAY_MS
from streams.kept.waits import Waits
from streams.ledger.day import LedgerDay, read_day
from streams.ledger.possible import impossible, impossible_together
from streams.ledger.seal import LAWS, Seal, contradict
from streams.ledger.sums import whole
from streams.partition import Partition
from streams.tickets.rules import ServiceRules
from streams.tickets.ticket import CALLED_AFTER_CLOSING, CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED

LINE, DESK = b"lozere/standard", b"lozere/cards"
CATALOGUE = Catalogue(
    {LINE: LineRules(site="lozere", line="standard", max_call=600_000, clock="event")},
    {
        DESK: ServiceRules(
            site="lozere", service="cards", clock="event", closing=lambda at: at // DAY_MS * DAY_MS + 17 * 3_600_000
        )
    },
    {},
    lambda _: 0,
)


def partition(records: dict[bytes, bytes] | None = None, rules: LineRules | None = None) -> Partition:
    """Return the only partition, as read from its records; the line may have other rules."""
    office = CATALOGUE if rules is None else CATALOGUE._replace(lines={LINE: rules})
    return Partition(0, office, records or {})


class Topic:
    """A compacted topic, with the reader's rule for two records of one key."""

    def __init__(self) -> None:
        self.days: dict[bytes, LedgerDay] = {}
        self._seals: dict[bytes, list[Seal]] = {}

    def write(self, records: dict[bytes, bytes]) -> None:
        for key, value in records.items():
            day: LedgerDay = read_day(value)
            assert impossible(day) is None
            self._check(key, Seal(value, day))
            known = self.days.get(key)
            if known is None or position_of(known) <= position_of(day):
                self.days[key] = day

    def _check(self, key: bytes, seal: Seal) -> None:
        """Raise AssertionError on records that no worker writes, according to `streams.ledger`."""
        known = self._seals.setdefault(key, [])
        assert not any(contradict(each, seal) for each in known)
        known.append(seal)

    def whole(self) -> list[LedgerDay]:
        parts: dict[tuple[str, str, str], list[LedgerDay]] = {}
        for each in self.days.values():
            parts.setdefault((type(each).__name__, each.id, each.day), []).append(each)
        assert not [found for each in parts.values() for found in impossible_together(each)]
        return whole(self.days.values())


def counted(days: list[LedgerDay], name: bytes) -> dict[str, Any]:
    """Return the sums of a line's or service's days, without the longest wait: no correction takes that back."""
    own = [day for day in days if day.id == name.decode()]
    total: Counter[str] = Counter()
    waits: dict[str, Waits] = {}
    for day in own:
        for slot in day.slots.values():
            total.update(_flat(slot))
        for field in day.__struct_fields__:
            if isinstance(found := getattr(day, field), Waits):
                waits.setdefault(field, Waits()).merge(found)
    for law in LAWS:
        del total[law]
    return _told(total, waits)


def _flat(slot: Any) -> dict[str, int]:
    """Return the counts of a slot, with one entry per reason."""
    found = msgspec.structs.asdict(slot)
    for name in [name for name, count in found.items() if isinstance(count, dict)]:
        found |= {f"{name} {reason}": count for reason, count in found.pop(name).items()}
    return found


def totals(desk: Line | Service) -> dict[str, Any]:
    """Return the same of a line's or service's own totals."""
    if isinstance(desk, Line):
        kinds = {"answered": ANSWERED, "lost": LOST, "diverted": DIVERTED, "unresolved": UNRESOLVED}
        found = {column: desk.figures.count(kind) for column, kind in kinds.items()}
        found["offered"] = desk.state.offered
        found["open"] = sum(call.outcome == OPEN and call.attempted for call in desk.state.live.values())
        total = desk.figures.total()
        for column in ("within", "lost_short", "lost_within"):
            found[column] = getattr(total, column)
        for outcome, count in desk.state.counts.items():
            kind = {LOST: "lost_for", DIVERTED: "diverted_for"}.get(outcome & ~REASON_MASK)
            if kind is not None:
                found[f"{kind} {REASONS[outcome & REASON_MASK]}"] = count
        waits = {name: getattr(total, name) for name in ("answered_waits", "lost_waits", "talks")}
    else:
        columns = {
            "served": SERVED,
            "no_show": NO_SHOW,
            "cancelled": CANCELLED,
            "transferred": TRANSFERRED,
            "open": OPEN_TICKET,
        }
        visits = desk.total()
        found = {column: visits.outcomes.get(outcome, 0) for column, outcome in columns.items()}
        found["issued"] = visits.issued
        found["unticketed"] = visits.unticketed
        found["late"] = visits.anomalies.get(CALLED_AFTER_CLOSING, 0)
        waits = {"waits": visits.waits, "times_in_service": visits.times_in_service}
    return _told(found, waits)


def _told(counts: Mapping[str, int], waits: dict[str, Waits]) -> dict[str, Any]:
    return {column: count for column, count in counts.items() if count} | {
        field: plain(found) for field, found in waits.items() if found.count
    }


def plain(waits: Waits) -> tuple[dict[int, int], int, int]:
    """Return a summary without its longest wait and its empty bins."""
    return {place: count for place, count in waits.bins.items() if count}, waits.count, waits.total


def slots(days: list[LedgerDay]) -> list[Any]:
    """Return the counts and waits of days, slot by slot.

    Three things are left out: how far the days were folded, the longest wait, and the calls that laws name, since these
    depend on when the watch looks.
    """
    found = []
    for day in days:
        counts = [
            (
                slot_no,
                {name: count for name, count in msgspec.structs.asdict(slot).items() if count and name not in LAWS},
            )
            for slot_no, slot in sorted(day.slots.items())
        ]
        waits = [waits for name in day.__struct_fields__ if isinstance(waits := getattr(day, name), Waits)]
        if counts := [each for each in counts if each[1]]:
            found.append((day.id, day.day, counts, [plain(each) for each in waits]))
    return found
