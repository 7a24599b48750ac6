"""A git repository of a test's own."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=m", "-c", "user.email=m@example.org")
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True)
