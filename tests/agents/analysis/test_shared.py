"""Several processes that share an analysis produce the same figures as one, and end together."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysis import shared
from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.shared import JobError, SharedAnalysis
from agents.sources.entry import Entry
from config.settings import Channel, Line, LineDefaults, Service, Settings
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.waiting import until

OFFICE = Settings(
    site="lozere",
    lines={"standard": Line(), "circulation": Line(), "titles": Line(), "totals": Line(lifecycle="totals")},
    services={"cards": Service(), "licences": Service()},
    requests={"email": Channel(target_days=5)},
)
LINES = ["standard", "circulation", "titles", "totals", "nowhere"]


def rows(records: Iterable[dict[str, Any] | bytes]) -> list[bytes]:
    return [each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in records]


def said(analysis: Analysis, records: list[bytes]) -> bytes:
    """Return the whole output of an analysis: JSON and refusals."""
    analysis.take(events(iter(records), PSEUDONYM))
    return msgspec.json.encode([document(analysis), list(analysis.refusals.sentences())])


CALLS = st.builds(
    lambda line, kind, call, at, more: {"line": line, "call": call, "type": kind, "at": at, "source": "pbx", **more},
    st.sampled_from(LINES),
    st.sampled_from(["offered", "answered", "lost", "diverted", "ended"]),
    st.sampled_from("abcdef"),
    st.integers(1_543_900_000, 1_543_930_000) | st.just(1_545_000_000),
    st.sampled_from([{}, {"wait": 12}, {"seq": 3}, {"seq": 9}, {"site": "elsewhere"}]),
)
OTHERS = st.one_of(
    st.builds(
        lambda service, kind, ticket, at: {
            "service": service,
            "ticket": ticket,
            "type": kind,
            "at": at,
            **({"to": "licences"} if kind == "transferred" else {}),
        },
        st.sampled_from(["cards", "licences"]),
        st.sampled_from(["issued", "called", "served", "transferred", "no_show"]),
        st.sampled_from("AB"),
        st.integers(1_543_900_000, 1_543_930_000),
    ),
    st.builds(
        lambda kind, at: {"channel": "email", "request": "7", "type": kind, "at": at},
        st.sampled_from(["received", "answered"]),
        st.integers(1_543_900_000, 1_543_930_000),
    ),
    st.builds(
        lambda line, at, calls: {
            "line": line,
            "mode": "cumulative",
            "at": at,
            "offered": calls,
            "answered": calls,
            "lost": 0,
        },
        st.sampled_from(LINES),
        st.integers(1_543_900_000, 1_543_930_000),
        st.integers(0, 9),
    ),
    st.builds(
        lambda decision, line, at: {
            "decision": decision,
            "at": at,
            "by": "m.durand",
            "note": "n",
            **(
                {"line": line, "from": 1_543_900_000, "to": 1_543_910_000}
                if decision == "declare"
                else {"incident": f"{line}-20181204T050000Z-rate"}
            ),
        },
        st.sampled_from(["declare", "confirm"]),
        st.sampled_from(LINES),
        st.integers(1_543_900_000, 1_543_930_000),
    ),
    st.sampled_from([b"{}\n", b"no event\n", b'{"line": "standard"}\n']),
)


@given(st.lists(CALLS | OTHERS, max_size=60), st.integers(2, 3), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_the_figures_are_those_of_one_process(records: list[Any], jobs: int, block: int) -> None:
    told = rows(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared, "ENTRIES", block)
        assert said(SharedAnalysis(OFFICE, jobs=jobs), told) == said(Analysis(OFFICE), told)


def test_a_line_that_is_met_on_the_way_is_known_to_all() -> None:
    def told(analysis: Analysis) -> Iterator[Entry]:
        for number in range(40):
            name = analysis.adopt(f"queue {number % 5}", totals=number % 5 == 4)
            call = {"line": name, "call": str(number), "type": "lost", "at": 1_543_900_000 + number, "wait": 5}
            yield from events(iter(rows([call])), PSEUDONYM)

    office = Settings(site="lozere", line_defaults=LineDefaults(short_call=3.0), lines={"standard": Line()})
    one, more = Analysis(office), SharedAnalysis(office, jobs=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared, "ENTRIES", 7)
        for analysis in (one, more):
            analysis.take(told(analysis))
    assert msgspec.json.encode(document(more)) == msgspec.json.encode(document(one))
    assert more.results == {"ok": 32, "invalid": 8}


@pytest.mark.slow
def test_a_job_that_dies_ends_the_work_with_a_sentence() -> None:
    analysis = SharedAnalysis(OFFICE, jobs=2)
    first = multiprocessing.active_children()[0]
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    call = {"line": "standard", "call": "1", "type": "lost", "at": 1_543_900_000}
    with pytest.raises(JobError, match="ended with status -9"):
        analysis.take(events(iter(rows([call])), PSEUDONYM))
    assert multiprocessing.active_children() == []


def test_no_job_is_left_where_the_work_ends_early() -> None:
    def told() -> Iterator[Entry]:
        yield from ()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SharedAnalysis(OFFICE, jobs=2).take(told())
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_no_job_outlives_the_process_that_reads() -> None:
    program = """if True:
        import multiprocessing, os
        from agents.analysis.shared import SharedAnalysis
        from config.settings import Settings
        analysis = SharedAnalysis(Settings(site="lozere"), jobs=3)
        print(*(each.pid for each in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), 9)
    """
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    jobs = [int(each) for each in told.stdout.split()]
    assert len(jobs) == 3
    until(lambda: not any(Path(f"/proc/{each}").exists() for each in jobs), every=0.05)
