"""A nation's settings: the offices that are counted together, and their shared settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from config import quantities as q
from config.office import Location, Signatory
from config.shared import Shared
from streams.said import said


class Member(Location):
    """The configuration file of one office, or a folder of such files; settings here replace the files' settings."""

    file: q.Text  # relative to the nation's own file, unless absolute


def _members(value: object) -> tuple[object, ...]:
    """Return a mapping for each member; a bare path, or a single member, is allowed."""
    listed = value if isinstance(value, list) else [value]
    return tuple({"file": each} if isinstance(each, str) else each for each in listed)


class Nation(Shared):
    """The settings for all offices; their lines, hours and names are in their own files."""

    office: Signatory = Signatory()  # who signs the common pages
    sites: Annotated[
        tuple[Member, ...],
        BeforeValidator(_members),
        q.at_least_one(said("the configurations of some offices: a folder, or a list of files")),
    ]
