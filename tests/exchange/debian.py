"""A Debian with Asterisk, made once and kept outside the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

SUITE: Final = "forky"  # the first since bullseye that has Asterisk
PACKAGES: Final = "asterisk", "asterisk-core-sounds-en-gsm", "tzdata"
_SCRIPTS: Final = Path("/usr/share/debootstrap/scripts")
_SOURCES: Final = "/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"
_MADE: Final = "asterisk.made"


class NotRun(Exception):
    """The reason why Asterisk is not available here."""


def root_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the Debian."""
    cache = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(environment.get("TOCSIN_TEST_EXCHANGE") or Path(cache) / "tocsin/exchange")


def made(root: Path) -> Path:
    """Return the root of a Debian with Asterisk; make it if it is missing. Raises `NotRun`."""
    if os.geteuid() != 0:
        raise NotRun("only root can make a Debian and a network of its own")
    if (root / _MADE).exists():
        return root
    if shutil.which("debootstrap") is None:
        raise NotRun("there is no debootstrap; apt install debootstrap")
    mirror = _mirror()
    if mirror is None:
        raise NotRun("apt knows no Debian mirror; set MIRROR")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    # A debootstrap older than the suite has no script for it; the script of sid works too.
    script = [] if (_SCRIPTS / SUITE).exists() else [str(_SCRIPTS / "sid")]
    _run(["debootstrap", "--variant=minbase", SUITE, str(root), mirror, *script])
    (root / "etc/apt/apt.conf.d/99dates").write_text('Acquire::Check-Valid-Until "false";\n')
    _run(["chroot", str(root), "apt-get", "update", "-q"])
    install = ["apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES]
    _run(["chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", *install])
    _run(["chroot", str(root), "apt-get", "clean"])
    zone = root / "etc/localtime"  # Asterisk writes the times of the machine, whatever TZ says
    zone.unlink(missing_ok=True)
    zone.symlink_to("/usr/share/zoneinfo/Europe/Paris")
    (root / _MADE).touch()
    return root


def _mirror() -> str | None:
    if set_by_hand := os.environ.get("MIRROR"):
        return set_by_hand
    texts = [Path(file).read_text(encoding="utf-8") for file in _SOURCES if Path(file).exists()]
    found = re.search(r"^(?:URIs: *|deb +(?:\[[^]]*\] +)?)(\S+)", "\n".join(texts), re.MULTILINE)
    return found[1] if found else None


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise NotRun(f"{' '.join(command[:2])} failed: {' | '.join(said)}")
