"""The figures in an office's published files: each indicator, read by keys, columns, cells and classes."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any, Final, TypeAlias

import openpyxl
from prometheus_client.parser import text_string_to_metric_families

from agents.csv_text import csv_text
from streams.periods.named import period_of
from tests.agreement.shown import Aspect, Number, Reading, Shown, exact, number, reason
from tests.agreement.tree import of_class, text_of, tree

Named: TypeAlias = Mapping[str, str]  # ids of indicators by their English names
Query: TypeAlias = Callable[[str], tuple[Sequence[str], Sequence[Sequence[Any]]]]  # columns and rows
Reader: TypeAlias = Callable[[str, str, Named], Iterable[Reading]]  # of a text, of a period

COLUMNS: Final[Mapping[Aspect, str]] = {
    "raw": "raw",
    "raw_part": "raw_part",
    "raw_whole": "raw_whole",
    "believed": "corrected",
    "believed_part": "corrected_part",
    "believed_whole": "corrected_whole",
    "low": "low",
    "high": "high",
    "coverage": "coverage",
}
OPEN_COLUMNS: Final[Mapping[Aspect, str]] = {
    "raw": "valeur_brute",
    "raw_part": "numerateur_brut",
    "raw_whole": "denominateur_brut",
    "believed": "valeur",
    "believed_part": "numerateur",
    "believed_whole": "denominateur",
    "low": "borne_basse",
    "high": "borne_haute",
    "coverage": "couverture",
}
SHEET: Final[Mapping[Aspect, str]] = {
    "raw": "Raw value",
    "believed": "Corrected value",
    "low": "Low (95%)",
    "high": "High (95%)",
    "coverage": "Cov.",
}
SPREADSHEET: Final[Mapping[Aspect, str]] = {
    "raw_part": "Raw value: part",
    "raw_whole": "Raw value: out of",
    "believed_part": "Corrected value: part",
    "believed_whole": "Corrected value: out of",
}
QUALITIES: Final = {
    "normale": "A",
    "provisoire": "P",
    "douteuse": "U",
    "estimée": "E",
    "non publiée": "Q",
    "rupture de série": "B",
    "rien n'a été compté": "O",
}
MET: Final = {"true": True, "false": False, "": None}
STATUS: Final = {"normal": "A", "suspect": "U", "estimated": "E", "provisional": "P", "withheld": "Q", "": "A"}


def table(text: str, period: str, named: Named) -> Iterator[Reading]:
    """Read the table of a terminal: figures end where the head of their column ends."""
    head = next(line for line in text.splitlines() if line.startswith("indicator"))
    ends = [found.end() for found in re.finditer(r"\S+(?: \S+)*", head)]
    for line in text.splitlines():
        name = next((each for each in named if line.startswith(f"{each}  ")), None)
        if name is None:
            continue
        ended = [len(name), *ends[1:]]
        raw, believed, between, covered = (line[start:end].strip() for start, end in list(pairwise(ended))[:4])
        shown: Shown = {"raw": number(_figure(raw)), "believed": number(_figure(believed))}
        shown |= {"raw_status": _status(raw), "status": _status(believed)}
        if between:
            low, high = between.split(" to ")
            shown |= {"low": number(low), "high": number(high)}
        if covered:
            shown["coverage"] = number(covered)
        shown["withheld"] = next(
            (reason(each) for each in text.splitlines() if each.startswith(f"{name}: withheld")), None
        )
        yield Reading(named[name], period, shown)


def _figure(cell: str) -> str:
    return re.sub(r"\s[A-Z]$", "", cell)


def _status(cell: str) -> str:
    found = re.search(r"\s([A-Z])$", cell)
    return found[1] if found else "A"


def from_json(text: str, period: str, _named: Named) -> Iterator[Reading]:
    """Read the JSON: its indicators, and the counts of its lines."""
    told = json.loads(text)
    for each in told["indicators"]:
        met: Shown = {"raw_met": each["raw"]["met"], "believed_met": each["corrected"]["met"], "method": each["method"]}
        met["incidents"] = " ".join(each["incidents"])
        yield Reading(each["id"], period, rate(each) | met)
    for name, line in told["lines"].items():
        for counts in (line, line["opening_hours"]):
            yield from of_counts(name, period, counts["raw"], counts["corrected"])


def rate(told: Mapping[str, Any]) -> Shown:
    """Read a raw and a corrected figure, in the form of every JSON of totals."""
    raw, believed = told["raw"], told["corrected"]
    return {
        "raw": exact(raw["value"]),
        "raw_part": exact(raw["part"]),
        "raw_whole": exact(raw["whole"]),
        "believed": exact(believed["value"]),
        "believed_part": exact(believed["part"]),
        "believed_whole": exact(believed["whole"]),
        "low": exact(believed["low"]),
        "high": exact(believed["high"]),
        "coverage": exact(told["coverage"]),
        "status": believed["status"],
        "raw_status": raw["status"],
        "withheld": told["guard"] and f"withheld: {told['guard']}",
    }


def of_counts(name: str, period: str, raw: Mapping[str, Any], believed: Mapping[str, Any]) -> Iterator[Reading]:
    """Read a line's counts and rates, in the form of every JSON."""
    counts: Shown = {
        "raw": exact(raw["lost_rate"]),
        "raw_part": exact(raw["lost"]),
        "raw_whole": exact(raw["offered"]),
        "believed": exact(believed["lost_rate"]),
        "believed_part": exact(believed["lost"]),
        "believed_whole": exact(believed["offered"]),
    }
    counts |= {bound: exact(believed[bound]) for bound in ("low", "high", "coverage") if bound in believed}
    yield Reading(f"lost_rate:{name}", period, counts)
    if raw.get("answer_rate") is not None:
        answered: Shown = {"raw": exact(raw["answer_rate"]), "believed": exact(believed["answer_rate"])}
        yield Reading(f"answer_rate:{name}", period, answered)


def from_csv(text: str, period: str, _named: Named) -> Iterator[Reading]:
    """Read the CSV for programs."""
    for row in csv.DictReader(StringIO(text)):
        assert row["period"] == period
        shown: Shown = {aspect: exact(row[column]) for aspect, column in COLUMNS.items()}
        shown |= {"status": row["corrected_status"], "raw_status": row["raw_status"], "method": row["method"]}
        shown |= {"incidents": row["incidents"], "withheld": f"withheld: {row['guard']}" if row["guard"] else None}
        yield Reading(row["id"], period, shown)


def tables(query: Query, period: str, named: Named) -> Iterator[Reading]:
    """Read the analysts' tables with SQL: the figures as of now, and the counted calls as sums of slots."""
    now = f"FROM vintages WHERE edition IS NULL AND period = '{period}'"
    columns, rows = query(f"SELECT * {now}")
    yield from from_csv(csv_text([columns, *rows]), period, named)
    days = period_of(period)
    _, sums = query(
        "SELECT 'lost_rate:' || name, sum(raw_lost), sum(raw_offered) FROM slots"
        f" WHERE kind = 'line' AND open AND day BETWEEN '{days.first}' AND '{days.last}' GROUP BY name"
    )
    for indicator, lost, offered in sums:
        yield Reading(indicator, period, {"raw_part": Number(lost), "raw_whole": Number(offered)})


def spreadsheet(text: str, period: str, _named: Named) -> Iterator[Reading]:
    """Read the CSV for a spreadsheet in English: shares in percent."""
    for row in csv.DictReader(StringIO(text.lstrip("\ufeff"))):
        unit = "%" if row["Unit"] == "%" else ""
        rates = {key: column for key, column in SHEET.items() if key != "coverage"}
        shown: Shown = {key: number(row[column] + unit) if row[column] else None for key, column in rates.items()}
        shown |= {key: exact(row[column]) for key, column in SPREADSHEET.items()}
        why = row["Why it is withheld"]
        shown |= {"coverage": number(row["Coverage (%)"] + "%"), "withheld": f"withheld: {why}" if why else None}
        yield Reading(row["Identifier"], period, shown | {"raw_status": STATUS[row["Raw status"]]})


def xlsx(content: bytes, period: str, named: Named) -> Iterator[Reading]:
    """Read the first sheet of the workbook."""
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    every = [*sheet.iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(every) if row[0] == "Indicator")
    for row in every[at + 1 :]:
        if row[0] in named:
            of = dict(zip(every[at], row, strict=True))
            percent: Shown = {key: exact(of[column]) for key, column in SHEET.items()}
            yield Reading(named[str(row[0])], period, percent | {"raw_status": STATUS[of["Raw status"]]})


def open_data(text: str, period: str, _named: Named) -> Iterator[Reading]:
    """Read the rows of open data; rows of parts of the period have no interval and no count of waits.

    Rows of few cases are skipped: only open data hide them (`tests.agents.open_data.test_disclosure`).
    """
    for row in csv.DictReader(StringIO(part(text, "indicateurs.csv"))):
        if "moins de 5 cas" in row["motif"]:
            continue
        name = f"{row['indicateur']}:{row['objet']}"
        shown: Shown = {aspect: exact(row[column]) for aspect, column in OPEN_COLUMNS.items()}
        if row["periode"] != period:
            named: tuple[Aspect, ...] = ("raw_part", "raw_whole", "believed_part", "believed_whole")
            counts: Shown = {aspect: shown[aspect] for aspect in named if shown[aspect] is not None}
            shown = {"raw": shown["raw"], "believed": shown["believed"], **counts}
            yield Reading(name, row["periode"], shown | of_words(row))
        else:
            shown |= {"method": row["methode"], "believed_met": MET[row["objectif_atteint"]]}
            yield Reading(name, period, shown | of_words(row))


def of_words(row: Mapping[str, str]) -> Shown:
    """Read the columns of open data that say how far a value can be trusted, and check them against each other."""
    why, status = row["motif"], row["statut"]
    assert QUALITIES[row["qualite"]] == status, row
    assert bool(row["valeur"]) != bool(why), row
    return {
        "raw_status": row["statut_brut"],
        "status": status,
        "target": exact(row["objectif"]),
        "withheld_in_french": why if why.startswith("non publié : ") else None,
    }


def part(text: str, name: str) -> str:
    """Return a part of an archive, as `tests.golden.plain` writes them."""
    found = re.search(rf"^== {re.escape(name)}\n(.*?)(?=^== |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return found[1].strip()


def prometheus(text: str, _period: str, _named: Named) -> Iterator[Reading]:
    """Read the samples of indicators, which the board's `/metrics` has too."""
    found = dict[tuple[str, str], Shown]()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            of = sample.labels
            if sample.name == "tocsin_indicator_coverage_ratio":
                found.setdefault((of["indicator"], of["year"]), {})["coverage"] = exact(sample.value)
            if sample.name == "tocsin_indicator" and of["value"] != "target":
                aspect: Aspect = "raw" if of["value"] == "raw" else "believed"
                found.setdefault((of["indicator"], of["year"]), {})[aspect] = exact(sample.value)
            if sample.name == "tocsin_indicator_off_target":
                met: Aspect = "raw_met" if of["value"] == "raw" else "believed_met"
                found.setdefault((of["indicator"], of["year"]), {})[met] = sample.value == 0
    for (name, year), shown in found.items():
        shown.setdefault("believed", None)
        yield Reading(name, year, shown)


def html(text: str, period: str, named: Named) -> Iterator[Reading]:
    """Read the figures of the report: the cards of its first section, and the calls of each line."""
    essential = next(each for each in tree(text).iter("section") if each.get("id") == "essential")
    for card in of_class(essential, "card"):
        name = text_of(next(of_class(card, "name")))
        if name in named:
            believed = number(text_of(next(of_class(card, "big"))))
            was = next(card.iter("s"), None)
            shown: Shown = {
                "believed": believed,
                "raw": believed if was is None else number(text_of(was)),
            }
            yield Reading(named[name], period, shown | notes(text_of(each) for each in of_class(card, "small")))


def notes(said: Iterable[str]) -> Shown:
    """Read the notes of a figure."""
    shown: Shown = {"withheld": None}
    for each in said:
        if found := re.fullmatch(r"margin: (\S+) to (\S+)", each):
            shown |= {"low": number(found[1]), "high": number(found[2])}
        if found := re.fullmatch(r"on (\S+) of the opening hours", each):
            shown["coverage"] = number(found[1])
        if (why := reason(each)) is not None:
            shown["withheld"] = why
    return shown


def pdf(text: str, period: str, named: Named) -> Iterator[Reading]:
    """Read the figures of the report's first page, whose lines are not wrapped."""
    words = " ".join(text.split())
    starts = sorted((found.start(), name) for name in named for found in re.finditer(re.escape(f"{name} "), words))
    for at, name in starts:
        after = words[at + len(name) :].strip()
        found = re.match(
            r"(?:as counted (\S+) )?(\S+(?: min| d)?) (?:[✓✗] target (?:met|missed) )?margin: (\S+) to (\S+)", after
        )
        if found is not None:
            believed = number(found[2])
            yield Reading(
                named[name],
                period,
                {
                    "raw": number(found[1]) if found[1] else believed,
                    "believed": believed,
                    "low": number(found[3]),
                    "high": number(found[4]),
                },
            )
        elif found := re.match(r"as counted (\S+) — (withheld: .*? is below \S+%)?", after):
            yield Reading(named[name], period, {"raw": number(found[1]), "believed": None, "withheld": found[2]})


def notice(text: str, period: str, named: Named) -> Iterator[Reading]:
    """Read the notice for the hall, with the indicators that the office chose: here the lost rate of a line."""
    words = " ".join(text.split())
    for name, identity in named.items():
        kind, _, desk = name.partition(": ")
        if kind != "Lost-call rate":
            continue
        if found := re.search(rf"Telephone: {re.escape(desk)} (\S+) of the calls were lost", words):
            wrong = re.search(r"counted wrong, which gave (\S+%)", words)
            believed = number(found[1])
            yield Reading(
                identity, period, {"believed": believed, "raw": believed if wrong is None else number(wrong[1])}
            )
