"""What the audit and the board say of an office's topics, without a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.audit.audit import audit
from agents.board.follower import Follower, TopicReading
from agents.board.server import Board
from agents.kafka.input_ends import InputEndsReader
from agents.kafka.reading import records
from agents.ports import listener
from agents.states.records import state_records
from agents.web import listening
from config.settings import Settings
from streams.chain.breach import Breach
from streams.status import Status
from tests.attack.stage import SITE, YEAR

HOST = "127.0.0.1"
PAGES = ("/", "/healthz", "/metrics", "/incidents", "/years", f"/years/{YEAR}", f"/periods/{YEAR}-11")


class Asked(NamedTuple):
    """The answers of audit and board about an office."""

    audit: list[Breach]
    board: list[str]  # the subjects of the breaches that its year shows
    failed: list[str]  # pages and commands that ended in an error
    figures: Mapping[str, Any]  # of the year, the incidents and the live lines, as shown
    refused: list[str] = []  # noqa: RUF012 -- never changed; states that the worker's /healthz names

    def named_by(self, subject: str) -> tuple[Breach | None, bool]:
        """Return the audit's breach about a subject, and whether the board names the subject."""
        found = next((each for each in self.audit if subject in f"{each.subject} {each.says}"), None)
        return found, any(subject in each for each in self.board)


def ask(settings: Settings, key: Ed25519PublicKey | None = None, expected: str | None = None) -> Asked:
    """Return the answers of the audit, with a key and an expected publication, and of the board, with their errors."""
    failed, breaches = list[str](), list[Breach]()
    try:
        breaches = audit(settings, key, expected).breaches
    except Exception as error:  # noqa: BLE001 -- any error is a finding
        failed.append(f"audit: {type(error).__name__}: {error}")
    board, figures, pages = asyncio.run(_board(settings, _read(settings)))
    return Asked(breaches, board, failed + pages, figures)


def _read(settings: Settings) -> Follower:
    """Return a follower that has read the topics to their ends; its thread would follow them for ever."""
    follower, reading, states = Follower(settings), TopicReading(settings), state_records(settings)
    with closing(InputEndsReader(settings)) as inputs:
        reading.reach(inputs)
        for record in records(settings, *reading.topics):
            reading.take(record)
        reading.settle(inputs)
    reading.compare(states, states)
    follower.known, follower.read, follower.trouble = reading.known(follower.known), time.time(), ""
    return follower


async def _board(settings: Settings, follower: Follower) -> tuple[list[str], dict[str, Any], list[str]]:
    failed = list[str]()
    with listener(HOST, 0) as socket:
        async with listening(Board(settings, follower).app(), socket) as port, aiohttp.ClientSession() as session:

            async def get(page: str) -> bytes:
                async with session.get(f"http://{HOST}:{port}{page}") as answer:
                    if answer.status >= 500:
                        failed.append(f"{page}: {answer.status}")
                    return await answer.read()

            for page in PAGES:
                await get(page)
            written = await get(f"/years/{YEAR}?format=json")
    year = msgspec.json.decode(written) if written.startswith(b"{") else {"integrity": {"breaches": []}}
    broken = [f"{each['subject']} {each['says_en']}" for each in year.pop("integrity")["breaches"]]
    known = follower.known
    figures = {
        "year": {name: part for name, part in year.items() if name not in {"vintage", "vintages"}},
        "incidents": known.history.incidents.of(SITE),
        # by desk, as partitions are read in any order
        "live": {
            **{name: _shown(each) for name, each in known.lines.items()},
            **{name: _shown(each) for name, each in known.services.items()},
        },
    }
    return broken, figures, failed


def _shown(status: Status) -> dict[str, Any]:
    """Return live figures without their position, which no page shows."""
    found: dict[str, Any] = msgspec.to_builtins(status)
    return {name: each for name, each in found.items() if name not in {"epoch", "offset", "others"}}
