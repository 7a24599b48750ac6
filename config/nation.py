"""A nation's settings: the offices that are counted together, and their shared settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator

from config import quantities as q
from config.office import Board, Location, Signatory
from config.part import mistake
from config.rights import AccessRight
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
    rights: tuple[AccessRight, ...] | None = None  # by default, everyone sees all offices

    @field_validator("rights")
    @classmethod
    def _of_those_who_are_known(
        cls, rights: tuple[AccessRight, ...] | None, info: ValidationInfo
    ) -> tuple[AccessRight, ...] | None:
        if rights is None:
            return None
        if not rights:
            raise ValueError(said("the rights of somebody; leave the key out to show all offices to all"))
        board = info.data.get("board", Board())
        if board.decide.token_file is not None:
            words = said("no rights beside board.decide.token_file: name its file as the token_file of one of them")
            raise ValueError(words)
        for number, each in enumerate(rights):
            if each.who and board.decide.header is None:
                words = said("no names, as board.decide.header does not say which header of the proxy has them")
                raise mistake((str(number), "who"), ", ".join(each.who), words)
        return rights
