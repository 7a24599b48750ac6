"""The board's pages: read-only, built from the topics, with a message if there is no data."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDictProxy

from agents.board.follower import Follower, Known
from agents.board.server import Board
from agents.language import Language
from agents.ports import listener
from agents.web import listening
from agents.writing import Writing
from config.office import Signatory
from config.settings import Line, Settings
from tests.agents.board import morning
from tests.agents.board.known import SETTINGS, follower, history, known, line, service, suspected
from tests.agents.history.test_office import OF_OFFICE, silence
from tests.agents.html import Page
from tests.agents.totals.year import PARIS

HOST = "127.0.0.1"
LIVE = SETTINGS.model_copy(update={"clock": "wall"})


class Answer(NamedTuple):
    """A board's answer."""

    status: int
    text: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def page(self) -> str:
        return " ".join(Page(self.text).text.replace("\u202f", " ").split())


def ask(
    *paths: str,
    what: Known | None = None,
    read: float | None = None,
    method: str = "GET",
    settings: Settings = SETTINGS,
    headers: Mapping[str, str] | None = None,
    follow: bool = True,
) -> list[Answer]:
    """Request a page from a board that has read these records, by default just now."""
    told = follower(what or known(suspected()), time.time() if read is None else read, settings)
    return asyncio.run(_ask(told, method, settings, paths, headers, follow=follow))


async def _ask(
    told: Follower,
    method: str,
    settings: Settings,
    paths: tuple[str, ...],
    headers: Mapping[str, str] | None = None,
    *,
    follow: bool = True,
) -> list[Answer]:
    return await answers(Board(settings, told).app, paths, method, headers, follow=follow)


async def answers(
    app: Callable[[], web.Application],
    paths: tuple[str, ...],
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    *,
    follow: bool = True,
) -> list[Answer]:
    """Request pages of an application, one after the other."""
    found = []
    jar = aiohttp.CookieJar(unsafe=True)  # cookies work on a numeric address too
    async with (
        listening(app(), listener(HOST, 0)) as port,
        aiohttp.ClientSession(f"http://{HOST}:{port}", cookie_jar=jar) as client,
    ):
        for path in paths:
            async with client.request(method, path, headers=headers, allow_redirects=follow) as answer:
                body = await answer.read()
                found.append(Answer(answer.status, body.decode(errors="replace"), answer.headers, body))
    return found


@pytest.mark.slow
def test_the_live_board_shows_each_line_and_service_beside_its_target() -> None:
    (answer,) = ask("/")
    assert answer.status == 200
    for words in (
        "10 h 30 lozere mardi 31 décembre 2013 ouvert jusqu'à 13 h 00 · rejeu",
        "1 incident à examiner",
        "Circulation ◆ erreur de comptage suspectée",
        "Dérive du comptage, mécanisme inconnu depuis le 2 sept., 2 h 00",
        "valeur brute :",
        "le vrai chiffre n'est pas connu, dans l'heure",
    ):
        assert words in answer.page
    for figure in ("attente max.2 min 05 s", "d'ordinaire 1,9 %", "attente moyenne dans l'heure", "10 min"):
        assert figure in answer.page
    assert "Pas encore de chiffres en direct" in answer.page
    assert "<script>alert" in answer.page, "a label is letters and no more"
    assert Page(answer.text).tags.count("script") == 1


def test_where_only_outcomes_are_told_nobody_knows_who_waits() -> None:
    told = line(waiting=None, longest_wait=None)
    (answer,) = ask("/", what=known()._replace(lines={told.id: told}))
    assert "en attente : inconnu—" in answer.page


def test_it_says_when_the_office_is_closed_and_when_a_line_is_silent() -> None:
    (answer,) = ask("/", settings=LIVE)
    assert "■ muet — Aucun worker n'en a donné de nouvelles depuis" in answer.page
    (replay,) = ask("/")
    assert "Aucun worker" not in replay.page


def test_it_says_since_when_its_figures_are_old() -> None:
    ago = time.time() - 300
    old, never = ask("/", read=ago), ask("/", "/incidents", read=-1.0)
    since = Writing(Language.FR).clock(datetime.fromtimestamp(ago, PARIS)).replace("\u202f", " ")
    assert f"Kafka ne répond pas depuis {since} : ces chiffres ne sont plus à jour" in old[0].page
    assert all("Kafka ne répond pas depuis le 1er janvier 1970 à 0 h 59" in each.page for each in never)
    assert "Kafka" not in ask("/")[0].page


def test_an_alert_leads_to_the_decision_on_the_incident_that_goes_on() -> None:
    name = suspected().id
    alone, other, calm, nowhere = ask(
        "/incidents/now?line=circulation&kind=drift",
        "/incidents/now?line=circulation&kind=phantom",
        "/incidents/now?line=standard",
        "/incidents/now?line=%0d%0ax",
        follow=False,
    )
    assert alone.headers["Location"] == f"/incidents/{name}#decision"
    assert other.headers["Location"] == "/incidents?line=circulation"
    assert calm.headers["Location"] == "/incidents?line=standard"
    assert nowhere.headers["Location"] == "/incidents"


def test_incidents_are_listed_chosen_and_shown_with_how_to_decide() -> None:
    name = suspected().id
    every, chosen, none, one = ask(
        "/incidents", "/incidents?line=circulation&status=open", "/incidents?line=standard", f"/incidents/{name}"
    )
    assert [name in each.text for each in (every, chosen, none)] == [True, True, False]
    assert "Aucun incident" in none.page
    for words in ("80,00 % <b>perdus</b>", "à examiner", "Aucune décision pour l'instant", "+12,0"):
        assert words.lower() in one.page.lower()
    for decision in ("confirm", "dismiss"):
        assert f"tocsin review {decision} {name}" in one.page


def test_where_all_lines_are_silent_that_is_listed_and_decided_on_once() -> None:
    silent = known()._replace(history=history(silence("circulation"), silence("standard"), days=[]))
    live, listed, chosen, office, one = ask(
        "/", "/incidents", "/incidents?line=standard", f"/incidents/{OF_OFFICE}", "/incidents/standard-1", what=silent
    )
    assert "1 incident à examiner" in live.page
    for answer in (listed, chosen):
        assert answer.text.count("/incidents/office-") == 1
        assert "/incidents/standard-1" not in answer.text
        assert "tous les services muets : fermé ?" in answer.page
    assert "Circulation, =HYPERLINK" in office.page
    assert f"tocsin review dismiss {OF_OFFICE}" in office.page
    assert f"/incidents/{OF_OFFICE}" in one.text, "the line's own leads to it"


def test_years_are_listed_and_open_as_reports() -> None:
    every, year = ask("/years", "/years/2013")
    assert [f"/years/{each}" in every.text for each in (2012, 2013, 2014)] == [True, True, False]
    assert "2013, en cours" in every.page, "the ledger's last day lies in it"
    assert "Indicateurs de qualité 2013" in year.page
    assert '<a href="/years" aria-current="page">Années</a>' in year.text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/incidents/circulation-1", "Il n'y a pas d'incident « circulation-1 »"),
        ("/incidents/%3Cscript%3E", "Il n'y a pas d'incident « <script> »"),
        (
            "/incidents?line=nowhere",
            "Aucune ligne, aucun service ni canal ne s'appelle « nowhere » (circulation, standard",
        ),
        ("/incidents?status=lost", "Il n'y a pas d'état « lost » (open, confirmed, dismissed, closed)"),
        ("/years/2011", "Aucun comptage pour 2011"),
        ("/years/two", "Cette page n'existe pas"),
        ("/../etc/passwd", "Cette page n'existe pas"),
    ],
)
def test_what_is_not_there_is_said_in_words(path: str, says: str) -> None:
    (answer,) = ask(path)
    assert answer.status == 404
    assert says in answer.page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(method: str) -> None:
    (answer,) = ask("/incidents", method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")


def test_every_answer_is_kept_from_running_what_is_not_its_own() -> None:
    for answer in ask("/", "/incidents", "/years/2013", "/nowhere", "/metrics", "/healthz"):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "script-src 'sha256-" in policy
        assert "http:" not in answer.text.replace("http://x", ""), "no other host"


def test_before_the_topics_were_read_nobody_knows_what_is_not_there() -> None:
    told = follower(known(), None)
    for path in ("/incidents/circulation-1", "/years/1999"):
        (answer,) = asyncio.run(_ask(told, "GET", SETTINGS, (path,)))
        assert answer.status == 503
        assert "Tocsin n'a pas encore lu ses données" in answer.page
        assert "Kafka n'a pas encore été lu" in answer.page


def test_a_year_says_too_how_old_it_is() -> None:
    (answer,) = ask("/years/2013", read=time.time() - 300)
    assert "Kafka ne répond pas depuis" in answer.page


@pytest.mark.slow
def test_a_page_that_cannot_be_shown_says_so_and_the_others_go_on() -> None:
    wrong = known()._replace(lines={"lozere/circulation": line(windows={})})
    broken, sound = ask("/", "/years", what=wrong)
    assert (broken.status, sound.status) == (500, 200)
    assert "Cette page ne peut pas être affichée" in broken.page
    assert "Content-Security-Policy" in broken.headers


@pytest.mark.slow
def test_an_incident_is_linked_once_it_can_be_opened() -> None:
    link = f"/incidents/{suspected().id}"
    fresh = known(suspected())._replace(history=history())
    (shown,), (early,) = ask("/"), ask("/", what=fresh)
    assert link in shown.text
    assert link not in early.text
    assert "erreur de comptage suspectée" in early.page


def test_the_incidents_of_a_line_that_is_no_more_configured_are_listed() -> None:
    (answer,) = ask("/incidents?line=fax", what=known()._replace(history=history(suspected(line="fax"))))
    assert (answer.status, "fax" in answer.page) == (200, True)


def test_a_target_is_written_with_the_digits_that_it_has() -> None:
    lines = {"circulation": Line(label="Circulation", target=0.025)}
    (answer,) = ask("/", settings=SETTINGS.model_copy(update={"lines": lines}))
    assert "objectif sous 2,5 %" in answer.page


def test_what_a_service_misses_is_not_said_by_colour_alone() -> None:
    (answer,) = ask("/", what=known()._replace(lines={}, services={"lozere/cartes": service(longest_wait=1860.0)}))
    assert "31 min ▲" in answer.page
    assert answer.text.count("au-delà de l&#39;objectif") == 1


def test_health_is_red_with_the_reason_while_the_topics_are_not_read() -> None:
    (well,), (old,) = ask("/healthz"), ask("/healthz", read=time.time() - 60)
    assert (well.status, json.loads(well.text)["status"]) == (200, "ok")
    told = json.loads(old.text)
    assert (old.status, told["status"], told["reason"]) == (503, "stale", "the topics have not been read yet")
    assert 60 <= told["read_age_seconds"] < 70


def test_the_statement_of_accessibility_has_the_parts_of_the_french_model_and_claims_nothing() -> None:
    office = Signatory(name="Préfecture de la Lozère", contact="accueil@lozere.example")
    (named,) = ask("/accessibility", settings=SETTINGS.model_copy(update={"office": office}))
    parts = (
        "Préfecture de la Lozère s'engage à rendre ce tableau accessible",
        "État de conformité Ce tableau est non conforme au RGAA 4.1, faute d'audit",
        "Résultats des tests",
        "Contenus non accessibles Non-conformités",
        "Dérogations pour charge disproportionnée Aucune.",
        "Contenus non soumis à l'obligation d'accessibilité Aucun.",
        "Établissement de cette déclaration Elle a été établie le",
        "Retour d'information et contact",
        "accueil@lozere.example",
        "Voies de recours",
    )
    places = [named.page.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    (nameless,) = ask("/accessibility")
    assert "office.contact" in nameless.page
    for answer in (named, nameless, *ask("/incidents")):
        assert "Accessibilité : non conforme" in answer.page
        assert "partiellement" not in answer.page


def test_prometheus_sees_the_rates_that_the_wall_believes_beside_those_that_were_counted() -> None:
    (answer,) = ask("/metrics", what=morning.morning(), settings=morning.SETTINGS)
    shown = re.findall(r'tocsin_lost_call_ratio_believed{line="(\w+)",site="lozere"} (\S+)', answer.text)
    assert {line: float(rate) for line, rate in shown} == {
        "circulation": pytest.approx(3 / 40),  # 13 counted as lost, ten with a conversation
        "etrangers": pytest.approx(15 / 79),
        "cni": pytest.approx(2 / 46),
        "standard": 0.0,
    }


def test_prometheus_sees_when_the_topics_were_read() -> None:
    (answer,) = ask("/metrics", read=1_400_000_000.0)
    assert "tocsin_board_read_timestamp_seconds 1.4e+09" in answer.text
