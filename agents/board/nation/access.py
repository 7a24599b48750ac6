"""Which offices a person may see and decide in, by the configuration."""

from __future__ import annotations

from agents.board.deciding.door import Who
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
