"""A worker asks about calls on a real broker; answers on the page make the suspicion a miscount."""

from __future__ import annotations

import json
from operator import attrgetter
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.history.ledger import read_history
from agents.history.questions import read_questions
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from config.settings import Settings, load
from streams.events import CallEvent
from tests.agents.board.deciding.visiting import SECRET, Visitor
from tests.agents.board.test_deciding import visit
from tests.agents.running import board, find_broker, worker
from tests.streams.watch.telling import USUAL_DAYS, closed, flip, folded, usual

pytestmark = pytest.mark.broker

OFFICE = """\
site: lozere
clock: event
timezone: UTC
opening_hours: "Mo-Su 08:00-16:00"
holidays: {{country: null}}
lines: {{circulation: {{label: Circulation, expected_lost_rate: 0.02}}}}
board: {{decide: {{token_file: {secret}}}}}
"""


def until_asked() -> list[CallEvent]:
    """Return the events of a line up to a few calls after its watch asked, before it is sure itself."""
    told = usual()
    flip(told, USUAL_DAYS)
    events = sorted(told.events, key=attrgetter("at"))
    at = next(each.at for each in folded(events).watch.asking.state.questions if each.about == "doubt") / 1000
    return [each for each in events if float(str(each.at)) <= at + 60]


@pytest.fixture
def config(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    secret, file = tmp_path / "secret", tmp_path / "office.yaml"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    file.write_text(OFFICE.format(secret=secret), encoding="utf-8")
    monkeypatch.setenv("TOCSIN_CONFIG", str(file))
    find_broker(monkeypatch, settings)
    return str(file)


def test_answers_on_the_page_make_a_miscount_that_the_watch_was_not_sure_of(settings: Settings, config: str) -> None:
    events = until_asked()
    assert [each for each in closed(folded(events)).watch.incidents.kept if each.verdict == "miscount"] == []
    create_topics(settings)
    office = load(Path(config), {}).model_copy(update={"kafka": settings.kafka})
    client = producer(settings)
    for each in events:
        key = b"lozere/circulation"
        client.send(topic(settings, Topic.CALL_ATTEMPTS), key=key, value=msgspec.json.encode(each))
    client.close()
    with worker(settings, TOCSIN_CONFIG=config) as running, board(settings, TOCSIN_CONFIG=config) as shown:
        running.await_events(len(events))
        shown.await_page("/questions", "circulation/")
        (asked,) = [each for each in read_questions(office) if each.asked.about == "doubt"]

        async def answer(visitor: Visitor) -> None:
            page = await visitor.get("/questions")
            given = {f"circulation/{each.call}": "wrong" for each in asked.left}
            form = {**page.form, **given, "who": "m.durand", "secret": SECRET}
            assert (await visitor.send("/questions", form)).status == 303
            at_once = await visitor.get("/questions")
            assert asked.asked.id not in at_once.text or at_once.text.count('value="wrong" checked') == len(given)
            again = {**at_once.form, **given}
            assert (await visitor.send("/questions", again)).status == 303, "a repeated form"

        visit(shown, answer)
        (incident,) = shown.until(lambda: [*read_history(settings).incidents.of().values()])
        shown.await_page(f"/incidents/{incident['id']}", "Vérifiés par une personne : bien comptés ?")
        shown.until(lambda: asked.asked.id not in {each.asked.id for each in read_questions(office)})
    assert (incident["verdict"], incident["evidence"][0]["check"]) == ("miscount", "answers")
    chain = read_history(settings).publications.chain("lozere")
    assert (len(chain.links), chain.breaches) == (1 + len(asked.left), []), "the opening, and each answer once"
    listed = json.loads(CliRunner().invoke(app, ["review", "questions", "--json"]).stdout)
    assert asked.asked.id not in {each["id"] for each in listed}, "no longer asked"
