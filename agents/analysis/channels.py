"""The request channels in an analysis: as figures and as a table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from agents.analysis.words import ANOMALIES
from agents.analysis.written import number, percent
from agents.shape import ChannelShape, channel_shape
from agents.table import PrintedTable
from agents.translation import labelled, text
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


def show_channels(channels: Mapping[str, ChannelReport], console: Console) -> None:
    """Print the channels with requests, and the anomalies in each."""
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
    if table.rows:
        console.print(table)
    for name, channel in channels.items():
        for anomaly, count in channel.anomalies.items():
            console.print(labelled(name, f"{count} x {text(ANOMALIES[anomaly])}"), style="yellow", markup=False)
        if channel.forgotten:
            again = text("dropped from memory, so that a repeated event counts again")
            console.print(labelled(name, f"{channel.forgotten} x {again}"), style="yellow")


def _delay(channel: ChannelReport) -> str:
    if channel.mean_days is None:
        return ""
    days = number(channel.mean_days, 2)
    return text("{days} working days", days=days) if channel.days == "working" else text("{days} days", days=days)
