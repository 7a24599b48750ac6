"""A desk's miscounts in plain words: the error, its dates, its effect, and who confirmed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from agents.report.blocks import Block, Items, Paragraph
from agents.report.material import Material
from streams.indicators.indicator import Indicator
from streams.said import Said, said
from streams.watch.emptied import NO_LOSSES
from streams.watch.hours import LOSSES
from streams.watch.incident import FALL, Incident
from streams.watch.laws import ATTENDED, Kind
from streams.watch.office import gathered

PLAIN: Final[Mapping[Kind, Said]] = {
    "duplicate": said("The software counted some calls twice"),
    "multi-leg": said("The software counted as a call each telephone that rang"),
    "answered-as-lost": said("The software counted as lost calls that an agent had answered"),
    "phantom": said("The software counted calls that nobody made"),
    "closed-hours": said("The software counted calls while the office was closed"),
    "missing": said("The software left calls out"),
    "stuck": said("The software stood still"),
    "reset": said("The software began again from zero"),
    "clock": said("The clock of the software was wrong"),
    "mismatch": said("The software gave figures that contradict each other"),
    "unit": said("The software recorded lengths in a wrong unit"),
    "zero": said("The software recorded unknown waits as 0"),
    "order": said("The software recorded moments in an impossible order"),
    "swapped": said("The software swapped two columns"),
    "bulk": said("The software called, answered or closed many cases at one moment"),
    "same-stamp": said("The software recorded the beginning and the end of cases at the same moment"),
    "never-closed": said("The software did not close cases, or did not call them"),
    "calendar": said("The software dated cases on days on which the office is closed"),
    "drift": said("The software counted another rate than the line has, by a fault that is not known"),
    "overload": said("The line was overloaded"),
}

# By the cause of an incident of the kind `missing`
LOSSES_MISSING: Final[Mapping[str, Said]] = {
    **dict.fromkeys((FALL, NO_LOSSES, LOSSES), said("The software left lost calls out, or counted them as answered")),
    ATTENDED: said("The software counted as answered calls that were lost"),
}
CASES: Final[Mapping[Kind, Said]] = {  # at counters and in registers, if the words differ
    "duplicate": said("The software counted some cases twice"),
    "missing": said("The software left cases out"),
    "clock": said("The software recorded wrong times"),
    "drift": said("The software recorded other lengths than the desk has, by a fault that is not known"),
}


def doubts(indicator: Indicator, material: Material) -> list[Block]:
    """Return an indicator's finding and its incidents as blocks; empty if it is not in doubt."""
    if not indicator.incidents and not indicator.guard:
        return []
    told = wrong(indicator, material)
    return [Paragraph(finding(indicator, material), "warning"), *([Items(tuple(told))] if told else [])]


def doubted(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Return the indicators of one desk that are in doubt; of several with the same incidents, the first."""
    found: dict[tuple[str, ...], Indicator] = {}
    for each in indicators:
        if each.incidents or each.guard:
            found.setdefault(tuple(each.incidents), each)
    return [*found.values()]


def dismissals(indicators: Iterable[Indicator], material: Material) -> list[Paragraph]:
    """Return a sentence for each suspicion about a desk that a person dismissed: what, when, who and why."""
    found = {each.id: each for indicator in indicators for each in material.annual.dismissed(indicator)}
    named = material.settings.office.publish_notes
    return [Paragraph(material.telling.dismissed(each, named=named)) for each in found.values()]


def finding(indicator: Indicator, material: Material) -> str:
    """Return what is wrong with an indicator, and its corrected value; unconfirmed errors are suspicions."""
    telling = material.telling
    text, raw = telling.text, telling.value(indicator, indicator.raw.value)
    behind = material.annual.behind(indicator)
    if not behind:
        found = text("{raw} was counted, but nothing says that the counting is right.", raw=raw)
    elif all(each.status == "confirmed" for each in behind):
        found = text("{raw} was counted, but the counting was wrong.", raw=raw)
    else:
        found = text("{raw} was counted, but the counting is suspect; no person has confirmed it yet.", raw=raw)
    told = [found]
    if indicator.guard is not None:
        told.append(text("The value is not published ({withheld}).", withheld=telling.withheld(indicator)))
    elif indicator.method != "none":
        told.append(text("The believed value is {value}.", value=telling.value(indicator, indicator.corrected.value)))
    if indicator.flips and indicator.corrected.met:
        told.append(text("The target is met; by the value as counted it would not be."))
    elif indicator.flips:
        told.append(text("The target is missed; by the value as counted it would be met."))
    return " ".join(told)


def wrong(indicator: Indicator, material: Material) -> list[str]:
    """Return a sentence for each miscount or doubt that affects an indicator."""
    behind = material.annual.behind(indicator)
    return [_told(each, material) for each in gathered(behind, material.annual.silences)]


def _told(incident: Incident, material: Material) -> str:
    telling = material.telling
    text = telling.text
    start, end = incident.bounds()
    sure = incident.status == "confirmed"
    doubt = incident.verdict == "undecided" and not sure
    what = text(PLAIN[incident.kind])
    if incident.kind == "missing" and incident.cause in LOSSES_MISSING:
        what = text(LOSSES_MISSING[incident.cause])
    if doubt:
        of_line = text("The line may really have lost these calls, or the counting is wrong")
        what = of_line if incident.desk == "line" else text("This may really have happened, or the counting is wrong")
    elif incident.desk != "line":
        what = text(CASES.get(incident.kind, PLAIN[incident.kind]))
    told = [text("{what}, from {start} to {end}.", what=what, start=telling.local(start), end=telling.local(end))]
    if sure:
        told.append(text("A person of the office has confirmed it."))
    else:
        told.insert(0, text("This is a suspicion: nobody has decided yet."))
    if note := note_of(incident, material):
        told.append(text("The office notes: “{note}”", note=note))
    return " ".join(told)


def note_of(incident: Incident, material: Material) -> str:
    """Return the note of the confirming decision; empty if the office publishes no notes, or if the note was erased."""
    if not material.settings.office.publish_notes or incident.status != "confirmed":
        return ""
    return incident.decisions[-1].note if incident.decisions else ""
