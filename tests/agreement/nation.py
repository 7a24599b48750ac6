"""The figures of units on a nation's surfaces: the nation, regions, departments and offices."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Final, TypeAlias

import openpyxl

from agents.report.format import Format
from tests.agreement import files
from tests.agreement.office import Office
from tests.agreement.shown import Aspect, Reading, Shown, exact, number
from tests.agreement.tree import of_class, own_text, rows, text_of, tree
from tests.golden.plain import plain
from tests.golden.surfaces import period_options

Read: TypeAlias = Callable[[Office], Iterator[Reading]]

QUARTER: Final = "2025-Q1"
PERIODS: Final = ("2025", QUARTER, "2025-02-05/2025-02-05")
DOWNLOADS: Final = ("csv", "sheet", "json", "html", "xlsx", "open-data", "pdf")
SCOPES: Final[Mapping[str, tuple[str, str]]] = {
    "": ("nation", ""),
    "?region=Nouvelle-Aquitaine": ("region", "Nouvelle-Aquitaine"),
    "?department=Creuse": ("department", "Creuse"),
}
KINDS: Final = {"nationale": "nation", "regionale": "region", "departementale": "department", "site": "site"}


def identity(kind: str, name: str, indicator: str, subject: str) -> str:
    """Return the name of a unit's figure in these tests."""
    return f"{kind}/{name} {indicator}:{subject}"


def from_csv(text: str, period: str) -> Iterator[Reading]:
    """Read the CSV for programs."""
    for row in csv.DictReader(StringIO(text)):
        assert row["period"] == period
        shown: Shown = {aspect: exact(row[column]) for aspect, column in files.COLUMNS.items()}
        shown |= {"status": row["corrected_status"], "raw_status": row["raw_status"]}
        yield Reading(identity(row["kind"], row["name"], row["indicator"], row["subject"]), period, shown)


def from_json(text: str, period: str) -> Iterator[Reading]:
    """Read the JSON: rates and their counts."""
    for unit in json.loads(text)["units"]:
        for subject, line in (("", unit["all_lines"]), *unit["lines"].items()):
            for kind in ("lost_rate", "answer_rate"):
                yield Reading(identity(unit["kind"], unit["name"], kind, subject), period, files.rate(line[kind]))
            for counts in (line, line["opening_hours"]):
                found = next(files.of_counts("", period, counts["raw"], counts["corrected"]))
                yield found._replace(indicator=identity(unit["kind"], unit["name"], "lost_rate", subject))


def open_data(text: str, period: str) -> Iterator[Reading]:
    """Read the rows of open data."""
    for row in csv.DictReader(StringIO(files.part(text, "indicateurs.csv"))):
        kind, subject = KINDS[row["maille"]], "" if row["objet"] == "tous" else row["objet"]
        shown: Shown = {aspect: exact(row[column]) for aspect, column in files.OPEN_COLUMNS.items()}
        shown |= files.of_words(row) | {"believed_met": files.MET[row["objectif_atteint"]]}
        name = "" if kind == "nation" else row["unite_nom"]
        yield Reading(identity(kind, name, row["indicateur"], subject), period, shown)


def tables(text: str, period: str, units: Mapping[str, str]) -> Iterator[Reading]:
    """Read every table of a page whose rows are units; `units` are their identities by their labels."""
    for table in tree(text).iter("table"):
        heads = [text_of(each) for each in table.iterfind("thead/tr/th")]
        if "Raw value" in heads:
            for row in [each for each in rows(table) if each[0] in units]:
                yield _row(dict(zip(heads, row, strict=True)), row[0], period, units)


def _row(cells: Mapping[str, str], label: str, period: str, units: Mapping[str, str]) -> Reading:
    shown: Shown = {
        "raw": number(_bare(cells["Raw value"])),
        "believed": number(_bare(cells["Corrected value"])),
    }
    if "Calls" in cells:
        shown["raw_whole"] = number(cells["Calls"])
    if cells.get("Margin", "—") != "—":
        shown |= dict(zip(("low", "high"), map(number, cells["Margin"].split(" to ")), strict=True))
    if "Coverage" in cells:
        shown["coverage"] = number(cells["Coverage"])
    return Reading(f"{units[label]} lost_rate:", period, shown)


def _bare(cell: str) -> str:
    return re.sub(r"\s(\([A-Z]\)|[A-Z])$", "", cell)


def printed(text: str, period: str, units: Mapping[str, str]) -> Iterator[Reading]:
    """Read the output of a terminal:

    the rates of the whole, and tables of units; a figure ends below the end of its head.
    """
    heads, ends = list[str](), list[int]()
    for line in map(str.rstrip, text.splitlines()):
        if re.search(r" raw +corrected", line):
            found = [*re.finditer(r"\S+(?: \S+)*", line)]
            heads, ends = [each[0] for each in found], [each.end() for each in found]
            continue
        if re.search(r" why +calls", line):
            heads = []  # no rates of units follow
        label = next((each for each in units if line.startswith(f"{each}  ")), None)
        if heads and label is not None and heads[0] != "indicator":
            first = heads.index("calls")
            cut = [ends[first] - 10, *ends[first:]]
            cells = dict(
                zip(
                    heads[first:],
                    (line[start:end].split("  ")[-1].strip() for start, end in pairwise(cut)),
                    strict=True,
                )
            )
            yield _row(
                {
                    "Raw value": cells["raw"],
                    "Corrected value": cells["corrected"],
                    "Calls": cells["calls"],
                    "Margin": cells["between (95%)"] or "—",
                    **({"Coverage": cells["covered"]} if "covered" in cells else {}),
                },
                label,
                period,
                units,
            )


def heads(text: str, period: str, unit: str) -> Iterator[Reading]:
    """Read the large figures of a unit: of its report, or of its page on the board."""
    page = tree(text)
    cards = [*of_class(page, "card")] or [each for found in of_class(page, "heads") for each in found.findall("div")]
    for card in cards:
        said = [text_of(each) for each in card.iter("p")]
        name, big = said[0], next(of_class(card, "big"))
        kind = {"Lost-call rate: all lines": "lost_rate", "Answer rate: all lines": "answer_rate"}.get(name)
        if kind is not None:
            was, believed = next(card.iter("s"), None), number(own_text(big))
            shown: Shown = {
                "believed": believed,
                "raw": believed if was is None else number(text_of(was)),
            }
            yield Reading(f"{unit} {kind}:", period, shown | files.notes(said))


def xlsx(content: bytes, period: str, units: Mapping[str, str]) -> Iterator[Reading]:
    """Read the sheets of units."""
    for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets:
        every = [*sheet.iter_rows(values_only=True)]
        at = next((number for number, row in enumerate(every) if {"Raw value", "Calls"} <= {*row}), None)
        for row in every[at + 1 :] if at is not None else ():
            of = dict(zip(every[at or 0], row, strict=True))
            if row[0] in units:
                shown: Shown = {key: exact(of[column]) for key, column in SHEET.items() if column in of}
                yield Reading(f"{units[str(row[0])]} lost_rate:", period, shown | {"raw_whole": exact(of["Calls"])})


SHEET: Final[Mapping[Aspect, str]] = {
    "raw": "Raw value",
    "believed": "Corrected value",
    "low": "Low (95%)",
    "high": "High (95%)",
    "coverage": "Coverage",
}


def pdf(text: str, period: str, units: Mapping[str, str]) -> Iterator[Reading]:
    """Read the rows of units in the report's text."""
    words = " ".join(text.split())
    for label, unit in units.items():
        for found in re.finditer(
            rf"{re.escape(label)} (?:\d+ |not compared |withheld )([\d,]+) ([\d.]+%) (—|[\d.]+%)", words
        ):
            calls, raw, believed = map(number, found.groups())
            yield Reading(f"{unit} lost_rate:", period, {"raw_whole": calls, "raw": raw, "believed": believed})


def named(office: Office) -> Mapping[str, str]:
    """Return the identities of units by their labels; a department with the name of its region is left out."""
    places = [each.place for each in office.offices.sites.values()]
    return {
        **{each.region: f"region/{each.region}" for each in places if each.region},
        **{each.department: f"department/{each.department}" for each in places if each.department},
        **{each.office.name: f"site/{each.site}" for each in office.offices.sites.values()},
    }


def _written(written_as: Format, office: Office) -> Iterator[Reading]:
    for period in PERIODS if written_as is not Format.PDF else (QUARTER,):
        yield from _of(written_as, office.file(written_as, period), office, period, "nation/")


def _of(written_as: Format, content: bytes, office: Office, period: str, unit: str) -> Iterator[Reading]:
    match written_as:
        case Format.JSON:
            yield from from_json(plain(content), period)
        case Format.CSV:
            yield from from_csv(plain(content), period)
        case Format.OPEN_DATA:
            yield from open_data(plain(content), period)
        case Format.XLSX:
            yield from xlsx(content, period, named(office))
        case Format.HTML:
            yield from heads(plain(content), period, unit)
            yield from tables(plain(content), period, named(office))
        case Format.PDF:
            yield from pdf(plain(content), period, named(office))
        case Format.TABLE:
            yield from printed(plain(content), period, named(office))
        case Format.NOTICE | Format.PROMETHEUS | Format.PARQUET | Format.POSTGRES:
            raise AssertionError(written_as)


def _totals(office: Office) -> Iterator[Reading]:
    for period in PERIODS:
        yield from printed(office.run("totals", *period_options(period)), period, named(office))


def addresses() -> Iterator[str]:
    """Yield the pages that are read."""
    for scope in SCOPES:
        yield f"/years/{QUARTER}{scope}"
        yield from (f"/years/{QUARTER}{scope}{'&' if scope else '?'}format={each}" for each in ("csv", "json", "html"))
        yield f"/api/v1/totals/{QUARTER}{scope}"
    yield from (f"/years/{QUARTER}?format={each}" for each in ("xlsx", "open-data", "pdf"))


def _years(office: Office) -> Iterator[Reading]:
    for scope, (kind, name) in SCOPES.items():
        page = office.page(f"/years/{QUARTER}{scope}")
        yield from heads(page, QUARTER, f"{kind}/{name}")
        yield from tables(page, QUARTER, named(office))


def _api(office: Office) -> Iterator[Reading]:
    for scope in SCOPES:
        yield from from_json(office.page(f"/api/v1/totals/{QUARTER}{scope}"), QUARTER)


def _download(written_as: Format, office: Office) -> Iterator[Reading]:
    for scope, (kind, name) in SCOPES.items():
        content = office.pages.get(f"/years/{QUARTER}{scope}{'&' if scope else '?'}format={written_as}")
        if content is not None:
            yield from _of(written_as, content, office, QUARTER, f"{kind}/{name}")


# A nation's tables have its offices one by one.
OF_ONE: Final = {Format.NOTICE, Format.PROMETHEUS, Format.PARQUET, Format.POSTGRES}
OF_MANY: Final = tuple(each for each in Format if each not in OF_ONE)
SURFACES: Final[Mapping[str, Read]] = {
    **{f"nation's format {each}": partial(_written, each) for each in OF_MANY if each is not Format.TABLE},
    **{f"nation's download {each}": partial(_download, each) for each in OF_MANY if each is not Format.TABLE},
    "nation's command totals": _totals,
    "nation's page /years/{name}": _years,
    "nation's page /api/v1/totals/{name}": _api,
}
