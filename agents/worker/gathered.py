"""The pages of several workers under one process: `/metrics` merges their metrics, `/healthz` lists their states."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from agents.metrics.added import MetricsPage, added
from agents.web import application
from agents.worker.pages import GENERATION
from agents.worker.process import HOST, WorkerProcess

SCRAPE_SECONDS: Final = 8.0  # for a worker's metrics: Prometheus waits for ten
PROBE_SECONDS: Final = 3.0  # for a worker's health: Kubernetes waits for five, compose for four
STATUSES: Final = ("away", "wrong topics", "failing", "stalled", "waiting", "refusing", "starting", "ok")  # worst first

AWAY: Final = "tocsin_workers_away"  # the only series that no worker itself has

State = Mapping[str, Any]  # the content of a worker's `/healthz`


class WorkerPage(NamedTuple):
    """One of the pages of a worker."""

    headers: Mapping[str, str]
    text: str


def gathered_pages(hosts: Iterable[str], workers: Sequence[WorkerProcess]) -> web.Application:
    """Return the common pages of several workers, for requests to one of the `hosts`."""

    async def metrics(request: web.Request) -> web.Response:
        answers = await _ask(workers, "/metrics", SCRAPE_SECONDS, request.headers.get("Accept", ""))
        pages = [each for each in answers if each]
        if not pages:
            return web.Response(status=503, text="no worker answers\n")
        away = f"# HELP {AWAY} Workers under this process that do not answer.\n# TYPE {AWAY} gauge\n{AWAY} "
        of_workers = [MetricsPage(text, _generation(headers)) for headers, text in pages]
        page = added([MetricsPage(f"{away}{answers.count(None)}.0\n", None), *of_workers])
        return web.Response(body=page.encode(), headers={"Content-Type": pages[0].headers["Content-Type"]})

    async def healthz(_request: web.Request) -> web.Response:
        answers = await _ask(workers, "/healthz", PROBE_SECONDS)
        states = {
            each.number: each.away or "it does not answer" if answer is None else json.loads(answer.text)
            for each, answer in zip(workers, answers, strict=True)
        }
        state = health(states)
        return web.json_response(state, status=503 if state["wrong"] else 200)

    app = application(hosts)
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    return app


def health(answers: Mapping[int, State | str]) -> State:
    """Return the common `/healthz`; `answers` has, by number, each worker's own, or why that worker does not answer."""
    states = {number: each for number, each in answers.items() if not isinstance(each, str)}
    away = {number: each for number, each in answers.items() if isinstance(each, str)}
    return {
        "status": min(["away"] * bool(away) + [each["status"] for each in states.values()], key=STATUSES.index),
        "wrong": [f"worker {number} is away: {why}" for number, why in away.items()]
        + [f"worker {number}: {wrong}" for number, each in states.items() for wrong in each["wrong"]],
        **{
            age: max((each[age] for each in states.values()), default=None)
            for age in ("progress_age_seconds", "checkpoint_age_seconds")
        },
        "lag": sum(each["lag"] for each in states.values()),
        **{
            known: sorted({one for each in states.values() for one in each[known]})
            for known in ("partitions", "refused", "catalogues")
        },
        "workers": {number: {"partitions": each["partitions"], "lag": each["lag"]} for number, each in states.items()},
    }


def _generation(headers: Mapping[str, str]) -> int | None:
    generation = headers.get(GENERATION)
    return None if generation is None else int(generation)


async def _ask(
    workers: Sequence[WorkerProcess], page: str, seconds: float, accept: str = ""
) -> list[WorkerPage | None]:
    """Return a page of each worker, None for a worker that does not answer in time."""
    async with ClientSession(timeout=ClientTimeout(total=seconds), headers={"Accept": accept}) as client:

        async def ask(worker: WorkerProcess) -> WorkerPage | None:
            if worker.away:
                return None
            try:
                async with client.get(f"http://{HOST}:{worker.port}{page}") as answer:
                    return WorkerPage(answer.headers, await answer.text())
            except (ClientError, TimeoutError):
                return None

        return await asyncio.gather(*map(ask, workers))
