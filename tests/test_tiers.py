"""A run lists the tests it left out and the slowest ones; a test that waits for a broker is assigned alone."""

from __future__ import annotations

import pytest

from tests import spread, tiers
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
    monkeypatch.setattr(tiers, "BUDGET", 0.05)
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


def test_slow_tests_of_the_first_tier_are_named_and_fail_nothing(run: pytest.Pytester) -> None:
    said = run.runpytest_inprocess("-p", "tests.tiers")
    said.assert_outcomes(passed=4)
    said.stdout.fnmatch_lines("over the budget of 0.05 s: 0.* s test_several.py::test_that_takes_a_while")


def test_make_leaves_out_what_the_tiers_name() -> None:
    assert f'FIRST := -m "{FIRST}"' in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert tiers.TIERS.keys() == {"broker", "browser", "slow"}


def test_a_test_that_waits_goes_alone_unless_it_shares_a_fixture() -> None:
    assert spread.alone("tests/agents/worker/test_restart.py")
    assert not spread.alone("tests/agents/audit/test_audit.py"), "an office that a file shares"
    assert not spread.alone("tests/streams/desks/test_line.py"), "waits for nothing"
