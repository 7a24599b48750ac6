"""Only the holder of a key can sign with it. Invalid keys and keys readable by others are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from agents.chain.signing import signed, signing_key, verifies, verifying_key
from config.office import Signing
from config.settings import ConfigError, Settings
from streams.chain.entry import Published, decode_entry, encode_entry
from tests.streams.chain.telling import published


def settings(file: Path, content: bytes, mode: int = 0o600) -> Settings:
    file.write_bytes(content)
    file.chmod(mode)
    return Settings(site="lozere", signing=Signing(key_file=file))


def private(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_signature_is_of_one_key_and_of_one_publication(tmp_path: Path) -> None:
    key = signing_key(settings(tmp_path / "key", private(Ed25519PrivateKey.generate())))
    assert key is not None
    public = tmp_path / "public"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    value = signed(encode_entry(published()), key)
    entry = decode_entry(value)
    assert isinstance(entry, Published)
    assert verifies(value, entry.signature, verifying_key(public))
    assert not verifies(value, entry.signature, Ed25519PrivateKey.generate().public_key())
    assert not verifies(value.replace(b"2013", b"2014"), entry.signature, verifying_key(public))
    assert not any(verifies(value, each, verifying_key(public)) for each in (None, "", "zz", 128 * "0"))


def test_a_key_that_others_can_read_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="chmod 600"):
        settings(tmp_path / "key", private(Ed25519PrivateKey.generate()), 0o644)


def test_a_key_that_is_none_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    assert signing_key(Settings(site="lozere")) is None
    for content in (b"nonsense", private(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(ConfigError, match="openssl genpkey -algorithm ed25519"):
            signing_key(settings(tmp_path / "key", content))
    with pytest.raises(ConfigError, match="-pubout"):
        verifying_key(tmp_path / "key")
