"""Offices that are counted once, and all their surfaces, in English."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import aiohttp
import pytest
from prometheus_client import generate_latest
from typer import testing

from agents.history.ledger import History, read_history
from agents.metrics.subjects import kinds
from agents.report.format import Format
from config.offices import OfficeFiles, Offices
from streams.desks.line import Line
from tests.agents.mail.smtp import MailBox, served
from tests.golden import surfaces as golden
from tests.golden.counting import Counting
from tests.golden.plain import plain, plain_mail

ALL_LINES: Final = '{address: "head@lozere.example", language: en, lines: [circulation, accueil], services: [cartes]}'


class Office(NamedTuple):
    """An office or a nation and its surfaces; each is fetched once."""

    config: Path
    offices: Offices
    history: History
    counting: Counting
    pages: Mapping[str, bytes]  # of the board, by address
    mailed: dict[str, list[str]]  # by day; a mail is sent once

    def run(self, *words: str) -> str:
        """Return the output of a command."""
        return golden.run(self.config, *words, "--lang", "en")

    def file(self, written_as: Format, period: str) -> bytes:
        """Return the file of a period."""
        with TemporaryDirectory() as folder:
            out = Path(folder) / "out"
            self.run("totals", *golden.period_options(period), "--format", written_as, "--out", str(out))
            return out.read_bytes()

    def page(self, address: str) -> str:
        """Return a page of the board."""
        return plain(self.pages[address])

    def fetch(self, address: str) -> str:
        """Fetch a page of the board again."""
        return plain(asyncio.run(_fetched(self.config, [address]))[address])

    def scraped(self) -> str:
        """Return a worker's metrics of its lines."""
        partition = self.counting.partition
        lines: list[Line] = [*partition.lines.values()]
        now, written = self.counting.now(), kinds(lambda site: self.offices.sites[site])
        for line in lines:
            written.lines.refresh(line, now)
            written.desks.refresh(line, now)
        pages = (*written.lines.pages(lines, generate_latest), *written.desks.pages(lines, generate_latest))
        return b"".join(pages).decode()

    def mails(self, day: str) -> list[str]:
        """Return the mails of a day to subscribers of all lines."""
        if day in self.mailed:
            return self.mailed[day]
        box = MailBox()
        with TemporaryDirectory() as folder, served(box) as port, pytest.MonkeyPatch.context() as patch:
            told = self.config.read_text(encoding="utf-8").replace(
                ALL_LINES, '{address: "all@lozere.example", language: en}'
            )
            config = Path(folder) / "office.yaml"
            config.write_text(told, encoding="utf-8")
            patch.setenv("TOCSIN_MAIL_SERVER", f"{golden.HOST}:{port}")
            golden.run(config, "mail", "day", "--for", day)
        found = self.mailed[day] = [plain_mail(each) for each in box.mails if each["To"] == "all@lozere.example"]
        return found


@contextmanager
def counted(
    config: Path, counting: Callable[[], AbstractContextManager[Counting]], addresses: Iterable[str]
) -> Iterator[Office]:
    """Count an office or a nation, and fetch pages of its board."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in [each for each in os.environ if each.startswith(("TOCSIN_", "LC_", "LANG", "COLUMNS"))]:
            patch.delenv(variable)
        for variable, value in golden.ENVIRONMENT.items():
            patch.setenv(f"TOCSIN_{variable}", value)
        patch.setattr(testing, "_get_command", cache(vars(testing)["_get_command"]))
        with counting() as told:
            offices = OfficeFiles(config, dict(os.environ)).load()
            history = read_history(offices.shared)
            incidents = [f"/incidents/{each['id']}" for each in history.incidents.of().values()]
            every = [*(incidents if offices.nation is None else ()), *addresses]
            yield Office(config, offices, history, told, asyncio.run(_fetched(config, every)), {})


async def _fetched(config: Path, addresses: Iterable[str]) -> dict[str, bytes]:
    found, who = dict[str, bytes](), {"X-Remote-User": "m.durand"}
    async with golden.board(config) as (origin, _), aiohttp.ClientSession() as client:
        for address in addresses:
            asked = f"{origin}{address}{'&' if '?' in address else '?'}lang=en"
            async with client.get(asked, headers=who) as answer:
                found[address] = await answer.read()
                assert answer.status == 200, f"{address}: {found[address].decode()}"
    return found
