"""The worker's two pages: `/metrics` for Prometheus and `/healthz` for its supervisor."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from agents.web import application, packed
from agents.worker.checkpoint import Checkpoint
from agents.worker.figures import Figures
from agents.worker.health import Health
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.surroundings import Surroundings

GENERATION: Final = "Tocsin-Generation"  # of the group that assigned the partitions shown; absent during a rebalance


def worker_pages(
    hosts: Iterable[str],
    figures: Figures,
    progress: Progress,
    checkpoint: Checkpoint,
    liveness: Liveness,
    health: Health,
    ownership: Ownership,
    around: Surroundings,
) -> web.Application:
    """Return the worker's pages, for requests to one of its `hosts`."""

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        generation = ownership.generation if ownership.settled else None
        answer = await packed(request, await figures.exposition(encode), content_type)
        if generation is not None and (generation, True) == (ownership.generation, ownership.settled):
            answer.headers[GENERATION] = str(generation)
        return answer

    async def healthz(_request: web.Request) -> web.Response:
        lag, wrong = progress.lag(), health.wrong()
        refused = [str(each) for each in ownership.unread.values() if each.refused]
        state = {
            "status": _status(liveness, around, wrong, refused),
            "wrong": wrong,
            "progress_age_seconds": round(liveness.age(time.monotonic()), 3),
            "checkpoint_age_seconds": round(checkpoint.age(), 3),
            "partitions": sorted({tp.partition for tp in lag}),
            "lag": sum(lag.values()),
            "refused": refused,
            "catalogues": sorted(around.catalogues),
        }
        return web.json_response(state, status=503 if wrong else 200)

    app = application(hosts)
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    return app


def _status(liveness: Liveness, around: Surroundings, wrong: list[str], refused: list[str]) -> str:
    if around.wrong:
        return "wrong topics"
    if wrong and liveness.status == "ok":
        return "failing"
    return "refusing" if refused and liveness.status in {"ok", "starting"} else liveness.status
