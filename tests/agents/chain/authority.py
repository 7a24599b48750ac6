"""A time-stamping authority by openssl, and an HTTP server in front of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

needs_openssl: Final = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
_CONFIG: Final = """\
[tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority whose files lie in a folder; `answer` replaces its stamps, and `asked` counts requests."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.root = folder, folder / "ca.pem"
        self.answer: bytes | None = None
        self.asked = 0
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"]
        openssl(*made, "-subj", "/CN=root", "-keyout", folder / "ca.key", "-out", self.root)
        by = ["-CA", f"{self.root}", "-CAkey", f"{folder}/ca.key", "-addext", "extendedKeyUsage=critical,timeStamping"]
        own = ["-subj", "/CN=tsa", "-addext", "basicConstraints=critical,CA:FALSE"]
        openssl(*made, *own, *by, "-keyout", folder / "tsa.key", "-out", folder / "tsa.pem")

    def reply(self, query: bytes) -> bytes:
        """Return the stamp of a query, or `answer`."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        (self.folder / "query").write_bytes(query)
        config = ["-config", f"{self.folder}/tsa.cnf", "-section", "tsa"]
        openssl("ts", "-reply", *config, "-queryfile", self.folder / "query", "-out", self.folder / "reply")
        return (self.folder / "reply").read_bytes()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the authority; yield its address."""
        reply = self.reply

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = reply(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200 if content else 503)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/tsr"
            finally:
                server.shutdown()
                thread.join()


def openssl(*arguments: str | Path) -> str:
    """Run openssl, and return its output."""
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout
