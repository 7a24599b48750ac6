"""A run lists the tests it left out and those that took too long; a test that waits for a broker is assigned alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import budget, spread, tiers
from tests.imports import ROOT
from tests.tiers import TIERS

pytest_plugins = ["pytester"]

SEVERAL = """
import time
import pytest

def test_quick(): ...

def test_that_takes_a_while(): time.sleep(0.1)

@pytest.mark.slow
def test_slow(): time.sleep(0.1)

@pytest.mark.broker
def test_broker(): ...
"""
FIRST = " and ".join(f"not {tier}" for tier in TIERS)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setattr(budget, "SECONDS", 0.05)
    pytester.makepyfile(test_several=SEVERAL)
    return pytester


def test_what_was_left_out_is_said_with_the_command_that_runs_it(run: pytest.Pytester) -> None:
    said = run.runpytest_inprocess("-p", "tests.tiers", "-m", FIRST)
    said.assert_outcomes(passed=2, deselected=2)
    said.stdout.fnmatch_lines("NOT RUN: 1 broker (needs a broker), 1 slow (*). `make test-all` runs every test.")
    assert "NOT RUN" not in run.runpytest_inprocess("-p", "tests.tiers").stdout.str()


@pytest.mark.slow
def test_processes_side_by_side_say_it_once(run: pytest.Pytester) -> None:
    said = run.runpytest_subprocess("-p", "tests.tiers", "-m", FIRST, "--numprocesses", "2")
    said.assert_outcomes(passed=2)
    said.stdout.fnmatch_lines("NOT RUN: 1 broker (needs a broker), 1 slow (*). `make test-all` runs every test.")


def test_no_test_begins_when_its_time_is_over(run: pytest.Pytester) -> None:
    said = run.runpytest_inprocess("-p", "tests.tiers", "--within", "0.000001")
    said.assert_outcomes()
    said.stdout.fnmatch_lines("NOT RUN: 4 tests of 1 files, as 1e-06 s were over. `make test` runs them.")


def test_tests_of_the_first_tier_that_took_too_long_are_written_down(run: pytest.Pytester) -> None:
    said = run.runpytest_inprocess("-p", "tests.tiers", "--over-budget", "over")
    said.stdout.fnmatch_lines("test_several.py::test_that_takes_a_while took 0.1 s; it may take 0.05 s")
    assert Path("over").read_text() == "test_several.py::test_that_takes_a_while\n"


def test_an_exception_names_tests_that_are_there() -> None:
    for name in budget.MAY_TAKE_LONGER:
        file, _, test = name.partition("::")
        assert (ROOT / file).is_dir() or f"def {test}" in (ROOT / file).read_text(encoding="utf-8"), name


def test_make_leaves_out_what_the_tiers_name() -> None:
    assert f'FIRST := -m "{FIRST}"' in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert tiers.TIERS.keys() == {"broker", "browser", "slow"}


def test_a_test_that_waits_goes_alone_unless_it_shares_a_fixture() -> None:
    assert spread.alone("tests/agents/worker/test_restart.py")
    assert not spread.alone("tests/agents/audit/test_audit.py"), "an office that a file shares"
    assert not spread.alone("tests/streams/desks/test_line.py"), "waits for nothing"
