"""A real homeserver: Synapse, in an environment of its own that is made once and kept outside the project."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
import yaml

from agents.kafka.child import child
from agents.ports import free_port
from tests.waiting import PATIENCE, until

SYNAPSE: Final = "matrix-synapse==1.163.2"
HOST: Final = "127.0.0.1"
NAME: Final = "tchap.example"


def python() -> Path:
    """Return the Python of the environment with Synapse; make it if it is missing, or skip the test."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tocsin" / SYNAPSE.replace("==", "-")
    cache.mkdir(parents=True, exist_ok=True)
    found, made = cache / "bin" / "python", cache / "made"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other processes of the tests want it too
        if not made.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", cache], check=True)
            pip = [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", SYNAPSE]
            done = subprocess.run(pip, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                pytest.skip(f"{SYNAPSE} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
            made.touch()
    return found


@dataclass
class Account:
    """A person or a program at a homeserver."""

    address: str
    id: str
    token: str

    def asks(self, method: str, page: str, **content: Any) -> Any:
        """Return the answer of the Client-Server API; raise `HTTPError`."""
        return asked(method, f"{self.address}/_matrix/client/v3/{page}", content, self.token)

    def room(self, *invited: Account, **more: Any) -> str:
        """Make a room, and return its id."""
        invite = [each.id for each in invited]
        return str(self.asks("POST", "createRoom", preset="private_chat", invite=invite, **more)["room_id"])

    def shown(self, room: str) -> list[str]:
        """Return a room's messages, the oldest first, each with the last edit that the server relates to it."""
        found = self.asks("GET", f"rooms/{quote(room)}/messages?dir=b&limit=100")["chunk"]
        texts = []
        for each in reversed(found):
            if each["type"] == "m.room.message" and "m.relates_to" not in each["content"]:
                edit = each.get("unsigned", {}).get("m.relations", {}).get("m.replace", {})
                texts.append(edit.get("content", {}).get("m.new_content", each["content"])["body"])
        return texts

    def members(self, room: str) -> set[str]:
        return set(self.asks("GET", f"rooms/{quote(room)}/joined_members")["joined"])


def asked(method: str, address: str, content: Any, token: str = "") -> Any:
    body = None if method == "GET" else json.dumps(content).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urlopen(Request(address, body, headers, method=method), timeout=PATIENCE) as answer:
        return json.loads(answer.read())


class Homeserver:
    """A running Synapse whose accounts may each send two messages at once, and then ten a second."""

    def __init__(self, address: str) -> None:
        self.address = address

    def account(self, name: str) -> Account:
        found = asked(
            "POST",
            f"{self.address}/_matrix/client/v3/register",
            {"username": name, "password": "a password", "auth": {"type": "m.login.dummy"}},
        )
        return Account(self.address, found["user_id"], found["access_token"])

    def ready(self) -> bool:
        try:
            return bool(asked("GET", f"{self.address}/_matrix/client/versions", None))
        except (HTTPError, URLError, ConnectionError):
            return False


@contextmanager
def homeserver() -> Iterator[Homeserver]:
    """Run a homeserver without federation while the block runs."""
    program, port = python(), free_port(HOST)
    listens = {"port": port, "bind_addresses": [HOST], "type": "http", "resources": [{"names": ["client"]}]}
    often = {"per_second": 1_000, "burst_count": 1_000}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        settings = {
            "server_name": NAME,
            "listeners": [listens],
            "database": {"name": "sqlite3", "args": {"database": f"{folder}/db"}},
            "media_store_path": f"{folder}/media",
            "signing_key_path": f"{folder}/signing.key",
            "macaroon_secret_key": "m",
            "form_secret": "f",
            "report_stats": False,
            "trusted_key_servers": [],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "bcrypt_rounds": 4,
            "rc_registration": often,
            "rc_joins": {"local": often},
            "rc_message": {"per_second": 10, "burst_count": 2},
        }
        (Path(folder) / "homeserver.yaml").write_text(yaml.safe_dump(settings))
        command = [str(program), "-m", "synapse.app.homeserver", "--config-path", f"{folder}/homeserver.yaml"]
        subprocess.run([*command, "--generate-keys"], check=True, capture_output=True)
        with child(command, env=os.environ, said=said, folder=folder) as process:
            server = Homeserver(f"http://{HOST}:{port}")

            def says() -> str:
                said.seek(0)
                return str(said.read().decode(errors="replace"))

            def ready() -> bool:
                assert process.poll() is None, says()
                return server.ready()

            until(ready, says)
            yield server
