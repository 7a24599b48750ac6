"""Cached figures of a desk always equal freshly computed ones, whatever happened and however long ago."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from agents.metrics.depth import families, repeat_families
from agents.metrics.subjects import DEPTH_MS
from agents.worker.figures import Figures
from config.settings import Settings
from streams.feed import Input
from tests.agents.scraping import NOW, OFFICE, Worker
from tests.streams.telling import Message, event

PAUSES: Final = (0.004, 1, 9, 10, 61, 299, 300, 900, 3_600, 7_400, 30_000, 86_400, 200_000)  # s
WITNESSED: Final = {**OFFICE.lines, "standard": OFFICE.lines["standard"].model_copy(update={"witness": "cel"})}
ADDED_UP: Final = {
    **OFFICE.lines,
    "circulation": OFFICE.lines["circulation"].model_copy(update={"lifecycle": "totals"}),
}

AGAIN: Final = {family.name for family in repeat_families([], 0)}
DEPTHS: Final = {family.name for family in families([], lambda _line: 0.0, 0)} | AGAIN

Family = tuple[str, str, tuple[Any, ...]]
Happening = Callable[["Office"], None]


class Office:
    """A worker that a test scrapes and whose clock it sets."""

    def __init__(self, office: Settings) -> None:
        self.worker = Worker(office)
        self.settings = office
        self.now = NOW
        self._offset = 0
        self._depths: list[tuple[float, dict[tuple[str, bool], list[Any]]]] = []  # true figures of a day, and when
        vars(self.worker.progress)["now"] = lambda: round(1000 * self.now)

    def tell(self, name: Input, key: str, value: bytes) -> None:
        self._offset += 1
        message = Message(self._offset, f"lozere/{key}".encode(), value, round(1000 * self.now))
        self.worker.ownership.partitions[key in {"circulation", "email", "im341"}].intakes[name].take([message])

    def advance(self) -> None:
        for partition in self.worker.ownership.partitions.values():
            for _ in partition.advance(round(1000 * self.now)):
                pass

    def shows_what_is_true(self) -> bool:
        """Check that the worker shows the same as one without cached figures.

        A day's figures may be half a minute old.
        """
        worker, clock = self.worker, vars(self.worker.figures)
        around = (clock[each] for each in ("_checkpoint", "_liveness", "_around"))
        anew = Figures(worker.roster, worker.ownership, worker.progress, *around)
        written = b"".join(asyncio.run(anew.exposition(generate_latest))).decode()
        shown, true = page(worker.exposition()), page(written)
        self._depths = [(at, each) for at, each in self._depths if 0 <= self.now - at < DEPTH_MS / 1000]
        self._depths.append((self.now, depth(true)))
        recent = [each for _, each in self._depths]
        held = all(any(of_line == each[line] for each in recent) for line, of_line in depth(shown).items())
        return held and [each for each in shown if each[0] not in DEPTHS] == [
            each for each in true if each[0] not in DEPTHS
        ]


def calls() -> st.SearchStrategy[Happening]:
    def told(kind: str, line: str, call: int, ago: int, length: int, who: int, times: int) -> Happening:
        more: dict[str, Any] = {"wait": length} if kind in {"answered", "lost"} else {}
        more |= {"agent": f"a{who}", "talk": 2 * length} if kind in {"answered", "ended"} else {}
        more |= {"reason": ("abandoned", "key", "closed")[who]} if kind in {"lost", "diverted"} else {}
        if who:
            more["caller"] = f"hmac:{who:064x}"

        def happen(office: Office) -> None:
            for number in range(times):
                told = event(kind, office.now - ago + number, f"{call + number}", line, **more)
                office.tell("calls", line, msgspec.json.encode(told))
                if who == 1:
                    office.tell("witnesses", line, msgspec.json.encode(msgspec.structs.replace(told, source="cel")))

        return happen

    kinds = st.sampled_from(("offered", "ringing", "answered", "lost", "diverted", "ended"))
    ago = st.sampled_from((0, 0, 0, 5, 200, 5_000, 90_000, -20, -4_000))
    times = st.sampled_from((1, 1, 1, 30))
    return st.builds(
        told,
        kinds,
        st.sampled_from(tuple(OFFICE.lines)),
        st.integers(0, 5),
        ago,
        st.integers(0, 200),
        st.integers(0, 2),
        times,
    )


def others() -> st.SearchStrategy[Happening]:
    def ticket(kind: str, number: int, counter: str) -> Happening:
        def happen(office: Office) -> None:
            told = {"service": "cards", "ticket": f"{number}", "type": kind, "at": office.now, "counter": counter}
            office.tell("tickets", "cards", msgspec.json.encode(told))

        return happen

    def request(kind: str, number: int, channel: str) -> Happening:
        told = {"channel": channel, "request": f"{number}", "type": kind}
        return lambda office: office.tell("requests", channel, msgspec.json.encode({**told, "at": office.now}))

    def reading(line: str, offered: int, answered: int) -> Happening:
        told = {
            "line": line,
            "mode": "cumulative",
            "offered": offered + answered,
            "answered": answered,
            "lost": offered,
        }
        return lambda office: office.tell("readings", line, msgspec.json.encode({**told, "at": office.now}))

    def decision(line: str, what: str) -> Happening:
        def happen(office: Office) -> None:
            found = [desk for each in office.worker.ownership.partitions.values() for desk in each.lines.values()]
            kept = [each.id for desk in found if desk.name == line for each in desk.watch.incidents.kept]
            about = {"from": office.now - 3_600, "to": office.now, "line": line} if what == "declare" else {}
            if kept and not about:
                about = {"incident": kept[-1]}
            told = {"decision": what, "at": office.now, "by": "m.durand", **about}
            office.tell("reviews", line, msgspec.json.encode(told))

        return happen

    tickets = st.sampled_from(("issued", "called", "served", "completed", "no_show"))
    lines, few = st.sampled_from(tuple(OFFICE.lines)), st.integers(0, 3)
    return st.one_of(
        st.builds(ticket, tickets, few, st.sampled_from("12")),
        st.builds(
            request, st.sampled_from(("received", "answered", "withdrawn")), few, st.sampled_from(("email", "im341"))
        ),
        st.builds(reading, lines, st.integers(0, 40), st.integers(0, 40)),
        st.builds(decision, lines, st.sampled_from(("declare", "confirm", "dismiss", "reopen"))),
    )


def time_passes() -> st.SearchStrategy[Happening]:
    def passing(seconds: float, advances: bool) -> Happening:  # noqa: FBT001 -- drawn by hypothesis
        def happen(office: Office) -> None:
            office.now += seconds
            if advances:
                office.advance()

        return happen

    def handed_over(office: Office) -> None:
        office.worker.restart()

    def set_back(office: Office) -> None:
        office.now -= 40

    pauses = st.builds(passing, st.sampled_from(PAUSES), st.booleans())
    return st.one_of(pauses, pauses, st.sampled_from((handed_over, set_back)))


def depth(families: list[Family]) -> dict[tuple[str, bool], list[Any]]:
    """Return the samples of a day's figures by line, and apart from them the callers who called again."""
    found: dict[tuple[str, bool], list[Any]] = {(line, again): [] for line in OFFICE.lines for again in (False, True)}
    for name, _, samples in families:
        for sample in samples if name in DEPTHS else ():
            found[dict(sample[1])["line"], name in AGAIN].append(sample)
    return found


def page(told: str) -> list[Family]:
    """Return the families of a page. A family that is written as before is not parsed again."""
    return [family for text in re.split(r"^(?=# HELP )", told, flags=re.MULTILINE) for family in parsed(text)]


@lru_cache(maxsize=1000)
def parsed(text: str) -> list[Family]:
    return families_of(parse(text))


def families_of(told: Iterable[Any]) -> list[Family]:
    return [
        (
            family.name,
            family.type,
            tuple((each.name, tuple(sorted(each.labels.items())), each.value) for each in family.samples),
        )
        for family in told
        if not family.name.endswith("_age_seconds")
    ]


@pytest.mark.slow
def test_time_alone_takes_back_what_was_kept() -> None:
    """After some calls, tickets and requests, no event arrives for weeks."""
    office = Office(OFFICE)
    answered: dict[str, Any] = {"wait": 20, "agent": "a", "talk": 60}
    lost: dict[str, Any] = {"wait": 30, "reason": "abandoned"}
    for number, (kind, more) in enumerate([*[("answered", answered)] * 20, *[("lost", lost)] * 20, ("offered", {})]):
        for line in OFFICE.lines:
            if (kind, line) != ("offered", "standard"):  # no caller waits there, so at times nothing changes
                told = event(kind, office.now - 9 * number, f"{number}", line, caller=f"hmac:{number:064x}", **more)
                office.tell("calls", line, msgspec.json.encode(told))
    for kind, ticket in (("issued", "1"), ("called", "1"), ("issued", "2")):
        about = {"service": "cards", "ticket": ticket, "type": kind, "at": office.now, "counter": "2"}
        office.tell("tickets", "cards", msgspec.json.encode(about))
    asked = {"channel": "email", "request": "1", "type": "received", "at": office.now}
    office.tell("requests", "email", msgspec.json.encode(asked))
    for pause in (0, *range(1, 12), *([61] * 20), *([299] * 10), *([900] * 30), *([7_400] * 20), *([50_000] * 20)):
        office.now += pause
        assert office.shows_what_is_true(), f"{pause} s later"
        office.advance()
        assert office.shows_what_is_true(), f"{pause} s later, and passed"


@pytest.mark.parametrize("lines", [WITNESSED, ADDED_UP], ids=["witness", "totals"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_kept_is_what_would_be_written_anew(lines: dict[str, Any], data: st.DataObject) -> None:
    office = Office(OFFICE.model_copy(update={"lines": lines}))
    happenings = st.one_of(calls(), others(), time_passes(), time_passes())
    for happen in data.draw(st.lists(happenings, min_size=4, max_size=30)):
        happen(office)
        assert office.shows_what_is_true()
    open_metrics = families_of(parse_openmetrics(office.worker.written(generate_openmetrics)))  # type: ignore[no-untyped-call]
    assert sorted(open_metrics) == sorted(page(office.worker.exposition()))
