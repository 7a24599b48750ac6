"""Requests in writing: e-mails and letters, titles, complaints; each channel with its delay and its answers."""

from __future__ import annotations

from collections.abc import Sequence

from agents.pages.sentences import reasons_sentence
from agents.pages.sheets import SHEETS, is_of_titles
from agents.report.blocks import Block, Figure, Figures, Paragraph, Picture, Section
from agents.report.change import sentence, verdicts
from agents.report.delays import delays
from agents.report.finding import dismissals, doubted, doubts
from agents.report.material import Material
from agents.report.months import means
from agents.report.shown import evolution, figure
from agents.totals.telling import Telling
from config.settings import RequestSection
from streams.indicators.channel import ChannelTotals
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import OF_REQUESTS


def digital(material: Material) -> Section | None:
    return _section("digital", material.telling.text("E-mails and letters"), material)


def titles(material: Material) -> Section | None:
    return _section("titles", material.telling.text("Titles"), material)


def complaints(material: Material) -> Section | None:
    return _section("complaints", material.telling.text("Complaints"), material)


def _section(part: RequestSection, title: str, material: Material) -> Section | None:
    names = [
        name
        for name, each in material.annual.channels.items()
        if each.received and _section_of_parts(each.plan.parts or (name,), material) == part
    ]
    if not names:
        return None
    if len(names) == 1:
        return Section(part, title, tuple(_channel(names[0], material)))
    every = [each for name in names for each in material.all_of("channel", name)]
    blocks = [Paragraph(said) for said in (_lead(every, material.telling), verdicts(every, material.telling)) if said]
    within = [
        Section(name, material.annual.channels[name].plan.label, tuple(_channel(name, material))) for name in names
    ]
    return Section(part, title, tuple(blocks), tuple(within))


def _section_of_parts(names: Sequence[str], material: Material) -> RequestSection:
    """Return the section of a channel, or of a sum of channels that all have the same."""
    configured = material.settings.requests
    found = {section_of(name, None if name not in configured else configured[name].section) for name in names}
    return found.pop() if len(found) == 1 else "digital"


def _lead(indicators: Sequence[Indicator], telling: Telling) -> str:
    """Return a sentence on the mean delay of each channel."""
    delays_of = [each for each in indicators if each.unit == "days" and each.corrected.value is not None]
    each_of = [f"{each.label}, {telling.amount(each, each.corrected.value or 0.0)}" for each in delays_of]
    return f"{telling.title(delays_of[0])}{telling.colon}{telling.semicolon.join(each_of)}." if delays_of else ""


def section_of(name: str, configured: RequestSection | None = None) -> RequestSection:
    """Return the configured section of a channel; by default, the one that its id implies.

    >>> [section_of(name) for name in ("email", "letter", "im341", "complaint", "permits")]
    ['digital', 'digital', 'titles', 'complaints', 'digital']
    """
    if configured is not None:
        return configured
    if is_of_titles(name):
        return "titles"
    return "complaints" if name.startswith("complaint") else "digital"


def _channel(name: str, material: Material) -> list[Block]:
    channel, telling = material.annual.channels[name], material.telling
    indicators = material.all_of("channel", name)
    blocks: list[Block] = [Paragraph(" ".join(sentence(each, telling) for each in indicators))]
    if channel.reasons:
        blocks.append(Paragraph(f"{reasons_sentence(channel.reasons, channel.received, telling.text)}."))
    blocks += [block for each in doubted(indicators) for block in doubts(each, material)]
    blocks += dismissals(indicators, material)
    blocks.append(Figures((*(figure(each, material) for each in indicators), _received(channel, material))))
    spread = delays(channel.delays, channel.plan, telling)
    pictures = [_months(each, channel, telling) for each in indicators] if spread is None else [spread]
    pictures += [evolution(each, material) for each in _drawn(indicators)]
    return [*blocks, *filter(None, pictures)]


def _months(indicator: Indicator, channel: ChannelTotals, telling: Telling) -> Picture | None:
    """Draw an indicator by month; None if its kind has no such picture."""
    title, made = SHEETS[indicator.kind].monthly, OF_REQUESTS[indicator.kind]
    parts = [(month.name, *made.parts(month)) for month in channel.months]
    values = [(name, part / whole if whole else None) for name, part, whole in parts]
    return None if title is None else means(telling.text(title), values, None, telling)


def _drawn(indicators: list[Indicator]) -> list[Indicator]:
    """Return the mean delay before the share in time."""
    return sorted(indicators, key=lambda each: each.unit != "days")


def _received(channel: ChannelTotals, material: Material) -> Figure:
    telling = material.telling
    notes = [telling.text("{count} answered", count=telling.number(channel.answered))]
    if channel.pending:
        notes.append(telling.text("{count} pending", count=telling.number(channel.pending)))
    if channel.overdue:
        notes.append(telling.text("{count} of them overdue", count=telling.number(channel.overdue)))
    return Figure(telling.text("Received"), telling.number(channel.received), notes=tuple(notes))
