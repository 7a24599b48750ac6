"""What an analysis says of the request channels: as JSON for programs, as a table for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from streams.desks.channel import Channel


def requests(channel: Channel, now: int) -> dict[str, Any]:
    """Return a channel's figures as of a moment (ms); delays in its kind of days, shares from 0 to 1.

    `received` = `answered` + `withdrawn` + `pending`. `late` are the answered and the pending ones beyond the target,
    `overdue` the pending ones among them. A figure is null where nothing was counted, or without a target.
    """
    state, rules, total = channel.state, channel.rules, channel.state.total
    targeted = rules.target_days is not None
    overdue = channel.overdue(now)
    return {
        "received": total.received,
        "answered": total.answered,
        "within_target": total.within / total.received if targeted and total.received else None,
        "mean_days": total.days / total.answered if total.answered else None,
        "withdrawn": total.withdrawn,
        "pending": total.open,
        "late": total.answered - total.within + overdue if targeted else None,
        "overdue": overdue if targeted else None,
        "target_days": rules.target_days,
        "days": rules.days,
        "anomalies": state.anomalies,
        "forgotten": state.forgotten,
    }


def show_requests(channels: dict[str, dict[str, Any]], console: Console) -> None:
    """Print the channels of which anything was told."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("channel", no_wrap=True)
    for column in ("received", "answered", "withdrawn", "pending", "late", "in time", "mean delay"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, told in channels.items():
        if told["received"]:
            table.add_row(
                name,
                *(str(told[kind]) for kind in ("received", "answered", "withdrawn", "pending")),
                "" if told["late"] is None else str(told["late"]),
                "" if told["within_target"] is None else f"{told['within_target'] * 100:.2f} %",
                "" if told["mean_days"] is None else f"{told['mean_days']:.2f} {told['days']} days",
            )
    if table.row_count:
        console.print(table)
    for name, told in channels.items():
        for anomaly, count in told["anomalies"].items():
            console.print(f"{name}: {count} x {anomaly}", style="yellow", markup=False)
        if told["forgotten"]:
            console.print(f"{name}: {told['forgotten']} x forgotten, so a repetition counts again", style="yellow")
