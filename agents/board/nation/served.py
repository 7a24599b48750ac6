"""The nation that a board serves, by its present configuration: offices, rights and authentication."""

from __future__ import annotations

import time

from aiohttp import web

from agents.board.deciding.door import Door, Who
from agents.board.nation.access import Access
from config.nation import Nation
from config.offices import Offices


class ServedNation:
    def __init__(self, offices: Offices) -> None:
        self.offices, self.nation, self.access = offices, nation_of(offices), Access(offices)
        self.door = Door(self.nation.board.decide, self.nation.rights)

    def renew(self, offices: Offices) -> None:
        """Serve these offices from now on; sessions survive unless rights change.

        If the file of a secret has none, raises `ConfigError` and keeps the previous offices.
        """
        nation, before, door = nation_of(offices), self.nation, self.door
        if (before.rights, before.board) != (nation.rights, nation.board):
            door = Door(nation.board.decide, nation.rights)
        self.offices, self.nation, self.access, self.door = offices, nation, Access(offices), door

    def who(self, request: web.Request) -> Who | None:
        """Return the sender of a request; None if unknown."""
        return self.door.known(request, time.time())

    def seen(self, request: web.Request) -> frozenset[str]:
        """Return the sites that the sender of a request may see."""
        return self.access.seen(self.who(request))


def nation_of(offices: Offices) -> Nation:
    """Return the nation of several offices."""
    assert offices.nation is not None
    return offices.nation
