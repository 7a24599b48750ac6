"""Settings shared by offices that are counted together: broker, clock, checkpoints, retention, board, rights."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from config import quantities as q
from config.notify import Notify
from config.office import Board
from config.part import Part, mistake
from config.rights import AccessRight
from config.security import Security
from streams.said import said


class Kafka(Part):
    """The broker, and the layout of topics."""

    bootstrap: q.Servers = "127.0.0.1:9092"
    prefix: q.TopicPrefix = "tocsin."
    partitions: Annotated[int, Field(ge=1, le=1024)] = 8
    epoch: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # raised after the input topics were recreated
    security: Security = Security()


class Checkpoint(Part):
    """How often the state is saved: after a time or a number of events, whichever comes first."""

    every: q.PositiveDuration = 5.0  # seconds
    events: Annotated[int, Field(ge=1)] = 1_000_000


class Retention(Part):
    """How many seconds to keep the events of calls, and everything that identifies a caller."""

    calls: q.PositiveDuration = 30 * 86400.0
    pseudonyms: q.PositiveDuration = 90 * 86400.0  # in events, dead letters and the lines' states

    @field_validator("pseudonyms")
    @classmethod
    def _not_before_the_calls(cls, value: float, info: ValidationInfo) -> float:
        calls = info.data.get("calls", 0.0)
        if value < calls:
            raise ValueError(
                said(
                    "at least retention.calls, {seconds}s: the events of calls name their callers",
                    seconds=round(calls),
                )
            )
        return value


class Shared(Part):
    """The settings of every office that the same workers count."""

    timezone: q.ZoneName = "Europe/Paris"
    kafka: Kafka = Kafka()
    clock: q.ClockChoice = "wall"
    checkpoint: Checkpoint = Checkpoint()
    retention: Retention = Retention()
    board: Board = Board()
    notify: Notify | None = None
    rights: tuple[AccessRight, ...] | None = None  # by default, everyone sees all offices

    @field_validator("rights")
    @classmethod
    def _of_those_who_are_known(
        cls, rights: tuple[AccessRight, ...] | None, info: ValidationInfo
    ) -> tuple[AccessRight, ...] | None:
        board = info.data.get("board", Board())
        if rights is None:
            if board.oidc is not None:
                raise ValueError(said("the rights of somebody: the provider of board.oidc may know many other people"))
            return None
        if not rights:
            raise ValueError(said("the rights of somebody; leave the key out to show all offices to all"))
        if board.decide.token_file is not None:
            words = said("no rights beside board.decide.token_file: name its file as the token_file of one of them")
            raise ValueError(words)
        for number, each in enumerate(rights):
            if each.who and board.decide.header is None and board.oidc is None:
                words = said("no names, as neither board.decide.header nor board.oidc gives names")
                raise mistake((str(number), "who"), ", ".join(each.who), words)
        return rights
