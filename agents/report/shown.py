"""An indicator as a large figure and over all known periods, and the demand around closing as pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agents.desk_view.closing import closing_sentence, closing_title, quarters
from agents.report.bars import LimitMark, ValueBar, bars
from agents.report.blocks import Figure, Picture
from agents.report.material import KnownValue, Material
from agents.report.months import target_line
from agents.totals.telling import Telling
from agents.writing import NOTHING
from streams.indicators.closing import HALF, ClosingTime
from streams.indicators.indicator import Indicator


def figure(indicator: Indicator, material: Material, label: str | None = None) -> Figure:
    """Return an indicator's figure; its title is the default label."""
    telling, corrected = material.telling, indicator.corrected
    notes = telling.notes(indicator, telling.withheld(indicator))
    if indicator.before is not None:
        notes.append(telling.compared(indicator, indicator.before))
    differs = indicator.method != "none" and indicator.raw.value != corrected.value
    return Figure(
        label=label or telling.title(indicator),
        value=NOTHING if corrected.value is None else telling.value(indicator, corrected.value),
        raw=telling.value(indicator, indicator.raw.value) if differs else "",
        notes=tuple(notes),
        met=corrected.met,
    )


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


def closings(every: Iterable[ClosingTime], telling: Telling, *, tickets: bool) -> Iterator[Picture]:
    """Yield a picture for each closing time: two quarters of an hour before it, and two after."""
    for each in every:
        title, says = closing_title(each, telling.text), closing_sentence(each, telling.text, tickets=tickets)
        drawn = [ValueBar(time, count, telling.number(count)) for time, count in quarters(each, telling.text)]
        label, mark = f"{title}{telling.colon}{says}", LimitMark(HALF, telling.text("closing"))
        yield Picture(f"{title}. {says}", bars(drawn, label, limit=mark), says)
