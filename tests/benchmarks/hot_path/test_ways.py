"""Every way of reading counts the truth, or has no time."""

from __future__ import annotations

import time
from importlib.resources import files

import pytest

from agents.garbage import THRESHOLDS
from benchmarks.hot_path import __main__ as hot_path
from benchmarks.hot_path.asked import Asked
from benchmarks.hot_path.peers.environment import PEERS as NAMES
from benchmarks.hot_path.peers.environment import pinned, python_of
from benchmarks.hot_path.topics import differences, fill, first_events, settings_of, truth
from benchmarks.hot_path.ways import COMPILED, OWN, PEERS, Failed, Took, Way, run, took

EVENTS = 2_000


@pytest.fixture(scope="module")
def asked(broker: str) -> Asked:
    found = Asked(broker, f"ways-{time.time_ns()}.", EVENTS)
    fill(settings_of(found), first_events(EVENTS))
    return found


@pytest.mark.broker
@pytest.mark.parametrize(
    "way",
    # The compiled worker is the same program on the same topics, in which the other one has left its states.
    [way for way in (*OWN, *PEERS) if way.name != COMPILED],
    ids=lambda way: way.program[0].rpartition(".")[2] + way.program[-1][-5:],
)
def test_it_counts_the_truth(way: Way, asked: Asked) -> None:
    peer = way.program[0].rpartition(".")[2]
    if peer in NAMES and python_of(peer) is None:
        pytest.skip(f"{peer} is not installed; make bench-peers makes its environment")
    found = run(way, asked, 120)
    assert found.events == EVENTS
    assert found.cpu > 0
    assert found.memory > 10
    assert bool(found.figures) is way.counts
    if way.counts:
        assert differences(found.figures, truth(first_events(EVENTS))) == []


def test_other_totals_are_told() -> None:
    right = truth(first_events(EVENTS))
    key = "lozere/circulation"
    offered = right[key]["totals"]["offered"]
    wrong = right | {key: right[key] | {"totals": right[key]["totals"] | {"offered": offered + 1}}}
    assert differences(wrong, right) == [f"{key}: {offered + 1} offered, expected {offered}"]
    assert differences({name: each for name, each in right.items() if name != key}, right)
    assert differences(right | {"lozere/nowhere": {"totals": {"lost": 1}}}, right) == [
        "lozere/nowhere: 1 lost, expected 0"
    ]
    assert differences({name: {"totals": each["totals"]} for name, each in right.items()}, right) == []
    assert differences(right | {key: right[key] | {"mean_wait": 0.0}}, right)


def test_a_way_that_counts_otherwise_gives_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    events = first_events(EVENTS)
    right = truth(events)
    counted = {key: right[key] for key in right if key != "lozere/standard"}
    monkeypatch.setattr(hot_path, "fill", lambda *_: None)
    for figures in (right, counted):
        found = Took(EVENTS, 1.0, 1.0, 1.0, figures)
        monkeypatch.setattr(hot_path, "run", lambda *_, found=found: found)
        ((_, result),) = hot_path.one_round("nowhere:1", [OWN[-1]], events)
        assert isinstance(result, Took) is (figures is right), result


def test_a_way_that_saw_fewer_events_gives_no_time() -> None:
    told = {"events": 9, "cpu": 1.0, "wall": 1.0, "memory": 1.0, "figures": {}}
    assert took(told, 9).each == pytest.approx(1e6 / 9)
    with pytest.raises(Failed, match="9 events were seen, expected 10"):
        took(told, 10)


def test_what_a_program_says_as_it_fails_is_told() -> None:
    failing = OWN[0]._replace(program=("benchmarks.nowhere",))
    with pytest.raises(Failed, match=r"No module named benchmarks\.nowhere"):
        run(failing, Asked("nowhere", "p.", 1))


def test_every_peer_is_pinned() -> None:
    assert [pinned(name) for name in NAMES]


def test_the_tuned_loop_has_the_workers_thresholds() -> None:
    assert THRESHOLDS == (50_000, 100, 10)
    for room, name in (("agents.worker", "run.py"), ("benchmarks.hot_path", "loops.py")):
        assert "collect_seldom()" in (files(room) / name).read_text()
