"""An office's picture inside a page."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path


def logo(path: Path | None) -> str | None:
    """Return a picture as an address that holds it whole, so that the page asks nobody for it."""
    if path is None:
        return None
    kind = "svg+xml" if path.suffix.lower() == ".svg" else "png"
    return f"data:image/{kind};base64,{b64encode(path.read_bytes()).decode()}"
