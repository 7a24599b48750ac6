"""The offices that a board serves, by their present configuration: rights, authentication and tokens."""

from __future__ import annotations

import time
from pathlib import Path

from aiohttp import hdrs, web

from agents.board.api.answers import of_api
from agents.board.api.tokens import tokens_of
from agents.board.deciding.door import Door, Who
from config.document import Stamp, stamp
from config.nation import Nation
from config.offices import Offices
from config.rights import AccessRight, names_of


class Access:
    """Rights of persons. If there are none, everybody sees all offices, and permission to decide covers them all."""

    def __init__(self, offices: Offices) -> None:
        self._rights = offices.shared.rights
        self._names = {site: names_of(site, office.place) for site, office in offices.sites.items()}
        self._all = frozenset(self._names)

    @property
    def limited(self) -> bool:
        """Whether rights are configured at all."""
        return self._rights is not None

    def seen(self, who: Who | None) -> frozenset[str]:
        """Return the sites that a person may see, including those where that person may decide."""
        if self._rights is None:
            return self._all
        named = {name for right in self._of(who) for name in (*right.see, *right.decide)}
        return self.called(named)

    def decided(self, who: Who | None) -> frozenset[str]:
        """Return the sites where a known person may decide."""
        if self._rights is None:
            return self._all
        return self.called({name for right in self._of(who) for name in right.decide})

    def _of(self, who: Who | None) -> list[AccessRight]:
        """Return a person's rights; a name typed beside a shared secret has no rights."""
        rights = self._rights or ()
        if who is None:
            return []
        if who.session is None:
            return [each for each in rights if who.name in each.who]
        if (person := who.session.person) is not None:
            return [each for each in rights if not person.values.isdisjoint(each.who)]
        return [each for each in rights if each.token_file is not None and each.token_file == who.session.secret]

    def called(self, named: set[str]) -> frozenset[str]:
        """Return the sites that any of these names of rights refers to."""
        return frozenset(site for site, names in self._names.items() if not named.isdisjoint(names))


class ServedOffices:
    def __init__(self, offices: Offices) -> None:
        self.offices, self.access = offices, Access(offices)
        self.door, self._secrets = Door(offices.shared.board, offices.shared.rights), _secrets(offices)
        self.tokens = tokens_of(offices.shared.board, self.access.called)

    @property
    def nation(self) -> Nation:
        """The settings of the nation that these offices form."""
        return nation_of(self.offices)

    def renew(self, offices: Offices) -> None:
        """Serve these offices from now on; sessions survive unless a secret or the settings of `board` change.

        If the file of a secret has none, raises `ConfigError` and keeps the previous offices.
        """
        door, secrets, tokens = self.door, _secrets(offices), self.tokens
        if (self.offices.shared.board, self._secrets) != (offices.shared.board, secrets):
            door = Door(offices.shared.board, offices.shared.rights)
        tokens = tokens_of(offices.shared.board, Access(offices).called)
        self.rule(offices)
        self.door, self._secrets, self.tokens = door, secrets, tokens

    def rule(self, offices: Offices) -> None:
        """Apply the rights of these offices from now on."""
        self.offices, self.access = offices, Access(offices)

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


def _secrets(offices: Offices) -> dict[Path, Stamp]:
    """Return the files of the rights' secrets, with their stamps."""
    files = (each.token_file for each in offices.shared.rights or ())
    return {file: stamp(file) for file in files if file is not None}


def nation_of(offices: Offices) -> Nation:
    assert offices.nation is not None
    return offices.nation
