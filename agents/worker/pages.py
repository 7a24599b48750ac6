"""The worker's two pages: `/metrics` for Prometheus and `/healthz` for whoever restarts it."""

from __future__ import annotations

import time

from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.web import exposition
from agents.worker.checkpoint import Checkpoint
from agents.worker.figures import Figures
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.surroundings import Surroundings


def worker_pages(
    figures: Figures,
    progress: Progress,
    checkpoint: Checkpoint,
    liveness: Liveness,
    ownership: Ownership,
    around: Surroundings,
) -> web.Application:
    """Return the worker's pages."""
    registry = CollectorRegistry()
    registry.register(figures)

    async def metrics(request: web.Request) -> web.Response:
        return exposition(registry, request)

    async def healthz(_request: web.Request) -> web.Response:
        lag = progress.lag()
        refused = [str(each) for each in ownership.unread.values() if each.refused]
        state = {
            "status": _status(liveness, around, refused),
            "progress_age_seconds": round(liveness.age(time.monotonic()), 3),
            "checkpoint_age_seconds": round(checkpoint.age(), 3),
            "partitions": sorted({tp.partition for tp in lag}),
            "lag": sum(lag.values()),
            "wrong": around.wrong,
            "refused": refused,
            "catalogues": sorted(around.catalogues),
        }
        red = liveness.status == "stalled" or not around.healthy
        return web.json_response(state, status=503 if red else 200)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    return app


def _status(liveness: Liveness, around: Surroundings, refused: list[str]) -> str:
    if around.wrong:
        return "wrong topics"
    return "refusing" if refused and liveness.status == "ok" else liveness.status
