"""A benchmark writes its own part of the page only."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page

TEXT = "# A\n<!-- one -->\nold\n<!-- /one -->\nkept\n<!-- two -->\n<!-- /two -->\n"


def test_a_part_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(TEXT)
    page.write("one", r"new \1", file)
    page.write("two", "newer", file)
    page.write("one", "newest", file)
    assert file.read_text() == (
        "# A\n<!-- one -->\n\nnewest\n\n<!-- /one -->\nkept\n<!-- two -->\n\nnewer\n\n<!-- /two -->\n"
    )


def test_a_part_that_there_is_not_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(TEXT)
    with pytest.raises(ValueError, match="0 parts 'three'"):
        page.write("three", "", file)


@pytest.mark.parametrize("part", ["hot path", "peers", "live", "commands", "scale"])
def test_the_page_has_a_place_for_every_benchmark(part: str, tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(page.PAGE.read_text())
    page.write(part, "found", file)
    assert "\nfound\n" in file.read_text()


def test_the_machine_and_what_it_did_meanwhile_are_said() -> None:
    said = page.machine((1.0, 2.0, 3.0))
    assert "cores" in said
    assert "aiokafka" in said
    assert "before and after: 1.0 and" in said
