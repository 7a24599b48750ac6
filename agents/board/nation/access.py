"""Who sees which offices of a nation and who decides there, by what the configuration says of them."""

from __future__ import annotations

from agents.board.deciding.door import Who
from config.offices import Offices
from config.rights import AccessRight, names_of


class Access:
    """Tell what somebody may do; without rights everybody sees all offices, and who may decide, may in each."""

    def __init__(self, offices: Offices) -> None:
        nation = offices.nation
        self._rights = None if nation is None else nation.rights
        self._names = {site: names_of(site, office.place) for site, office in offices.sites.items()}
        self._all = frozenset(self._names)

    @property
    def limited(self) -> bool:
        """Tell whether rights are given at all."""
        return self._rights is not None

    def seen(self, who: Who | None) -> frozenset[str]:
        """Return the sites that somebody may see: those in which they may decide too are among them."""
        if self._rights is None:
            return self._all
        named = {name for right in self._of(who) for name in (*right.see, *right.decide)}
        return self._called(named)

    def decided(self, who: Who | None) -> frozenset[str]:
        """Return the sites in which somebody who is known may decide."""
        if self._rights is None:
            return self._all
        return self._called({name for right in self._of(who) for name in right.decide})

    def _of(self, who: Who | None) -> list[AccessRight]:
        """Return the rights of somebody: a name that was typed beside a secret gives none."""
        rights = self._rights or ()
        if who is None:
            return []
        if who.session is None:
            return [each for each in rights if who.name in each.who]
        file = rights[who.session.secret].token_file
        return [each for each in rights if each.token_file == file]

    def _called(self, named: set[str]) -> frozenset[str]:
        return frozenset(site for site, names in self._names.items() if not named.isdisjoint(names))
