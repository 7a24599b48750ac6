from __future__ import annotations

from config.keys import keys
from config.settings import Settings


def test_keys_of_the_models() -> None:
    found = set(keys(Settings, {}))
    assert {("site",), ("kafka",), ("kafka", "security", "password_file"), ("lines",)} <= found
    assert not any(path[0] == "lines" and len(path) > 1 for path in found)


def test_keys_inside_what_the_document_names() -> None:
    found = set(keys(Settings, {"lines": {"cni": None}, "services": {"titres": {}}, "requests": 5}))
    assert {("lines", "cni", "service_level", "within"), ("services", "titres", "target_wait")} <= found
    assert ("requests",) in found
