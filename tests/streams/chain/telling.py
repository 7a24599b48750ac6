"""Logs written by Tocsin and by others, for the tests of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from streams.chain.entry import Erased, Opened, Published, encode_entry
from streams.chain.links import Chain, Logged, earlier_hash
from streams.events import Review

CONTENT = 64 * "c"


class Writer:
    """A log written as Tocsin's commands write it, in one partition by default."""

    def __init__(self, *earlier: bytes) -> None:
        self.log: list[Logged] = []
        for value in earlier:
            self.put(value)
        opened = Opened(site="lozere", at=1.0, ends={"0": len(earlier)}, earlier=earlier_hash(self.log))
        self.put(encode_entry(opened), b"lozere")

    def put(self, value: bytes, key: bytes = b"lozere/standard", partition: int = 0) -> None:
        """Append a record to a partition, whoever wrote it."""
        offset = sum(each.partition == partition for each in self.log)
        self.log.append(Logged(partition, offset, key, value, "reviews", 5))

    def chain(self) -> Chain:
        return Chain("lozere", self.log)

    def enter(self, entry: Review | Published | Erased, after: Iterable[str] | None = None, partition: int = 0) -> None:
        heads = self.chain().heads() if after is None else tuple(after)
        key = b"lozere/standard" if isinstance(entry, Review) else b"lozere"
        self.put(encode_entry(msgspec.structs.replace(entry, after=heads)), key, partition)

    def kinds(self) -> list[str]:
        return [each.kind for each in self.chain().breaches]


def decision(by: str = "m", **more: Any) -> Review:
    given: dict[str, Any] = {"decision": "confirm", "incident": "standard-20130304T073000Z-rise", "at": 2.0, **more}
    return Review(by=by, **given)


def published(
    content: str = CONTENT, year: int = 2013, earlier: Mapping[str, str] | None = None, period: str = ""
) -> Published:
    return Published(
        site="lozere",
        year=year,
        period=period,
        at=3.0,
        content=content,
        digest=64 * "d",
        after=(),
        earlier=dict(earlier or {}),
    )
