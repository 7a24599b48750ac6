"""A time-stamping authority by openssl, and an HTTP server in front of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final, Literal

import pytest

needs_openssl: Final = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
_CERTIFICATES_WANTED: Final = b"\1\1\xff"  # certReq, the last field of a query, is true
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
    """An authority whose files lie in a folder, with an issuer between it and its root.

    `sends` are the certificates in its stamps, `answer` replaces its stamps, and `asked` counts requests.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.root, self.issuer = folder, folder / "ca.pem", folder / "issuer.pem"
        self.sends: Literal["chain", "own", "none"] = "chain"
        self.answer: bytes | None = None
        self.asked = 0
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"]
        openssl(*made, "-subj", "/CN=root", "-keyout", folder / "ca.key", "-out", self.root)
        by = ["-CA", f"{self.root}", "-CAkey", f"{folder}/ca.key", "-addext", "basicConstraints=critical,CA:TRUE"]
        openssl(*made, "-subj", "/CN=issuer", *by, "-keyout", folder / "issuer.key", "-out", self.issuer)
        by = ["-CA", f"{self.issuer}", "-CAkey", f"{folder}/issuer.key"]
        own = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=critical,timeStamping"]
        openssl(*made, "-subj", "/CN=tsa", *own, *by, "-keyout", folder / "tsa.key", "-out", folder / "tsa.pem")
        (folder / "chain.pem").write_bytes(self.issuer.read_bytes() + self.root.read_bytes())

    def reply(self, query: bytes) -> bytes:
        """Return the stamp of a query, or `answer`."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        assert query.endswith(_CERTIFICATES_WANTED)
        if self.sends == "none":
            query = query.removesuffix(_CERTIFICATES_WANTED) + b"\1\1\0"
        (self.folder / "query").write_bytes(query)
        config = ["-config", f"{self.folder}/tsa.cnf", "-section", "tsa"]
        config += ["-chain", f"{self.folder}/chain.pem"] if self.sends == "chain" else []
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
