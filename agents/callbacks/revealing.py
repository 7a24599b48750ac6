"""The numbers behind pseudonyms, found by hashing each number of the exchange's log with the same key."""

from __future__ import annotations

from collections.abc import Collection

from agents.sources.pseudonym import Pseudonymizer, bare


class RevealingPseudonymizer(Pseudonymizer):
    """A pseudonymizer that remembers the numbers of the wanted pseudonyms.

    >>> from streams.number import DialPlan, Numbers
    >>> french = Numbers(DialPlan("33", "0", "00", (9,)))
    >>> wanted = Pseudonymizer(b"a key of the documentation", french).of("+33466496000")
    >>> revealing = RevealingPseudonymizer(b"a key of the documentation", french).wanting([wanted])
    >>> _ = [revealing.of(number) for number in ('"Anne" <04 66 49 60 00>', "0466000000")]
    >>> list(revealing.found.values())
    ['04 66 49 60 00']
    """

    __slots__ = ("_wanted", "found")

    def wanting(self, pseudonyms: Collection[str]) -> RevealingPseudonymizer:
        """Remember the numbers of these pseudonyms in `found`; return itself."""
        self._wanted = frozenset(pseudonyms)
        self.found: dict[str, str] = {}
        return self

    def of(self, number: str) -> str | None:
        """Return the pseudonym of a number; if it is wanted, remember the number as last written."""
        pseudonym = super().of(number)
        if pseudonym in self._wanted:
            self.found[pseudonym] = bare(number)
        return pseudonym
