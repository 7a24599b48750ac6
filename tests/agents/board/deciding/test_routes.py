"""Who can decide on the pages, who cannot, and the messages after a decision that failed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from agents.board.deciding.door import MOST_TRIES
from agents.board.follower import Known
from config.office import Decide
from config.settings import Settings
from streams.indicators.vintage import content_of, vintage_key
from tests.agents.board.deciding.visiting import SECRET, Seen, Visitor, office, visit
from tests.agents.board.known import SETTINGS, Record, history, known, suspected
from tests.agents.totals.year import PARIS, edition, ledger
from tests.streams.chain.telling import Writer, published

PATH = f"/incidents/{quote(suspected().id)}"
DECIDED = {"decision": "dismiss", "note": "un essai", "who": "m.durand", "secret": SECRET}


def test_without_a_secret_and_a_header_the_board_shows_alone_and_says_how_to_change_that() -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        assert "board.decide" in page.words
        assert f"tocsin review dismiss {suspected().id}" in page.words
        assert "<form" not in page.text
        assert "<form" not in (await visitor.get("/declare")).text
        assert (await visitor.send(PATH, {**page.form, **DECIDED})).status == 403

    visit(SETTINGS, look)


def test_a_form_that_no_page_of_ours_made_is_refused(secret: Settings) -> None:
    async def attack(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        form = {**page.form, **DECIDED}
        for wrong in ("", "x", form["token"][:-1]):
            assert (await visitor.send(PATH, {**form, "token": wrong})).status == 403
        without = {name: value for name, value in form.items() if name != "token"}
        assert (await visitor.send(PATH, without)).status == 403
        for origin in ("", "null", "http://evil.example"):
            assert (await visitor.send(PATH, form, Origin=origin)).status == 403
        assert (await visitor.send(PATH, form, **{"Sec-Fetch-Site": "cross-site"})).status == 403
        assert (await visitor.send("/leave", form, Origin="null")).status == 403

    visit(secret, attack)


def test_wrong_secrets_are_limited_and_never_keep_a_right_one_out(secret: Settings) -> None:
    async def guess(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED}
        answers = [await visitor.send(PATH, {**form, "secret": str(number)}) for number in range(MOST_TRIES + 60)]
        assert [each.status for each in answers] == [403] * MOST_TRIES + [429] * 60
        last = answers[-1]
        assert 0 < int(last.headers["Retry-After"]) <= 60
        assert last.form["note"] == "un essai", "what was written is kept"
        entered = await visitor.send(PATH, {**form, "note": ""})
        assert (entered.status, "tocsin=" in entered.headers["Set-Cookie"]) == (400, True), "only the note is missing"
        assert SECRET not in last.text

    visit(secret, guess)


def test_the_secret_opens_a_session_that_scripts_and_strangers_do_not_get(secret: Settings) -> None:
    async def enter(visitor: Visitor) -> None:
        form = (await visitor.get(PATH)).form
        answer = await visitor.send(PATH, {**form, **DECIDED, "note": ""})
        assert (answer.status, "Indiquez le motif" in answer.words) == (400, True)
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie, "this page came in clear"
        page = await visitor.get(PATH)
        assert "Vous décidez sous le nom de m.durand" in page.words
        assert 'name="secret"' not in page.text
        old = await visitor.send(PATH, {**form, **DECIDED})
        assert old.status == 403, "the form was given to nobody in particular"
        assert (await visitor.send("/leave", page.form)).status == 303
        assert 'name="secret"' in (await visitor.get(PATH)).text

    visit(secret, enter)


def test_a_page_that_came_encrypted_gets_a_cookie_that_stays_so(secret: Settings) -> None:
    async def enter(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED, "note": ""}
        behind = {"Origin": "https://tocsin.example", "Sec-Fetch-Site": "same-origin"}
        assert "Secure" in (await visitor.send(PATH, form, **behind)).headers["Set-Cookie"]

    visit(secret, enter)


def test_the_name_is_the_configured_headers_alone_and_once() -> None:
    async def look(visitor: Visitor) -> None:
        named = await visitor.get(PATH, **{"X-Remote-User": "m.durand"})
        assert "Vous décidez sous le nom de m.durand" in named.words
        for header in ("X-Forwarded-User", "Remote-User", "Authorization"):
            assert "<form" not in (await visitor.get(PATH, **{header: "m.durand"})).text
        async with visitor._client.get(
            visitor.origin + PATH, headers=[("X-Remote-User", "evil"), ("X-Remote-User", "m.durand")]
        ) as twice:
            assert "<form" not in await twice.text()
        form = {**named.form, "decision": "dismiss", "note": "un essai"}
        assert (await visitor.send(PATH, form)).status == 403, "the proxy names nobody any more"
        other = await visitor.send(PATH, form, **{"X-Remote-User": "somebody.else"})
        assert other.status == 403, "a form is good for whom it was given to"

    visit(office(Decide(header="X-Remote-User")), look)


def with_published_year(**more: Any) -> Known:
    """Return topics in which the year of the incident to review is published."""
    autumn = history(suspected(**more), days=[each for each in ledger() if "2013-08" <= each.day < "2013-12"])
    value = msgspec.json.encode(edition(suspected(**more)))
    content, writer = content_of(msgspec.json.decode(value)), Writer()
    writer.enter(published(content))
    autumn.take(Record("tocsin.ledger", vintage_key("lozere", "2013", content).encode(), value))
    for each in writer.log:
        autumn.take(Record("tocsin.reviews", each.key, each.value, each.partition, each.offset))
    return known()._replace(history=autumn)


@pytest.mark.slow
def test_a_decision_that_moves_a_published_year_is_asked_about_twice(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        assert 'class="choice weightier" name="decision" value="dismiss"' in page.text
        form = {**page.form, **DECIDED}
        first = await visitor.send(PATH, form)
        assert first.status == 200
        assert "Cette décision modifie un chiffre publié :" in first.words
        assert "Rien n'est encore décidé" in first.words
        again = await visitor.send(PATH, {**first.form, **DECIDED})
        assert again.status == 503, "it is decided now, but no broker takes it"
        harmless = await visitor.send(PATH, {**(await visitor.get(PATH)).form, **DECIDED, "decision": "confirm"})
        assert harmless.status == 503

    visit(secret, decide, told=with_published_year())


@pytest.mark.slow
def test_a_published_figure_that_moves_by_less_than_a_point_is_asked_about_too(secret: Settings) -> None:
    start = round(datetime(2013, 9, 2, tzinfo=PARIS).timestamp() * 1000)

    async def decide(visitor: Visitor) -> None:
        first = await visitor.send(PATH, {**(await visitor.get(PATH)).form, **DECIDED})
        assert first.status == 200
        was, now = (
            float(each.replace(",", ".")) for each in re.findall(r"2013 : ([\d,]+) % → ([\d,]+) %", first.words)[0]
        )
        assert 0 < abs(now - was) < 1
        assert (await visitor.send(PATH, {**first.form, **DECIDED})).status == 503, "no broker takes it"

    visit(secret, decide, told=with_published_year(end=start + 86_400_000))


@pytest.mark.slow
def test_while_the_broker_is_away_that_is_said_and_what_was_written_is_kept(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED}
        for _ in range(2):
            answer = await visitor.send(PATH, form)
            assert answer.status == 503
            assert "on ne sait pas si elle a été prise" in answer.words
            kept = answer.form
            assert (kept["note"], kept["once"], kept["state"]) == ("un essai", form["once"], form["state"])
            form = {**kept, "decision": "dismiss"}

    visit(secret, decide)


def test_where_the_board_knows_that_the_broker_is_away_nothing_is_sent(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        answer = await visitor.send(PATH, {**(await visitor.get(PATH)).form, **DECIDED})
        assert (answer.status, "rien n'a été décidé" in answer.words) == (503, True)

    visit(secret, decide, trouble="no broker")


def test_an_incident_that_changed_meanwhile_is_looked_at_again(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED}
        verdict, kind, start, end, status, count = form["state"].split(" ")
        answer = await visitor.send(PATH, {**form, "state": f"{verdict} {kind} {end} {end} {status} {count}"})
        assert answer.status == 409
        for said in ("Son début ou sa fin a changé.", "Rien n'a été décidé"):
            assert said in answer.words
        assert answer.form["note"] == "un essai"
        assert answer.form["state"] == f"{verdict} {kind} {start} {end} {status} {count}"

    visit(secret, decide)


@pytest.mark.slow
def test_other_bounds_show_what_they_do_before_they_are_taken(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED, "decision": "confirm", "to": "2013-10-01T00:00"}
        shown = await visitor.send(PATH, form)
        assert shown.status == 200
        assert "Avec ces bornes : Circulation, 2013 :" in shown.words
        assert "Rien n'est encore décidé" in shown.words
        taken = await visitor.send(PATH, {**shown.form, "decision": "confirm"})
        assert taken.status == 503, "this one was sent to the broker"
        moved = await visitor.send(PATH, {**shown.form, "decision": "confirm", "to": "2013-09-15T00:00"})
        assert moved.status == 200, "of these bounds nothing was shown"

    visit(secret, decide)


@pytest.mark.slow
def test_a_declaration_shows_what_it_does_before_it_is_taken(secret: Settings) -> None:
    fields = {"line": "standard", "from": "2013-03-04T09:00", "to": "2013-03-08T18:00", "note": "un essai"}

    async def declare(visitor: Visitor) -> None:
        form = {**(await visitor.get("/declare")).form, "who": "m.durand", "secret": SECRET, **fields}
        assert (await visitor.send("/declare", {**form, "line": "nowhere"})).status == 400
        form = {**(await visitor.get("/declare")).form, **fields}
        shown = await visitor.send("/declare", form)
        assert shown.status == 200
        assert "appels en cause" in shown.words
        assert (await visitor.send("/declare", {**shown.form, **fields})).status == 503

    visit(secret, declare)


def test_no_number_of_a_telephone_is_published(secret: Settings) -> None:
    async def decide(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **DECIDED, "note": "rappeler le 06 12 34 56 78"}
        answer = await visitor.send(PATH, form)
        assert (answer.status, "Le nom et le motif ne doivent" in answer.words) == (400, True)

    visit(secret, decide)


def test_what_is_no_form_and_what_is_no_incident_is_said(secret: Settings) -> None:
    async def send(visitor: Visitor) -> None:
        async with visitor._client.post(
            visitor.origin + PATH, json=DECIDED, headers={"Origin": visitor.origin}
        ) as answer:
            assert answer.status == 400
        assert (await visitor.send("/incidents/nobody", DECIDED)).status == 404

    visit(secret, send)


def test_every_page_lets_forms_go_here_alone_and_says_where_they_come_from(secret: Settings) -> None:
    async def look(visitor: Visitor) -> None:
        for path in ("/incidents", PATH, "/declare"):
            headers = (await visitor.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "form-action 'self'" in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["Referrer-Policy"] == "same-origin", "else a browser sends an Origin of null"

    visit(secret, look)


def test_long_lists_have_pages_and_filters_stay_in_the_address(secret: Settings) -> None:
    many = known(
        *(
            suspected(id=f"circulation-201309{day:02}T000000Z-rise", verdict="overload", kind="overload")
            for day in range(1, 30)
        )
    )

    async def look(visitor: Visitor) -> None:
        first = await visitor.get("/incidents?line=circulation&status=open")
        assert "page 1 sur 2" in first.words
        assert 'href="/incidents?line=circulation&amp;status=open&amp;page=2"' in first.text
        second: Seen = await visitor.get("/incidents?line=circulation&status=open&page=2")
        assert (first.text.count('<li class="row'), second.text.count('<li class="row')) == (25, 4)
        for odd in ("0", "99999", "-1", "x", "²"):
            assert (await visitor.get(f"/incidents?page={odd}")).status == 200

    visit(secret, look, told=many)
