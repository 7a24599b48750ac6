"""The counters: the wait, and the length of a visit."""

from __future__ import annotations

from collections.abc import Sequence

from agents.pages.sentences import booked_sentence
from agents.pages.sheets import SHEETS
from agents.report.blocks import Block, Figure, Figures, Paragraph, Picture, Section
from agents.report.change import sentence, verdicts
from agents.report.finding import dismissals, doubted, doubts
from agents.report.material import Material
from agents.report.months import means, target_line
from agents.report.shown import closings, evolution, figure
from agents.totals.telling import Telling
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import OF_TICKETS
from streams.indicators.service import ServiceMonth


def section(material: Material) -> Section | None:
    """Return the section; None if no ticket was issued."""
    names = [name for name, each in material.annual.services.items() if each.issued]
    if not names:
        return None
    text = material.telling.text
    within = [Section(name, material.annual.services[name].plan.label, _service(name, material)) for name in names]
    title = text("Counters")
    if len(within) == 1:
        return Section("counters", f"{title}{material.telling.colon}{within[0].title}", within[0].blocks)
    told = verdicts(material.all_of("service"), material.telling)
    return Section("counters", title, (Paragraph(told),) if told else (), tuple(within))


def _service(name: str, material: Material) -> tuple[Block, ...]:
    service, telling = material.annual.services[name], material.telling
    text, indicators = telling.text, material.all_of("service", name)
    blocks: list[Block] = [Paragraph(" ".join(sentence(each, telling) for each in indicators))]
    blocks += [block for each in doubted(indicators) for block in doubts(each, material)]
    blocks += dismissals(indicators, material)
    tickets = [
        text("{count} served", count=telling.number(service.served)),
        text("{count} left before", count=telling.number(service.no_show)),
    ]
    if service.unticketed:
        tickets.append(text("{count} served without a ticket", count=telling.number(service.unticketed)))
    figures = [figure(each, material) for each in indicators]
    blocks.append(Figures((*figures, Figure(text("Tickets"), telling.number(service.issued), notes=tuple(tickets)))))
    if service.booked is not None:
        blocks.append(Paragraph(f"{booked_sentence(service.booked, text)}."))
    if service.late:
        late = text.counted(
            "{visitors} visitor was called over an hour after closing; this wait is not in the figures.",
            "{visitors} visitors were called over an hour after closing; these waits are not in the figures.",
            service.late,
            visitors=telling.number(service.late),
        )
        blocks.append(Paragraph(late, "note"))
    pictures = [evolution(each, material) for each in indicators]
    pictures += [_months(each, service.months, telling) for each in indicators]
    return (*blocks, *filter(None, pictures), *closings(service.closings, telling, tickets=True))


def _months(indicator: Indicator, months: Sequence[ServiceMonth], telling: Telling) -> Picture | None:
    """Draw an indicator by month, in minutes."""
    title, made = SHEETS[indicator.kind].monthly, OF_TICKETS[indicator.kind]
    seconds = [(each.name, made.seconds(each)) for each in months]
    minutes = [(name, None if one is None else one / 60) for name, one in seconds]
    return None if title is None else means(telling.text(title), minutes, target_line(indicator, telling), telling)
