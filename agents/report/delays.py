"""The answers by delay in days, as a picture with the target marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.report.bars import LimitMark, ValueBar, bars
from agents.report.blocks import Picture
from agents.totals.telling import Telling
from streams.indicators.plan import ChannelPlan

MOST: Final = 12  # bars; later answers share one more bar
LEAST: Final = 0.05  # share of the answers; a smaller share is not written on its bar
LONG: Final = 2  # times the target: later answers share one bar


def delays(found: Mapping[int, int], plan: ChannelPlan, telling: Telling) -> Picture | None:
    """Draw the number of answers by delay; None if delays are unknown.

    `found` has the answers by days, working or calendar days as `plan` says.
    """
    answers, limit = sum(found.values()), plan.target_days
    if not answers:
        return None
    text = telling.text
    longest = max(found)
    last = longest if longest <= MOST else MOST if limit is None else max(MOST, LONG * limit)
    last = min(last, longest)
    counts = [found.get(day, 0) for day in range(last + 1)]
    more = answers - sum(counts)
    steps = [(str(day), count) for day, count in enumerate(counts)]
    if more:
        steps.append((f"> {last}", more))
    sparse, end = 1 + len(steps) // 20, len(steps) - 1
    drawn = [
        ValueBar(
            name if number == end or (number % sparse == 0 and number <= end - sparse) else "",
            count,
            telling.percent(count / answers, 0) if count / answers >= LEAST and len(steps) <= MOST + 2 else "",
            "bar late" if limit is not None and number > limit else "bar",
        )
        for number, (name, count) in enumerate(steps)
    ]
    kind = text("Answers by working days of delay") if plan.days == "working" else text("Answers by days of delay")
    mark = None
    if limit is not None and limit < len(steps) - 1:
        mark = LimitMark(limit + 1, telling.counted("target: {days} day", "target: {days} days", limit, days=limit))
    says = _says(found, answers, limit, telling)
    return Picture(kind, bars(drawn, f"{kind}{telling.colon}{says}", limit=mark), says)


def _says(found: Mapping[int, int], answers: int, limit: int | None, telling: Telling) -> str:
    middle = _within(found, answers, 0.5)
    most = _within(found, answers, 0.9)
    said = telling.text(
        "half of {answers} answers came within {middle} d, nine in ten within {most} d",
        answers=telling.number(answers),
        middle=middle,
        most=most,
    )
    if limit is None:
        return f"{said[:1].upper()}{said[1:]}."
    late = sum(count for days, count in found.items() if days > limit)
    told = telling.counted(
        "{answers} came after the target", "{answers} came after the target", late, answers=telling.number(late)
    )
    return f"{said[:1].upper()}{said[1:]}{telling.semicolon}{told}."


def _within(found: Mapping[int, int], answers: int, share: float) -> int:
    """Return the number of days within which a share of the answers came."""
    seen = 0
    for days in sorted(found):
        seen += found[days]
        if seen >= share * answers:
            return days
    return max(found)
