"""A connection to the manager interface of a running Asterisk. It begins by asking for the waiting callers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import structlog

from agents.ingest.live import Received, unheard
from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_client import AmiClient
from agents.sources.asterisk.ami_file import ami_message
from agents.sources.asterisk.ami_messages import GREETING, AmiMessage
from agents.sources.asterisk.ami_rights import AmiRights
from agents.sources.asterisk.queue_log_rows import MalformedLine
from agents.sources.entry import Entry, Refused
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid

log = structlog.get_logger()

STATUS_SECONDS: Final = 10.0  # for the exchange to list the waiting callers


class AmiSession:
    """One connection to a manager interface; its records are sent under `source`."""

    def __init__(self, client: AmiClient, ami: Ami, pseudonym: Pseudonymizer, source: str, zone: str) -> None:
        self.heard = time.time()
        self._client = client
        self._ami = ami
        self._pseudonym = pseudonym
        self._source = source
        self._zone = zone
        self._rights = AmiRights()

    def close(self) -> None:
        self._client.close()

    def resume(self, before: float | None) -> Iterator[Received]:
        """Ask for the waiting callers, end the calls that no longer wait, and report the time that was not recorded."""
        yield self._take(AmiMessage(1, GREETING, {}, b""))
        waited, cut = self._ami.calls.waiting(), self._ami.cut
        self._client.ask("Ping")  # the answer has the exchange's clock
        self._client.ask("QueueStatus")
        complete, end = False, time.monotonic() + STATUS_SECONDS
        for message in self._client.messages():
            yield self._take(message)
            complete = isinstance(message, AmiMessage) and message.event == "QueueStatusComplete"
            if complete or time.monotonic() > end:
                break
        if not complete:
            log.warning("the exchange does not list the waiting callers; is app_queue loaded?")
        if before is not None:
            left = f"{self._ami.cut - cut} of {waited}" if complete else f"perhaps some of {waited}"
            yield [self._gap(f"{unheard(before, self.heard, self._zone)}; {left} callers waiting then are gone")]

    def listen(self) -> Iterator[Received]:
        for message in self._client.messages():
            yield self._take(message)

    def _take(self, message: AmiMessage | MalformedLine | None) -> Received:
        if message is None:
            return None
        now = time.time()
        entries = list(ami_message(message, self._ami, self._pseudonym, now))
        self.heard = self._ami.state.clock or now
        missing = self._rights.take(message, now) if isinstance(message, AmiMessage) else None
        if missing is not None:
            log.warning(missing)
        return entries

    def _gap(self, known: str) -> Entry:
        detail = (
            f"{known}: their outcome is unknown, and calls of that time are missing; add them from that day's whole "
            f"queue_log: tocsin ingest queue-log FILE --source {self._source} (no event is counted twice)"
        )
        log.warning(detail)
        return Refused(1, b"", Invalid("gap", detail))
