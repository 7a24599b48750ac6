"""The offices: one, or a nation whose offices join, change and retire meanwhile."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

from config.offices import OfficeFiles, Offices
from config.settings import Settings
from tests.chaos.brokers import Brokers
from tests.chaos.fleet import Fleet, console
from tests.chaos.truth import CONFIG, LATER, OFFICE, SITES

PATIENCE = 120.0  # s, for every worker to have read the files


class Stage:
    """The configuration of one office or of a nation, which changes during the test."""

    def __init__(self, folder: Path, *, nation: bool) -> None:
        self.config = folder / "chaos.yaml"
        self._offices = folder / "offices"
        self._offices.mkdir()
        if nation:
            self.config.write_text(json.dumps({"sites": "offices", "clock": "event"}))
            for site in SITES:
                self.write(site)
        else:
            self.config.write_text(json.dumps(CONFIG))

    def write(self, site: str, **more: object) -> None:
        """Write the file of an office as a whole, as an editor does."""
        draft = self._offices / f".{site}.draft"
        draft.write_text(json.dumps({"site": site, **OFFICE, **more}))
        draft.replace(self._offices / f"{site}.yaml")

    def remove(self, site: str) -> None:
        (self._offices / f"{site}.yaml").unlink()

    def load(self, bootstrap: str = "") -> Offices:
        """Return the offices, as they are now."""
        return OfficeFiles(self.config, {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap} if bootstrap else {}).load()

    def later(self) -> Settings:
        """Return the office that joins the others."""
        self.write(LATER)
        office = self.load().sites[LATER]
        self.remove(LATER)
        return office


def await_offices(fleet: Fleet, present: set[str], absent: set[str]) -> None:
    """Wait until all workers together show the lines of these offices, and no line of the others."""
    end = time.monotonic() + PATIENCE
    while True:
        fleet.look()
        try:
            shown = {
                dict(labels)["site"]
                for _, running in list(fleet.running.values())
                for (name, labels), _ in running.samples().items()
                if name == "tocsin_line_info"
            }
        except OSError:
            shown = set()
        if present <= shown and not absent & shown:
            return
        assert time.monotonic() < end, f"{shown} after {PATIENCE} s; expected {present}, and not {absent}"
        time.sleep(0.5)


def meet_and_part(stage: Stage, fleet: Fleet, rng: random.Random) -> None:
    """Let an office join, one change and one retire, and kill a worker that has just learnt of it."""
    console.print(f"  {LATER} joins, {SITES[1]} changes, {SITES[0]} retires")
    stage.write(LATER)
    stage.write(SITES[1], office={"name": "Préfecture de la Lozère"})
    stage.remove(SITES[0])
    await_offices(fleet, {*SITES[1:], LATER}, {SITES[0]})
    fleet.kill(rng.uniform(0, 2))
    fleet.done["offices changed"] += 1


def disturb_a_little(fleet: Fleet, broker: Brokers, rng: random.Random) -> None:
    """Kill a worker and a broker while workers learn of the office that joined."""
    time.sleep(rng.uniform(2, 5))
    broker.stop(signal.SIGKILL)
    fleet.kill(rng.uniform(0, 2))
    time.sleep(rng.uniform(3, 6))
    broker.start()


def take_back(stage: Stage, fleet: Fleet) -> None:
    """Let the office that retired come back."""
    stage.write(SITES[0])
    await_offices(fleet, {*SITES, LATER}, set())
