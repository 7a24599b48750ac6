"""The page of the calls to check: what it shows, who may answer, and what becomes of the answers."""

from __future__ import annotations

import pytest

from agents.board.deciding import decision
from agents.history import review
from config.settings import Settings
from streams.events import Review
from tests.agents.board.deciding.visiting import SECRET, Visitor, visit
from tests.agents.board.known import SETTINGS, suspected
from tests.agents.board.questions import answered, asking, question

PATH = "/questions"
SIGNED = {"who": "m.durand", "secret": SECRET}


def field(number: int) -> str:
    return f"circulation/{question().calls[number].call}"


def test_every_open_question_is_shown_the_doubts_first() -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        assert page.words.index("Circulation") < page.words.index("échantillon du mois".capitalize())
        assert "12 appels à vérifier" in page.words
        assert "dimanche 29 décembre 2013, 05:30:00" in page.words
        assert "compté comme perdu · circulation-138810.7" in page.words
        assert "compté comme décroché" in page.words
        for each in question().calls:
            assert each.call in page.words
        assert page.text.count('type="radio"') == page.text.count(" disabled>") == 3 * 12, "this board is read-only"
        assert "board.decide" in page.words
        assert "tocsin review answer" in page.words

    visit(SETTINGS, look, told=asking())


def test_a_logged_answer_is_shown_at_once_and_no_longer_counted() -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        assert "10 appels à vérifier" in page.words
        assert "À vérifier (10)" in page.words, "in the menu"
        assert page.text.count(" checked") == 2
        assert f'name="{field(0)}" value="wrong" checked' in page.text
        assert f'name="{field(1)}" value="cannot-tell" checked' in page.text, "two persons contradict each other"

    answers = [answered(0), answered(1, "right"), answered(1, "wrong", by="s.martin")]
    visit(SETTINGS, look, told=asking(*answers))


def test_without_a_question_the_page_says_so_and_the_menu_has_no_number() -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        assert "Aucun appel à vérifier." in page.words
        assert "À vérifier (" not in page.words

    visit(SETTINGS, look)


@pytest.mark.slow
def test_an_incident_links_to_the_calls_of_its_line() -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(f"/incidents/{suspected().id}")
        assert "5 appels de cette ligne à vérifier" in page.words
        assert f'href="/questions#{question().id}"' in page.text
        assert f'id="{question().id}"' in (await visitor.get(PATH)).text

    visit(SETTINGS, look, told=asking())


@pytest.mark.slow
def test_a_line_with_a_doubt_that_nobody_answers_says_so_beside_its_figure() -> None:
    async def look(visitor: Visitor) -> None:
        says = "Vérification demandée, sans réponse"
        assert says in (await visitor.get("/lines/circulation?period=2013")).words
        assert says not in (await visitor.get("/lines/circulation?period=2013-11")).words, "the doubt began later"
        assert says not in (await visitor.get("/lines/standard?period=2013")).words, "a sample is no doubt"

    visit(SETTINGS, look, told=asking())


def test_answers_are_sent_as_reviews_only_those_that_are_new(secret: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Review] = []
    monkeypatch.setattr(review, "send", lambda _, *reviews: sent.extend(reviews))
    monkeypatch.setattr(decision, "SEEN_SECONDS", 0.0)

    async def answer(visitor: Visitor) -> None:
        form = {**(await visitor.get(PATH)).form, **SIGNED}
        given = {field(0): "wrong", field(1): "right", field(2): "cannot-tell", "circulation/other": "right"}
        done = await visitor.send(PATH, {**form, **given})
        assert (done.status, done.headers["Location"]) == (303, PATH)

    visit(secret, answer, told=asking(answered(0)))
    assert [(each.line, each.call, each.answer, each.by, each.decision) for each in sent] == [
        ("circulation", question().calls[1].call, "right", "m.durand", "answer"),
        ("circulation", question().calls[2].call, "cannot-tell", "m.durand", "answer"),
    ]


@pytest.mark.slow
def test_a_form_without_an_answer_of_a_stranger_or_with_a_number_is_refused(secret: Settings) -> None:
    async def answer(visitor: Visitor) -> None:
        page = await visitor.get(PATH)
        form = {**page.form, **SIGNED, field(0): "wrong"}
        assert 'name="secret"' in page.text
        assert (await visitor.send(PATH, {**form, "token": "x"})).status == 403
        assert (await visitor.send(PATH, form, Origin="http://evil.example")).status == 403
        wrong = await visitor.send(PATH, {**form, "secret": "guess"})
        assert (wrong.status, f'name="{field(0)}" value="wrong" checked' in wrong.text) == (403, True), "kept"
        number = await visitor.send(PATH, {**form, "who": "06 12 34 56 78"})
        assert (number.status, "numéro de téléphone" in number.words) == (400, True)
        page = await visitor.get(PATH)
        nothing = await visitor.send(PATH, page.form)
        assert (nothing.status, "Répondez pour un appel au moins." in nothing.words) == (400, True)

    visit(secret, answer, told=asking())


def test_while_the_broker_is_away_nothing_is_sent_and_the_answers_are_kept(secret: Settings) -> None:
    async def answer(visitor: Visitor) -> None:
        done = await visitor.send(PATH, {**(await visitor.get(PATH)).form, **SIGNED, field(0): "wrong"})
        assert (done.status, "aucune réponse n'a été envoyée" in done.words) == (503, True)
        assert f'name="{field(0)}" value="wrong" checked' in done.text

    visit(secret, answer, told=asking(), trouble="no broker")
