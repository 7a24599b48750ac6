"""The worker's two pages: `/metrics` for Prometheus, `/healthz` for whoever restarts it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from agents.metrics import Figures


@asynccontextmanager
async def serving(figures: Figures, *, host: str, port: int, healthy_age: float) -> AsyncIterator[int]:
    """Serve both pages while the block runs; give the port.

    Unhealthy (503) is a worker whose last checkpoint is older than `healthy_age` seconds.
    """
    registry = CollectorRegistry()
    registry.register(figures)

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    async def healthz(_request: web.Request) -> web.Response:
        age = figures.checkpoint_age()
        lag = figures.lag()
        healthy = age <= healthy_age
        return web.json_response(
            {
                "status": "ok" if healthy else "stalled",
                "checkpoint_age_seconds": round(age, 3),
                "partitions": sorted(lag),
                "lag": sum(lag.values()),
            },
            status=200 if healthy else 503,
        )

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
