"""Rights to see offices, and to decide there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Final, Self

from pydantic import model_validator

from config import quantities as q
from config.office import Location
from config.part import Part, mistake
from streams.said import said

ALL: Final = "*"
LEAST_TOKEN: Final = 16  # characters of a token, beyond any guessing if they are random


class AccessRight(Part):
    """The rights of the persons that the proxy or the provider names, or of everyone who knows the secret in a file.

    Offices are named by their site, `region:NAME`, `department:NAME` or `*`. The right to decide in an office includes
    the right to see it.
    """

    who: tuple[q.Text, ...] = ()
    token_file: q.SecretFile | None = None
    see: tuple[q.Text, ...] = ()
    decide: tuple[q.Text, ...] = ()

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if not self.who and self.token_file is None:
            raise mistake(("who",), None, said("names, or a token_file in place of them"))
        if not self.see and not self.decide:
            raise mistake(("see",), None, said("offices to see, or to decide in"))
        return self


class ApiReader(Part):
    """A program that may read the API: its name in the log, its token, and the offices that it may see."""

    name: q.Text
    token: str
    see: Annotated[tuple[q.Text, ...], q.at_least_one(said("offices to see"))] = (ALL,)

    @model_validator(mode="after")
    def _beyond_guessing(self) -> Self:
        if len(self.token) < LEAST_TOKEN or not self.token.isascii() or not self.token.isprintable():
            raise mistake(("token",), "", said("{count} printable ASCII characters or more", count=LEAST_TOKEN))
        return self


class ApiReaders(Part):
    """The contents of `board.api.tokens_file`."""

    readers: Annotated[tuple[ApiReader, ...], q.at_least_one(said("a reader or more"))]


def names_of(site: str, place: Location) -> frozenset[str]:
    """Return every name by which a right may refer to an office.

    >>> sorted(names_of("lozere", Location(region="Occitanie")))
    ['*', 'lozere', 'region:Occitanie']
    """
    units = {"region": place.region, "department": place.department}
    return frozenset({ALL, site, *(f"{kind}:{name}" for kind, name in units.items() if name is not None)})


def unknown(rights: Iterable[AccessRight], known: Collection[str]) -> list[tuple[str, str]]:
    """Return the unknown names in rights, as pairs of the key below `rights` and the name."""
    return [
        (f"{number}.{key}.{at}", name)
        for number, right in enumerate(rights)
        for key, named in (("see", right.see), ("decide", right.decide))
        for at, name in enumerate(named)
        if name not in known
    ]
