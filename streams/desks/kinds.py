"""The kinds of desks: lines, counter services and request channels."""

from __future__ import annotations

from typing import TypeAlias

from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.watch.incident import DeskKind

Desk: TypeAlias = Line | Service | Channel


def kind_of(desk: Desk) -> DeskKind:
    return "line" if isinstance(desk, Line) else "service" if isinstance(desk, Service) else "channel"
