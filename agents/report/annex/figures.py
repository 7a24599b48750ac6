"""The whole table of the indicators, as counted beside what is believed."""

from __future__ import annotations

from agents.report.blocks import Section, Table
from agents.report.material import Material
from agents.writing import NOTHING
from streams.indicators.indicator import Figure, Indicator


def section(material: Material) -> Section | None:
    """Return the section; None where nothing was counted. A column in which nothing would stand is left out."""
    if not material.counted:
        return None
    text, telling = material.telling.text, material.telling
    columns = [
        (text("Indicator"), [telling.name(each) for each in material.counted]),
        (text("Raw value"), [_value(each, each.raw, material) for each in material.counted]),
        (text("Corrected value"), [_value(each, each.corrected, material) for each in material.counted]),
        (text("Of"), [_of(each, material) for each in material.counted]),
        (text("95% interval"), [_interval(each, material) for each in material.counted]),
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
    return Section("indicators", text("All indicators"), (table,))


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


def _interval(each: Indicator, material: Material) -> str:
    low, high = each.corrected.low, each.corrected.high
    if low is None or high is None:
        return NOTHING
    telling = material.telling
    return telling.text("{low} to {high}", low=telling.percent(low), high=telling.percent(high))


def _coverage(each: Indicator, material: Material) -> str:
    return NOTHING if each.coverage == 1 and each.guard is None else material.telling.percent(each.coverage, 1)


def _target(each: Indicator, material: Material) -> str:
    telling, met = material.telling, each.corrected.met
    target = telling.target(each)
    return target if met is None else f"{target} {'✓' if met else '✗'}"


def _before(each: Indicator, material: Material) -> str:
    return NOTHING if each.before is None else material.telling.value(each, each.before.corrected)
