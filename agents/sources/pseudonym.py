"""Callers' numbers, turned into keyed hashes before they go anywhere."""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.refusal import ConfigError, Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "TOCSIN_PSEUDONYM_KEY"
SHORTEST_KEY = 16  # characters or bytes

_PUNCTUATION = str.maketrans("", "", " .-\u00a0\u202f")
_FRANCE = re.compile(r"(?:\+|00)33(?=\d)")
_NOBODY = frozenset(
    {
        "",
        "anonymous",
        "unknown",
        "<unknown>",
        "restricted",
        "private",
        "unavailable",
        "withheld",
        "none",
        "null",
    }
)
_DIGITS = re.compile(r"\+?[0-9]{6,}")
# What stays readable in a dead letter: the epoch that starts a line, Asterisk's unique ids, dates with time.
_SCRUBBED = re.compile(
    rb"(?P<kept>\A[12]\d{9}(?=[|,;.])|(?<!\d)[12]\d{9}\.\d{1,6}(?!\d)"
    rb"|(?<!\d)[12]\d{3}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?!\d))"
    rb"|\+?\d(?:[ ./()\x00\xc2\xa0\xe2\x80\xaf-]{0,3}\d){5,}"
)
_NOT_DIALLED = re.compile(rb"[^+\d]")


class Pseudonymizer:
    """Replace a caller's number by a keyed hash that is the same for the same number.

    >>> pseudonym = Pseudonymizer(b"a key of the documentation")
    >>> pseudonym.of("+33 4 66 49 60 00") == pseudonym.of("0466496000")
    True
    >>> pseudonym.of("anonymous") is None
    True
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the pseudonym key has {len(key)} bytes; expected at least {SHORTEST_KEY}")
        self._key = key

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], state_dir: Path) -> Pseudonymizer:
        """Take the key from TOCSIN_PSEUDONYM_KEY, else from `state_dir/pseudonym.key`, created once.

        Raises `ConfigError` where the key is too short.
        """
        key = environ.get(VARIABLE)
        if key is None:
            return cls(_key_of(state_dir / "pseudonym.key"))
        if len(key) < SHORTEST_KEY:
            raise ConfigError([Mistake(VARIABLE, "", f"{len(key)} characters", f"at least {SHORTEST_KEY}")])
        return cls(key.encode())

    def of(self, number: str) -> str | None:
        """Return the pseudonym of a number or SIP name, or None where the caller is not known."""
        plain = _FRANCE.sub("0", number.translate(_PUNCTUATION).casefold(), count=1) if number else ""
        if plain.partition("@")[0] in _NOBODY:
            return None
        return f"hmac:{hmac.digest(self._key, plain.encode(), 'sha256')[:16].hex()}"

    def within(self, text: str) -> str:
        """Replace every run of six digits or more inside a text."""
        return _DIGITS.sub(lambda run: self.of(run[0]) or "", text)

    def scrub(self, raw: bytes) -> bytes:
        """Replace whatever looks like a phone number in a line that goes to the dead letters.

        The epoch at its start, unique ids and dates stay; in doubt, digits go.
        """

        def replaced(run: re.Match[bytes]) -> bytes:
            if run["kept"] is not None:
                return run[0]
            return (self.of(_NOT_DIALLED.sub(b"", run[0]).decode()) or "").encode()

        return _SCRUBBED.sub(replaced, raw)


def _key_of(path: Path) -> bytes:
    """Return the key in a file, which is made, readable by its owner alone, where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".pseudonym-")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            # A link, not a rename: of two that start together one wins, and both read the winner's key.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            Path(draft).unlink()
    key = path.read_bytes()
    if len(key) < SHORTEST_KEY:
        expected = "a key of 32: restore the file, or delete it to have a new key made"
        raise ConfigError([Mistake(str(path), "", f"{len(key)} bytes", expected)])
    return key
