"""The request channels in an analysis: as figures and as a table."""

from __future__ import annotations

from collections.abc import Mapping

from agents.analysis.written import number, percent
from agents.shape import ChannelShape, channel_shape
from agents.table import PrintedTable
from agents.translation import text
from streams.desks.channel import Channel


class ChannelReport(ChannelShape, frozen=True):
    """A channel's figures in an analysis, and the anomalies in its events."""

    anomalies: dict[str, int]
    forgotten: int  # requests dropped from memory, so that a repeated event counts again


def channel_report(channel: Channel, now: int) -> ChannelReport:
    """Return a channel's figures at a moment (ms)."""
    state, rules, total = channel.state, channel.rules, channel.state.total
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
    )


def channels_table(channels: Mapping[str, ChannelReport]) -> PrintedTable:
    """Return the table of the channels with requests."""
    table = PrintedTable()
    table.words(text("channel"))
    table.figures(text("received"), text("answers"), text("withdrawn"), text("pending"))
    table.figures(text("overdue"), text("in time"), text("mean delay"))
    for name, channel in channels.items():
        if channel.received:
            table.row(
                name,
                *map(str, (channel.received, channel.answered, channel.withdrawn, channel.pending)),
                "" if channel.late is None else str(channel.late),
                percent(channel.within_target),
                _delay(channel),
            )
    return table


def _delay(channel: ChannelReport) -> str:
    if channel.mean_days is None:
        return ""
    days = number(channel.mean_days, 2)
    return text("{days} working days", days=days) if channel.days == "working" else text("{days} days", days=days)
