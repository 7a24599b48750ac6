"""A pytest plugin for the tiers of tests: it reports what a run left out and the slowest tests of the first tier.

It also names each test that fails at once, not only at the end.

A test without any of the marks of `TIERS` is in the first tier. A mark gives the reason why a test is not.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any, Final

import pytest

TIERS: Final = {
    "broker": "needs a broker",
    "browser": "needs Chromium",
    "slow": "takes over a second, and shows nothing that a newcomer must see",
}
LEFT: Final = "left out"  # key of a count of tests by tier, which each process of pytest-xdist reports
BUDGET: Final = 1.0  # seconds of a test of the first tier, alone on a quick machine
SLOWEST: Final = 10  # tests over the budget that a run names
LATE: Final = "not begun"  # key of a count by file, of tests that --within left no time for


class Tiers:
    """The counts of one run, of one process or of all of them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.counts: dict[str, Counter[str]] = {LEFT: Counter(), LATE: Counter()}
        self.spent = defaultdict[str, float](float)  # seconds by test
        self.end = time.monotonic() + (config.getoption("--within") or float("inf"))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        tiers = (next((tier for tier in TIERS if tier in each.keywords), None) for each in items)
        if self.config.option.markexpr:
            self.counts[LEFT].update(tier for tier in tiers if tier)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if time.monotonic() < self.end:
            return None
        self.counts[LATE][item.nodeid.partition("::")[0]] += 1
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and (terminal := self.config.pluginmanager.get_plugin("terminalreporter")):
            terminal.write_line("")  # ends the line of dots
            terminal.write_line(f"FAILED {report.nodeid} ({report.when})")  # before a run that hangs or is killed
        if not any(tier in report.keywords for tier in TIERS):
            self.spent[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        if (output := getattr(self.config, "workeroutput", None)) is not None:
            output.update({name: dict(count) for name, count in self.counts.items()})

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the counts of a process of pytest-xdist: each leaves out the same tests, and each starts others."""
        told = getattr(node, "workeroutput", {})
        self.counts[LEFT] |= Counter(told.get(LEFT, {}))
        self.counts[LATE] += Counter(told.get(LATE, {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        slowest = sorted(((spent, test) for test, spent in self.spent.items() if spent > BUDGET), reverse=True)
        for spent, test in slowest[:SLOWEST]:
            terminalreporter.write_line(f"over the budget of {BUDGET:g} s: {spent:.1f} s {test}")
        if late := self.counts[LATE]:
            terminalreporter.write_line(
                f"NOT RUN: {late.total()} tests of {len(late)} files, as {self.config.getoption('--within'):g} s were "
                "over. `make test` runs them."
            )
        if left := self.counts[LEFT]:
            several = ", ".join(f"{left[tier]} {tier} ({why})" for tier, why in TIERS.items() if left[tier])
            terminalreporter.write_line(f"NOT RUN: {several}. `make test-all` runs every test.")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tiers")
    group.addoption("--within", type=float, help="begin no test after so many seconds, and count those left")


def pytest_configure(config: pytest.Config) -> None:
    for tier, why in TIERS.items():
        config.addinivalue_line("markers", f"{tier}: {why}")
    config.pluginmanager.register(Tiers(config), "tiers of this run")
