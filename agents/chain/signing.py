"""The key that signs publications (Ed25519), and the key that verifies them."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from config.refusal import Mistake
from config.settings import ConfigError, Settings
from streams.chain.entry import statement

_PRIVATE = "an Ed25519 private key in PEM: openssl genpkey -algorithm ed25519 -out FILE"
_PUBLIC = "an Ed25519 public key in PEM: openssl pkey -in PRIVATE -pubout -out FILE"


def signing_key(settings: Settings) -> Ed25519PrivateKey | None:
    """Return the key that signs publications; None if none is configured.

    Raises `ConfigError` if the file is not such a key, and `OSError` if it is missing.
    """
    file = settings.signing.key_file
    if file is None:
        return None
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _refused("signing.key_file", file, _why(error), _PRIVATE) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _refused("signing.key_file", file, type(key).__name__, _PRIVATE)
    return key


def verifying_key(file: Path) -> Ed25519PublicKey:
    """Return the public key in a file; raise `ConfigError` if the file is not a public key."""
    try:
        key = load_pem_public_key(file.read_bytes())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refused("--key", file, _why(error), _PUBLIC) from None
    if not isinstance(key, Ed25519PublicKey):
        raise _refused("--key", file, type(key).__name__, _PUBLIC)
    return key


def signed(value: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the record of a publication with its signature."""
    fields = msgspec.json.decode(value)
    return msgspec.json.encode({**fields, "signature": key.sign(statement(value)).hex()})


def verifies(value: bytes, signature: str | None, key: Ed25519PublicKey) -> bool:
    """Return whether a publication's record is signed with the private key that belongs to `key`."""
    try:
        key.verify(bytes.fromhex(signature or ""), statement(value))
    except (InvalidSignature, ValueError):
        return False
    return True


def _refused(key: str, file: Path, found: str, expected: str) -> ConfigError:
    return ConfigError([Mistake(str(file), key, found, expected)])


def _why(error: Exception) -> str:
    """Return what is wrong with a key file; for a non-PEM file, this replaces the library's useless message."""
    return "no PEM" if "Unable to load PEM" in str(error) else str(error)
