"""An environment for each peer, made once in ~/.cache from the versions that its file pins."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PEERS: Final = ("bytewax", "quix", "faust")
PACKAGES: Final = {"bytewax": "bytewax", "quix": "quixstreams", "faust": "faust-streaming"}


class NotMade(Exception):
    """The reason why a peer's environment is not available here."""


def pinned(peer: str) -> str:
    """Return the version of a peer that its file pins."""
    lines = (FOLDER / f"{peer}.txt").read_text(encoding="utf-8").split()
    return next(line.partition("==")[2] for line in lines if line.startswith(f"{PACKAGES[peer]}=="))


def folder_of(peer: str) -> Path:
    """Return the folder of a peer's environment, which depends on its versions and on the version of Python."""
    versions = (FOLDER / f"{peer}.txt").read_bytes() + sys.version.encode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "tocsin" / "bench" / f"{peer}-{hashlib.sha256(versions).hexdigest()[:12]}"


def python_of(peer: str) -> Path | None:
    """Return a peer's Python, or None if its environment is not made."""
    python = folder_of(peer) / "bin" / "python"
    return python if python.exists() else None


def make(peer: str) -> Path:
    """Return a peer's Python; make its environment if it is missing. Raises `NotMade`."""
    if found := python_of(peer):
        return found
    folder = folder_of(peer)
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    pip = [f"{half}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    try:
        for command in ([sys.executable, "-m", "venv", str(half)], [*pip, "-r", str(FOLDER / f"{peer}.txt")]):
            subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise NotMade(f"{peer}: {error.stderr.strip()[-500:]}") from None
    half.rename(folder)  # renamed when complete; only its python is run, by path
    return folder / "bin" / "python"
