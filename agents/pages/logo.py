"""An office's logo inside a page."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path


def logo(path: Path | None) -> str | None:
    """Return a picture as a data URL, so that the page fetches nothing."""
    if path is None:
        return None
    kind = "svg+xml" if path.suffix.lower() == ".svg" else "png"
    return f"data:image/{kind};base64,{b64encode(path.read_bytes()).decode()}"
