"""A short analysis: its period, the believed rate of each desk, and the points that a person should check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import UnsetType
from rich.console import Console

from agents.analysis.channels import channels_table, corrected, doubtful, figures
from agents.analysis.fold import Analysis
from agents.analysis.questions import unanswered
from agents.analysis.report import ContactsReport, LineReport, Report, alone
from agents.analysis.services import PollsReport, ServiceReport
from agents.analysis.to_check import to_check
from agents.analysis.written import SUSPECT, minutes, number, percent, span
from agents.history.incident_schema import IncidentJson
from agents.pages.sentences import booked_sentence, reasons_sentence
from agents.pages.words import METHODS, UNANSWERED
from agents.table import PrintedTable
from agents.translation import Words, counted, labelled, semicolon, spoken_language, text
from config.settings import UNNAMED


def show_summary(analysis: Analysis, shown: Report, incidents: Sequence[IncidentJson], console: Console) -> None:
    """Print the summary; `incidents` has the silences of the office as one each."""
    console.print(labelled(_period(shown), _counts(shown)), style="bold", markup=False)
    lines = {name: line for name, line in shown.lines.items() if line.raw.offered}
    asked = unanswered(analysis.lines, ZoneInfo(analysis.settings.timezone))
    tables = [_lines_table(lines, shown.office, asked), _services_table(shown.services), channels_table(shown.requests)]
    for table in tables:
        if table.rows:
            console.print()
            console.print(table)
    if not any(table.rows for table in tables):
        console.print(text("no calls"))
    for sentence in _corrections(shown):
        console.print(sentence, style="yellow", markup=False)
    for name, service in alone(shown.services).items():
        if service.estimated:
            console.print(labelled(name, _estimates(service.polls)), style="yellow", markup=False)
    for sentence in _besides(shown):
        console.print(sentence, markup=False)
    console.print()
    sentences = [*to_check(analysis, shown, incidents)]
    console.print(text("To look at:") if sentences else text("Nothing to look at."), style="bold")
    for sentence in sentences:
        console.print(f"- {sentence}", style="yellow", markup=False)


def _besides(shown: Report) -> Iterator[str]:
    """Yield the sentences on appointments, visits without a ticket, tickets never called, and reasons of requests."""
    words = Words(spoken_language())
    for name, service in alone(shown.services).items():
        if not isinstance(service.booked, UnsetType):
            yield labelled(name, booked_sentence(service.booked, words))
        if service.unticketed:
            yield labelled(name, text("{count} served without a ticket", count=number(service.unticketed)))
        if service.not_called:
            told = counted("{count} ticket was never called", "{count} tickets were never called", service.not_called)
            yield labelled(name, told)
    for name, channel in alone(shown.requests).items():
        if not isinstance(channel.reasons, UnsetType):
            yield labelled(name, reasons_sentence(channel.reasons, channel.received, words))


def _period(shown: Report) -> str:
    """Return the days of the events, preceded by the office if it has a name."""
    parts = [] if shown.site == UNNAMED else [shown.site]
    if shown.start is not None and shown.end is not None:
        start, end = map(datetime.fromisoformat, (shown.start, shown.end))
        days = (end.date() - start.date()).days + 1
        parts.append(span(start, end))
        if days > 1:
            parts.append(counted("{days} day", "{days} days", days, days=number(days)))
    return ", ".join(parts) or text("no events")


def _counts(shown: Report) -> str:
    """Return the numbers of calls, tickets and requests, and of the rows that were read."""
    tickets = sum(each.issued for each in alone(shown.services).values())
    requests = sum(each.received for each in alone(shown.requests).values())
    calls, events = shown.rows.calls, shown.events.read - shown.events.invalid
    known = [
        counted("{calls} call", "{calls} calls", calls, calls=number(calls)) if calls else "",
        counted("{tickets} ticket", "{tickets} tickets", tickets, tickets=number(tickets)) if tickets else "",
        counted("{requests} request", "{requests} requests", requests, requests=number(requests)) if requests else "",
    ]
    if not any(known):
        known.append(counted("{events} event", "{events} events", events, events=number(events)))
    read = shown.rows.read
    rows = counted("{rows} row", "{rows} rows", read, rows=number(read))
    return text("{counts} from {rows}", counts=", ".join(filter(None, known)), rows=rows)


def _lines_table(lines: Mapping[str, LineReport], office: ContactsReport, asked: Collection[str]) -> PrintedTable:
    """Return the believed rate of each line; `asked` has the lines with an unanswered doubt."""
    table = PrintedTable()
    table.words(text("line"))
    table.figures(text("lost rate"), text("calls"))
    table.words("")
    for name, line in lines.items():
        corrected = line.corrected
        believed = text("withheld") if corrected.guard is not None else percent(corrected.lost_rate)
        table.row(name, believed, number(line.raw.offered or 0), semicolon().join(_remarks(line, asked=name in asked)))
    attempts = sum(line.raw.offered or 0 for line in lines.values() if isinstance(line.reported, UnsetType))
    if 0 < office.callers < attempts:
        rate, once = percent(office.lost / office.callers), text("each caller once, by their last line")
        doubted = any(line.suspect for line in lines.values())
        remark = semicolon().join([text("{rate} as counted", rate=rate), once]) if doubted else once
        table.row(text("by caller"), text("withheld") if doubted else rate, number(office.callers), remark)
    return table


def _remarks(line: LineReport, *, asked: bool) -> Iterator[str]:
    """Yield the rate as counted, if another one or none is believed, and why, and whether a doubt is unanswered."""
    corrected = line.corrected
    if line.suspect and line.raw.lost_rate is not None:
        yield text("{rate} as counted", rate=percent(line.raw.lost_rate))
    if corrected.guard is not None:
        yield corrected.guard
    elif corrected.method != "none":
        yield text(METHODS[corrected.method])
    if asked:
        yield text(UNANSWERED)


def _services_table(services: Mapping[str, ServiceReport]) -> PrintedTable:
    table = PrintedTable()
    table.words(text("service"))
    table.figures(text("issued"), text("served"), text("no-show"), text("wait"), text("p90"), text("in service"))
    for name, service in services.items():
        if service.issued:
            time, mark = service.time_in_service, SUSPECT if doubtful(service.corrected) else ""
            waits = (service.wait.mean, service.wait.p90, None if time is None else time.mean)
            table.row(
                name,
                *("" if count is None else str(count) for count in (service.issued, service.served, service.no_show)),
                *(minutes(each) + mark if each is not None else "" for each in waits),
            )
    return table


def _corrections(shown: Report) -> Iterator[str]:
    """Yield, for each service and channel whose figures are not believed, the corrected ones or why there are none."""
    for name, service in shown.services.items():
        if service.issued and doubtful(service.corrected):
            mean = text("mean wait {figure}", figure=minutes(service.corrected.mean_wait))
            yield labelled(name, corrected(mean, service.corrected))
    for name, channel in shown.requests.items():
        if channel.received and doubtful(channel.corrected):
            yield labelled(name, corrected(figures(channel, channel.corrected), channel.corrected))


def _estimates(polls: PollsReport | UnsetType) -> str:
    """Return how exact the estimates are, if the polls were read here."""
    found = [text("estimates from polls of the display")]
    if not isinstance(polls, UnsetType):
        if polls.interval:
            found = [text("estimates from polls of the display, to {seconds} s", seconds=number(polls.interval))]
        if polls.unseen:
            found.append(
                counted(
                    "{count} ticket was not seen from issue to call",
                    "{count} tickets were not seen from issue to call",
                    polls.unseen,
                )
            )
    return semicolon().join(found)
