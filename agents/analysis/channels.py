"""The request channels in an analysis: as figures and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

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
from streams.indicators.cases import channel_means, dated, no_baseline
from streams.ledger.sums import whole


class ChannelReport(ChannelShape, frozen=True):
    """A channel's figures in an analysis, and the anomalies in its events."""

    anomalies: dict[str, int]
    forgotten: int  # requests dropped from memory, so that a repeated event counts again
    raw: ChannelFigures
    corrected: CorrectedChannel


def channel_report(channel: Channel, now: int, zone: ZoneInfo, language: Language) -> ChannelReport:
    """Return a channel's figures at a moment (ms)."""
    state, rules, total = channel.state, channel.rules, channel.state.total
    days = whole([*channel.ledger.book.done, *channel.days()])
    means = channel_means(
        days,
        state.watch.incidents,
        dated(rules.day),
        no_baseline(days),
        target=rules.target_days is not None,
    )
    in_time = None if rules.target_days is None or not total.received else total.within / total.received
    return channel_shape(
        ChannelReport,
        received=total.received,
        answered=total.answered,
        in_time=total.within,
        delays=total.days,
        withdrawn=total.withdrawn,
        pending=total.open,
        overdue=channel.overdue(now),
        target_days=rules.target_days,
        days=rules.days,
        anomalies=state.anomalies,
        forgotten=state.forgotten,
        raw=ChannelFigures(in_time, total.days / total.answered if total.answered else None),
        corrected=corrected_channel(means, zone, language),
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
