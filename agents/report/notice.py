"""The notice for the hall: three figures of an office on one page of A4, to be read from three metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import sheets
from agents.pages.withheld import broken
from agents.report.material import Material
from agents.report.sections.satisfaction import given
from agents.report.typesetting import signatory, typeset
from agents.totals.telling import Telling
from agents.writing import NOTHING
from config.settings import Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import SubjectKind
from streams.indicators.vintage import Vintage
from streams.said import Said, said

MOST: Final = 3  # figures
_DECIMALS: Final = 1_000, 10_000  # least calls, requests or answers for a share to have one decimal, and for two

_ROOMS: Final[Mapping[SubjectKind, Said | None]] = {
    "line": said("Telephone"),
    "service": said("Counter"),
    "channel": None,
    "survey": said("Satisfaction"),
}


class HallFigure(NamedTuple):
    label: str  # the subject
    of: str = ""  # the words that follow the value
    value: str = NOTHING  # with its unit; a dash without one
    target: str = ""  # in words; empty without one
    met: bool | None = None
    says: str = ""  # the correction, or why there is no value


def notice(
    annual: Annual,
    settings: Settings,
    language: Language,
    vintage: Vintage | None = None,
    *,
    breaches: Sequence[Breach] = (),
) -> bytes:
    """Return the notice as PDF: the figures of `office.notice`, or the first published ones.

    If a named figure is withheld, the
    notice says so and shows no other in its place.
    """
    material = Material(annual, settings, Telling(language, ZoneInfo(settings.timezone)), vintage, breaches)
    telling, text = material.telling, material.telling.text
    contact, named = settings.office.contact, settings.office.notice
    figures = (
        [_named(each, material) for each in named] if named else [_figure(each, material) for each in chosen(annual)]
    )
    return typeset(
        "notice.typ",
        {
            "language": language,
            "title": text("Our results {when}", when=telling.when(annual.period)),
            "office": signatory(settings.office, annual.site),
            "warning": broken(breaches, language) or "",
            "figures": [each._asdict() for each in figures],
            "nothing": text("Nothing was counted in this period."),
            "published": _published(material),
            "words": {"met": text("target met"), "missed": text("target missed")},
            "contact": text("Contact: {contact}", contact=contact) if contact else "",
        },
        material.day,
    )


def chosen(annual: Annual) -> list[Indicator]:
    """Return default figures for an office that names none, up to three.

    The first published figure of each kind of subject comes first, then the other published ones.
    """
    published = [each for each in annual.indicators if each.corrected.value is not None and each.guard is None]
    order: tuple[SubjectKind, ...] = ("line", "channel", "survey", "service")
    firsts = (next((each for each in published if each.of == subject), None) for subject in order)
    found = [each for each in firsts if each is not None]
    return [*found, *(each for each in published if each not in found)][:MOST]


def _named(name: str, material: Material) -> HallFigure:
    """Return the figure of an id; empty without the target or survey that it needs."""
    indicators = material.annual.indicators
    found = next((each for each in indicators if each.id == name), None)
    if found is not None:
        return _figure(found, material)
    subject = name.partition(":")[2]
    label = next((each.label for each in indicators if each.subject == subject), subject)
    return HallFigure(label, says=material.telling.text("no figure of this period"))


def _figure(indicator: Indicator, material: Material) -> HallFigure:
    telling, value = material.telling, indicator.corrected.value
    text = telling.text
    room = _ROOMS[indicator.of]
    label = indicator.label if room is None else f"{text(room)}{telling.colon}{indicator.label}"
    of, asked = text(sheets.about(sheets.sheet_of(indicator).hall, indicator)), material.annual.asked
    if indicator.of == "survey" and asked is not None:  # the survey may be of another year
        of = text("{of} (answers {given})", of=of, given=given(asked, telling))
    if value is None or indicator.guard is not None:
        return HallFigure(label, of, says=telling.withheld(indicator) or text("no figure of this period"))
    target = "" if indicator.corrected.met is None else telling.aim(indicator)
    return HallFigure(
        label,
        of,
        _written(indicator, value, telling),
        target,
        indicator.corrected.met,
        _correction(indicator, material),
    )


def _correction(indicator: Indicator, material: Material) -> str:
    """Return that a figure is corrected, and why, or that a correction was dismissed; empty otherwise."""
    text, raw = material.telling.text, _written(indicator, indicator.raw.value, material.telling)
    if indicator.method == "none" or indicator.raw.value == indicator.corrected.value:
        dismissed = material.annual.dismissed(indicator)
        return text("As counted: a person of the office dismissed a suspected miscount.") if dismissed else ""
    behind = material.annual.behind(indicator)
    if behind and all(each.status == "confirmed" for each in behind):
        return text("Corrected value: the calls were counted wrong, which gave {raw}.", raw=raw)
    return text("Corrected value: the counting of the calls, which gave {raw}, is suspect.", raw=raw)


def _written(indicator: Indicator, value: float | None, telling: Telling) -> str:
    """Write a value; a share has no decimal finer than a single counted item, unless it would be rounded to a bound.

    299 of 300 are 99.7%, not 100%; 95 lost calls of 999 are 9.5%, because a target of 10% is met.
    """
    if value is None or indicator.unit != "share":
        return telling.value(indicator, value)
    counted, bounds = indicator.raw.whole or 0, {0.0, 1.0, indicator.target}
    fewest = sum(counted >= least for least in _DECIMALS)
    exact = (each for each in range(fewest, 2) if (rounded := round(value, each + 2)) == value or rounded not in bounds)
    return telling.value(indicator, value, next(exact, 2))


def _published(material: Material) -> str:
    """Return the day of publication, in words."""
    text, annual, day = material.telling.text, material.annual, material.telling.day(material.day)
    told = text("as of {day}", day=day) if material.vintage is None else text("published on {day}", day=day)
    return material.telling.edition(told, annual.period, annual.today)
