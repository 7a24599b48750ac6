"""The command `tocsin board`: the web pages."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

import structlog
import typer

from agents.commands.options import Config, Site, chosen, followed, refusals
from agents.ending import Last, asked, end, telling
from agents.translation import text
from config.settings import Settings

log = structlog.get_logger()


def board(
    config: Config = None,
    site: Site = None,
    web_host: Annotated[str, typer.Option(help="Address of the pages.")] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.")] = 6067,
) -> None:
    """Serve the live board, the incidents and the annual reports; needs the broker, but no worker.

    The board of a nation starts with its overview; with --site, only one office is served.
    """
    from agents.board.follower import Follower
    from agents.board.nation.followed import FollowedOffices
    from agents.board.nation.server import NationBoard
    from agents.board.server import Board
    from agents.kafka.client import client_options
    from agents.ports import listener
    from agents.web import listening
    from config.offices import Offices

    offices, files = followed(config)
    alone = site is not None or offices.nation is None
    shared = chosen(offices, site) if alone else offices.shared

    def nothing_left() -> Last:
        return Last(text("the board stores nothing"), finished=True)

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        stop = partial(loop.call_soon_threadsafe, ended.set)
        with listener(web_host, web_port) as socket, asked(stop), telling(nothing_left, log):
            follower = Follower(shared)
            follower.start()
            if isinstance(shared, Settings):
                alone_followed = FollowedOffices(files, Offices.alone(shared)) if shared.rights is not None else None
                board = Board(shared, follower, alone_followed)
                board.callbacks.start()
                app = board.app()
            else:
                app = NationBoard(FollowedOffices(files, offices), follower).app()
            async with listening(app, socket) as port:
                log.info("serving", board=f"http://{web_host}:{port}/")
                await ended.wait()
            end()  # do not wait for a year that is still being computed

    with refusals():
        client_options(shared)  # reports an unusable key before the pages are served
        asyncio.run(serve())
