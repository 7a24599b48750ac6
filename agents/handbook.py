"""The pages of the handbook, as paths that a reader of a message can open."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Final

_CLONE: Final = Path(__file__).parents[1] / "docs"
_INSTALLED: Final = Path("share/doc/tocsin")  # below the folder into which a wheel is installed


def page(name: str) -> str:
    """Return the path of a page, such as `mail.md` or `operations/install.md#brokers`: in the clone or installed."""
    if _CLONE.is_dir():
        return f"docs/{name}"
    return str(Path(sysconfig.get_path("data")) / _INSTALLED / name)
