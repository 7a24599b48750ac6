"""What a nation sets: which offices are counted together, and what they share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from config import quantities as q
from config.office import Location, Signatory
from config.shared import Shared
from streams.said import said


class Member(Location):
    """Name the configuration of one office, or a folder of some; what else is said here wins over what they say."""

    file: q.Text  # beside the nation's own file, unless its path is whole


def _members(value: object) -> tuple[object, ...]:
    """Return a mapping for each member, where it may be a mere path, or the only one."""
    listed = value if isinstance(value, list) else [value]
    return tuple({"file": each} if isinstance(each, str) else each for each in listed)


class Nation(Shared):
    """Hold what is said of all offices at once; their lines, hours and names stand in files of their own."""

    office: Signatory = Signatory()  # who signs what is told of all of them
    sites: Annotated[
        tuple[Member, ...],
        BeforeValidator(_members),
        q.at_least_one(said("the configurations of some offices: a folder, or a list of files")),
    ]
