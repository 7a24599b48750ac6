"""Logs of calls for a real worker, their analysis, and the worker's figures."""

from __future__ import annotations

from typing import Any

import msgspec

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.sources.asterisk.queue_log_file import QUEUE_LOG
from agents.sources.entry import Entry
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from tests.agents.running import Running
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"a key for tests only")
COUNTS = ("offered", "answered", "lost", "diverted", "unresolved")
LINES = ("standard", "circulation")


def log(calls: int, *, broken: bool = False) -> list[bytes]:
    """Return a queue_log with calls of every outcome; `broken` puts a damaged line in the middle."""
    rows: list[bytes] = []
    for number in range(calls):
        queue = ("standard", "600")[number % 2]
        at, call = 1_543_600_000 + number * 40, f"{1_543_600_000 + number * 40}.{number}"
        rows.append(f"{at}|{call}|{queue}|NONE|ENTERQUEUE||06123{number:05}|1".encode())
        if number % 7 == 0:
            rows.append(f"{at + 20}|{call}|{queue}|Agent/1|RINGNOANSWER|20000".encode())
        if number % 11 == 0:
            rows.append(f"{at + 31}|{call}|{queue}|NONE|ABANDON|1|1|31".encode())
        elif number % 13 == 0:
            rows.append(f"{at + 35}|{call}|{queue}|NONE|EXITWITHKEY|2|1|1|35".encode())
        elif number % 17 != 0:
            rows.append(f"{at + 9}|{call}|{queue}|Agent/2|CONNECT|9|{call}1|4".encode())
            rows.append(f"{at + 39}|{call}|{queue}|Agent/2|COMPLETECALLER|9|30|1".encode())
    if broken:
        rows.insert(len(rows) // 2, b"15436|0612345678|tor")
    return rows


def told(rows: list[bytes], settings: Settings) -> list[Entry]:
    by = context(site=settings.site, zone=settings.timezone, line_of=settings.lines_by_queue().get, pseudonym=PSEUDONYM)
    return list(QUEUE_LOG.read(rows, by))


def analysed(rows: list[bytes], settings: Settings) -> dict[str, Any]:
    analysis = Analysis(settings)
    analysis.take(told(rows, settings))
    return document(analysis)


def counted(running: Running) -> dict[str, dict[str, float]]:
    """Return the figures once time has passed: calls that are years old are no longer open."""
    found: dict[str, dict[str, float]] = {}

    def passed() -> bool:
        for line in LINES:
            found[line] = {kind: running.total(f"tocsin_calls_{kind}_total", line=line) for kind in COUNTS}
        return all(2 * line["offered"] == sum(line.values()) for line in found.values())

    running.until(passed, lambda: found)
    return found


def expected(document: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {line: {kind: document["lines"][line]["raw"][kind] for kind in COUNTS} for line in LINES}


def faulty(calls: int) -> list[bytes]:
    """Return calls of a counter that records conversations as lost calls, and one call an hour later."""
    told = []
    for number in range(calls):
        at, call = 1_543_565_000 + 60 * number, {"line": "standard", "call": str(number)}
        told.append({**call, "type": "lost", "reason": "abandoned", "at": at, "wait": 5})
        told.append({**call, "type": "ended", "at": at + 90, "talk": 90})
    told.append({"line": "standard", "call": "later", "type": "offered", "at": 1_543_565_000 + 60 * calls + 3600})
    return [msgspec.json.encode(each) for each in told]
