"""A real exchange: `make exchange`.

Two Asterisks run in a network of their own: an office and the outside world that calls it. The fate of each of seventy
callers is known beforehand; telephones report when they are lifted. Meanwhile `tocsin ingest --follow` reads the
office's queue_log, CEL and saved manager interface into a broker, and `tocsin ingest ami` listens to that interface. In
the end the exchange dies or is stopped, and comes back. The figures of each record must equal the part of the truth
that it can know. Differences of a CDR, and of a CEL with limited settings, are shown: they are limits of the records.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from tests.exchange import namespace
from tests.exchange.case import Case
from tests.exchange.comparison import Difference, counts, differences, misplayed, played
from tests.exchange.debian import NotRun, made, root_folder
from tests.exchange.following import followers
from tests.exchange.lab import RECORDS, Lab
from tests.exchange.office import tocsin_config
from tests.exchange.scenarios import CUT, STOPPED, cases
from tests.exchange.ways import WAYS, Ways

console = Console(width=120)
KINDS: Final = (*RECORDS, "ami")


def play(root: Path, ways: Ways, chosen: list[Case], folder: Path) -> tuple[list[Difference], list[str]]:
    """Play the cases with an office's exchange settings; return the differences, and the cases that were misplayed."""
    config = folder / "office.yaml"
    tocsin_config(chosen, config)
    lab = Lab(root, f"exchange-{os.getpid()}", chosen, ways, folder / "ami.raw")
    with ExitStack() as cleanup:
        cleanup.callback(lab.remove)
        cleanup.callback(lab.stop)
        follow = cleanup.enter_context(followers(lab.live(), config, folder))
        lab.start()
        lab.play()
        if chosen[-1] in (CUT, STOPPED):
            lab.crash()
        files = follow.end(folder)
        lab.stop()
        kept = lab.keep(folder)
    found: list[Difference] = []
    for name, file in [*kept.items(), *files.items()]:
        kind = next(kind for kind in KINDS if name.startswith(kind))
        found += differences(name, kind, counts(kind if name in kept else "events", file, config), chosen)
    return found, [*misplayed(lab), *([f"{len(lab.left)} channels were left"] if lab.left else [])]


def main(
    ways: Annotated[str, typer.Option(help=f"How the office is set up: {', '.join(WAYS)}, or all.")] = "plain",
    case: Annotated[list[str] | None, typer.Option(help="Play these cases alone.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the records below this folder.")] = None,
) -> None:
    """Play calls on a real Asterisk, and compare its records with the truth from callers and telephones."""
    known = {each.name for each in [*cases(), CUT, STOPPED]}
    if unknown := set(case or ()) - known:
        raise typer.BadParameter(f"found {', '.join(unknown)}; expected some of {', '.join(sorted(known))}")
    if ways != "all" and ways not in WAYS:
        raise typer.BadParameter(f"found {ways}; expected all, or one of {', '.join(WAYS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that started processes end
    try:
        began = time.monotonic()
        root = made(root_folder(os.environ) / "root")
        namespace.enter()
    except (NotRun, OSError) as error:
        console.print(f"NOT RUN: exchange: {error}", markup=False)
        return
    console.print(f"a Debian with Asterisk in {root}, after {time.monotonic() - began:.0f} s", markup=False)
    wrong = False
    for each in WAYS.values() if ways == "all" else [WAYS[ways]]:
        last = STOPPED if each.restart else CUT
        chosen = [one for one in [*cases(), last] if not case or one.name in case]
        with tempfile.TemporaryDirectory() as scratch:
            folder = keep / each.name if keep else Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            began = time.monotonic()
            found, odd = play(root, each, chosen, folder)
        total = played(chosen)
        console.print(
            f"{each.name}: {total.offered} calls on {2 * len(chosen)} lines, {time.monotonic() - began:.0f} s"
        )
        for words in odd:
            console.print(f"  NOT PLAYED AS MEANT: {words}", markup=False)
        for one in found:
            console.print(
                f"  {one.record:22}{one.line:20} truth {tuple(one.truth)}, told {tuple(one.told)}", markup=False
            )
        limits = "asterisk-cdr", *each.limited
        wrong |= bool(odd) or any(not one.record.startswith(limits) for one in found)
    console.print("[red]NOT EQUAL" if wrong else "[green]equal to what callers and telephones know")
    sys.exit(wrong)


if __name__ == "__main__":
    typer.run(main)
