"""The figures of a line, a service or a channel on the board's pages and in mails."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from io import StringIO
from typing import Final
from xml.etree.ElementTree import Element

from prometheus_client.parser import text_string_to_metric_families

from tests.agreement.files import Named, of_counts
from tests.agreement.shown import Reading, Shown, exact, number, reason
from tests.agreement.tree import of_class, own_text, rows, text_of, tree

COUNTED: Final = re.compile(r"([\d,]+) of ([\d,]+) counted lost")
BELIEVED: Final = re.compile(r"([\d,]+) lost of ([\d,]+) calls")
BETWEEN: Final = re.compile(r"between (\S+) and (\S+) \(95%\)")


def line_page(text: str, line: str, period: str) -> Iterator[Reading]:
    """Read the page of a line over a period: its head, and its row beside other periods."""
    page = tree(text)
    head = next(of_class(page, "head"))
    yield Reading(f"lost_rate:{line}", period, _head(head))
    beside = next(each for each in page.iter("table") if len(rows(each)[0]) == 7)
    rate, counted, calls, lost, _answered, _wait = rows(beside)[0][1:]
    yield Reading(
        f"lost_rate:{line}",
        period,
        {
            "believed": number(rate),
            "raw": number(counted),
            "believed_whole": number(calls),
            "believed_part": number(lost),
        },
    )


def _head(head: Element) -> Shown:
    big = next(of_class(head, "huge"))
    was, said = next(big.iter("s"), None), [text_of(each) for each in head.iter("p")]
    believed = number(own_text(big))
    shown: Shown = {"believed": believed, "raw": believed if was is None else number(_last(was))}
    for each in said:
        if found := COUNTED.search(each):
            shown |= {"raw_part": number(found[1]), "raw_whole": number(found[2])}
        if found := BELIEVED.fullmatch(each):
            shown |= {"believed_part": number(found[1]), "believed_whole": number(found[2])}
        if found := BETWEEN.fullmatch(each):
            shown |= {"low": number(found[1]), "high": number(found[2])}
        if found := re.search(r"([\d.]+%) of the opening hours", each):
            shown["coverage"] = number(found[1])
    return shown | {"withheld": next(filter(None, map(reason, said)), None)}


def _last(element: Element) -> str:
    return text_of(element).rpartition(" ")[2]


def line_json(text: str, line: str, period: str) -> Iterator[Reading]:
    """Read the JSON of a line over a period."""
    told = json.loads(text)
    believed = told["corrected"] or dict.fromkeys(
        ("offered", "answered", "lost", "lost_rate", "answer_rate", "low", "high")
    )
    yield from of_counts(line, period, told["raw"], believed)
    shown: Shown = {"coverage": exact(told["coverage"]), "method": told["method"]}
    shown["withheld"] = told["withheld"] and f"withheld: {told['withheld']}"
    yield Reading(f"lost_rate:{line}", period, shown)


def case_page(text: str, desk: str, period: str) -> Iterator[Reading]:
    """Read the head of a channel's page over a period, if its figure is a share."""
    head = next(of_class(tree(text), "head"))
    if "%" in own_text(next(of_class(head, "huge"))):
        yield Reading(f"within_target:{desk}", period, _head(head))


def case_json(text: str, desk: str, period: str) -> Iterator[Reading]:
    """Read the JSON of a service or a channel over a period: its means as counted and as believed."""
    means = json.loads(text).get("means")
    if means is None:
        return
    for name, kind, unit in (
        *(("mean_wait", "wait", 60), ("mean_service", "time_in_service", 60)),
        *(("within_target", "within_target", 1), ("mean_days", "mean_days", 1)),
    ):
        if name in means["raw"]:
            raw, believed = (
                None if each is None else each / unit for each in (means["raw"][name], means["corrected"][name])
            )
            yield Reading(f"{kind}:{desk}", period, {"raw": exact(raw), "believed": exact(believed)})


def line_csv(text: str, line: str, period: str) -> Iterator[Reading]:
    """Read the CSV of a line over a period, and add its rows up."""
    found = [*csv.DictReader(StringIO(text.lstrip("\ufeff")))]
    shown: Shown = {
        "raw_part": exact(sum(int(row["lost"]) for row in found)),
        "raw_whole": exact(sum(int(row["offered"]) for row in found)),
    }
    if all(row["corrected_lost"] for row in found):
        shown |= {
            "believed_part": exact(sum(int(row["corrected_lost"]) for row in found)),
            "believed_whole": exact(sum(int(row["corrected_offered"]) for row in found)),
        }
    yield Reading(f"lost_rate:{line}", period, shown)


def cards(text: str, day: str) -> Iterator[Reading]:
    """Read the cards of the wall that show today's rate."""
    for card in of_class(tree(text), "card"):
        kind, _, line = card.get("id", "").partition("-")
        said = " ".join(text_of(each) for each in card.iter("p"))
        if kind != "line" or "today" not in said:
            continue
        big = next(of_class(card, "huge"))
        was = next(of_class(card, "raw"), None)
        believed = number(own_text(big))
        shown: Shown = {"believed": believed, "raw": believed if was is None else number(_last(was))}
        if found := re.search(r"([\d,]+) lost of ([\d,]+)", said):
            shown |= {"believed_part": number(found[1]), "believed_whole": number(found[2])}
        yield Reading(f"lost_rate:{line}", day, shown)
        for fact in of_class(card, "fact"):
            if text_of(fact.find("dt")) == "answer rate today":
                yield Reading(f"answer_rate:{line}", day, {"believed": number(text_of(fact.find("dd")))})


def facts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the facts in the head of the wall: the words, and the figure without its mark."""
    office = next(each for each in tree(text).iter("section") if each.get("id") == "office")
    for fact in of_class(office, "fact"):
        yield text_of(fact.find("dt")), text_of(fact.find("dd")).removeprefix("◆ ")


def incident_page(text: str, line: str) -> Iterator[Reading]:
    """Read the sentence about the year on an incident's page."""
    for effect in of_class(tree(text), "effect"):
        moved = next(of_class(effect, "move"), None)
        if moved is None:
            continue
        year = text_of(next(of_class(effect, "year"))).rpartition(", ")[2]
        was, believed = moved.find("s"), number(text_of(moved.find("strong")))
        shown: Shown = {"raw": believed if was is None else number(text_of(was)), "believed": believed}
        if found := re.search(r"between (\S+) and (\S+);", text_of(effect)):
            shown |= {"low": number(found[1]), "high": number(found[2])}
        yield Reading(f"lost_rate:{line}", year, shown)


def incident_list(text: str) -> Iterator[Reading]:
    """Read the sentences about the year in the list of incidents."""
    for row in of_class(tree(text), "row"):
        moved = next((each for each in row.iter("b") if each.find("s") is not None), None)
        link = next(row.iter("a")).get("href", "")
        if moved is not None and not link.endswith(("-service", "-channel")):
            line = re.sub(r"-\d{8}T.*", "", link.rpartition("/")[2])
            believed = own_text(moved).removeprefix("→").strip()
            year = text_of(next(each for each in row.iter("span") if re.fullmatch(r"\d{4}", text_of(each))))
            yield Reading(
                f"lost_rate:{line}", year, {"raw": number(text_of(moved.find("s"))), "believed": number(believed)}
            )


def mail(text: str, period: str, named: Named) -> Iterator[Reading]:
    """Read a mail's text in English, line by line of the office."""
    for section in text.replace("\r\n", "\n").split("\n\n\n"):
        title, _, rest = section.strip().partition("\n")
        name = next((each for each in named if each.upper() == f"LOST-CALL RATE: {title}"), None)
        if name is None:
            continue
        head = rest.splitlines()[0].partition(": ")[2]
        big, _, was = head.partition(" (counted: ")
        shown: Shown = {"believed": number(big), "raw": number(was.rstrip(")") or big)}
        for each in map(str.strip, rest.splitlines()):
            if found := COUNTED.match(each):
                shown |= {"raw_part": number(found[1]), "raw_whole": number(found[2])}
            if found := BELIEVED.fullmatch(each):
                shown |= {"believed_part": number(found[1]), "believed_whole": number(found[2])}
            if found := BETWEEN.fullmatch(each):
                shown |= {"low": number(found[1]), "high": number(found[2])}
        yield Reading(named[name], period, shown)


def scraped(text: str, year: str) -> Iterator[Reading]:
    """Read the counters of a worker that has counted only this year."""
    found = defaultdict[str, Counter[str]](Counter)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in {"tocsin_calls_offered_total", "tocsin_calls_lost_total"}:
                found[sample.labels["line"]][sample.name] += int(sample.value)
    for line, counts in found.items():
        shown: Shown = {
            "raw_whole": exact(counts["tocsin_calls_offered_total"]),
            "raw_part": exact(counts["tocsin_calls_lost_total"]),
        }
        yield Reading(f"lost_rate:{line}", year, shown)
