"""The request channels in an analysis: as figures and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from agents.analysis.written import SUSPECT, number, percent
from agents.language import Language
from agents.pages.words import METHODS
from agents.shape import (
    ChannelFigures,
    ChannelShape,
    CorrectedChannel,
    CorrectedService,
    channel_shape,
    corrected_channel,
)
from agents.table import PrintedTable
from agents.translation import text
from streams.desks.channel import Channel
from streams.indicators.cases import CaseDays, channels_means, dated, no_baseline
from streams.indicators.channel import ReasonCount, reasons_of, slots_by_month
from streams.ledger.day import ChannelDay
from streams.ledger.sums import whole

_COUNTS: Final = ("received", "answered", "within", "days", "withdrawn", "open")


class ChannelReport(ChannelShape, frozen=True):
    """A channel's figures in an analysis, and the anomalies in its events."""

    anomalies: dict[str, int]
    forgotten: int  # requests dropped from memory, so that a repeated event counts again
    raw: ChannelFigures
    corrected: CorrectedChannel
    reasons: list[ReasonCount] | UnsetType = UNSET  # the most frequent first, if any request names one
    parts: tuple[str, ...] | UnsetType = UNSET  # of a sum: the short ids of its channels


def channel_report(channel: Channel, now: int, zone: ZoneInfo, language: Language) -> ChannelReport:
    """Return a channel's figures at a moment (ms)."""
    return _report([channel], now, zone, language)


def channels_report(parts: Mapping[str, Channel], now: int, zone: ZoneInfo, language: Language) -> ChannelReport:
    """Return the figures of channels together at a moment (ms)."""
    return replace(_report([*parts.values()], now, zone, language), parts=tuple(parts))


def _report(channels: Sequence[Channel], now: int, zone: ZoneInfo, language: Language) -> ChannelReport:
    """Return the figures of one channel, or of several together; these have a target if all have the same one."""
    rules, total, anomalies = channels[0].rules, Counter[str](), Counter[str]()
    parts = list[CaseDays[ChannelDay]]()
    for channel in channels:
        counts = channel.state.total
        total.update({name: getattr(counts, name) for name in _COUNTS})
        anomalies.update(channel.state.anomalies)
        days = whole([*channel.ledger.book.done, *channel.days()])
        parts.append(CaseDays(days, channel.state.watch.incidents, no_baseline(days)))
    targets = {each.rules.target_days for each in channels}
    target = targets.pop() if len(targets) == 1 else None
    means = channels_means(parts, dated(rules.day), target=target is not None)
    received, answered = total["received"], total["answered"]
    return channel_shape(
        ChannelReport,
        received=received,
        answered=answered,
        in_time=total["within"],
        delays=total["days"],
        withdrawn=total["withdrawn"],
        pending=total["open"],
        overdue=sum(each.overdue(now) for each in channels),
        target_days=target,
        days=rules.days,
        anomalies=dict(anomalies),
        forgotten=sum(each.state.forgotten for each in channels),
        raw=ChannelFigures(
            None if target is None or not received else total["within"] / received,
            total["days"] / answered if answered else None,
        ),
        corrected=corrected_channel(means, zone, language),
        reasons=reasons_of(slots_by_month(day for part in parts for day in part.days)) or UNSET,
    )


def channels_table(channels: Mapping[str, ChannelReport]) -> PrintedTable:
    """Return the table of the channels with requests."""
    table = PrintedTable()
    table.words(text("channel"))
    table.figures(text("received"), text("answers"), text("withdrawn"), text("pending"))
    table.figures(text("overdue"), text("in time"), text("mean delay"))
    for name, channel in channels.items():
        if channel.received:
            mark = SUSPECT if doubtful(channel.corrected) else ""
            share, delay = percent(channel.within_target), _delay(channel.mean_days, channel)
            table.row(
                name,
                *map(str, (channel.received, channel.answered, channel.withdrawn, channel.pending)),
                "" if channel.late is None else str(channel.late),
                share and share + mark,
                delay and delay + mark,
            )
    return table


def figures(channel: ChannelReport, of: ChannelFigures) -> str:
    """Return a channel's share in time and mean delay in words."""
    share = "" if of.within_target is None else text("{share} in time", share=percent(of.within_target))
    delay = "" if of.mean_days is None else text("mean delay {figure}", figure=_delay(of.mean_days, channel))
    return ", ".join(filter(None, (share, delay)))


def doubtful(best: CorrectedService | CorrectedChannel) -> bool:
    """Return whether the figures as counted are not believed."""
    return best.guard is not None or best.method != "none"


def corrected(figure: str, best: CorrectedService | CorrectedChannel) -> str:
    """Return the corrected figure of a service or channel, or why it is withheld."""
    if best.guard is not None:
        return text("withheld: {why}", why=best.guard)
    covered = text("{share} of the days covered", share=percent(best.coverage))
    return text("corrected {figure} ({method}, {covered})", figure=figure, method=METHODS[best.method], covered=covered)


def _delay(delay: float | None, channel: ChannelReport) -> str:
    if delay is None:
        return ""
    days = number(delay, 2)
    return text("{days} working days", days=days) if channel.days == "working" else text("{days} days", days=days)
