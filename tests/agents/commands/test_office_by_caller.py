"""A queue overflows into another one: each caller counts once, for the office and on a line that has both queues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.agents.invoking import invoke, written

START = 1_772_611_200  # 4 March 2026, 09:00 in Paris


def rows() -> Iterator[tuple[int, str]]:
    """Yield sixty callers' rows: queue A gives 30 seconds, then B; of three callers one gives up in B."""
    for number in range(60):
        at, call, caller = START + 100 * number, f"{START}.{number}", f"06000000{number:02}"
        yield at, f"{call}|a|NONE|ENTERQUEUE||{caller}|1"
        if number % 2:
            yield at + 9, f"{call}|a|Agent/1|CONNECT|9|{call}1|2"
            yield at + 40, f"{call}|a|Agent/1|COMPLETECALLER|9|31|1"
            continue
        yield at + 30, f"{call}|a|NONE|EXITWITHTIMEOUT|1|1|30"
        yield at + 31, f"{call}|b|NONE|ENTERQUEUE||{caller}|1"
        if number % 3:
            yield at + 45, f"{call}|b|Agent/2|CONNECT|14|{call}2|2"
            yield at + 90, f"{call}|b|Agent/2|COMPLETEAGENT|14|45|1"
        else:
            yield at + 50, f"{call}|b|NONE|ABANDON|1|1|19"


LOG = "".join(f"{at}|{row}\n" for at, row in sorted(rows())).encode()


def analysed(folder: Path, lines: str) -> Any:
    config = written(folder / "office.yaml", f"site: hall\nlines: {lines}\n".encode())
    result = invoke("analyze", "queue-log", written(folder / "queue_log", LOG), "--config", config, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def counts(raw: dict[str, int]) -> tuple[int, ...]:
    return tuple(raw[name] for name in ("offered", "answered", "lost", "diverted", "unresolved"))


BY_CALLER = {"callers": 60, "answered": 50, "lost": 10, "diverted": 0, "unresolved": 0}


def test_two_lines_have_their_own_figures_and_the_office_has_that_of_its_callers(tmp_path: Path) -> None:
    told = analysed(tmp_path, "{a: {queues: [a]}, b: {queues: [b]}}")
    assert told["office"] == BY_CALLER
    assert counts(told["lines"]["a"]["raw"]) == (60, 30, 0, 30, 0)
    assert counts(told["lines"]["b"]["raw"]) == (30, 20, 10, 0, 0)
    assert told["lines"]["a"]["reasons"]["diverted"] == {"transfer": 30}
    assert told["rows"]["used"] == told["rows"]["read"] == LOG.count(b"\n")


def test_a_line_of_both_queues_has_the_figure_of_its_callers(tmp_path: Path) -> None:
    told = analysed(tmp_path, "{accueil: {queues: [a, b]}}")
    assert told["office"] == BY_CALLER
    line = told["lines"]["accueil"]
    assert counts(line["raw"]) == (60, 50, 10, 0, 0)
    assert line["wait"]["lost"]["mean"] == 50, "from the entry into the first queue"
    assert told["incidents"] == []
    assert told["rows"]["used"] + told["rows"]["aside"] == told["rows"]["read"]


def test_the_short_table_ends_with_the_callers(tmp_path: Path) -> None:
    config = written(tmp_path / "office.yaml", b"site: hall\nlines: {a: {queues: [a]}, b: {queues: [b]}}\n")
    result = invoke("analyze", written(tmp_path / "queue_log", LOG), "--config", config)
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("by caller")]
    assert row.split()[2:5] == ["withheld", "60", "16.67%"], "nothing shows yet which rate is usual"
