"""Alerts as Alertmanager posts them, with the words of `MiscountSuspected`."""

from __future__ import annotations

from typing import Any, Final

import aiohttp

from agents.notify.bridge import Bridge
from agents.ports import listener
from agents.web import listening

HOST: Final = "127.0.0.1"
BOARD: Final = "http://board/incidents/now?site=lozere&line=circulation&kind=drift"
SUMMARY: Final = "lozere, Circulation : erreur de comptage"
SAID: Final = f"{SUMMARY}\nLire les preuves.\n{BOARD}"
MEASURED: Final = 'max(tocsin_site_open{site="lozere"})'


def alert(
    fingerprint: str = "a1", status: str = "firing", start: str = "2013-03-04T07:30:00Z", **more: str
) -> dict[str, Any]:
    words = {"summary": SUMMARY, "description": "Lire les preuves.", "board": BOARD} | more
    return {"status": status, "fingerprint": fingerprint, "startsAt": start, "annotations": words, "labels": {}}


async def post(bridge: Bridge, *alerts: dict[str, Any], name: str = "qualite", **more: Any) -> int:
    """Post alerts, or another request, to a bridge; return the status of the answer."""
    told = {"json": {"version": "4", "alerts": alerts}} | more
    async with (
        listening(bridge.app([]), listener(HOST, 0)) as port,
        aiohttp.ClientSession() as client,
        client.post(f"http://{HOST}:{port}/{name}", **told) as answer,
    ):
        return answer.status
