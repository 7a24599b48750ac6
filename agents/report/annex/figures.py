"""All indicators in one table, raw beside corrected."""

from __future__ import annotations

from typing import assert_never

from agents.pages import words
from agents.report.blocks import Items, Section, Table
from agents.report.material import Material
from agents.writing import NOTHING
from streams.indicators.indicator import Figure, Indicator, ObservationStatus


def section(material: Material) -> Section | None:
    """Return the section without empty columns; None if nothing was counted."""
    if not material.counted:
        return None
    text, telling = material.telling.text, material.telling
    columns = [
        (text("Indicator"), [telling.name(each) for each in material.counted]),
        (text("Raw value"), [_value(each, each.raw, material) for each in material.counted]),
        (text("Corrected value"), [_value(each, each.corrected, material) for each in material.counted]),
        (text("Of"), [_of(each, material) for each in material.counted]),
        (
            text("95% interval"),
            [telling.bounds(each.corrected.low, each.corrected.high, of=each) for each in material.counted],
        ),
        (text("Coverage"), [_coverage(each, material) for each in material.counted]),
        (text("Target"), [_target(each, material) for each in material.counted]),
        (text("Year before"), [_before(each, material) for each in material.counted]),
    ]
    shown = [(head, cells) for head, cells in columns if set(cells) != {NOTHING}]
    table = Table(
        text("All indicators"),
        tuple(head for head, _ in shown),
        tuple(zip(*(cells for _, cells in shown), strict=True)),
        tuple(number > 0 for number in range(len(shown))),
    )
    why = tuple(filter(None, (_why(each, material) for each in material.counted)))
    return Section("indicators", text("All indicators"), (table, Items(why)) if why else (table,))


def _why(each: Indicator, material: Material) -> str:
    """Return why an indicator's status is not the normal one; empty if it is."""
    statuses = dict.fromkeys(figure.status for figure in (each.raw, each.corrected) if figure.status != "A")
    if not statuses:
        return ""
    told = material.telling.semicolon.join(_reason(status, each, material) for status in statuses)
    return f"{material.telling.name(each)}{material.telling.colon}{told}."


def _reason(status: ObservationStatus, each: Indicator, material: Material) -> str:
    telling, text, annual = material.telling, material.telling.text, material.annual
    days = telling.period(each.counted or annual.period)
    match status:
        case "P":
            why = text("the period is not over")
        case "U":
            behind = [one.status for one in annual.behind(each)]
            sure = bool(behind) and set(behind) == {"confirmed"}
            why = text("the counting was wrong") if sure else text("the counting is in doubt")
        case "E" if each.method in {"exclude", "impute", "sample"}:
            why = text(words.METHODS[each.method])
        case "E":
            why = text("counted {days} only", days=days)
        case "Q":
            why = telling.withheld(each)
        case "A" | "B":
            why = telling.semicolon.join(telling.breaks(each)) or text("not defined as the year before")
        case never:
            assert_never(never)
    return f"{status}, {text(words.STATUSES[status])} ({why})"


def _value(each: Indicator, figure: Figure, material: Material) -> str:
    value = material.telling.value(each, figure.value)
    return value if figure.status == "A" else f"{value} {figure.status}"


def _of(each: Indicator, material: Material) -> str:
    if each.raw.part is None:
        return NOTHING
    telling = material.telling
    whole = f"{telling.number(each.raw.part)} / {telling.number(each.raw.whole)}"
    best = each.corrected
    if each.method == "none" or best.part is None:
        return whole
    return f"{whole} ({telling.number(best.part)} / {telling.number(best.whole)})"


def _coverage(each: Indicator, material: Material) -> str:
    return NOTHING if each.coverage == 1 and each.guard is None else material.telling.percent(each.coverage, 1)


def _target(each: Indicator, material: Material) -> str:
    telling, met = material.telling, each.corrected.met
    target = telling.target(each)
    return target if met is None else f"{target} {'✓' if met else '✗'}"


def _before(each: Indicator, material: Material) -> str:
    return NOTHING if each.before is None else material.telling.value(each, each.before.corrected)
