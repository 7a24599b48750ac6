"""A connection to the mod_callcenter of a running FreeSWITCH. It begins by asking which callers still wait."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

import structlog

from agents.ingest.live import Received, unheard
from agents.sources.entry import Entry, Refused
from agents.sources.freeswitch.callcenter import CallCenter
from agents.sources.freeswitch.callcenter_frames import entry
from agents.sources.freeswitch.callcenter_visits import QueueVisit
from agents.sources.freeswitch.event_socket import Frame
from agents.sources.freeswitch.event_socket_client import EventSocketClient
from streams.decoding import Invalid

log = structlog.get_logger()


class CallCenterSession:
    def __init__(self, client: EventSocketClient, center: CallCenter, zone: str) -> None:
        self.heard = time.time()
        self._client = client
        self._center = center
        self._zone = zone
        self._asked: deque[tuple[str, str, QueueVisit]] = deque()

    def close(self) -> None:
        self._client.close()

    def resume(self, before: float | None) -> Iterator[Received]:
        """Report the time that was not recorded, and ask which of the callers who waited before are still there."""
        if before is None:
            return
        waiting = self._center.visits.waiting()
        gap = unheard(before, self.heard, self._zone)
        detail = f"{gap}; {len(waiting)} callers were waiting then; send the records of that time from a file"
        log.warning(detail)
        yield [Refused(1, b"", Invalid("gap", detail))]
        for line, call, visit in waiting:
            self._asked.append((line, call, visit))
            self._client.ask(f"api uuid_exists {call.partition('#')[0]}")

    def listen(self) -> Iterator[Received]:
        for read in self._client.frames():
            if read is None:
                yield None
                continue
            self.heard = time.time()
            if isinstance(read, Frame) and read.kind == "api/response":
                yield list(self._answered(read))
            else:
                yield list(entry(read, self._center))

    def _answered(self, frame: Frame) -> Iterator[Entry]:
        if self._asked:
            line, call, visit = self._asked.popleft()
            if frame.body.strip() == b"false":
                yield from self._center.gone(line, call, visit, round(time.time(), 3))
