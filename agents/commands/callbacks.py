"""The command `callbacks`: callers lost today and not reached since."""

from __future__ import annotations

import asyncio
import ipaddress
import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.commands.files import (
    CALL_KINDS,
    STANDARD_INPUT,
    Head,
    MappingName,
    Zone,
    context_of,
    known_files,
    named,
    opened,
    read,
)
from agents.commands.options import Config, Site, refusals, settings_of
from agents.ending import Last, asked, end, telling
from agents.progress import progress
from agents.sources.kind import FileKind
from agents.state import state_dir
from agents.terminal import Screen, say, say_json
from agents.translation import counted, text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from agents.sources.context import Context
    from config.settings import Settings

# Contract events hold pseudonyms, not numbers.
REVEALED: Final = tuple(kind for kind in CALL_KINDS if kind is not FileKind.EVENTS)


def _loopback(host: str) -> str:
    """Return an address; end with status 2 unless it is one of this machine alone."""
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return host
    raise typer.BadParameter(text("{found}; expected {expected}", found=repr(host), expected="127.0.0.1, ::1"))


def callbacks(
    kind: Annotated[
        FileKind | None,
        typer.Argument(metavar="[KIND]", help="With --reveal: the kind of the log, as for `tocsin ingest`."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            callback=lambda files: known_files(files or []),
            dir_okay=False,
            metavar="[FILE...]",
            help="With --reveal: the log that was ingested; - is standard input.",
        ),
    ] = None,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal",
            help="Show the callers' numbers, read again from the log. Needs the key of the pseudonyms.",
        ),
    ] = False,
    web: Annotated[
        bool,
        typer.Option(
            "--web",
            help="With --reveal: show the list on a page of this machine, to ring back from and to tick off.",
        ),
    ] = False,
    web_host: Annotated[
        str, typer.Option(callback=_loopback, help="Address of the page, which must be a loopback one.")
    ] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 6068,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    mapping: MappingName = None,
    timezone: Zone = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """List the callers who were lost today and not reached since, the longest ago first.

    Callers are shown by pseudonym; with --reveal KIND FILE... also by number: on this terminal, or with
    --web on a page of this machine.
    """
    from agents.callbacks.reading import read_callbacks
    from agents.callbacks.table import document, show

    settings = settings_of(config, site)
    if reveal != bool(kind and files):
        raise typer.BadParameter(
            text("--reveal reads the log again; expected --reveal KIND FILE..."), param_hint="FILE"
        )
    if kind is not None and kind not in REVEALED:
        words = text("{kind} has no caller's number; expected one of {kinds}", kind=kind, kinds=", ".join(REVEALED))
        raise typer.BadParameter(words, param_hint="KIND")
    if web and (json or not reveal or STANDARD_INPUT in (files or [])):
        raise typer.BadParameter(text("--web expects --reveal KIND FILE..., no --json and no -"), param_hint="--web")
    log = None if kind is None or not files else _Log(kind, files, settings, mapping, timezone)
    if web and log is not None:
        _serve(settings, log, web_host, web_port)
        return
    numbers = None
    with refusals(), progress(quiet=json):
        found = read_callbacks(settings)
        if log is not None:
            numbers = log.revealed({each.caller for each in found.list.listed})
    if json:
        say_json(document(found, settings, numbers))
    else:
        show(found, settings, numbers, Screen())
    if numbers is not None and (unseen := len(found.list.listed) - len(numbers)):
        words = counted(
            "{count} caller was not found in {file} with the key of this machine",
            "{count} callers were not found in {file} with the key of this machine",
            unseen,
            file=named(files or []),
        )
        say(words, err=True)


def _serve(settings: Settings, log: _Log, host: str, port: int) -> None:
    """Serve the list with its numbers until the process is asked to end."""
    from agents.board.callbacks.local import LocalCallbacks, NumberLog
    from agents.kafka.client import client_options
    from agents.ports import listener
    from agents.web import listening

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        stop = partial(loop.call_soon_threadsafe, ended.set)
        with (
            listener(host, port) as socket,
            asked(stop),
            telling(lambda: Last(text("no number was stored"), finished=True)),
        ):
            page = LocalCallbacks(settings, NumberLog(log.state, log.revealed))
            page.start()
            async with listening(page.app(), socket) as taken:
                shown = f"[{host}]" if ":" in host else host
                address = f"http://{shown}:{taken}{page.entrance}"
                say(text("Open {address} in a browser of this machine; Ctrl-C ends it.", address=address))
                await ended.wait()
            end()

    with refusals():
        client_options(settings)
        asyncio.run(serve())


class _Log:
    """The ingested log, read again for the numbers. Without a key, ends with status 1 before it asks the broker."""

    def __init__(
        self, kind: FileKind, files: Sequence[Path], settings: Settings, mapping: str | None, timezone: str | None
    ) -> None:
        from agents.callbacks.reading import RevealingPseudonymizer
        from agents.dialling import numbers_of
        from agents.sources.pseudonym import KEY_FILE, VARIABLE

        if VARIABLE not in os.environ and not (state_dir() / KEY_FILE).exists():
            say(text("no key on this machine: run it where `tocsin ingest` runs"), err=True)
            raise typer.Exit(1)
        self._files, self._settings = files, settings
        with refusals():
            self._pseudonym = RevealingPseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        self._kind, self._mapping, self._timezone = kind, mapping, timezone
        self._context()  # refuses a wrong mapping before the broker is asked

    def _context(self) -> Context:
        return context_of(self._kind, self._files, self._settings, self._pseudonym, None, self._timezone, self._mapping)

    def state(self) -> tuple[tuple[int, int], ...]:
        """Return the length and the moment of change of each file."""
        return tuple((each.st_size, each.st_mtime_ns) for each in map(Path.stat, self._files))

    def revealed(self, wanted: Collection[str]) -> dict[str, str]:
        """Return the numbers of callers by pseudonym, if the files have them."""
        self._pseudonym.wanting(wanted)
        with opened(self._files) as rows:
            for _ in read(self._kind, Head(self._files, rows), self._context(), self._settings):
                pass
        return self._pseudonym.found
