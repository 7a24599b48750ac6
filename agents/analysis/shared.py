"""The analysis of a file by several processes: one reads it, and the others fold the events of its lines.

Each line stays in one process and keeps the order of the file, so the figures equal those of a single process.
Everything else is folded by the reader: tickets, which move between counters, requests, and refusals. A block is folded
while the next one is read; at most two are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any, Final, NamedTuple

import msgspec

from agents.analysis.fold import Analysis
from agents.ending import by_parent
from agents.sources.entry import Accepted, Entry, Refused
from config.settings import Settings
from streams.decoding import AnyDecoder, Invalid
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent, Event, Reading, Review, milliseconds
from streams.kept.mark import RESULTS
from streams.kept.packing import pack, unpack
from streams.kept.times import FOREVER
from streams.said import Said, said
from streams.watch.review import desk_of

ENTRIES: Final = 4_000  # of a block
NOT_TAKEN: Final = len(RESULTS)  # code of an event that its line refused


class JobError(Exception):
    """A job process ended before its work was done."""


class Job(NamedTuple):
    """A process that folds, and the pipe to it."""

    process: ForkProcess
    pipe: Connection


class Block(NamedTuple):
    """A block of entries, and the job that folds each; None for those that the reader folds."""

    entries: Sequence[Entry]
    jobs: Sequence[int | None]


class SharedAnalysis(Analysis):
    """An `Analysis` whose lines are folded by `jobs` further processes."""

    def __init__(self, settings: Settings, now: int = FOREVER, *, jobs: int) -> None:
        super().__init__(settings, now)
        self._owners: dict[str, int] = {}  # job by line
        self._loads = [0] * jobs  # events sent to each job
        self._adopted: list[tuple[str, bool]] = []  # lines not yet announced to the jobs
        context = get_context("fork")
        self._jobs: list[Job] = []
        for _ in range(jobs):
            pipe, theirs = context.Pipe()
            held = [pipe, *(job.pipe for job in self._jobs)]
            process = context.Process(target=_work, args=(theirs, self, held), daemon=True)
            process.start()
            theirs.close()
            self._jobs.append(Job(process, pipe))

    def adopt(self, queue: str, *, totals: bool = False) -> str | None:
        """Return the line for a queue, as `Analysis.adopt` does."""
        known = queue in self.lines
        name = super().adopt(queue, totals=totals)
        if name is not None and not known:
            self._adopted.append((name, totals))
        return name

    def take(self, entries: Iterable[Entry], witness: Iterable[Entry] = ()) -> None:
        """Fold every entry of a file, then settle everything; raise `JobError` if a job dies."""
        assert not list(witness), "two records of a line are matched in the order of their moments, by one process"
        with self._ending():
            left, before = iter(entries), Block((), ())
            while block := list(islice(left, ENTRIES)):  # meanwhile, the jobs fold the previous block
                answers = self._answers(before)
                sent = self._send(block)
                self._settle(before, answers)
                before = sent
            self._settle(before, self._answers(before))
            self._close()

    def _send(self, entries: Sequence[Entry]) -> Block:
        """Send a block's events to the jobs that fold their lines."""
        records: list[list[bytes]] = [[] for _ in self._jobs]
        jobs = [self._job_of(each) for each in entries]
        for each, job in zip(entries, jobs, strict=True):
            if job is not None and isinstance(each, Accepted):
                records[job].append(each.record)
        for number, job_records in enumerate(records):
            self._loads[number] += len(job_records)
            self._jobs[number].pipe.send((self._adopted, job_records))
        self._adopted = []
        return Block(entries, jobs)

    def _job_of(self, each: Entry) -> int | None:
        """Return the job that folds an entry; None if the entry is not about a known line."""
        if isinstance(each, Refused) or milliseconds(each.event.at) > self._latest:
            return None
        name = _line_of(each.event)
        line = None if name is None else self.lines.get(name)
        if name is None or line is None or line.rules.site != (each.event.site or self.settings.site):
            return None
        job = self._owners.get(name)
        if job is None:
            job = self._owners[name] = self._loads.index(min(self._loads))
            self._loads[job] += 1
        return job

    def _answers(self, sent: Block) -> list[Iterator[str | Invalid]]:
        """Return the results of a block's events, by job."""
        return [_results(*job.pipe.recv()) for job in self._jobs] if sent.entries else []

    def _settle(self, sent: Block, answers: Sequence[Iterator[str | Invalid]]) -> None:
        """Count the results of a block in its order; fold the entries that have no job."""
        for each, job in zip(sent.entries, sent.jobs, strict=True):
            if job is None or isinstance(each, Refused):
                self._take(each)
                continue
            result = next(answers[job])
            if isinstance(result, Invalid):
                self._refuse(Refused(each.row, each.record, result))
            else:
                self._used.add(each.row)
                self._note(each.event, milliseconds(each.event.at), result)

    def _close(self) -> None:
        """Settle everything here and in the jobs, then take over the states of their lines."""
        for job in self._jobs:
            job.pipe.send(None)
        latest = max([self._high(), *(job.pipe.recv() for job in self._jobs)])
        for number, job in enumerate(self._jobs):
            job.pipe.send((latest, [name for name, owner in self._owners.items() if owner == number]))
        self._settle_all(latest, apart=self._owners)
        for job in self._jobs:
            for name, state in job.pipe.recv():
                self.lines[name] = Line(self.lines[name].rules, unpack(state, LineState))

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the jobs after the block, even if it fails."""
        try:
            yield
        except (EOFError, OSError) as error:
            for job in self._jobs:
                job.process.join(1)
            ended = [job.process.exitcode for job in self._jobs if job.process.exitcode not in {None, 0}]
            if not ended:
                raise
            raise JobError(
                said(
                    "a job process ended with status {status}; the memory may be full: try fewer --jobs",
                    status=ended[0],
                )
            ) from error
        finally:
            for job in self._jobs:
                job.pipe.close()
                job.process.terminate()
                job.process.join()


def _line_of(event: Event) -> str | None:
    """Return the line of an event; None if it has none."""
    if isinstance(event, CallEvent | Reading):
        return event.line
    with suppress(Invalid):
        if isinstance(event, Review) and (desk := desk_of(event)).kind == "line":
            return desk.name
    return None


def _work(pipe: Connection, analysis: SharedAnalysis, held: Sequence[Connection]) -> None:
    """Fold block after block; then settle the named lines and send their states.

    First close the parent's pipe ends (`held`): otherwise this process would not notice when the parent dies.
    """
    for each in held:
        each.close()
    by_parent()
    decode = AnyDecoder().decode
    with suppress(EOFError):  # the parent has ended
        while block := pipe.recv():
            adopted, records = block
            for name, totals in adopted:
                Analysis.adopt(analysis, name, totals=totals)
            results, refused = bytearray(), []
            for event in map(decode, records):
                try:
                    results.append(RESULTS.index(analysis._fold(event, milliseconds(event.at))))  # noqa: SLF001 -- its own
                except Invalid as why:
                    results.append(NOT_TAKEN)
                    refused.append(_packed(why))
            pipe.send((bytes(results), refused))
        pipe.send(analysis._high())  # noqa: SLF001
        latest, names = pipe.recv()
        for name in names:
            analysis.lines[name].close(latest)
        pipe.send([(name, msgspec.msgpack.encode(pack(analysis.lines[name].state))) for name in names])


def _packed(why: Invalid) -> tuple[str, str, dict[str, Any] | None]:
    """Return a refusal in a form that can be sent: its reason, and its words and facts or its detail."""
    says = why.says
    return (why.reason, says.words, says.facts) if isinstance(says, Said) else (why.reason, why.detail, None)


def _results(results: bytes, refused: Sequence[tuple[str, str, dict[str, Any] | None]]) -> Iterator[str | Invalid]:
    """Yield the result of each event of a job: one of `RESULTS`, or its refusal."""
    whys = iter(refused)
    for result in results:
        if result < NOT_TAKEN:
            yield RESULTS[result]
        else:
            reason, words, facts = next(whys)
            yield Invalid(reason, words if facts is None else said(words, **facts))
