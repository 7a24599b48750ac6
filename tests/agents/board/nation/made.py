"""A made-up nation without Kafka: its files, the contents of its topics, and its board."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import msgspec

from agents.board.follower import Follower, Known
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.server import NationBoard
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.ports import listener
from agents.totals.plan import plan_of
from agents.web import listening
from config.offices import OfficeFiles, Offices
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from streams.status import CallWindow, LineStatus
from streams.watch.facts import KeptSentences
from streams.watch.incident import Evidence, Incident
from tests.agents.board.deciding.visiting import HOST, Visitor
from tests.agents.board.known import SETTINGS, Record, line, ongoing
from tests.agents.totals.year import PARIS

AT = datetime(2013, 11, 12, 11, 19, tzinfo=PARIS)  # a Tuesday
REGIONS = {
    "Occitanie": "Lozère Aude Gard Hérault Ariège Aveyron Gers Lot Tarn Haute-Garonne",
    "Bretagne": "Finistère Morbihan Côtes-d'Armor Ille-et-Vilaine",
    "Île-de-France": "Paris Essonne Yvelines Val-d'Oise",
    "Corse": "Corse-du-Sud Haute-Corse",
    "Grand Est": "Ardennes Aube Marne Haute-Marne Meurthe-et-Moselle Meuse Moselle Bas-Rhin Haut-Rhin Vosges",
    "Nouvelle-Aquitaine": "Charente Charente-Maritime Corrèze Creuse Dordogne Gironde Landes Vienne Deux-Sèvres",
}
DEPARTMENTS = [(name, region) for region, names in REGIONS.items() for name in names.split()]
LINES = {"standard": 0.02, "circulation": 0.10, "cni-passeport": 0.10, "etrangers": 0.10}


def site_of(department: str) -> str:
    """Return the site id of a department's office."""
    plain = unicodedata.normalize("NFD", department.lower()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain)


def places(count: int) -> list[tuple[str, str, str]]:
    """Return the site, department and region of some offices: named ones first, then numbered ones."""
    found = [(site_of(name), name, region) for name, region in DEPARTMENTS[:count]]
    return found + [
        (f"site-{number}", f"Département {number}", f"Région {number // 12}") for number in range(len(found), count)
    ]


def written(folder: Path, count: int = 20, more: str = "", clock: str = "event") -> Path:
    """Write the configuration files of a nation and return its main file."""
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    for site, department, region in places(count):
        office(folder, site, department, region)
    nation = folder / "nation.yaml"
    nation.write_text(
        f"clock: {clock}\nkafka: {{bootstrap: '127.0.0.1:1'}}\noffice: {{name: Ensemble des préfectures}}\n"
        f"sites: sites\n{more}",
        encoding="utf-8",
    )
    return nation


def office(folder: Path, site: str, department: str, region: str) -> None:
    lines = "".join(f"  {name}: {{target: {target}}}\n" for name, target in LINES.items())
    (folder / "sites" / f"{site}.yaml").write_text(
        f'site: {site}\nplace: {{region: "{region}", department: "{department}"}}\n'
        f'office: {{name: "Préfecture {department}"}}\nlines:\n{lines}',
        encoding="utf-8",
    )


def read(path: Path) -> tuple[OfficeFiles, Offices]:
    files = OfficeFiles(path, {})
    return files, files.load()


def incident(site: str, name: str, verdict: Any, kind: Any, hours: int) -> Incident:
    start, end = (round((AT - timedelta(hours=each)).timestamp()) * 1000 for each in (hours, 0))
    evidence = [Evidence("lost rate", 0.2, 0.02, 12.0, KeptSentences("perdus", "lost"))]
    return Incident(
        f"{site}-{name}-{hours}-{kind}", name, "rise", verdict, kind, start, end, start, 12, evidence=evidence
    )


def known(sites: Iterable[str], at: datetime = AT, seed: int = 7) -> Known:
    """Return the topics: the second office is overloaded, the third is miscounted, the fourth misses its calls."""
    chance = Random(seed)
    lines: dict[str, LineStatus] = {}
    days: list[LineDay] = []
    names = list(sites)
    for number, site in enumerate(names):
        if number == 4:
            continue
        for name in LINES:
            ended = chance.randint(8, 60)
            lost = min(ended, round(ended * chance.random() ** 3 * 0.2))
            going = _going(number, site, name)
            for each in going:
                ended = 0 if each.kind == "missing" else ended
                lost = ended // (3 if each.verdict == "overload" else 2)
            windows = dict.fromkeys(("5m", "15m", "1d"), CallWindow(0, None, None, None))
            windows["1h"] = CallWindow(ended, lost / ended if ended else None, 0.8 if ended else None, 30.0)
            more = {
                "windows": windows,
                "waiting": chance.randint(0, 4),
                "longest_wait": chance.choice([None, 42.0, 95.0]),
            }
            status = line(name, at, site=site, incidents=[ongoing(each) for each in going], **more)
            lines[status.id] = status
            if going and going[0].kind == "answered-as-lost":
                first = round(at.replace(hour=9, minute=0).timestamp()) // 900
                slots = {
                    first + each: CallSlot(offered=8, answered=4, lost=4, within=4, talked=4) for each in range(10)
                }
                days.append(LineDay(id=status.id, day=at.date().isoformat(), slots=slots))
    return Known(history(told(names), days), lines, {})


def told(sites: Iterable[str]) -> dict[str, list[Incident]]:
    """Return the open incidents of the offices."""
    return {site: [each for name in LINES for each in _going(number, site, name)] for number, site in enumerate(sites)}


def _going(number: int, site: str, name: str) -> list[Incident]:
    if number in {1, 12, 40} and name == "etrangers":
        return [incident(site, name, "overload", "overload", 2)]
    if number in {2, 9} and name == "circulation":
        return [incident(site, name, "miscount", "answered-as-lost", 26)]
    return [incident(site, name, "miscount", "missing", 1)] if number == 3 else []


def month(offices: Offices, sites: Iterable[str], bad: str = "") -> Iterator[LineDay]:
    """Yield March for some offices, with calls in every open slot. The `bad` office loses far more than the others."""
    chance = Random(3)
    for site in sites:
        opened = plan_of(offices.sites[site]).opened
        for name in LINES:
            for day in Period.of_months(2013, 3, 1).days():
                slots = {}
                for slot_no in opened(day):
                    lost = chance.random() < (0.4 if site == bad else 0.05)
                    slots[slot_no] = CallSlot(offered=4, answered=4 - lost, lost=int(lost), within=4 - lost)
                if site == bad and slots:
                    slots[max(slots) + 1] = CallSlot(offered=2, answered=2)  # after closing
                yield LineDay(id=f"{site}/{name}", day=day.isoformat(), slots=slots, closed=True)


def history(incidents: dict[str, list[Incident]], days: Iterable[LineDay] = (), key: str = "{id}") -> History:
    found = History(SETTINGS)
    for day in days:
        found.take(Record(found.topics[0], day_key(day).encode(), write_day(day)))
    for site, own in incidents.items():
        for each in own:
            value = msgspec.json.encode({"site": site, **incident_json(each, PARIS)})
            found.take(Record(found.topics[1], key.format(site=site, id=each.id).encode(), value))
    return found


def board(path: Path, what: Known | None = None, read_at: float | None = None) -> NationBoard:
    """Return the board of a nation whose follower has read these topics and reads no further."""
    files, offices = read(path)
    follower = Follower(offices.shared)
    follower.known = known(offices.sites) if what is None else what
    follower.read, follower.trouble = time.time() if read_at is None else read_at, ""
    return NationBoard(FollowedOffices(files, offices), follower)


def visit(path: Path, what: Callable[[Visitor], Awaitable[None]], known: Known | None = None) -> None:
    """Let a visitor use the board of a nation."""

    async def run() -> None:
        app, jar = board(path, known).app(), aiohttp.CookieJar(unsafe=True)
        async with (
            listening(app, listener(HOST, 0)) as port,
            aiohttp.ClientSession(cookie_jar=jar) as client,
        ):
            await what(Visitor(client, port))

    asyncio.run(run())


def addresses(text: str) -> Iterator[str]:
    """Yield the targets of a page's links."""
    for found in re.finditer(r'(?:href|action)="([^"#]*)', text):
        yield found[1]
