"""The command `tocsin notify`: passes Alertmanager's alerts to rooms of Matrix and to gateways."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

import structlog
import typer

from agents.commands.options import Config, offices_of, refusals
from agents.ending import Last, asked, telling
from agents.handbook import page
from agents.language import Language
from agents.terminal import say
from agents.translation import Words, text

log = structlog.get_logger()


def notify(
    config: Config = None,
    web_host: Annotated[str, typer.Option(help="Address for Alertmanager's webhooks.")] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port for the webhooks; 0 takes a free one.")] = 9099,
) -> None:
    """Pass Alertmanager's alerts to rooms of Matrix (Tchap), Teams and SMS gateways: one message an incident.

    If the message can be edited, the end of the incident is added to it.
    """
    from agents.notify.bridge import Bridge
    from agents.ports import listener
    from agents.state import state_dir
    from agents.web import listening

    settings = offices_of(config).shared
    if settings.notify is None:
        say(
            text("the configuration has no receivers: set `notify` ({page})", page=page("operations/alerts.md")),
            err=True,
        )
        raise typer.Exit(2)
    receivers, board, folder = settings.notify, settings.board, state_dir()

    def nothing_left() -> Last:
        return Last(text("Alertmanager repeats alerts until they are passed on"), finished=True)

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        stop = partial(loop.call_soon_threadsafe, ended.set)
        with listener(web_host, web_port) as socket, asked(stop), telling(nothing_left, log):
            folder.mkdir(parents=True, exist_ok=True)
            bridge = Bridge(receivers, Words(Language(board.languages[0])), folder / "notified.json")
            async with listening(bridge.app(board.hosts), socket) as port:
                log.info("serving", webhooks=f"http://{web_host}:{port}/NAME")
                await ended.wait()

    with refusals():
        asyncio.run(serve())
