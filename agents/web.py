"""What a process serves: the worker's two pages, `/metrics` for Prometheus and `/healthz` for whoever restarts it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from agents.liveness import Liveness
from agents.metrics.figures import Figures


def exposition(registry: CollectorRegistry, request: web.Request) -> web.Response:
    """Return what a registry collects, in the format that was asked for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return web.Response(body=encode(registry), headers={"Content-Type": content_type})


@asynccontextmanager
async def listening(app: web.Application, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve an application while the block runs; give the port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def worker_pages(figures: Figures, liveness: Liveness) -> web.Application:
    """Return the worker's pages."""
    registry = CollectorRegistry()
    registry.register(figures)

    async def metrics(request: web.Request) -> web.Response:
        return exposition(registry, request)

    async def healthz(_request: web.Request) -> web.Response:
        lag = figures.lag()
        state = {
            "status": liveness.status,
            "progress_age_seconds": round(liveness.age(time.monotonic()), 3),
            "checkpoint_age_seconds": round(figures.checkpoint_age(), 3),
            "partitions": sorted({tp.partition for tp in lag}),
            "lag": sum(lag.values()),
        }
        return web.json_response(state, status=503 if liveness.status == "stalled" else 200)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    return app
