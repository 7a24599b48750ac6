"""The table of forgeries: each kind, in each state of the topics, and what shows it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import cache
from itertools import count
from threading import Lock
from typing import Final, NamedTuple
from urllib.error import URLError

from agents.kafka.client import Topic
from config.settings import Settings
from streams.chain.entry import Opened, Published
from tests.agents.running import worker
from tests.attack.asked import Asked, ask
from tests.attack.days import DAYS
from tests.attack.forgery import Forged, Forgery
from tests.attack.incidents import INCIDENTS
from tests.attack.live import LIVE
from tests.attack.log import LOG, last_publication
from tests.attack.parts import PARTS
from tests.attack.stage import Honest, Row, Stage, TopicsState, can_delete, in_state, lay
from tests.attack.starting import STARTING
from tests.attack.vintages import VINTAGES
from tests.waiting import PATIENCE

FORGERIES: Final = (*DAYS, *PARTS, *INCIDENTS, *LOG, *VINTAGES, *LIVE, *STARTING)
AT_ONCE: Final = 3  # a cell waits for the broker for much of its time
SETTLED_SECONDS: Final = 3.0


class Outcome(StrEnum):
    """What becomes of a forgery."""

    NAMED = "named"
    HELD = "no effect"  # every figure is as before
    UNSHOWN = "not shown"  # as docs/integrity.md says
    SILENT = "SILENT"
    FAILED = "FAILED"  # a page or the audit ended in an error


class Cell(NamedTuple):
    """A forgery in one state of the topics."""

    forgery: Forgery
    state: TopicsState
    outcome: Outcome
    says: str  # the breach, the changed figure or the error

    @property
    def wrong(self) -> bool:
        return self.outcome in {Outcome.SILENT, Outcome.FAILED}


class Table:
    """Tries forgeries on a broker, each on a copy of the honest topics."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._settings = stage.office.settings
        self._honest = cache(self._ask_honest)
        self._asking = Lock()
        self._numbers = count()  # of cells: no two share topics

    def states(self) -> list[TopicsState]:
        """Return the states that the broker can have: the embedded one cannot delete events."""
        if can_delete(self._at("probe.")):
            return list(TopicsState)
        return [TopicsState.THERE, TopicsState.COMPACTED]

    def cells(self, forgeries: Iterable[Forgery], states: Iterable[TopicsState]) -> Iterator[Cell]:
        """Yield the cells in order, row by row, each tried alone."""
        wanted = [(each, state) for each in forgeries for state in states]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self._cell, *zip(*wanted, strict=True))

    def batches(self, forgeries: Iterable[Forgery]) -> list[list[Forgery]]:
        """Return forgeries in batches; no two forgeries of a batch write the same record or change the same chain."""
        found, keys = list[list[Forgery]](), list[set[object]]()
        for each in forgeries:
            for batch, known in zip(found, keys, strict=True):
                own = self._written(each, batch)
                if batch[0].published is each.published and own.isdisjoint(known):
                    batch.append(each)
                    known.update(own)
                    break
            else:
                found.append([each])
                keys.append(self._written(each, []))
        return found

    def _written(self, forgery: Forgery, batch: Sequence[Forgery]) -> set[object]:
        honest = self._stage.honest(TopicsState.COMPACTED, published=forgery.published)
        forged = forgery.forge(honest.at(_turn(forgery, batch)))
        every = [*forged.rows, *forged.without]
        keys = {(each.topic, each.key) for each in every if each.topic is not Topic.REVIEWS}
        chain = {Topic.REVIEWS} if forgery.kind in {Opened, Published} else set()
        return {*keys, *chain}

    def together(self, batch: Sequence[Forgery], state: TopicsState) -> Iterator[Cell]:
        """Yield the cells of forgeries in the same topics, each of another day.

        Unnamed forgeries are tried again without the named ones, and then one by one if they change a figure.
        """
        honest, published = self._stage.honest(state, published=batch[0].published), batch[0].published
        forged = [each.forge(honest.at(_turn(each, batch[:place]))) for place, each in enumerate(batch)]
        asked = self._tried(forged, state, honest)
        unnamed = []
        for forgery, each in zip(batch, forged, strict=True):
            cell = None if asked.failed else self._named(forgery, state, asked, each.subject)
            if cell is None:
                unnamed.append(forgery)
            else:
                yield cell
        if len(unnamed) == len(batch) and asked.figures == self._honestly(state, published=published).figures:
            yield from (Cell(each, state, Outcome.HELD, "") for each in batch)
        elif 1 < len(unnamed) < len(batch):
            yield from self.together(unnamed, state)
        elif unnamed:
            yield from self.cells(unnamed, [state])

    def _cell(self, forgery: Forgery, state: TopicsState) -> Cell:
        honest = self._stage.honest(state, published=forgery.published)
        forged = forgery.forge(honest)
        asked = self._tried([forged], state, honest, worker=forgery.worker)
        if asked.failed:
            return Cell(forgery, state, Outcome.FAILED, "; ".join(asked.failed))
        if (cell := self._named(forgery, state, asked, forged.subject)) is not None:
            return cell
        honestly = self._honestly(state, published=forgery.published, worker=forgery.worker)
        moved = [name for name in asked.figures if asked.figures[name] != honestly.figures[name]]
        if forgery.unshown or (forgery.gone and moved and state is TopicsState.GONE):
            return Cell(forgery, state, Outcome.UNSHOWN, forgery.unshown or forgery.gone)
        if not moved:
            return Cell(forgery, state, Outcome.HELD, "")
        others = ", ".join(str(each.subject) for each in asked.audit)
        return Cell(forgery, state, Outcome.SILENT, f"changed: {', '.join(moved)}; named: {others or 'nothing'}")

    def _tried(self, forged: Sequence[Forged], state: TopicsState, honest: Honest, *, worker: bool = False) -> Asked:
        gone = {id(row) for each in forged for row in each.without}
        rows = [*(each for each in honest.rows if id(each) not in gone)]
        rows += [honest.home(row) for each in forged for row in each.rows]
        return self._ask(
            f"c{next(self._numbers)}.", in_state(rows, state, self._settings), state, honest, worker=worker
        )

    def _honestly(self, state: TopicsState, *, published: bool, worker: bool = False) -> Asked:
        """Return the answers about the honest office, asked once."""
        with self._asking:
            return self._honest(state, published=published, worker=worker)

    @staticmethod
    def _named(forgery: Forgery, state: TopicsState, asked: Asked, subject: str) -> Cell | None:
        breach, by_board = asked.named_by(subject)
        if breach is None:
            refused = [each for each in asked.refused if subject in each]
            return Cell(forgery, state, Outcome.NAMED, f"worker: {refused[0]}") if refused else None
        who = "audit, board" if by_board else "audit"
        says = f"{who}: {breach.kind}, {breach.subject}" + (f" ({breach.place})" if breach.place else "")
        return Cell(forgery, state, Outcome.NAMED, says)

    def _ask_honest(self, state: TopicsState, *, published: bool, worker: bool) -> Asked:
        honest = self._stage.honest(state, published=published)
        rows = in_state(honest.rows, state, self._settings)
        asked = self._ask(f"h{state.name}{published:d}{worker:d}.", rows, state, honest, worker=worker)
        assert not asked.audit, f"the honest office is not silent: {asked.audit}"
        assert not asked.failed, asked.failed
        return asked

    def _ask(
        self, prefix: str, rows: Iterable[Row], state: TopicsState, honest: Honest, *, worker: bool = False
    ) -> Asked:
        settings = self._at(prefix)
        lay(settings, rows, self._stage.feeds, gone=state is TopicsState.GONE)
        refused = self._work(settings) if worker else []
        asked = ask(settings, self._stage.office.key.public_key(), last_publication(honest))
        return asked._replace(refused=refused)

    def _work(self, settings: Settings) -> list[str]:
        """Run a worker until it has read all events and written; return the states that it refuses."""
        with worker(settings, TOCSIN_CONFIG=str(self._stage.office.file)) as running:

            def settled() -> bool:
                with suppress(URLError):
                    return running.total("tocsin_consumer_lag") == 0 and running.total("tocsin_events_total") > 0
                return False

            running.until(settled)
            time.sleep(SETTLED_SECONDS)
            refused: list[str] = json.loads(running.get("/healthz"))["refused"]
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)
            return refused

    def _at(self, prefix: str) -> Settings:
        return self._stage.on(prefix).settings


def _turn(forgery: Forgery, before: Sequence[Forgery]) -> int:
    """Return how many forgeries before it choose among the same days or incidents."""
    return sum(each.kind is forgery.kind for each in before)
