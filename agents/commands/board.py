"""The command `tocsin board`: the web pages."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import structlog
import typer

from agents.commands.options import Config, refusals, settings_of

log = structlog.get_logger()


def board(
    config: Config = None,
    web_host: Annotated[str, typer.Option(help="Address of the pages.")] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.")] = 6067,
) -> None:
    """Serve the live board, the incidents and the annual reports, to read alone; needs the broker, but no worker."""
    from agents.board.follower import Follower
    from agents.board.server import Board
    from agents.kafka.client import client_options
    from agents.web import listening

    settings = settings_of(config)

    async def serve() -> None:
        ended = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, ended.set)
        follower = Follower(settings)
        follower.start()
        async with listening(Board(settings, follower).app(), host=web_host, port=web_port) as port:
            log.info("serving", board=f"http://{web_host}:{port}/")
            await ended.wait()

    with refusals():
        client_options(settings)  # a key that cannot be used is told before the pages are up
        asyncio.run(serve())
