"""The faults of a counter's record and of a register's, as they stand in catalogues of real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from msgspec.structs import replace

from benchmarks.detection.cases.world import Row

SOME: Final = 0.3
Rows = list[Row]
Fault = Callable[[Rows, Random], Rows]


def _each(change: Callable[[Row, Random], Row | None]) -> Fault:
    return lambda rows, random: [new for row in rows if (new := change(replace(row), random)) is not None]


def _scaled(factor: float, *, derived: bool = True) -> Fault:
    def change(row: Row, _random: Random) -> Row:
        if row.met is not None:
            by = round((row.met - row.begun) * factor) - (row.met - row.begun)
            row.met += by
            if derived:
                row.served = None if row.served is None else row.served + by
                row.ended = None if row.ended is None else row.ended + by
        return row

    return _each(change)


def _zero(share: float) -> Fault:
    def change(row: Row, random: Random) -> Row:
        if row.met is not None and random.random() < share:
            row.met = row.begun
        return row

    return _each(change)


def _doubled(share: float, *, renamed: bool) -> Fault:
    def fault(rows: Rows, random: Random) -> Rows:
        copies = [
            replace(row, name=f"{row.name}-2" if renamed else row.name) for row in rows if random.random() < share
        ]
        return sorted([*rows, *copies], key=lambda row: row.begun)

    return fault


def _imported_again(rows: Rows, random: Random) -> Rows:
    later = _shifted(1 / 3600)([replace(row, name=f"{row.name}-2") for row in rows], random)
    return sorted([*rows, *later], key=lambda row: row.begun)


def _at_half_hours(row: Row, _random: Random) -> Row:
    row.begun = row.begun // 1800 * 1800
    return row


def _limited(row: Row, _random: Random) -> Row:
    """End the recorded wait at a quarter of an hour."""
    if row.met is not None:
        row.met = min(row.met, row.begun + 900)
    return row


def _by_rote(row: Row, random: Random) -> Row:
    """Take an automatic answer for the answer."""
    if row.met is not None:
        row.met = row.begun + random.uniform(300, 320)
    return row


def _swapped(row: Row, _random: Random) -> Row:
    if row.met is not None:
        row.begun, row.met = row.met, row.begun
    return row


def _columns(row: Row, _random: Random) -> Row:
    """Swap the columns of wait and time in service: a table of durations."""
    if row.met is not None and row.served is not None and row.ended is not None:
        wait, time = row.met - row.begun, row.ended - row.served
        row.met = row.begun + time
        row.served = row.met + 20
        row.ended = row.served + wait
    return row


def _order(row: Row, random: Random) -> Row:
    if row.met is not None and random.random() < SOME:
        row.met = row.begun - random.uniform(60, 7200)
    return row


def _bulk_called(rows: Rows, _random: Random) -> Rows:
    last = dict[int, float]()
    for row in rows:
        last[row.day] = max(last.get(row.day, 0.0), row.ended or row.met or row.begun)
    return [replace(row, met=last[row.day] + 60, served=last[row.day] + 60, ended=last[row.day] + 60) for row in rows]


def _bulk_closed(rows: Rows, _random: Random) -> Rows:
    last = dict[int, float]()
    for row in rows:
        last[row.day] = max(last.get(row.day, 0.0), row.ended or row.met or row.begun)
    return [row if row.ended is None else replace(row, ended=last[row.day] + 60) for row in rows]


def _unclosed(row: Row, _random: Random) -> Row:
    row.ended = row.served = None
    row.outcome = None
    return row


def _stranded(row: Row, random: Random) -> Row:
    if random.random() < SOME:
        row.met = row.served = row.ended = row.outcome = None
    return row


def _same(row: Row, _random: Random) -> Row:
    if row.met is not None:
        row.ended = row.served = row.met
    return row


def _closed_at_receipt(row: Row, _random: Random) -> Row:
    if row.met is not None:
        row.met = row.begun
    return row


def _closed_by_evening(rows: Rows, random: Random) -> Rows:
    """Date each answer some minutes after the day's last receipt: all are closed in the evening, one by one."""
    return _on_the_day(rows, lambda last: last + random.uniform(300, 5400))


def _closed_on_the_hour(rows: Rows, _random: Random) -> Rows:
    """Date all answers of a day at the first whole hour after its last receipt."""
    return _on_the_day(rows, lambda last: (last // 3600 + 1) * 3600)


def _on_the_day(rows: Rows, answered: Callable[[float], float]) -> Rows:
    """Date each answer on the day of receipt, some time after the last receipt of that day."""
    received: dict[int, set[float]] = {}
    for row in rows:
        received.setdefault(row.day, set()).add(row.begun)
    dated = all(len(own) == 1 for own in received.values())
    return [
        row if row.met is None else replace(row, met=row.begun if dated else answered(max(received[row.day])))
        for row in rows
    ]


def _absent(row: Row, random: Random) -> Row:
    """Turn the records of some served visitors into no-shows."""
    if row.outcome == "completed" and random.random() < SOME:
        row.served = row.ended = None
        row.outcome = "no_show"
    return row


def _come(row: Row, _random: Random) -> Row:
    """Turn the records of no-shows into short visits."""
    if row.outcome == "no_show" and row.met is not None:
        row.served, row.ended, row.outcome = row.met + 30, row.met + 90, "completed"
    return row


def _shifted(hours: float) -> Fault:
    def change(row: Row, _random: Random) -> Row:
        by = hours * 3600
        row.begun += by
        row.met, row.served, row.ended = (None if at is None else at + by for at in (row.met, row.served, row.ended))
        return row

    return _each(change)


def _day_missing(rows: Rows, _random: Random) -> Rows:
    days = sorted({row.day for row in rows})
    return [row for row in rows if row.day not in days[:1]]


def _afternoon_missing(rows: Rows, _random: Random) -> Rows:
    by_day: dict[int, Rows] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    kept: Rows = []
    for own in by_day.values():
        kept += own[: len(own) // 3]
    return kept


def _thinned(rows: Rows, random: Random) -> Rows:
    return [row for row in rows if random.random() > SOME]


def _at_weekend(row: Row, _random: Random) -> Row:
    """Date the answer at the next Sunday."""
    if row.met is not None:
        days = (6 - int(((row.met + 43_200) // 86_400 + 3) % 7)) % 7
        row.met += days * 86_400
    return row


def _monthly(rows: Rows, _random: Random) -> Rows:
    by_week: dict[int, float] = {}
    for row in rows:
        by_week[row.day // 14] = max(by_week.get(row.day // 14, 0.0), row.begun + 3600)
    return [row if row.met is None else replace(row, met=by_week[row.day // 14]) for row in rows]


OF_TICKETS: Final[Mapping[str, tuple[Fault, set[str]]]] = {
    "waits / 60": (_scaled(1 / 60), {"unit"}),
    "waits / 60, ends kept": (_scaled(1 / 60, derived=False), {"unit"}),
    "waits x 60": (_scaled(60), {"unit", "clock"}),
    "all waits 0": (_zero(1.0), {"zero"}),
    "half of the waits 0": (_zero(0.5), {"zero"}),
    "a fifth of the waits 0": (_zero(0.2), {"zero"}),
    "rows twice": (_doubled(1.0, renamed=False), {"duplicate"}),
    "rows twice, renamed": (_doubled(1.0, renamed=True), {"duplicate"}),
    "rows twice, a second later": (_imported_again, {"duplicate"}),
    "issued on the half-hour": (_each(_at_half_hours), {"clock"}),
    "waits end at a limit": (_each(_limited), {"drift"}),
    "29 % of rows twice, renamed": (_doubled(0.29, renamed=True), {"duplicate"}),
    "issued and called swapped": (_each(_swapped), {"swapped", "order"}),
    "wait and service swapped": (_each(_columns), {"swapped"}),
    "called before issued": (_each(_order), {"order"}),
    "called in bulk": (_bulk_called, {"bulk"}),
    "closed in bulk": (_bulk_closed, {"bulk"}),
    "never closed": (_each(_unclosed), {"never-closed"}),
    "30 % never called": (_each(_stranded), {"never-closed"}),
    "called and closed at once": (_each(_same), {"same-stamp"}),
    "clock an hour ahead": (_shifted(1), {"clock"}),
    "clock two hours behind": (_shifted(-2), {"clock"}),
    "30 % of the served are no-shows": (_each(_absent), {"drift"}),
    "no-shows are served": (_each(_come), {"drift"}),
    "a day missing": (_day_missing, {"missing"}),
    "two thirds of the day missing": (_afternoon_missing, {"missing"}),
    "30 % of rows missing": (_thinned, {"missing"}),
}
OF_REQUESTS: Final[Mapping[str, tuple[Fault, set[str]]]] = {
    "closed on receipt": (_each(_closed_at_receipt), {"same-stamp", "zero", "drift"}),
    "rows twice": (_doubled(1.0, renamed=False), {"duplicate"}),
    "rows twice, renamed": (_doubled(1.0, renamed=True), {"duplicate"}),
    "rows twice, a second later": (_imported_again, {"duplicate"}),
    "closed on the day": (_closed_by_evening, {"drift", "same-stamp"}),
    "closed on the hour": (_closed_on_the_hour, {"drift", "bulk", "same-stamp"}),
    "answered automatically in 5 minutes": (_each(_by_rote), {"same-stamp"}),
    "received and answered swapped": (_each(_swapped), {"swapped", "order"}),
    "answered before received": (_each(_order), {"order"}),
    "answered in bulk": (_monthly, {"bulk"}),
    "answers dated on Sundays": (_each(_at_weekend), {"calendar"}),
    "a day missing": (_day_missing, {"missing"}),
}
