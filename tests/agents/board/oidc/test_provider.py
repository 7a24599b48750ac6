"""A board with a provider starts only if it can ask it: the library and the client's secret are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.board.oidc import provider
from agents.board.oidc.provider import Provider
from config.office import Oidc
from config.refusal import ConfigError


def oidc(secret: Path | None = None) -> Oidc:
    return Oidc(issuer="https://id.example/realms/etat", client_id="tocsin", client_secret_file=secret)


def test_a_public_client_needs_no_secret() -> None:
    assert Provider(oidc()).host == "id.example"


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"board\.oidc.*pip install joserfc"):
        Provider(oidc())


@pytest.mark.parametrize("text", ["", "\n", "two\nlines"])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="client_secret_file"):
        Provider(oidc(file))
