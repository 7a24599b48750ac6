"""The page of detection shows the watch's thresholds, each with its unit, meaning and source."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from benchmarks.detection.thresholds import PAGE, SUBJECTS, section
from streams.watch.counting import EVERY_LAW


def test_the_page_has_the_numbers_that_the_code_has() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(section())


@pytest.mark.slow  # it reads all modules
def test_every_number_has_a_unit_a_meaning_and_a_source() -> None:
    for thresholds in SUBJECTS.values():
        for name, hint in get_type_hints(type(thresholds), include_extras=True).items():
            unit, meaning, source = hint.__metadata__
            assert all((unit, meaning, source)), name
            assert f"| {name} | " in section()
    assert all(f"| {law} | " in section() for law in EVERY_LAW)
