"""Every surface that shows a figure, from one office and one nation: commands, pages, files and mails, as text.

The clock is stopped. Differences between two runs are left out: the secrets of forms, and the moment and the boundaries
of mails. Archives are compared part by part, PDF by the text of its pages.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from typer import testing

from agents.board.follower import Follower, TopicFollower
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.server import NationBoard
from agents.board.server import Board
from agents.cli import app
from agents.ports import listener
from agents.web import listening
from config.offices import OfficeFiles
from streams.events import milliseconds
from tests.agents.mail.smtp import MailBox, served
from tests.golden.counting import Counting
from tests.golden.events import MadeUp, Stretch
from tests.golden.memory import Clock, in_memory
from tests.golden.plain import plain, plain_mail
from tests.waiting import PATIENCE, until

ROOT: Final = Path(__file__).parents[2]
OFFICE: Final = Path(__file__).with_name("office.yaml")
NATION: Final = ROOT / "examples/nation/nation.yaml"
SURVEY: Final = ROOT / "examples/survey.csv"
ENVIRONMENT: Final = {"KAFKA_PARTITIONS": "1", "CLOCK": "event"}
LANGUAGES: Final = ("fr", "en")
FORMATS: Final = ("table", "json", "csv", "xlsx", "html", "pdf", "notice", "open-data", "prometheus")
OF_MANY: Final = tuple(each for each in FORMATS if each not in {"notice", "prometheus"})
HOST: Final = "127.0.0.1"
WHOLE: Final = ("2013", "2025-Q1")  # the published periods
COMPUTING: Final = (
    "being computed",
    "calcul en cours",
    "en cours de calcul",
    "Le calcul est en cours",
)  # the board's answer meanwhile
POLL_SECONDS: Final = 0.1
SECRET: Final = re.compile(r'(<input type="hidden" name="(?:token|once)" value=)"[^"]*"')  # of a form, drawn at random


class Surface(NamedTuple):
    """One surface's output."""

    name: str  # a path below the folder of a dump
    text: str


def surfaces(*names: str) -> Iterator[Surface]:
    """Yield the output of every surface of the office and the nation, or of the given ones."""
    for name in names or SHOWN:
        with pytest.MonkeyPatch.context() as patch:
            for variable in [each for each in os.environ if each.startswith(("TOCSIN_", "LC_", "LANG", "COLUMNS"))]:
                patch.delenv(variable)
            for variable, value in ENVIRONMENT.items():
                patch.setenv(f"TOCSIN_{variable}", value)
            yield from SHOWN[name]()


@contextmanager
def counted_office() -> Iterator[Counting]:
    """Count the office, decide on incidents and publish figures; the block may run any reader of them."""

    def day(month: int, number: int) -> date:
        return date(2013, month, number)

    offices = _files(OFFICE).load()
    settings = offices.office(None)
    made_up = MadeUp(
        settings,
        day(1, 2),
        day(4, 30),
        {
            "standard": Stretch("silent", day(2, 12), day(2, 13)),
            "circulation": Stretch("flagged lost", day(3, 4), day(3, 15)),
            "etrangers": Stretch("overload", day(4, 8), day(4, 10)),
            "titres": Stretch("lost at once", day(4, 15), day(4, 30)),
            "numero-unique": Stretch("flagged lost", day(3, 1), day(4, 30)),
            "urgences": Stretch("flagged lost", day(2, 1), day(4, 30)),
        },
    )
    with in_memory() as (topics, clock):
        counting = Counting(offices, topics)
        events, april = made_up.events(), datetime(2013, 4, 1, tzinfo=UTC).timestamp() * 1000
        counting.take(each for each in events if milliseconds(each.at) < april)
        _set(clock, day(4, 2))
        for period in ("2013", "2013-Q1"):
            run(OFFICE, "totals", *period_options(period), "--publish", "--survey", str(SURVEY))
        counting.take(each for each in events if milliseconds(each.at) >= april)
        _set(clock, day(5, 6))
        _decide()
        counting.take([])
        counting.publish_statuses()
        run(OFFICE, "totals", *period_options("2013"), "--publish")
        yield counting


def _office() -> Iterator[Surface]:
    with counted_office():
        for language in LANGUAGES:
            yield from _commands(
                OFFICE, "office", language, FORMATS, ("2013", "2013-Q1", "2013-04", "2013-02-11/2013-03-17")
            )
            yield from _printed(
                OFFICE,
                "office",
                language,
                ("callbacks",),
                ("review", "show", "1"),
                *(("totals", *period_options(period), "--vintages") for period in ("2013", "2013-Q1")),
                *(
                    ("totals", *period_options("2013"), "--vintage", "1", "--format", each)
                    for each in ("json", "html", "csv")
                ),
            )
        yield from _pages(OFFICE, "office", _office_addresses(_files(OFFICE).load().office(None).lines))
        yield from _mails()


def _decide() -> None:
    """Decide on incidents of the office as persons do."""
    for decision, *more in (
        ("confirm", "circulation-20130304T080000Z-no-talk-in-a-lost-call", "--note", "panne <b>du</b> 4 mars"),
        ("dismiss", "standard-20130212T080000Z-silence", "--note", "fermé"),
        ("confirm", "titres-20130417T082520Z-rise", "--note", "trois appels sur cinq avaient été pris"),
        ("declare", "etrangers", "--from", "2013-01-15T09:00", "--to", "2013-01-15T12:00", "--note", "essai"),
    ):
        run(OFFICE, "review", decision, *more, "--by", "m.durand", "--yes")


@contextmanager
def counted_nation() -> Iterator[Counting]:
    """Count the offices of the nation and publish the figures of one in the same way."""
    offices = _files(NATION).load()
    first, last = date(2025, 1, 2), date(2025, 3, 31)
    by_exchange = Stretch("flagged lost", date(2025, 2, 3), date(2025, 2, 14))
    befalls = {
        "cantal": {"titres": Stretch("lost at once", date(2025, 3, 6), last)},
        "correze": {"standard": by_exchange},
        "creuse": {"standard": by_exchange, "titres": Stretch("silent", date(2025, 3, 12), date(2025, 3, 13))},
    }
    with in_memory() as (topics, clock):
        counting = Counting(offices, topics)
        _set(clock, date(2025, 4, 1))
        for site, settings in offices.sites.items():
            counting.take(MadeUp(settings, first, last, befalls.get(site, {}), 0.5).events())
        counting.publish_statuses()
        run(NATION, "totals", *period_options("2025-Q1"), "--publish", "--site", "cantal")
        yield counting


def _nation() -> Iterator[Surface]:
    with counted_nation():
        for language in LANGUAGES:
            yield from _commands(NATION, "nation", language, OF_MANY, ("2025-Q1", "2025-03"))
            yield from _printed(
                NATION,
                "nation",
                language,
                ("totals", *period_options("2025-Q1"), "--region", "Nouvelle-Aquitaine"),
                ("totals", *period_options("2025"), "--department", "Creuse"),
            )
        yield from _pages(NATION, "nation", _nation_addresses())


def _commands(
    config: Path, of: str, language: str, formats: Sequence[str], periods: Iterable[str]
) -> Iterator[Surface]:
    """Yield the output of `tocsin totals` for each period and of `tocsin review`."""
    for period in periods:
        asked = ("totals", *period_options(period))
        for written_as in formats:
            if written_as == "pdf" and period not in WHOLE:
                continue  # a second each
            with TemporaryDirectory() as folder:
                out = Path(folder) / "out"
                run(config, *asked, "--format", written_as, "--out", str(out), "--lang", language)
                name = f"{of}/{language}/totals {period.replace('/', ' ')}.{written_as}"
                yield Surface(name, plain(out.read_bytes()))
        yield from _printed(config, of, language, asked, (*asked, "--csv", language))
    yield from _printed(config, of, language, ("review", "list"), ("review", "list", "--json"))


def _printed(config: Path, of: str, language: str, *commands: tuple[str, ...]) -> Iterator[Surface]:
    for command in commands:
        name = " ".join(command).replace("/", " ")
        yield Surface(f"{of}/{language}/{name}", run(config, *command, "--lang", language))


def run(config: Path, *words: str) -> str:
    """Return the output of a command, which must succeed."""
    done = testing.CliRunner().invoke(app, [*words, "--config", str(config)], terminal_width=120)
    assert done.exit_code == 0, f"{words}: {done.output}{done.exception}"
    return done.stdout_bytes.decode() + "".join(f"! {line}\n" for line in done.stderr.splitlines())


def period_options(period: str) -> tuple[str, ...]:
    """Return the options that ask for a period.

    >>> period_options("2013-Q1"), period_options("2013-02-11/2013-03-17")
    (('--quarter', '2013-Q1'), ('--from', '2013-02-11', '--to', '2013-03-17'))
    """
    first, _, last = period.partition("/")
    if last:
        return "--from", first, "--to", last
    return ("--quarter" if "Q" in period else "--month" if "-" in period else "--year"), period


def _office_addresses(lines: Iterable[str]) -> Iterator[str]:
    yield from ("/incidents/{incident}", "/incidents", "/", "/?wall", "/declare", "/callbacks", "/accessibility")
    yield from ("/years/2013", "/years/2013-Q1", "/years/2013-04", "/years/2013?vintage=1", "/years", "/metrics")
    yield from (f"/years/2013?format={each}" for each in ("json", "csv", "sheet", "html"))
    for desk in (*(f"lines/{line}" for line in lines), "services/cartes", "channels/im341"):
        yield from (f"/{desk}?period={each}" for each in ("2013", "2013-W11"))
        yield f"/{desk}?period=2013-03&format=json"
    for desk in ("lines/circulation", "lines/titres", "services/cartes"):
        yield from (f"/{desk}?period={each}" for each in ("2013-Q1", "2013-04", "2013-04-09"))
        yield from (f"/{desk}?period=2013-03&format={each}" for each in ("csv", "sheet"))


def _nation_addresses() -> Iterator[str]:
    yield from ("/", "/incidents", "/regions/Nouvelle-Aquitaine", "/departments/Creuse", "/accessibility", "/metrics")
    yield "/years"
    for unit in ("", "?region=Nouvelle-Aquitaine", "?department=Creuse"):
        yield f"/years/2025-Q1{unit}"
        yield from (
            f"/years/2025-Q1{unit}{'&' if unit else '?'}format={each}" for each in ("json", "csv", "sheet", "html")
        )
    for page in ("", "incidents", "years/2025-Q1", "lines/standard?period=2025-02", "services/accueil?period=2025"):
        yield f"/sites/correze/{page}"


def _pages(config: Path, of: str, addresses: Iterable[str]) -> Iterator[Surface]:
    """Yield the board's pages in both languages."""
    yield from asyncio.run(_visited(config, of, list(addresses)))


async def _visited(config: Path, of: str, addresses: Sequence[str]) -> list[Surface]:
    found = []
    async with board(config) as (origin, incidents), aiohttp.ClientSession() as client:
        named = [
            each.format(incident=quote(name)) for each in addresses for name in (incidents if "{" in each else [""])
        ]
        for language in LANGUAGES:
            for address in named:
                asked = f"{origin}{address}{'&' if '?' in address else '?'}lang={language}"
                media, said = await _answered(client, asked)
                name = f"{of}/{language}/board {address.replace('/', ' ').strip()}".strip()
                said = SECRET.sub(r"\1", said.replace(origin, "http://board"))
                found.append(Surface(name, f"{media}\n{said}"))
    return found


async def _answered(client: aiohttp.ClientSession, asked: str) -> tuple[str, str]:
    """Return type and text of a page; ask again until the board has assessed its incidents in the background."""
    for _ in range(round(PATIENCE / POLL_SECONDS)):
        async with client.get(asked, headers={"X-Remote-User": "m.durand"}) as answer:
            said = await answer.text()
            assert answer.status == 200, f"{asked}: {answer.status} {said}"
            if not any(words in said for words in COMPUTING):
                return answer.headers["Content-Type"], said
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"{asked} goes on computing")


@asynccontextmanager
async def board(config: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve the board once it has read its topics; yield its address and the ids of its incidents."""
    files = _files(config)
    offices = files.load()
    follower = Follower(offices.shared)
    followers: list[TopicFollower] = [follower]
    if offices.nation is None:
        alone = Board(offices.office(None), follower)
        followers.append(alone.callbacks)
        application: web.Application = alone.app()
    else:
        application = NationBoard(FollowedOffices(files, offices), follower).app()
    for each in followers:
        each.start()
    await asyncio.to_thread(until, lambda: all(each.read is not None for each in followers), str)
    with listener(HOST, 0) as socket:
        async with listening(application, socket) as port:
            yield f"http://{HOST}:{port}", [each["id"] for each in follower.known.history.incidents.of().values()]
    for each in followers:
        each.end()


def _mails() -> Iterator[Surface]:
    """Yield the mails of three days with their weeks and months, then the output for unsent ones."""
    box = MailBox()
    with served(box) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOCSIN_MAIL_SERVER", f"{HOST}:{port}")
        for asked in ("2013-03-13", "2013-04-09", "2013-04-25"):
            run(OFFICE, "mail", "day", "week", "month", "--for", asked)
        for number, mail in enumerate(box.mails, 1):
            yield Surface(f"office/mail {number}", plain_mail(mail))
        yield from _printed(OFFICE, "office", "en", ("mail", "--dry-run", "--for", "2013-04-09"))


def _files(config: Path) -> OfficeFiles:
    return OfficeFiles(config, dict(os.environ))


def _set(clock: Clock, day: date) -> None:
    clock.now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC).timestamp()


SHOWN: Final = {"office": _office, "nation": _nation}
