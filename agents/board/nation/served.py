"""What all pages of a nation are made of, as its configuration stands: made anew once that has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from aiohttp import web

from agents.board.deciding.door import Door, Who
from agents.board.nation.access import Access
from agents.board.nation.pages import NationPages
from config.nation import Nation
from config.offices import Offices


class Hall(NamedTuple):
    """Hold the offices, who may do what, the door that lets them in, and what writes the pages."""

    offices: Offices
    nation: Nation
    access: Access
    door: Door
    pages: NationPages

    def who(self, request: web.Request) -> Who | None:
        """Return who sends a request; None for who is not known."""
        return self.door.known(request, time.time())

    def seen(self, request: web.Request) -> frozenset[str]:
        """Return the sites that who sends a request may see."""
        return self.access.seen(self.who(request))


Standing: TypeAlias = Callable[[], Hall]  # gives the hall as it stands


def hall_of(offices: Offices, before: Hall | None = None) -> Hall:
    """Return the hall of a nation; while nobody's rights change, who is signed in stays so.

    Raises `ConfigError` where the file of a secret holds none.
    """
    nation = offices.nation
    assert nation is not None  # a lone office has no hall
    same = before is not None and (before.nation.rights, before.nation.board) == (nation.rights, nation.board)
    door = before.door if before is not None and same else Door(nation.board.decide, nation.rights)
    return Hall(offices, nation, Access(offices), door, NationPages(nation))
