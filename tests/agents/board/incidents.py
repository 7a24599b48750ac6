"""Incidents of every verdict, kind and status with the widest texts, and effects on a year's figures."""

from __future__ import annotations

import time
from typing import Any, get_args

from agents.board.follower import Follower, Known
from agents.pages.words import MISCOUNTS
from config.settings import Settings
from streams.watch.facts import KeptSentences
from streams.watch.incident import Decided, Evidence, Incident, Standing
from streams.watch.laws import LAWS
from tests.agents.board.known import SETTINGS, follower, history, line, service
from tests.agents.totals.year import ledger, wrong

OFFICE = SETTINGS.model_copy(
    update={"lines": {**SETTINGS.lines, "circulation": SETTINGS.lines["circulation"].model_copy(
        update={"label": "Circulation, permis de conduire et immatriculations"})}}
)  # fmt: skip
CHECKS = ("lost rate", "wait law", "waits of the lost", "call-backs", "arrivals", "talk", *LAWS)


def everything() -> list[Incident]:
    """Return an incident of each kind in each status; the first has the effect on the year."""
    evidence = [Evidence(each, 0.41, 0.02, 3.0, KeptSentences("perdus", "lost")) for each in CHECKS]
    found = [wrong(status="open", decisions=[], evidence=evidence, calls=13)]
    for number, kind in enumerate(MISCOUNTS):
        for status in get_args(Standing):
            verdict: Any = "overload" if kind == "overload" else "undecided" if kind == "drift" else "miscount"
            start = 1_364_800_000_000 + 86_400_000 * number
            name = f"circulation-{kind}-{status}"
            decided = Decided(name, start + 1, 1, "confirm", "Claire Martin", "Logiciel vérifié", None, None)
            found.append(
                wrong(
                    id=name,
                    kind=kind,
                    verdict=verdict,
                    status=status,
                    start=start,
                    end=start + 7_300_000,
                    decisions=[decided] if status == "confirmed" else [],
                )
            )
    return found


def office() -> tuple[Settings, Follower]:
    """Return an office with these incidents, and a follower that has read its topics."""
    told = line()
    what = Known(history(*everything(), days=ledger()), {told.id: told}, {"lozere/cartes": service()})
    return OFFICE, follower(what, time.time() + 600, OFFICE)
