"""The figures of a period as open data: a row for each indicator, subject and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.history.incident_json import local_day, moment
from agents.language import Language
from agents.open_data.columns import CHANNELS, KEY
from agents.open_data.disclosure import HIDDEN, WHY, disclosed, hides_whole, is_hidden
from agents.open_data.labels import national_label
from agents.pages import words
from agents.pages.breaks import BETWEEN
from agents.pages.withheld import broken, withheld
from agents.totals.telling import Telling
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator
from streams.indicators.kinds import IndicatorUnit, SubjectKind
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage
from streams.periods.named import PeriodKind, kind_of
from streams.periods.series import IndicatorStretch, by_month, by_quarter
from streams.said import Said, said
from streams.watch.guard import Guard
from streams.watch.thresholds import GATE

ObservationKey: TypeAlias = tuple[str, ...]  # indicator, subject, period
Observation: TypeAlias = dict[str, Any]  # by column

_UNITS: Final[Mapping[IndicatorUnit, str]] = {"share": "part", "days": "jours", "minutes": "minutes"}
_PERIODS: Final[Mapping[PeriodKind, str]] = {
    "day": "jour",
    "week": "semaine",
    "month": "mois",
    "quarter": "trimestre",
    "year": "annee",
    "range": "autre",
}
NOT_COUNTED: Final = said("nothing was counted")
_WRONG: Final = said("some of its days were counted wrong or are in doubt")
NOBODY: Final[Mapping[SubjectKind, Said]] = {
    "line": said("nobody called"),
    "service": said("nobody came"),
    "channel": said("nothing was received or answered"),
    "survey": said("nobody answered"),
}


class PublishedEdition(NamedTuple):
    """Figures, and the vintage that has them, if any."""

    annual: Annual
    vintage: Vintage | None
    publication: str | None = None  # the hash of the vintage's publication


def observations(
    edition: PublishedEdition, office: str, zone: ZoneInfo, breaches: Sequence[Breach] = ()
) -> list[Observation]:
    """Return a row for each indicator over the whole period, its quarters and its months, if known.

    A value is 0 if nobody called, and None with a reason if nothing was counted or the figure is withheld.
    """
    return [
        {
            "site": edition.annual.site,
            "organisme": office,
            **row,
            "integrite": broken(breaches, Language.FR),
            "edition": edition.vintage and edition.vintage.number,
            "edition_date": edition.vintage and moment(edition.vintage.at, zone),
            "date_arret": edition.annual.today,
        }
        for row in _rows(edition.annual, zone)
    ]


def key_of(row: Observation) -> ObservationKey:
    """Return the key of a row, which is the same in every edition."""
    return tuple(row[name] for name in KEY)


def _rows(annual: Annual, zone: ZoneInfo) -> list[Observation]:
    telling, found = Telling(Language.FR, zone), []
    for each in annual.indicators:
        corrected = each.corrected if each.guard is None else Figure(None, None, None, status="Q")
        whole = IndicatorStretch(annual.period, each.counted, each.raw, corrected)
        months = by_month(annual, each, lambda at: local_day(at, zone))
        parts = [*disclosed(by_quarter(annual, months)), *disclosed(months)]
        bounds = _of_whole(each, telling)
        if hides_whole(annual.period, each):
            whole = whole._replace(raw=HIDDEN, corrected=HIDDEN)
            bounds |= dict.fromkeys(("borne_basse", "borne_haute", "objectif_atteint"))
            parts = disclosed([whole, *parts])[1:]
        same = about(each, telling)
        found.append({**same, **_stretch(whole, each, telling), **bounds})
        found += [{**same, **_stretch(stretch, each, telling)} for stretch in parts]
    return found


def about(each: Indicator, telling: Telling) -> Observation:
    """Return the columns that are the same in all rows of an indicator."""
    return {
        "indicateur": each.kind,
        "libelle": telling.title(each),
        "libelle_services_publics_plus": national_label(each.kind),
        "canal": CHANNELS[each.of],
        "objet": each.subject,
        "objet_libelle": each.label,
        "unite": _UNITS[each.unit],
        "methode": each.method,
        "objectif": each.target,
        "sens_objectif": None if each.target is None else "minimum" if each.at_least else "maximum",
    }


def _of_whole(each: Indicator, telling: Telling) -> Observation:
    """Return the columns that only the row of the whole period has."""
    return {
        "borne_basse": each.corrected.low if each.guard is None else None,
        "borne_haute": each.corrected.high if each.guard is None else None,
        "couverture": each.coverage if each.counted else None,
        "objectif_atteint": each.corrected.met,
        "rupture": BETWEEN.join(telling.breaks(each)),
    }


def _stretch(stretch: IndicatorStretch, each: Indicator, telling: Telling) -> Observation:
    period, counted, raw, corrected = stretch.period, stretch.counted, stretch.raw, stretch.corrected
    nothing = _is_nothing(stretch)
    quality = NOT_COUNTED if nothing else words.STATUSES[corrected.status]
    return {
        **period_columns(period),
        "compte_du": counted and counted.first,
        "compte_au": counted and counted.last,
        **figure_columns("", corrected, nothing=nothing),
        "statut": "O" if nothing else corrected.status,
        "qualite": telling.text(quality),
        **figure_columns("_brute", raw, nothing=nothing),
        "statut_brut": "O" if nothing else raw.status,
        "couverture": None if nothing else stretch.coverage,
        "motif": _lacking(stretch, each, telling) if corrected.value is None else None,
    }


def period_columns(period: Period) -> Observation:
    return {
        "periode": period.name,
        "periode_type": _PERIODS[kind_of(period)],
        "date_debut": period.first,
        "date_fin": period.last,
    }


def figure_columns(of: Literal["", "_brute"], figure: Figure, *, nothing: bool) -> Observation:
    """Return the columns of a figure, raw or corrected; its counts are None if `nothing` was counted."""
    masculine = of.removesuffix("e")
    part, whole = (None, None) if nothing else (figure.part, figure.whole)
    return {f"valeur{of}": figure.value, f"numerateur{masculine}": part, f"denominateur{masculine}": whole}


def _is_nothing(stretch: IndicatorStretch) -> bool:
    """Return whether nothing was counted; a survey has no days of its own."""
    return stretch.counted is None and stretch.raw.value is None


def _lacking(stretch: IndicatorStretch, each: Indicator, telling: Telling) -> str:
    """Return why there is no value."""
    if _is_nothing(stretch):
        return telling.text(NOT_COUNTED)
    if stretch.corrected.status != "Q":
        return telling.text(NOBODY[each.of])
    if is_hidden(stretch):
        return telling.text("withheld: {why}", why=telling.text(WHY))
    if stretch.coverage < GATE.coverage:
        return withheld(Guard("coverage"), stretch.coverage, telling.zone, telling.language)
    of_month = each.of in {"service", "channel"} and kind_of(stretch.period) == "month"
    why = _WRONG if of_month else said("a month of it is")
    return telling.withheld(each) or telling.text("withheld: {why}", why=telling.text(why))
