"""The number of callers to call back, from the calls themselves and as each surface shows it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Final, TypeAlias

from streams.desks.callback_list import ToCallBack
from streams.events import CallEvent
from tests.agreement.office import Office
from tests.agreement.tree import of_class, text_of, tree

ToCallBackBy: TypeAlias = Mapping[str, ToCallBack]  # by line; the whole office is ""


def expected(events: Iterable[CallEvent], miscounted: Container[str]) -> ToCallBackBy:
    """Return the counts of one day's calls; callers whom only `miscounted` lines lost are doubted."""
    reached, lost = defaultdict[str | None, float](float), defaultdict[str, list[CallEvent]](list)
    every = sorted(events, key=_moment)
    for each in every:
        if each.type == "answered":
            reached[each.caller] = _moment(each)
    for each in every:
        if each.type == "lost" and each.caller is not None and _moment(each) > reached[each.caller]:
            lost[each.caller].append(each)
    callers, doubted = Counter[str](), Counter[str]()
    for several in lost.values():
        (doubted if all(each.line in miscounted for each in several) else callers)[several[-1].line] += 1
    lines = {line: ToCallBack(callers[line], doubted[line]) for line in callers | doubted}
    return lines | {"": ToCallBack(callers.total(), doubted.total())}


def _moment(event: CallEvent) -> float:
    assert isinstance(event.at, float | int)
    return float(event.at)


def _words(text: str) -> ToCallBack:
    """Read the sentences of a page or a terminal; a count of none has no sentence."""
    return ToCallBack(
        *(
            int(found[1]) if (found := re.search(rf"(\d+) callers? {words}", text)) else 0
            for words in ("(?:is|are) to be called back", "counted as lost, doubtful")
        )
    )


def _listed(text: str) -> ToCallBackBy:
    told = json.loads(text)
    rows = [(each["line"], doubted) for doubted in (0, 1) for each in told[("callers", "doubtful")[doubted]]]
    by_line = {line: ToCallBack(rows.count((line, 0)), rows.count((line, 1))) for line, _ in rows}
    return by_line | {"": ToCallBack(len(told["callers"]), len(told["doubtful"]))}


def _wall(text: str) -> ToCallBackBy:
    """Read the facts of the office and of the cards."""
    found = {}
    for section in (each for each in tree(text).iter() if each.get("id", "").partition("-")[0] in {"office", "line"}):
        for fact in of_class(section, "fact"):
            name = text_of(fact.find("dt"))
            if name.startswith("to call back"):
                doubted = re.search(r"(\d+) doubtful", name)
                of = ToCallBack(int(text_of(fact.find("dd"))), int(doubted[1]) if doubted else 0)
                found[section.get("id", "").partition("-")[2]] = of
    return found


SURFACES: Final[Mapping[str, Callable[[Office], ToCallBackBy]]] = {
    "command callbacks": lambda office: {"": _words(office.run("callbacks"))},
    "command callbacks --json": lambda office: _listed(office.run("callbacks", "--json")),
    "page /callbacks": lambda office: {"": _words(text_of(tree(office.page("/callbacks"))))},
    "page /": lambda office: _wall(office.fetch("/")),
}
