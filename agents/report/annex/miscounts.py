"""The evidence of each miscount."""

from __future__ import annotations

from agents.pages import words
from agents.report.blocks import Block, Items, Paragraph, Section, Table
from agents.report.material import Material
from streams.watch.incident import Incident


def section(material: Material) -> Section | None:
    """Return the section; None if no figure was counted wrong."""
    behind, _ = material.annual.told()
    if not behind:
        return None
    within = [_incident(number, each, material) for number, each in enumerate(behind, 1)]
    return Section("miscounts", material.telling.text("Evidence of the miscounts"), (), tuple(within))


def alarms(material: Material) -> Section | None:
    """Return the section of the other alarms, which change no figure; None without any."""
    _, others = material.annual.told()
    if not others:
        return None
    text, telling = material.telling.text, material.telling
    rows = [
        (
            material.annual.label(each),
            telling.what(each),
            *map(telling.local, each.bounds()),
            text(words.STANDINGS[each.status]),
        )
        for each in others
    ]
    title = text("Other alarms, which change no figure")
    head = (text("Desk"), text("Alarm"), text("From"), text("To"), text("Decision"))
    return Section("alarms", title, (Table(title, head, tuple(rows), (False,) * len(head)),))


def _incident(number: int, incident: Incident, material: Material) -> Section:
    telling = material.telling
    text, (start, end), unjudged = telling.text, incident.bounds(), incident.unjudged()
    when = text(
        "From {start} to {end}; detected {detected}",
        start=telling.local(start),
        end=telling.local(end),
        detected=telling.local(incident.detected),
    )
    calls = incident.calls
    after = telling.counted(", after {calls} call", ", after {calls} calls", calls, calls=telling.number(calls))
    standing = text(words.STANDINGS[incident.status])
    blocks: list[Block] = [
        Paragraph(f"{when}{after if calls else ''}{telling.semicolon}{standing}."),
        *([Paragraph(text(words.UNJUDGED, since=telling.local(unjudged[0])))] if unjudged else []),
        Items(tuple(telling.says(each) for each in incident.evidence if each.check != "office")),
        *(
            Paragraph(f"{telling.local(each.at)}{telling.colon}{text(words.DECISIONS[each.decision])}.", "note")
            for each in incident.decisions
        ),
    ]
    title = f"{material.annual.label(incident)}{telling.colon}{telling.what(incident)}"
    return Section(f"miscount-{number}", title, tuple(blocks))
