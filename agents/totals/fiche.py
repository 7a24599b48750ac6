"""The sheet of one indicator, laid out as a "fiche indicateur": unit, figures, source, computation, bias, its trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from agents.pages import words, written
from agents.pages.breaks import all_said
from agents.pages.withheld import withheld
from agents.totals.pen import HEAD, NAME, SOFT, CellValue, Pen
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator, IndicatorUnit
from streams.watch.french import number

FORMATS: Final[dict[IndicatorUnit, str]] = {"share": "0.00%", "days": "0.00", "minutes": "0.00"}

_COUNT, _RATE, _MEAN = "#,##0", "0.00%", "#,##0.00"
_INCIDENT: Final = ("Incident", "Motif", "Du", "Au", "Détecté", "Décision")
_LAST: Final = 7  # column
_WIDE: Final = 100  # characters of a line over the columns from the second to the last


def fiche(pen: Pen, sheet: Worksheet, annual: Annual, each: Indicator, zone: ZoneInfo) -> None:
    """Write an indicator's sheet."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, _LAST, 16)
    title = words.title(each)
    pen.put(sheet, 0, 0, f"{title.fr} : {each.label}", bold=True, font_size=14)
    pen.put(sheet, 1, 0, f"{title.en}: {each.label}", italic=True, **SOFT)
    row = _figures(pen, sheet, 3, each, zone)
    sheet_words = words.SHEETS[each.kind]
    row = _say(pen, sheet, row, "Source des données", *sheet_words.source)
    row = _say(pen, sheet, row, "Mode de calcul", *words.said(sheet_words.computed, each))
    row = _say(pen, sheet, row, "Biais et limites", *sheet_words.bias)
    if told := all_said(each):
        row = _say(pen, sheet, row, "Rupture de série", *(text for both in told for text in both))
    row = _incidents(pen, sheet, row + 1, annual, each, zone)
    _months(pen, sheet, row + 1, annual, each)


def _figures(pen: Pen, sheet: Worksheet, row: int, each: Indicator, zone: ZoneInfo) -> int:
    method = words.METHODS[each.method].fr
    if each.guard is not None:
        method = withheld(each.guard, each.coverage, zone).fr
    raw, corrected, before = each.raw, each.corrected, each.before
    figure = {"num_format": FORMATS[each.unit]}
    lines: tuple[tuple[str, CellValue, dict[str, Any]], ...] = (
        ("Unité", words.UNITS[each.unit].fr, {}),
        ("Période comptée", "rien" if each.counted is None else written.period(each.counted).fr, {}),
        ("Réalisé, valeur brute", raw.value, figure),
        ("    soit", _fraction(raw), {}),
        ("Réalisé, valeur corrigée", corrected.value, {**figure, "bold": True}),
        ("    soit", _fraction(corrected), {}),
        ("    intervalle à 95 %, bas", corrected.low, figure),
        ("    intervalle à 95 %, haut", corrected.high, figure),
        ("Cible (rester en dessous de)", each.target, figure),
        ("Cible atteinte (brut / corrigé)", f"{yes(raw.met)} / {yes(corrected.met)}", {}),
        ("Année précédente, valeur corrigée", before.corrected if before else None, figure),
        ("Couverture", each.coverage, {"num_format": "0.0%"}),
        ("Statut (brut / corrigé)", f"{words.STATUSES[raw.status].fr} / {words.STATUSES[corrected.status].fr}", {}),
        ("Correction", method, {}),
    )
    for below, (name, cell, properties) in enumerate(lines, row):
        pen.put(sheet, below, 0, name, **NAME)
        pen.put(sheet, below, 1, cell, align="left", **properties)
    return row + len(lines)


def _say(pen: Pen, sheet: Worksheet, row: int, name: str, *texts: str) -> int:
    """Write texts below each other over the whole width; return the next row."""
    pen.put(sheet, row, 0, name, **NAME)
    sheet.merge_range(row, 1, row, _LAST, "", pen.format(text_wrap=True))
    pen.put(sheet, row, 1, "\n".join(texts), text_wrap=True)
    sheet.set_row(row, 15 * max(1, sum(1 + len(text) // _WIDE for text in texts)))
    return row + 1


def _incidents(pen: Pen, sheet: Worksheet, row: int, annual: Annual, each: Indicator, zone: ZoneInfo) -> int:
    """Write the incidents behind an indicator; return the next row."""
    pen.put(sheet, row, 0, "Périodes neutralisées et motifs", bold=True, font_size=12)
    found = [incident for incident in annual.incidents if incident.id in each.incidents]
    if not found:
        pen.put(sheet, row + 1, 0, "aucune")
        return row + 2
    pen.row(sheet, row + 1, _INCIDENT, **HEAD)
    row += 2
    for incident in found:
        moments = (_moment(moment, zone) for moment in (*incident.bounds(), incident.detected))
        kind, standing = words.MISCOUNTS[incident.kind].fr, words.STANDINGS[incident.status].fr
        pen.row(sheet, row, (incident.id, kind, *moments, standing), text_wrap=True)
        sheet.set_row(row, 30)  # for long ids
        row = _say(pen, sheet, row + 1, "Constat", *(evidence.says for evidence in incident.evidence))
    return row


def _months(pen: Pen, sheet: Worksheet, row: int, annual: Annual, each: Indicator) -> None:
    """Write an indicator's months and, for a line, a chart of them."""
    columns, months = _by_month(annual, each)
    if not months:
        return
    pen.put(sheet, row, 0, "Par mois", bold=True, font_size=12)
    pen.put(sheet, row + 1, 0, "Mois", **HEAD)
    for column, head in enumerate(columns, 1):
        pen.put(sheet, row + 1, column, head, align="right", **HEAD)
    for below, (name, *cells) in enumerate(months, row + 2):
        pen.put(sheet, below, 0, name, bottom=4)
        for column, (shape, cell) in enumerate(zip(columns.values(), cells, strict=True), 1):
            pen.put(sheet, below, column, cell, num_format=shape, bottom=4)
    if each.kind == "lost_rate":
        _chart(pen, sheet, row + 2, row + 1 + len(months))


def _chart(pen: Pen, sheet: Worksheet, first: int, last: int) -> None:
    chart = pen.book.add_chart({"type": "line"})
    assert chart is not None
    for column, name, color in ((3, "valeur brute", "#B3541E"), (6, "valeur corrigée", "#1F4E79")):
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, column, last, column],
                "line": {"color": color, "width": 2.25},
                "marker": {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}},
            }
        )
    chart.set_y_axis({"num_format": "0%", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 280})
    sheet.insert_chart(last + 2, 0, chart, {"description": "Taux d'appels perdus par mois, valeur brute et corrigée"})


def _by_month(annual: Annual, each: Indicator) -> tuple[dict[str, str], list[tuple[CellValue, ...]]]:
    """Return the columns of an indicator's months, with their number formats, and the months, each with its name."""
    if each.kind == "lost_rate":
        columns = {"Reçus": _COUNT, "Perdus": _COUNT, "Taux brut": _RATE}
        columns |= {"Reçus (corr.)": _COUNT, "Perdus (corr.)": _COUNT, "Taux corrigé": _RATE, "¼ h en cause": _COUNT}
        return columns, [
            (
                month.name,
                *(month.raw.offered, month.raw.lost, month.raw.lost_rate),
                *((month.corrected.offered, month.corrected.lost) if month.corrected else (None, None)),
                *(month.corrected_rate, month.in_quarantine),
            )
            for month in annual.lines[each.subject].months
        ]
    if each.kind in {"wait", "time_in_service"}:
        columns = {"Tickets": _COUNT, "Servis": _COUNT, "Attente (min)": _MEAN, "Au guichet (min)": _MEAN}
        return columns, [
            (month.name, month.issued, month.served, _minutes(month.wait), _minutes(month.time_in_service))
            for month in annual.services[each.subject].months
        ]
    if each.kind in {"within_target", "mean_days"}:
        columns = {"Reçues": _COUNT, "Répondues": _COUNT, "Dans le délai": _COUNT, "Délai moyen (jours)": _MEAN}
        return columns, [
            (
                month.name,
                month.received,
                month.answered,
                None if each.limit is None else month.within,
                month.days / month.answered if month.answered else None,
            )
            for month in annual.channels[each.subject].months
        ]
    return {}, []


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _fraction(figure: Figure) -> str:
    if figure.whole is None:
        return "—"
    whole = number(figure.whole)
    return whole if figure.part is None else f"{number(figure.part)} sur {whole}"


def _moment(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%d/%m/%Y %H:%M")


def yes(met: bool | None) -> str:  # noqa: FBT001 -- it is the value that is written
    """Write whether a target is met; a dash where that is not known."""
    return "—" if met is None else "oui" if met else "non"
