"""Client credentials are named by files, complete, and never without effect; no other user can read a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.refusal import shown
from config.security import Security
from config.settings import ConfigError, load

PLACES = "token_url: http://127.0.0.1:1/token, client_id: tocsin"


def given(tmp_path: Path, security: str) -> Security:
    file = tmp_path / "office.yaml"
    file.write_text(f"site: x\nkafka: {{security: {{{security}}}}}", encoding="utf-8")
    return load(file, {}).kafka.security


def refused(tmp_path: Path, security: str) -> str:
    with pytest.raises(ConfigError) as caught:
        given(tmp_path, security)
    (mistake,) = caught.value.mistakes
    assert mistake.source == f"{tmp_path}/office.yaml"
    return str(mistake).removeprefix(f"{tmp_path}/office.yaml: kafka.security.")


@pytest.mark.parametrize(
    "security",
    [
        "protocol: PLAINTEXT",
        "protocol: SSL",
        "protocol: SSL, ca: FILE",
        "protocol: SSL, cert: FILE, key: FILE, key_password_file: FILE",
        "protocol: SASL_SSL, user: t, password_file: FILE",
        "protocol: SASL_SSL, mechanism: SCRAM-SHA-256, user: t, password_file: FILE, cert: FILE, key: FILE",
        "protocol: SASL_PLAINTEXT, mechanism: PLAIN, user: t, password_file: FILE",
        f"protocol: SASL_SSL, mechanism: OAUTHBEARER, oauth: {{{PLACES}, client_secret_file: FILE, scope: kafka}}",
    ],
)
def test_what_is_whole_is_taken(secret: Path, tmp_path: Path, security: str) -> None:
    found = given(tmp_path, security.replace("FILE", str(secret)))
    assert security.startswith(f"protocol: {found.protocol}")
    assert "tres-secret" not in repr(found)


@pytest.mark.parametrize(
    ("security", "says"),
    [
        ("protocol: SSL, cert: FILE", "key: found nothing, expected cert and key together, or neither"),
        ("protocol: SSL, key: FILE", 'key: found "FILE", expected cert and key together, or neither'),
        ("protocol: SSL, ca: /no/ca.pem", 'ca: found "/no/ca.pem", expected the path of a file that exists'),
        (
            "protocol: SSL, key_password_file: FILE",
            'key_password_file: found "FILE", expected no value, since there is no key',
        ),
        (
            "protocol: SASL_SSL, password_file: FILE",
            "user: found nothing, expected a value, since the protocol is SASL_SSL and the mechanism SCRAM-SHA-512",
        ),
        (
            "protocol: SASL_PLAINTEXT, user: t",
            "password_file: found nothing, expected a value, since the protocol is SASL_PLAINTEXT "
            "and the mechanism SCRAM-SHA-512",
        ),
        (
            "protocol: SASL_SSL, mechanism: OAUTHBEARER",
            "oauth: found nothing, expected a value, since the protocol is SASL_SSL and the mechanism OAUTHBEARER",
        ),
        ("password: tres-secret", "password: found an unknown key, expected a known key (did you mean password_file?)"),
    ],
)
def test_what_is_missing_is_told(secret: Path, tmp_path: Path, security: str, says: str) -> None:
    told = says.replace('"FILE"', shown(str(secret)))
    assert refused(tmp_path, security.replace("FILE", str(secret))) == told


@pytest.mark.parametrize(
    ("security", "key"),
    [
        ("protocol: PLAINTEXT, user: t", "user"),
        ("protocol: PLAINTEXT, ca: FILE", "ca"),
        ("protocol: PLAINTEXT, mechanism: PLAIN", "mechanism"),
        ("protocol: SSL, password_file: FILE", "password_file"),
        ("protocol: SASL_PLAINTEXT, user: t, password_file: FILE, ca: FILE", "ca"),
        (f"protocol: SASL_SSL, user: t, password_file: FILE, oauth: {{{PLACES}, client_secret_file: FILE}}", "oauth"),
        (
            f"protocol: SASL_SSL, mechanism: OAUTHBEARER, user: t, oauth: {{{PLACES}, client_secret_file: FILE}}",
            "user",
        ),
    ],
)
def test_what_would_do_nothing_is_refused(secret: Path, tmp_path: Path, security: str, key: str) -> None:
    """An administrator who sets a CA or a password expects that it is used."""
    said = refused(tmp_path, security.replace("FILE", str(secret)))
    assert said.startswith(f"{key}: found ")
    assert "expected no value, since the protocol is " in said


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://login.example/token", True),
        ("http://127.0.0.1:8080/token", True),
        ("http://localhost/token", True),
        ("http://login.example/token", False),
        ("file:///etc/passwd", False),
    ],
)
def test_a_clients_secret_crosses_no_network_in_clear(secret: Path, tmp_path: Path, url: str, *, taken: bool) -> None:
    oauth = f"{{token_url: '{url}', client_id: tocsin, client_secret_file: {secret}}}"
    security = f"protocol: SASL_SSL, mechanism: OAUTHBEARER, oauth: {oauth}"
    if taken:
        assert given(tmp_path, security).oauth is not None
    else:
        assert refused(tmp_path, security).startswith(f'oauth.token_url: found "{url}", expected https://HOST/PATH')


@pytest.mark.parametrize("key", ["password_file: FILE, user: t, protocol: SASL_SSL", "key: FILE, cert: FILE"])
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o622])
def test_a_secret_that_others_can_read_is_refused_with_what_mends_it(
    secret: Path, tmp_path: Path, key: str, mode: int
) -> None:
    secret.chmod(mode)
    security = key if "protocol" in key else f"protocol: SSL, {key}"
    said = refused(tmp_path, security.replace("FILE", str(secret)))
    assert said.startswith(f'{key.partition(":")[0]}: found "mode {mode:04o} of ')
    assert said.endswith(f"expected a file that other users cannot read: chmod 600 {secret}")


def test_a_group_may_read_what_is_roots_alone(secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes gives a secret to a pod this way, by `fsGroup`, and an administrator gives a key to a service."""
    security = f"protocol: SASL_SSL, user: t, password_file: {secret}"
    found = secret.stat()

    def owned(by: int, mode: int) -> None:
        kept = type(found)((mode, *found[1:4], by, *found[5:]))
        monkeypatch.setattr(Path, "stat", lambda _path, **_: kept)

    owned(0, 0o100440)
    assert given(tmp_path, security).password_file == secret
    owned(1000, 0o100440)
    assert "mode 0440" in refused(tmp_path, security)
