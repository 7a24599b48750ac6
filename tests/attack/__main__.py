"""No hand on a figure unseen: `make attack`.

An honest office is made on a real Kafka: two weeks of events, a decision, two signed publications. Then each kind of
forgery is written to a copy of its topics: with all events there, after compaction, and with the events gone. The audit
or the board must name each one, unless it changes no figure, or docs/integrity.md says that nothing can show it. The
table is printed; status 1 if a cell is silent or if a page or the audit ended in an error.
"""

from __future__ import annotations

import tempfile
import time
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from config.settings import Kafka, Settings
from tests.attack.fuzz import fuzz
from tests.attack.stage import staged
from tests.attack.table import FORGERIES, Outcome, Table
from tests.brokers import chosen

console = Console(width=180)
COLOURS = {Outcome.SILENT: "red", Outcome.FAILED: "red", Outcome.UNSHOWN: "yellow"}


def main(
    only: Annotated[
        str, typer.Option(help="Only the forgeries with one of these words, parted by commas, in their names.")
    ] = "",
    quick: Annotated[  # noqa: FBT002 -- an option
        bool, typer.Option("--quick", help="Leave out forgeries that need a worker.")
    ] = False,
    broker: Annotated[str, typer.Option(help="container, apache or embedded; else the first there is.")] = "",
    fuzz_seconds: Annotated[
        int, typer.Option("--fuzz", help="Write random records for this many seconds instead.")
    ] = 0,
    seed: Annotated[int | None, typer.Option(help="The chance of --fuzz; any by default.")] = None,
) -> None:
    """Try each forgery in each state of the topics, and print what shows it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, chosen(broker or None) as (address, says):
        kafka = Kafka(bootstrap=address, prefix="attack.", partitions=2)
        stage = staged(Settings(site="lozere", kafka=kafka), Path(folder))
        console.print(f"{says}; the honest office is ready after {time.monotonic() - began:.0f} s")
        if fuzz_seconds:
            raise typer.Exit(fuzz(stage, fuzz_seconds, seed, console))
        table = Table(stage)
        words = only.split(",")
        named = [each for each in FORGERIES if any(word in each.name for word in words)]
        wanted = [each for each in named if not (quick and each.worker)]
        counts, wrong = dict.fromkeys(Outcome, 0), 0
        for forgery, cells in groupby(table.cells(wanted, table.states()), attrgetter("forgery")):
            console.print(f"[bold]{forgery.name}")
            for each in cells:
                counts[each.outcome] += 1
                wrong += each.wrong
                colour = COLOURS.get(each.outcome, "green")
                console.print(f"  {each.state:13} [{colour}]{each.outcome}[/] {each.says}", highlight=False)
    told = ", ".join(f"{outcome} {count}" for outcome, count in counts.items())
    console.print(f"{told}; {time.monotonic() - began:.0f} s")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)
