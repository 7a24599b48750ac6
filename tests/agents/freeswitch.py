"""A fake FreeSWITCH: its events as bytes in every format, and its answers to a login."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

T: Final = 1_795_600_000  # a morning in November 2026
CORE: Final = "0c0c0c0c-0000-4000-8000-000000000001"
CALLER: Final = "0261995001"


def headers(action: str, at: float, session: str = "s1", **more: str) -> dict[str, str]:
    """Return the headers of an event before encoding; a `session` of `None` leaves out the session."""
    found = {
        "Event-Subclass": "callcenter::info",
        "Event-Name": "CUSTOM",
        "Core-UUID": CORE,
        "Event-Date-Timestamp": str(round((T + at) * 1e6)),
        "Caller-Caller-ID-Name": "Zoé Ö: 0261995001",
        "CC-Action": action,
    }
    if action != "agent-state-change":
        found |= {
            "CC-Queue": "accueil@default",
            "CC-Member-UUID": f"m-{session}",
            "CC-Member-Session-UUID": session,
            "CC-Member-CID-Number": CALLER,
        }
    return found | {name.replace("_", "-"): text for name, text in more.items()}


def plain(told: dict[str, str]) -> bytes:
    """Encode an event as `event plain` does."""
    body = "".join(f"{name}: {quote(text, safe='-_.~@ ')}\n" for name, text in told.items()) + "\n"
    return framed("plain", body.encode())


def as_json(told: dict[str, str]) -> bytes:
    """Encode an event as `event json` does."""
    return framed("json", json.dumps(told, ensure_ascii=False).encode())


def xml(told: dict[str, str]) -> bytes:
    """Encode an event as `event xml` does."""
    lines = "".join(f"    <{name}>{quote(text)}</{name}>\n" for name, text in told.items())
    return framed("xml", f"<event>\n  <headers>\n{lines}  </headers>\n</event>\n".encode())


def framed(kind: str, body: bytes) -> bytes:
    """Put the frame's headers before a body; the length is in bytes."""
    return f"Content-Length: {len(body)}\nContent-Type: text/event-{kind}\n\n".encode() + body


def told(action: str, at: float, session: str = "s1", **more: str) -> bytes:
    """Return an event in its most common format, plain."""
    return plain(headers(action, at, session, **more))


def answered(at: float, session: str = "s1", agent: str = "201@default") -> bytes:
    """Return a whole call that an agent answers 5 s after it entered and that lasts a minute."""
    about = {"CC_Agent": agent}
    return b"".join(
        [
            told("member-queue-start", at, session),
            told("agent-offering", at + 2, session, **about),
            told("bridge-agent-start", at + 5, session, **about),
            told("agent-state-change", at + 5, CC_Agent=agent, CC_Agent_State="In a queue call"),
            told("bridge-agent-end", at + 65, session, CC_Agent_Bridged="true", **about),
            told("member-queue-end", at + 65, session, CC_Cause="Terminated", **about),
        ]
    )


def left(at: float, why: str = "BREAK_OUT", session: str = "s1", **more: str) -> bytes:
    """Return the end of an unanswered visit."""
    return told("member-queue-end", at, session, CC_Cause="Cancel", CC_Cancel_Reason=why, **more)


GREETING: Final = b"Content-Type: auth/request\n\n"
ACCEPTED: Final = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
REFUSED: Final = (
    b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
    b"Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
    b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
)
SUBSCRIBED: Final = b"Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n"
GONE: Final = b"Content-Type: api/response\nContent-Length: 5\n\nfalse"
THERE: Final = b"Content-Type: api/response\nContent-Length: 4\n\ntrue"


LOGIN: Final = (GREETING, "auth", ACCEPTED, "event plain", SUBSCRIBED)
