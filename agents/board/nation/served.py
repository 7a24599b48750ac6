"""The nation that a board serves, by its present configuration: offices, rights and authentication."""

from __future__ import annotations

import time

from aiohttp import hdrs, web

from agents.board.api.answers import of_api
from agents.board.api.tokens import tokens_of
from agents.board.deciding.door import Door, Who
from agents.board.nation.access import Access
from config.nation import Nation
from config.offices import Offices


class ServedNation:
    def __init__(self, offices: Offices) -> None:
        self.offices, self.nation, self.access = offices, nation_of(offices), Access(offices)
        self.door = Door(self.nation.board.decide, self.nation.rights)
        self.tokens = tokens_of(self.nation.board, self.access.called)

    def renew(self, offices: Offices) -> None:
        """Serve these offices from now on; sessions survive unless rights change.

        If the file of a secret has none, raises `ConfigError` and keeps the previous offices.
        """
        nation, before, door = nation_of(offices), self.nation, self.door
        if (before.rights, before.board) != (nation.rights, nation.board):
            door = Door(nation.board.decide, nation.rights)
        access = Access(offices)
        tokens = tokens_of(nation.board, access.called)
        self.offices, self.nation, self.access, self.door, self.tokens = offices, nation, access, door, tokens

    def who(self, request: web.Request) -> Who | None:
        """Return the sender of a request; None if unknown."""
        return self.door.known(request, time.time())

    def admitted(self, request: web.Request) -> frozenset[str] | None:
        """Return the sites that the sender of a request may see; None for an unknown sender, if that matters.

        With a file of tokens, the API needs one of them.
        """
        if self.tokens is not None and of_api(request):
            return self.tokens.seen(request.headers.get(hdrs.AUTHORIZATION, ""))
        who = self.who(request)
        return None if self.access.limited and who is None else self.access.seen(who)

    def seen(self, request: web.Request) -> frozenset[str]:
        """Return the sites that the sender of a request may see."""
        return self.admitted(request) or frozenset()


def nation_of(offices: Offices) -> Nation:
    """Return the nation of several offices."""
    assert offices.nation is not None
    return offices.nation
