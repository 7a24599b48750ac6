"""The command `callbacks`: callers lost today and not reached since."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.commands.files import CALL_KINDS, Head, MappingName, Zone, known_files, named, opened, origin_of, read
from agents.commands.options import Config, Site, refusals, settings_of
from agents.progress import progress
from agents.sources.kind import FileKind
from agents.state import state_dir
from agents.terminal import Screen, say
from agents.translation import counted, text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from config.settings import Settings

# Contract events hold pseudonyms, not numbers.
REVEALED: Final = tuple(kind for kind in CALL_KINDS if kind is not FileKind.EVENTS)


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
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    mapping: MappingName = None,
    timezone: Zone = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """List the callers who were lost today and not reached since, the longest ago first.

    Callers are shown by pseudonym; with --reveal KIND FILE... also by number, on this terminal only.
    """
    import msgspec

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
    log = None if kind is None or not files else _Log(kind, files, settings, mapping, timezone)
    numbers = None
    with refusals(), progress(quiet=json):
        found = read_callbacks(settings)
        if log is not None:
            numbers = log.revealed({each.caller for each in found.list.listed})
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(found, settings, numbers))).decode())
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


class _Log:
    """The ingested log, read again for the numbers. Without a key, ends with status 1 before it asks the broker."""

    def __init__(
        self, kind: FileKind, files: Sequence[Path], settings: Settings, mapping: str | None, timezone: str | None
    ) -> None:
        from agents.callbacks.revealing import RevealingPseudonymizer
        from agents.dialling import numbers_of
        from agents.sources.pseudonym import KEY_FILE, VARIABLE

        if VARIABLE not in os.environ and not (state_dir() / KEY_FILE).exists():
            say(text("no key on this machine: run it where `tocsin ingest` runs"), err=True)
            raise typer.Exit(1)
        self._kind, self._files, self._settings = kind, files, settings
        with refusals():
            self._pseudonym = RevealingPseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        self._origin = origin_of(kind, files, settings, self._pseudonym, None, timezone, mapping)

    def revealed(self, wanted: Collection[str]) -> dict[str, str]:
        """Return the numbers of callers by pseudonym, if the files have them."""
        self._pseudonym.wanting(wanted)
        with opened(self._files) as rows:
            for _ in read(self._kind, Head(self._files, rows), self._origin, self._settings):
                pass
        return self._pseudonym.found
