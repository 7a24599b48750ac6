"""The telephone: each line's rates, months, waits and miscounts."""

from __future__ import annotations

from agents.pages.sentences import apart
from agents.pages.sums import told
from agents.report.blocks import Block, Figure, Figures, Items, Paragraph, Section
from agents.report.change import sentence, verdicts
from agents.report.finding import dismissals, doubts
from agents.report.material import Material
from agents.report.months import means, rates
from agents.report.repeats import repeats
from agents.report.shown import closings, evolution, figure
from streams.indicators.indicator import Indicator
from streams.indicators.line import LineTotals


def section(material: Material) -> Section | None:
    """Return the section; None if no call was counted."""
    every = material.all_of("line")
    if not every:
        return None
    text, telling = material.telling.text, material.telling
    leading = [each for each in material.leading() if each in every]
    blocks: list[Block] = [Paragraph(said) for said in [verdicts(leading, telling)] if said]
    if material.sums:
        blocks.append(Paragraph(text("Some lines are not the sum of their parts:"), "warning"))
        blocks.append(Items(tuple(told(material.sums, telling.language))))
        blocks.append(
            Paragraph(
                text("One of the figures is wrong, and nothing says which. No figure of this report is changed by it.")
            )
        )
    by_line: dict[str, list[Indicator]] = {}
    for each in every:
        by_line.setdefault(each.subject, []).append(each)
    within = [_line(name, indicators, material) for name, indicators in by_line.items()]
    return Section("telephone", text("Telephone"), tuple(blocks), tuple(within))


def _line(name: str, indicators: list[Indicator], material: Material) -> Section:
    line, telling = material.annual.lines[name], material.telling
    text = telling.text
    first = indicators[0]
    lost = next((each for each in indicators if each.principal), first)
    blocks: list[Block] = [Paragraph(" ".join(sentence(each, telling) for each in indicators))]
    blocks += doubts(lost, material)
    blocks += dismissals(indicators, material)
    if line.contradicted is not None:
        doubt = apart(line.raw, line.contradicted, text)
        blocks.append(Paragraph(f"{doubt[:1].upper()}{doubt[1:]}.", "warning"))
    figures = [figure(each, material) for each in indicators]
    blocks.append(Figures((*figures, *_calls(line, material))))
    waits = means(
        text("Mean wait by month, in seconds"), [(each.name, each.wait) for each in line.months], None, telling
    )
    pictures = [evolution(first, material), *(rates(line.months, each, telling) for each in indicators), waits]
    blocks += filter(None, pictures)
    blocks += closings(line.closings, telling, tickets=False)
    blocks += repeats(line.repeats, telling)
    if any(each.in_quarantine for each in line.months):
        key = text(
            "In the pictures, a dashed outline is the raw value, and the months that were counted wrong are hatched."
        )
        blocks.append(Paragraph(key, "note"))
    return Section(name, line.plan.label, tuple(blocks))


def _calls(line: LineTotals, material: Material) -> list[Figure]:
    telling = material.telling
    text, raw, believed = telling.text, line.raw.lost, line.corrected
    lost = telling.number(raw if believed is None else believed.lost)
    notes = [text("{count} lost", count=lost)]
    if believed is not None and believed.lost != raw:
        notes.append(text("{count} lost as counted", count=telling.number(raw)))
    found = [Figure(text("Calls received"), telling.number(line.raw.offered), notes=tuple(notes))]
    if line.answered_wait.mean is not None:
        within = []
        if line.service_level is not None and line.answer_limit is not None:
            share = telling.percent(line.service_level, 1)
            within.append(
                text("{share} answered within {seconds} s", share=share, seconds=telling.number(line.answer_limit))
            )
        if line.in_quarantine or line.all_corrected != line.all_raw:
            within.append(text("waits as counted"))
        found.append(Figure(text("Mean wait"), telling.duration(line.answered_wait.mean), notes=tuple(within)))
    return found
