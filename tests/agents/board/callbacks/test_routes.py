"""The callback list on the board: its contents, its refusals, and the right to tick callers off."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from agents.board.callbacks import routes
from agents.board.callbacks.routes import MOST_ROWS
from agents.board.follower import Known
from agents.board.server import Board
from agents.callbacks.reading import CallbackReading, Callbacks
from agents.history.standing import miscounts
from agents.kafka import client
from agents.ports import listener
from agents.web import listening
from config.office import Board as BoardSettings
from config.office import Decide
from config.settings import Settings
from streams.desks.callback_list import CallbackList, ClosedHours, LostCaller
from tests.agents.board import morning
from tests.agents.board.deciding.visiting import HOST, Visitor
from tests.agents.board.known import SETTINGS, Record, follower, known, line
from tests.agents.html import Page
from tests.agents.totals.year import HOSTILE
from tests.streams.telling import value

AT = 1_388_480_400_000  # 31 December 2013, 10:00 in Paris
ANNE, BRUNO = (f"hmac:{digit * 32}00000a7" for digit in "ab")
LIST = CallbackList(
    callers=[
        LostCaller(caller=ANNE, since=AT, last=AT + 600_000, line="circulation", wait=42_000, tries=3),
        LostCaller(caller=BRUNO, since=AT + 60_000, last=AT + 60_000, line="standard", wait=None, tries=1),
    ],
    unknown=2,
)


def visit(
    found: CallbackList | None,
    what: Callable[[Visitor], Awaitable[None]],
    settings: Settings = SETTINGS,
    read: Known | None = None,
) -> None:
    """Let a visitor use a board that has a callback list."""

    async def run() -> None:
        lines = {each.id: each for each in (line("circulation", to_call_back=9), line("standard", to_call_back=8))}
        told = known()._replace(lines=lines) if read is None else read
        board = Board(settings, follower(told, time.time(), settings))
        if found is not None:
            board.callbacks.lists, board.callbacks.read = {settings.site: Callbacks(1, found)}, time.time()
        jar = aiohttp.CookieJar(unsafe=True)
        async with (
            listening(board.app(), listener(HOST, 0)) as port,
            aiohttp.ClientSession(cookie_jar=jar) as client,
        ):
            await what(Visitor(client, port))

    asyncio.run(run())


def deciding(folder: Path) -> Settings:
    secret = folder / "secret"
    secret.write_text("cheval-juste-batterie", encoding="utf-8")
    secret.chmod(0o600)
    return SETTINGS.model_copy(update={"board": BoardSettings(decide=Decide(token_file=secret))})


def test_the_list_is_shown_in_one_language_by_pseudonym_those_first_who_wait_longest() -> None:
    async def look(visitor: Visitor) -> None:
        french = await visitor.get("/callbacks")
        assert french.status == 200
        assert "2 appelants à rappeler" in french.words
        assert "2 appels perdus sont sans numéro d'appelant" in french.words
        assert "10 h 00 et à 10 h 10Circulation42 s3aaaaaaaaaa" in french.words
        assert re.search(r"10 h 01\S.*—1bbbbbbbbbb", french.words)
        assert HOSTILE not in french.text, "a label is escaped"
        assert "a" * 11 not in french.text, "no more of a pseudonym than names it"
        assert "<button" not in french.text
        english = await visitor.get("/callbacks?lang=en")
        assert "2 callers are to be called back" in english.words
        assert "rappeler" not in english.words

    visit(LIST, look)


def test_callers_of_closed_hours_are_shown_apart_with_their_day_and_can_be_ticked(tmp_path: Path) -> None:
    since = AT - 62 * 3_600_000
    missed = LostCaller(
        caller=BRUNO, since=since + 3_600_000, last=AT - 7_200_000, line="standard", wait=9_000, tries=2
    )
    found = CallbackList(callers=LIST.callers[:1], closed=ClosedHours(since=since, callers=[missed], unknown=3))

    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/callbacks")
        today, closed = page.words.split("Appels reçus bureau fermé")
        assert "1 appelant à rappeler" in today
        assert "Depuis le 28 décembre 2013 à 20 h 00" in closed
        assert "et non parmi les appelants perdus du jour" in closed
        assert "28 décembre 21 h 00 et le 31 décembre, 8 h 00" in closed
        assert "3 appels reçus bureau fermé sont sans numéro" in closed
        assert f'value="{"b" * 16} {missed.last}"' in page.text
        english = await visitor.get("/callbacks?lang=en")
        assert "1 caller of closed hours" in english.words
        wall = await visitor.get("/")
        assert "bureau fermé" not in wall.words

    visit(found, look, deciding(tmp_path))


def test_the_wall_does_not_count_those_to_call_back_whom_it_believes_answered() -> None:
    """The miscounted line lost six calls that had a conversation; the wall treats them as answered."""
    what, settings = morning.morning(), morning.SETTINGS
    reading, at = CallbackReading(settings), morning.OPENS.timestamp()
    for number in range(8):
        named = {"caller": f"hmac:{number:032x}00000a7", "wait": 2.0}
        events = [value("lost", at + number, f"c{number}", "circulation", **named)]
        events += [value("ended", at + number + 60, f"c{number}", "circulation", talk=60.0)] if number < 6 else []
        for each in events:
            reading.take(Record(reading.topics[0], b"lozere/circulation", each))

    async def look(visitor: Visitor) -> None:
        wall = await visitor.get("/")
        assert re.findall(r"à rappeler(?: · (\d+) douteux)?\s*(\d+)", wall.words)[:2] == [("6", "2"), ("6", "2")]
        page = await visitor.get("/callbacks")
        assert "2 appelants à rappeler" in page.words
        listed, doubtful = page.words.split("6 appelants comptés perdus, douteux")
        assert "probablement décroché" not in listed
        assert doubtful.count("probablement décroché : comptage suspect") == 6

    reading.believe(miscounts(settings, what.history.incidents.of("lozere").values(), what.lines))
    lines = {name: each for name, each in what.lines.items() if name == "lozere/circulation"}
    visit(reading.at(at).list, look, settings, what._replace(lines=lines))


def test_of_a_long_list_those_who_wait_longest_are_shown_and_all_are_counted() -> None:
    every = [
        LostCaller(caller=f"hmac:{number:032x}", since=AT, last=AT, line="circulation", wait=1, tries=1)
        for number in range(MOST_ROWS + 7)
    ]

    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/callbacks")
        assert page.text.count("<code>") == MOST_ROWS
        assert f"{MOST_ROWS + 7} appelants à rappeler" in page.words
        assert f"Les {MOST_ROWS} premiers" in page.words

    visit(CallbackList(callers=every), look)


def test_the_wall_counts_those_of_the_list_and_leads_there() -> None:
    async def look(visitor: Visitor) -> None:
        wall = await visitor.get("/")
        assert '<a href="/callbacks">à rappeler</a>' in wall.text
        assert re.findall(r"à rappeler\s*(\d+)", wall.words) == ["2", "1", "1"], "of the office, and of each line"

    visit(LIST, look)


@pytest.mark.parametrize("found", [None, CallbackList(crossed=True), CallbackList(full=True)])
def test_where_the_list_is_not_that_of_the_whole_office_the_wall_has_what_the_workers_count(
    found: CallbackList | None,
) -> None:
    async def look(visitor: Visitor) -> None:
        assert re.findall(r"à rappeler\s*(\d+)", (await visitor.get("/")).words) == ["17", "9", "8"]
        page = await visitor.get("/callbacks")
        assert ("pas encore disponible" if found is None else "Aucun appelant à rappeler") in page.words

    visit(found, look)


def test_nobody_ticks_off_without_the_secret_or_from_elsewhere(tmp_path: Path) -> None:
    async def tries(visitor: Visitor) -> None:
        page = await visitor.get("/callbacks")
        sent = {**page.form, "who": "m.durand", "called": f"{'a' * 16} {AT + 600_000}"}
        assert (await visitor.send("/callbacks", {**sent, "secret": "falsch"})).status == 403
        right = {**sent, "secret": "cheval-juste-batterie"}
        assert (await visitor.send("/callbacks", right, Origin="http://elsewhere.example")).status == 403
        assert (await visitor.send("/callbacks", {**right, "token": "0" * 64})).status == 403
        broken = await visitor.send("/callbacks", {**right, "called": "06 11 22 33 44"})
        assert broken.status == 400
        assert "06 11" not in Page(broken.text).text

    visit(LIST, tries, deciding(tmp_path))


@pytest.mark.slow
def test_who_is_on_the_list_no_more_is_left_alone_and_a_broker_that_is_away_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "WRITE_SECONDS", 0.5)
    monkeypatch.setattr(client, "START_MS", 1_000)

    async def tries(visitor: Visitor) -> None:
        page = await visitor.get("/callbacks")
        sent = {**page.form, "who": "m.durand", "secret": "cheval-juste-batterie"}
        gone = await visitor.send("/callbacks", {**sent, "called": f"{'c' * 16} {AT}"})
        assert (gone.status, gone.headers["Location"]) == (303, "/callbacks")
        page = await visitor.get("/callbacks")
        away = await visitor.send("/callbacks", {**page.form, "called": f"{'a' * 16} {AT + 600_000}"})
        assert away.status == 503
        assert "n'a pas confirmé" in away.words

    visit(LIST, tries, deciding(tmp_path))
