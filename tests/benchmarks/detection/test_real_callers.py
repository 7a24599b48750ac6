"""The section on real callers is kept if their file is missing."""

from __future__ import annotations

from benchmarks.detection.real_callers import END, NONE, TITLE, kept


def test_the_section_of_the_last_run_is_kept() -> None:
    section = f"{TITLE}\nfigures\n{END}"
    assert kept(f"# before\n\n{section}\n## after\n") == section


def test_a_page_without_one_says_so() -> None:
    assert NONE in kept("# a page of before\n")
