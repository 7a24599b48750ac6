"""The nation that a board serves, as its configuration is now: its offices, and who may see them and decide there."""

from __future__ import annotations

import time

from aiohttp import web

from agents.board.deciding.door import Door, Who
from agents.board.nation.access import Access
from config.nation import Nation
from config.offices import Offices


class ServedNation:
    """Hold the offices, who may do what, and the door that lets them in."""

    def __init__(self, offices: Offices) -> None:
        self.offices, self.nation, self.access = offices, nation_of(offices), Access(offices)
        self.door = Door(self.nation.board.decide, self.nation.rights)

    def renew(self, offices: Offices) -> None:
        """Serve these offices from now on; while nobody's rights change, who is signed in stays so.

        Raises `ConfigError` where the file of a secret holds none, and serves those of before.
        """
        nation, before, door = nation_of(offices), self.nation, self.door
        if (before.rights, before.board) != (nation.rights, nation.board):
            door = Door(nation.board.decide, nation.rights)
        self.offices, self.nation, self.access, self.door = offices, nation, Access(offices), door

    def who(self, request: web.Request) -> Who | None:
        """Return who sends a request; None for who is not known."""
        return self.door.known(request, time.time())

    def seen(self, request: web.Request) -> frozenset[str]:
        """Return the sites that who sends a request may see."""
        return self.access.seen(self.who(request))


def nation_of(offices: Offices) -> Nation:
    """Return the nation of offices that are not one alone."""
    assert offices.nation is not None
    return offices.nation
