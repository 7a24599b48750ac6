"""The counters: how long people waited, and how long a visit took."""

from __future__ import annotations

from agents.report import charts
from agents.report.blocks import Block, Figure, Figures, Paragraph, Section
from agents.report.change import sentence, verdicts
from agents.report.evolution import evolution
from agents.report.figure import figure
from agents.report.material import SERVICE, Material


def section(material: Material) -> Section | None:
    """Return the section; None where no ticket was issued."""
    names = [name for name, each in material.annual.services.items() if each.issued]
    if not names:
        return None
    text = material.telling.text
    within = [Section(name, material.annual.services[name].plan.label, _service(name, material)) for name in names]
    title = text("Counters")
    if len(within) == 1:
        return Section("counters", f"{title}{material.telling.colon}{within[0].title}", within[0].blocks)
    told = verdicts(material.of_kinds(SERVICE), material.telling)
    return Section("counters", title, (Paragraph(told),) if told else (), tuple(within))


def _service(name: str, material: Material) -> tuple[Block, ...]:
    service, telling = material.annual.services[name], material.telling
    text, indicators = telling.text, material.of_kinds(SERVICE, name)
    blocks: list[Block] = [Paragraph(sentence(each, telling)) for each in indicators]
    tickets = (
        text("{count} served", count=telling.number(service.served)),
        text("{count} left before", count=telling.number(service.no_show)),
    )
    figures = [figure(each, material) for each in indicators]
    blocks.append(Figures((*figures, Figure(text("Tickets"), telling.number(service.issued), notes=tickets))))
    blocks += [each for each in (evolution(one, material) for one in indicators) if each is not None]
    means = [(month.name, None if month.wait is None else month.wait / 60) for month in service.months]
    target = service.plan.target_wait
    limit = None if target is None else target / 60
    blocks.append(charts.waits(means, material.annual.period, limit, "min", telling))
    return tuple(blocks)
