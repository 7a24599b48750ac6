"""An indicator over all known periods, as a picture: the report's period is dark, the others are pale."""

from __future__ import annotations

from agents.report.bars import ValueBar, bars
from agents.report.blocks import Picture
from agents.report.material import KnownValue, Material
from agents.report.months import target_line
from streams.indicators.indicator import Indicator


def evolution(indicator: Indicator, material: Material) -> Picture | None:
    """Return the picture; None for a single period."""
    known, telling = material.known(indicator), material.telling
    if len(known) < 2:  # noqa: PLR2004 -- one period shows no evolution
        return None
    text = telling.text
    listed = telling.semicolon.join(_says(each, indicator, material) for each in known)
    title = text("{indicator}: evolution", indicator=telling.title(indicator))
    return Picture(
        title,
        bars(
            [_bar(each, indicator, material) for each in known],
            f"{title}{telling.colon}{listed}",
            target_line(indicator, telling),
        ),
        f"{listed}.",
    )


def _bar(known: KnownValue, indicator: Indicator, material: Material) -> ValueBar:
    telling, differs = material.telling, known.raw != known.value
    return ValueBar(
        telling.period(known.period),
        known.value,
        telling.bare(indicator, known.value),
        "bar" if known.own else "bar other",
        "" if known.whole else telling.text("(incomplete)"),
        known.raw if differs else None,
        telling.bare(indicator, known.raw) if differs else "",
    )


def _says(known: KnownValue, indicator: Indicator, material: Material) -> str:
    telling = material.telling
    when = telling.period(known.period if known.whole else known.counted)
    said = f"{when}{telling.colon}{telling.amount(indicator, known.value)}"
    if known.raw == known.value:
        return said
    return telling.text("{said} (as counted: {raw})", said=said, raw=telling.bare(indicator, known.raw))
