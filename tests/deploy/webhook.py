"""The receiver of Alertmanager's messages."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from tests.deploy.servers import HOST


class Posted(NamedTuple):
    at: float  # monotonic s
    path: str
    alerts: list[dict[str, Any]]


class Webhook(ThreadingHTTPServer):
    """A server that keeps messages in the order of arrival."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Post)
        self.posts: list[Posted] = []

    @property
    def address(self) -> str:
        return f"{HOST}:{self.server_address[1]}"


class _Post(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        at, body = time.monotonic(), self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append(Posted(at, self.path, json.loads(body)["alerts"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
