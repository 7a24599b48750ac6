"""An alert in a webhook of Alertmanager, and the words in which it is passed on."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from agents.translation import Words

MOST: Final = 5_000  # characters of a text; a Matrix event may have 64 KiB


class Alert(Struct, frozen=True, rename="camel"):
    """One alert; a later one of the same labels has the same fingerprint, and another start."""

    status: Literal["firing", "resolved"]
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{1,64}$")]
    starts_at: Annotated[str, Meta(max_length=64)]
    annotations: dict[str, str] = {}

    @property
    def once(self) -> str:
        """Return the id of its message: a request that is sent twice with the same id makes one message."""
        return sha256(f"{self.fingerprint} {self.starts_at}".encode()).hexdigest()[:32]

    def words(self, text: Words) -> Mapping[str, str]:
        """Return its words by the names that a gateway's body may have in braces."""
        given = {name: self.annotations.get(name, "").strip()[:MOST] for name in ("summary", "description", "board")}
        state = text("Over") if self.status == "resolved" else ""
        first = f"{state}{text.colon}{given['summary']}" if state else given["summary"]
        return {
            "text": "\n".join(filter(None, (first, given["description"], given["board"]))),
            "summary": first,
            "description": given["description"],
            "link": given["board"],
            "state": state,
        }


class Webhook(Struct, frozen=True):
    """The alerts of one group."""

    alerts: list[Alert]


decode_webhook: Final = msgspec.json.Decoder(Webhook).decode
