"""The time allowed for a test of the first tier, and the tests that may take longer, each with a reason."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

SECONDS: Final = 1.0  # of a test with its fixtures, on a quick machine with nothing else to do
PROPERTY_SECONDS: Final = 20.0  # a property of Hypothesis tries a hundred examples

SLACK: Final = 1.5  # the factor allowed on a slow or busy machine before a run reports the test

# Tests by the beginning of their names in pytest.
MAY_TAKE_LONGER: Final = {
    "tests/test_whole.py": "starts a broker, a worker, a board and a browser",
    "tests/agents/simulation/test_demo.py": "plays three years of an office through a broker and a worker",
    "tests/streams/simulation/": "the first test in a process pays for the simulated months that the others share",
    "tests/agents/simulation/": "the same",
    "tests/streams/indicators/test_conserving.py": "the same",
    "tests/streams/watch/test_watch.py": "the same",
    "tests/agents/proposal/test_office.py": "the same, for the weeks of an office",
    "tests/agents/analysis/test_silences.py": "the same, for a record that is cut",
    "tests/test_selection.py::test_in_this_tree": "parses every module of the tree",
    "tests/test_layout.py": "parses every module of the product",
    "tests/test_english.py": "reads every text of the tree",
}


def seconds(test: str, keywords: Container[str]) -> float:
    """Return how long a test may take (s), from its name in pytest and its marks."""
    if any(test.startswith(name) for name in MAY_TAKE_LONGER):
        return float("inf")
    return PROPERTY_SECONDS if "hypothesis" in keywords else SECONDS
