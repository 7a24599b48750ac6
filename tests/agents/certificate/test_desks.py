"""The certificate of a counter and a register: figures, incidents, days, checks, and what cannot be stated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO

import msgspec
import pytest
from msgspec.structs import replace
from rich.console import Console

from agents.certificate.certificate import Certificate, CertifiedDesk
from agents.certificate.desk_words import desk_sentences
from agents.certificate.desks import certified_desks
from agents.certificate.page import page
from agents.certificate.table import show
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.language import Language
from agents.totals.history import figures
from agents.translation import speaking
from config.part import validated
from config.settings import Settings
from streams.indicators.period import Period
from streams.ledger.day import ChannelDay, RequestSlot, ServiceDay, TicketSlot, day_key, write_day
from tests.agents.nation.made import PARIS, MadeRecord
from tests.streams.indicators.telling import days, incident, slot_at
from tests.streams.indicators.test_sums import waits

OFFICE = {
    "site": "lozere",
    "holidays": {"country": None},
    "opening_hours": "Mo-Fr 09:00-11:00",
    "services": {"cartes": {"label": "Cartes <grises>"}, "permis": {}},
    "requests": {"im341": {"label": "CNI", "days": "calendar"}},
    "sums": {"ensemble": {"services": ["cartes", "permis"]}},
}
YEAR = Period.of_year(2013)
FIRST, LAST = date(2013, 3, 4), date(2013, 6, 28)
WRONG = incident(date(2013, 6, 3), date(2013, 6, 7), line="cartes", desk="service", cause="waits of zero", kind="zero")


@pytest.fixture(scope="module")
def made() -> Sequence[CertifiedDesk]:
    settings = validated(Settings, OFFICE, "office.yaml")
    history = History(settings)
    for number, day in enumerate(days(FIRST, LAST)):
        at = slot_at(day, 9)
        visit = ServiceDay(id="lozere/cartes", day=day.isoformat(), offset=number, closed=True)
        visit.slots[at] = TicketSlot(issued=9, served=9)
        visit.waits.merge(waits(9, 0.0 if WRONG.holds(at) else 12.0))
        request = ChannelDay(id="lozere/im341", day=day.isoformat(), offset=number, closed=True)
        request.slots[at] = RequestSlot(received=6, answered=6, days=18)
        for each in (visit, request):
            history.take(MadeRecord(topic(settings, Topic.LEDGER), day_key(each).encode(), write_day(each)))
    told = msgspec.json.encode({"site": "lozere", **incident_json(WRONG, PARIS)})
    history.take(MadeRecord(topic(settings, Topic.INCIDENTS), f"lozere/{WRONG.id}".encode(), told))
    return [*certified_desks(settings, history, figures(settings, history, YEAR, LAST + timedelta(400)))]


def certificate(desks: Sequence[CertifiedDesk]) -> Certificate:
    return Certificate(
        site="lozere",
        year=2013,
        as_of="2014-08-02",
        vintage=None,
        digest="0" * 64,
        breaches=[],
        lines=[],
        desks=[*desks],
    )


def test_each_day_is_accounted_for_and_the_miscount_is_named(made: Sequence[CertifiedDesk]) -> None:
    counter, register = made
    assert [(each.kind, each.name) for each in made] == [("service", "cartes"), ("channel", "im341")]
    opened = len(days(YEAR.first, YEAR.last))
    counted = len(days(FIRST, LAST))
    assert counter.days == {"sound": counted - 5, "left out": 5, "not counted": opened - counted}
    assert register.days == {"sound": counted, "not counted": opened - counted}
    assert [each["id"] for each in counter.incidents] == [WRONG.id]
    assert counter.figures[0].corrected.value == 12.0
    values = next(each for each in counter.checks if each.check == "values")
    assert values.silent == {"not counted": opened - counted, "learning": 6}


def test_a_counter_without_waits_says_that_wrong_ones_would_not_show(made: Sequence[CertifiedDesk]) -> None:
    counter = made[0]
    assert not counter.at_once
    sentence = "nothing would show waits in a wrong unit"
    assert not any(sentence in each for each in desk_sentences(counter))
    assert any(sentence in each for each in desk_sentences(replace(counter, at_once=True)))


@pytest.mark.parametrize("language", [*Language])
def test_a_page_and_a_terminal_say_what_cannot_be_stated(made: Sequence[CertifiedDesk], language: Language) -> None:
    written = StringIO()
    with speaking(language):
        show(certificate(made), PARIS, Console(file=written, width=200))
        html = page(certificate(made), PARIS)
    told = written.getvalue()
    assert "Cartes &lt;grises&gt;" in html
    assert WRONG.id in html
    unstated, mean = {
        Language.FR: ("On ne peut pas dire quelle plus petite erreur aurait été détectée", "12,00"),
        Language.EN: ("It cannot be stated which smallest fault would have been detected", "12.00"),
    }[language]
    for text in (told, html):
        assert unstated in text.replace("&#39;", "'")
        assert mean in text
