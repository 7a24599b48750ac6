"""The table of forgeries in its quick form: no cell is silent, and no kind of record or topic lacks its row."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from agents.history.incident_schema import PublishedIncident
from agents.history.slips import Slip
from agents.history.ticks import Tick
from agents.kafka.client import Topic
from agents.kafka.dead_letters import DeadLetter
from agents.kafka.topics import topic_plans
from config.settings import Settings
from streams.chain.entry import Entry, Note
from streams.events import Event
from streams.indicators.vintage import Vintage
from streams.ledger.day import LedgerDay
from streams.states import A
from streams.status import Status
from tests.attack.stage import TopicsState, staged
from tests.attack.table import FORGERIES, Table

INTEGRITY = Path(__file__).parents[2] / "docs" / "integrity.md"


def test_every_topic_and_every_kind_of_record_has_a_row() -> None:
    assert (
        {each.topic for each in FORGERIES}
        == {plan.topic for plan in topic_plans(Settings(site="lozere")).values()}
        == set(Topic)
    )
    unions = (LedgerDay, Entry, Event, Status)
    kinds = {kind for union in unions for kind in get_args(union)} | set(A.__constraints__)
    kinds |= {Vintage, PublishedIncident, Note, Tick, Slip, DeadLetter}
    assert {each.kind for each in FORGERIES} == kinds
    assert len({each.name for each in FORGERIES}) == len(FORGERIES)


def test_what_nothing_shows_is_in_the_handbook() -> None:
    handbook = " ".join(INTEGRITY.read_text(encoding="utf-8").split())
    gaps = [says for each in FORGERIES for says in (each.unshown, each.gone)]
    assert [each for each in gaps if each not in handbook] == []


@pytest.mark.broker
@pytest.mark.slow
def test_no_forgery_is_silent(settings: Settings, tmp_path: Path) -> None:
    """Try the first batch in each state of the topics, and the other batches compacted."""
    kafka = settings.kafka.model_copy(update={"partitions": 2})
    table = Table(staged(settings.model_copy(update={"kafka": kafka}), tmp_path))
    batches = table.batches(each for each in FORGERIES if not (each.unshown or each.worker))
    first = batches[0]  # nearly all of them
    cells = [cell for state in table.states() for cell in table.together(first, state)]
    cells += [cell for batch in batches[1:] for cell in table.together(batch, TopicsState.COMPACTED)]
    assert {cell.forgery.name for cell in cells} == {each.name for batch in batches for each in batch}
    assert [f"{cell.forgery.name}, {cell.state}: {cell.outcome} {cell.says}" for cell in cells if cell.wrong] == []
