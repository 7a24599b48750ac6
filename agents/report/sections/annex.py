"""The annex: all indicators, the evidence of miscounts, and how the figures were made."""

from __future__ import annotations

from typing import assert_never

from agents.pages import sheets, words
from agents.pages.checks import sentences
from agents.report.blocks import Block, Items, Paragraph, Section, Table
from agents.report.charts import control_chart
from agents.report.material import Material
from agents.writing import NOTHING
from streams.indicators.indicator import Figure, Indicator, ObservationStatus
from streams.indicators.kinds import IndicatorKind
from streams.watch.incident import Incident


def indicators(material: Material) -> Section | None:
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


def miscounts(material: Material) -> Section | None:
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


def control(material: Material) -> Section | None:
    """Return the section; None if no line has enough weeks for limits."""
    found = []
    for each in material.principal():
        line = material.annual.lines[each.subject]
        chart = control_chart(line, material.annual.period, material.spans(each), material.telling)
        if chart is not None:
            found.append(Section(f"control-{each.subject}", each.label, (chart,)))
    if not found:
        return None
    text = material.telling.text
    told = Paragraph(text("A week beyond the limits is not explained by chance: it asks for a cause."), "note")
    return Section("control", text("Statistical control by week"), (told,), tuple(found))


def checks(material: Material) -> Section | None:
    """Return the section; None if the checks are unknown."""
    if not material.checked:
        return None
    text, telling = material.telling.text, material.telling
    told = [
        f"{material.annual.lines[name].plan.label}{telling.colon}{' '.join(sentences(each, telling.language))}"
        for name, each in material.checked.items()
    ]
    return Section("checks", text("What was checked"), (Items(tuple(told)),))


def definitions(material: Material) -> Section:
    """Return the section, with the kinds that have a count."""
    text, telling = material.telling.text, material.telling
    made = text(
        "The raw value is what was counted; it is never changed. "
        "The corrected value recounts the calls that a law shows to be wrong, else it leaves out the quarters of an "
        "hour concerned; coverage is the share of the opening hours it stands on. "
        "Below 75% it is not published. One year's figure never stands in for another's."
    )
    first: dict[IndicatorKind, Indicator] = {}
    for each in material.counted:
        first.setdefault(each.kind, each)
    rows = []
    for kind, each in first.items():
        sheet = sheets.SHEETS[kind]
        computed = text(sheets.about(sheet.computed, each))
        rows.append(
            (
                telling.title(each),
                text(words.UNITS[each.unit]),
                computed,
                text(sheets.SOURCES[each.of]),
                text(sheet.bias),
            )
        )
    title = text("How these figures are made")
    head = (text("Indicator"), text("Unit"), text("Computation"), text("Source"), text("Bias"))
    codes = " · ".join(f"{code} {text(said)}" for code, said in words.STATUSES.items())
    name = text("Statuses")
    statuses = Paragraph(f"{name} (SDMX){telling.colon}{codes}.", "note")
    table = [Table(text("Definitions"), head, tuple(rows), (False,) * len(head))] if rows else []
    return Section("definitions", title, (Paragraph(made), *table, statuses))


def edition(material: Material) -> str:
    """Return the edition of the figures, in words."""
    text, telling, vintage, annual = material.telling.text, material.telling, material.vintage, material.annual
    if vintage is None:
        told = text("figures as of {day}", day=telling.day(annual.today))
    else:
        told = text("edition {number} of {when}", number=vintage.number, when=telling.local(vintage.at))
        decided = max((one.at for each in annual.incidents for one in each.decisions), default=0)
        if decided > vintage.at:  # the decision changed no figure, only the text
            told = text("{edition}, with what was decided until {when}", edition=told, when=telling.local(decided))
    return telling.edition(told, annual.period, annual.today)


def editions(material: Material) -> Section | None:
    """Return the section; None if the figures are no edition."""
    vintage = material.vintage
    if vintage is None:
        return None
    found = material.telling.text(
        "Edition {number}. Earlier editions remain available. The workbook (XLSX) has the digest of the figures and "
        "the ids of the incidents.",
        number=vintage.number,
    )
    return Section("editions", material.telling.text("Editions"), (Paragraph(found),))
