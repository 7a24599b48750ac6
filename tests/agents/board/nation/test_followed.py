"""The board reloads the files of the offices: new offices appear, and an invalid file changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from agents.board.nation import followed, kept
from agents.ports import listener
from agents.web import listening
from config.offices import OfficeFiles, Offices
from config.rights import AccessRight
from tests.agents.board.deciding.visiting import HOST, Seen, Visitor
from tests.agents.board.nation import made
from tests.waiting import PATIENCE


async def awaited(
    visitor: Visitor, path: str, *words: str, status: int = 200, without: str = "\0", **headers: str
) -> Seen:
    async with asyncio.timeout(PATIENCE):
        while True:
            page = await visitor.get(path, **headers)
            if page.status == status and without not in page.words and all(each in page.words for each in words):
                return page
            await asyncio.sleep(0.05)


@pytest.mark.slow
def test_offices_come_change_and_go_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((followed, "LOOK_SECONDS"), (kept, "LOOK_SECONDS"), (kept, "AGAIN_SECONDS")):
        monkeypatch.setattr(module, name, 0.05)
    path = made.written(tmp_path, 3)
    sites = tmp_path / "sites"

    async def run() -> None:
        app = made.board(path).app()
        async with listening(app, listener(HOST, 0)) as port, aiohttp.ClientSession() as client:
            visitor = Visitor(client, port)
            assert (await visitor.get("/sites/paris/")).status == 404
            assert "Préfecture Aude" in (await visitor.get("/sites/aude/")).words
            made.office(tmp_path, "paris", "Paris", "Île-de-France")
            await awaited(visitor, "/sites/paris/", "Préfecture Paris")
            await awaited(visitor, "/", "Préfecture Paris", "Île-de-France")
            aude = sites / "aude.yaml"
            aude.write_text(aude.read_text("utf-8").replace("Préfecture Aude", "Préfecture de l'Aude"), "utf-8")
            await awaited(visitor, "/sites/aude/", "Préfecture de l'Aude")
            sound = aude.read_text("utf-8")
            aude.write_text(sound.replace("target: 0.02", "target: often"), "utf-8")
            page = await awaited(visitor, "/", "la précédente reste en vigueur")
            assert "aude.yaml" in page.words
            assert "lines.standard.target" in page.words
            assert "Préfecture de l'Aude" in (await visitor.get("/sites/aude/")).words
            assert '"configuration": "wrong"' in (await visitor.get("/healthz")).text
            aude.write_text(sound, "utf-8")
            await awaited(visitor, "/", without="la précédente")
            (sites / "gard.yaml").unlink()
            await awaited(visitor, "/sites/gard/", status=404)
            lozere = sites / "lozere.yaml"
            retired = lozere.read_text("utf-8").replace('"Lozère"}', '"Lozère", until: 2013-11-01}', 1)
            lozere.write_text(retired, "utf-8")
            await awaited(visitor, "/departments/Loz%C3%A8re", "sites à surveiller0")
            assert (await visitor.get("/sites/lozere/")).status == 200  # its years stay

    asyncio.run(run())


def test_rights_that_are_taken_close_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "LOOK_SECONDS", 0.05)
    header = "board: {decide: {header: X-Remote-User}}\n"
    path = made.written(tmp_path, 3, f"{header}rights: [{{who: [anne], see: ['*']}}]\n")
    anne = {"X-Remote-User": "anne"}

    async def run() -> None:
        app = made.board(path).app()
        async with listening(app, listener(HOST, 0)) as port, aiohttp.ClientSession() as client:
            visitor = Visitor(client, port)
            assert (await visitor.get("/sites/aude/", **anne)).status == 200
            stream = await client.get(f"{visitor.origin}/sites/aude/events", headers=anne)
            assert stream.status == 200
            made.written(tmp_path, 3, f"{header}rights: [{{who: [anne], see: [gard]}}]\n")
            await awaited(visitor, "/sites/aude/", status=403, **anne)
            async with asyncio.timeout(PATIENCE):
                await stream.content.read()
            assert (await visitor.get("/sites/gard/", **anne)).status == 200

    asyncio.run(run())


def test_of_an_office_alone_the_rights_are_followed_and_nothing_else(tmp_path: Path) -> None:
    path = made.written(tmp_path, 1).parent / "sites" / "lozere.yaml"
    text = "board: {decide: {header: X-Remote-User}}\n" + path.read_text("utf-8")
    path.write_text(f"{text}rights: [{{who: [anne], decide: [lozere]}}]\n", "utf-8")
    files = OfficeFiles(path, {})
    follower, told = followed.FollowedOffices(files, before := files.load()), list[Offices]()

    async def changed(offices: Offices) -> None:
        told.append(offices)

    asyncio.run(follower.look(changed))
    assert told == []
    path.write_text(text.replace("0.02", "0.03") + "rights: [{who: [anne], see: [lozere]}]\n", "utf-8")
    asyncio.run(follower.look(changed))
    assert [each.shared.rights for each in told] == [(AccessRight(who=("anne",), see=("lozere",)),)]
    assert told[0].sites["lozere"].lines == before.sites["lozere"].lines


def test_a_nation_does_not_become_one_office_while_its_board_runs(tmp_path: Path) -> None:
    files, offices = made.read(path := made.written(tmp_path, 3))
    follower = followed.FollowedOffices(files, offices)
    path.write_bytes((tmp_path / "sites" / "aude.yaml").read_bytes())

    async def changed(_: object) -> None:
        raise AssertionError

    asyncio.run(follower.look(changed))
    assert follower.wrong is not None
    assert [each.key for each in follower.wrong.mistakes] == ["sites"]
    assert follower.offices is offices


def test_another_broker_is_taken_by_a_new_board_alone(tmp_path: Path) -> None:
    files, offices = made.read(path := made.written(tmp_path, 3))
    follower = followed.FollowedOffices(files, offices)
    path.write_text(path.read_text("utf-8").replace("127.0.0.1:1", "127.0.0.1:2"), "utf-8")

    async def changed(_: object) -> None: ...

    asyncio.run(follower.look(changed))
    assert follower.offices.shared.kafka == offices.shared.kafka
    assert follower.offices.sites["aude"].kafka == offices.shared.kafka
