"""The callback list as a table for the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.callbacks.reading import Callbacks
from agents.table import PrintedTable
from agents.translation import Words, counted, spoken_language, text
from agents.writing import NOTHING, Writing
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from streams.desks.callback_list import CallbackList, ClosedHours, LostCaller

SHOWN_DIGITS: Final = 10  # of a pseudonym: enough for a million callers a day without duplicates


def name_of(caller: LostCaller) -> str:
    """Return a caller's name on the page and in the table."""
    return caller.caller[FOLLOWED_BY][:SHOWN_DIGITS]


def doubt_of(caller: LostCaller, text: Words) -> str:
    """Say why a caller was probably not lost; empty for a caller to call back."""
    if caller.doubt is None:
        return ""
    return text("probably answered: suspect counting") if caller.doubt == "answered" else text("suspect counting")


def remarks(found: CallbackList, text: Words) -> Iterator[str]:
    """Yield a sentence about each gap in the list."""
    if found.unknown:
        yield text.counted(
            "{count} lost call has no caller's number, and cannot be called back.",
            "{count} lost calls have no caller's number, and cannot be called back.",
            found.unknown,
        )
    if found.crossed:
        yield text("The key of the pseudonyms was changed today: some of these callers may have been reached since.")
    if found.full:
        yield text("There are more calls today than the list can follow: it is incomplete.")


def closed_remarks(found: ClosedHours, text: Words) -> Iterator[str]:
    """Yield a sentence about each gap in the list of closed hours."""
    if found.unknown:
        yield text.counted(
            "{count} call while closed has no caller's number.",
            "{count} calls while closed have no caller's number.",
            found.unknown,
        )
    if found.crossed:
        yield text(
            "The key of the pseudonyms was changed since the office closed: some of these callers may have been "
            "reached since."
        )
    if found.full:
        yield text("There are more calls since the office closed than the list can follow: it is incomplete.")


def show(found: Callbacks, settings: Settings, numbers: Mapping[str, str] | None, console: Console) -> None:
    """Print the list; `numbers` has the revealed numbers by pseudonym, and is None if none were requested."""
    writing, callers, doubted = Writing(spoken_language()), found.list.callers, found.list.doubted
    if callers:
        console.print(_table(callers, settings, numbers))
    said = counted("{count} caller is to be called back", "{count} callers are to be called back", len(callers))
    if found.day:
        said = text("{day}: {callers}", day=writing.day(date.fromordinal(found.day)), callers=said)
    console.print(_with_called(said, found.list.called), highlight=False)
    if doubted:
        console.print(_table(doubted, settings, numbers, doubts=True))
        said = counted(
            "{count} caller counted as lost, doubtful", "{count} callers counted as lost, doubtful", len(doubted)
        )
        console.print(said, highlight=False, style="yellow")
    for remark in remarks(found.list, Words(spoken_language())):
        console.print(remark, highlight=False, style="yellow")
    if found.list.closed is not None:
        _show_closed(found.list.closed, settings, numbers, console)


def _show_closed(found: ClosedHours, settings: Settings, numbers: Mapping[str, str] | None, console: Console) -> None:
    if found.callers:
        console.print(_table(found.callers, settings, numbers, closed=True))
    if found.callers or found.called:
        since = datetime.fromtimestamp(found.since / 1000, ZoneInfo(settings.timezone))
        said = counted(
            "{count} caller while the office was closed, since {moment}; not counted as lost today",
            "{count} callers while the office was closed, since {moment}; not counted as lost today",
            len(found.callers),
            moment=Writing(spoken_language()).moment(since),
        )
        console.print(_with_called(said, found.called), highlight=False)
    for remark in closed_remarks(found, Words(spoken_language())):
        console.print(remark, highlight=False, style="yellow")


def _with_called(said: str, called: Sequence[LostCaller]) -> str:
    """Append to a sentence how many callers were called back, if any were."""
    if not called:
        return said
    done = counted("{count} was called back", "{count} were called back", len(called))
    return text("{callers}, {done}", callers=said, done=done)


def _table(
    callers: Sequence[LostCaller],
    settings: Settings,
    numbers: Mapping[str, str] | None,
    *,
    doubts: bool = False,
    closed: bool = False,
) -> PrintedTable:
    writing, zone, words = Writing(spoken_language()), ZoneInfo(settings.timezone), Words(spoken_language())
    table = PrintedTable()
    table.words(text("called at") if closed else text("lost at"), text("line"))
    written = writing.moment if closed else writing.clock
    table.figures(text("waited"), text("tries"))
    table.words(text("caller"), *([] if numbers is None else [text("number")]), *([text("remark")] if doubts else []))
    for each in callers:
        table.row(
            written(datetime.fromtimestamp(each.since / 1000, zone)),
            settings.lines[each.line].label or each.line,
            writing.duration(None if each.wait is None else each.wait / 1000),
            str(each.tries),
            name_of(each),
            *([] if numbers is None else [numbers.get(each.caller, NOTHING)]),
            *([doubt_of(each, words)] if doubts else []),
        )
    return table


def document(found: Callbacks, settings: Settings, numbers: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the list as JSON; moments have the office's offset, waits are in seconds."""
    zone = ZoneInfo(settings.timezone)

    def row(each: LostCaller) -> dict[str, Any]:
        since, last = (datetime.fromtimestamp(at / 1000, zone) for at in (each.since, each.last))
        row = {"caller": each.caller, "line": each.line, "since": since, "last": last, "tries": each.tries}
        row["wait"] = None if each.wait is None else each.wait / 1000
        return row if numbers is None else {**row, "number": numbers.get(each.caller)}

    def closed_hours(of: ClosedHours) -> dict[str, Any]:
        return {
            "since": datetime.fromtimestamp(of.since / 1000, zone),
            "callers": [row(each) for each in of.callers],
            "called_back": len(of.called),
            "calls_without_caller": of.unknown,
            "two_keys": of.crossed,
            "complete": not of.full,
        }

    return {
        "site": settings.site,
        "day": date.fromordinal(found.day) if found.day else None,
        "callers": [row(each) for each in found.list.callers],
        "doubtful": [{**row(each), "doubt": each.doubt} for each in found.list.doubted],
        "called_back": len(found.list.called),
        "lost_without_caller": found.list.unknown,
        "two_keys": found.list.crossed,
        "complete": not found.list.full,
        "closed": None if found.list.closed is None else closed_hours(found.list.closed),
    }
