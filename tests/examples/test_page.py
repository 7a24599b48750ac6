"""Every command on the page of the examples prints what the page shows, word for word."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.examples import office
from tests.examples.page import PAGE, Shown, plain, rewritten, shown

TEXT: Final = PAGE.read_text(encoding="utf-8")
COMMANDS: Final = shown(TEXT)


@pytest.mark.parametrize("told", [each for each in COMMANDS if not each.broker], ids=lambda each: each.command)
def test_a_command_without_a_broker_prints_what_the_page_shows(told: Shown, tmp_path: Path) -> None:
    with office.shell(tmp_path):
        assert office.run(told) == told.prints


@pytest.mark.broker
def test_the_commands_with_a_broker_print_what_the_page_shows(broker: str, prefix: str, tmp_path: Path) -> None:
    with office.on_a_broker(broker, prefix, tmp_path) as run:
        for told in COMMANDS:
            if told.broker:
                assert run(told) == told.prints, told.command


def test_every_file_of_the_office_is_read_by_a_command_of_the_page() -> None:
    files = {path.name for path in PAGE.parent.iterdir()} - {"README.md", "nation"}
    assert files == {Path(word).name for each in COMMANDS for word in each.arguments() if word.startswith("examples/")}


def test_a_page_is_written_anew_with_what_its_commands_print() -> None:
    alone, on_a_broker = "$ tocsin one 'x y'\nold\n$ tocsin two\n", "$ tocsin three\n"
    page = f"a\n```console\n{alone}```\nb\n## With a broker\n```console\n{on_a_broker}```\n"
    first, second, third = shown(page)
    assert first == Shown("one 'x y'", "old\n", broker=False)
    assert first.arguments() == ["one", "x y"]
    assert (second.prints, second.broker, third.broker) == ("", False, True)
    again = rewritten(page, lambda each: f"says {each.command}\n")
    assert [each.prints for each in shown(again)] == ["says one 'x y'\n", "says two\n", "says three\n"]
    assert rewritten(again, lambda each: each.prints) == again


def test_what_is_printed_is_compared_without_the_spaces_that_end_a_line() -> None:
    assert plain("a  \n\nb ") == "a\n\nb\n"
