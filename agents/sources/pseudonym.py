"""Replaces callers' numbers by keyed hashes before they are stored or sent."""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from agents.sources.entry import short
from config.environment import Variable
from config.refusal import ConfigError, Mistake
from streams.calls.callers import MARK
from streams.decoding import require_no_number
from streams.events import MAX_IDENTIFIER, Event, Review
from streams.number import FIELDS, Numbers, is_usual_id

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=Event)

VARIABLE = Variable.PSEUDONYM_KEY
KEY_FILE = "pseudonym.key"  # in the state folder
SHORTEST_KEY = 16  # characters or bytes

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
_ADDRESS = re.compile(r"(?:sips?|tel|callto):(?P<user>[^@;?>]*)", re.IGNORECASE)
_INSIDE_BRACKETS = re.compile(r"<([^<>]+)>\W*\Z")  # as in `"Durand" <0611223344>`
MAX_KNOWN = 4_096  # texts of each kind in the cache, as the rows of a call are near each other


def bare(number: str) -> str:
    """Return the number or name inside an exchange's text about a caller.

    >>> [bare(each) for each in ("0466496000", '"Anne" <sip:0466496000@10.0.0.1>', "tel:+33466496000")]
    ['0466496000', '0466496000', '+33466496000']
    """
    name = number.strip()
    if found := _INSIDE_BRACKETS.search(name):
        name = found[1]
    if found := _ADDRESS.match(name):
        name = found["user"]
    return name


class Pseudonymizer:
    """Replaces a caller's number by a keyed hash, always the same for the same number.

    >>> from streams.number import DialPlan
    >>> french = Numbers(DialPlan("33", "0", "00", (9,)))
    >>> pseudonym = Pseudonymizer(b"a key of the documentation", french)
    >>> pseudonym.of("+33 4 66 49 60 00") == pseudonym.of("0466496000")
    True
    >>> pseudonym.of("anonymous") is None
    True
    """

    __slots__ = ("_callers", "_key", "_known", "_mark", "_phrases", "numbers")

    def __init__(self, key: bytes, numbers: Numbers | None = None) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the pseudonym key has {len(key)} bytes; expected at least {SHORTEST_KEY}")
        self._key = key
        self._mark = hmac.digest(key, b"the mark of this key", "sha256").hex()[:MARK]
        self._callers: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._phrases: dict[str, str] = {}
        self.numbers = numbers or Numbers()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], state_dir: Path, numbers: Numbers | None = None) -> Self:
        """Take the key from TOCSIN_PSEUDONYM_KEY, or else from `state_dir/pseudonym.key`, created once.

        Raises `ConfigError` if the key is too short.
        """
        key = environ.get(VARIABLE)
        if key is None:
            return cls(_key_of(state_dir / KEY_FILE), numbers)
        if len(key) < SHORTEST_KEY:
            raise ConfigError([Mistake(VARIABLE, "", f"{len(key)} characters", f"at least {SHORTEST_KEY}")])
        return cls(key.encode(), numbers)

    def of(self, number: str) -> str | None:
        """Return the pseudonym of a number or SIP name, None if the caller is unknown.

        It ends in its key's mark, so that pseudonyms with different keys are never compared (`streams.calls.callers`).
        """
        known = self._callers.get(number)
        if known is not None:
            return known
        if number.isdecimal() and number.isascii():  # as exchanges write it
            return _remembered(self._callers, number, self._hashed(self.numbers.dialled(number)))
        name = bare(number)
        if not name or name.casefold().partition("@")[0] in _NOBODY:
            return None
        return self._hashed(self.numbers.whole(name) or "".join(name.split()).casefold())

    def id(self, text: str) -> str:
        """Return an id with pseudonyms for all numbers in it; an id that becomes too long is replaced by its digest."""
        known = self._known.get(text)
        if known is None:
            known = text
            if not is_usual_id(text) and self.numbers.in_id(text):
                known = short(self.numbers.without(text, self._of_run, words=False))
            _remembered(self._known, text, known)
        return known

    def within(self, text: str) -> str:
        """Replace every number in the name of an agent, counter or destination."""
        known = self._phrases.get(text)
        return _remembered(self._phrases, text, self.numbers.without(text, self._of_run)) if known is None else known

    def record(self, raw: bytes) -> bytes:
        """Replace the numbers in a refused contract event, however malformed it is."""
        return self.numbers.record_without(raw, self._of_run)

    def scrub(self, raw: bytes) -> bytes:
        """Replace everything that looks like a number in a row for the dead letters; in doubt, digits are removed."""
        # Invalid UTF-8 is preserved.
        text = raw.decode("utf-8", "surrogateescape")
        return self.numbers.without(text, self._of_run).encode("utf-8", "surrogateescape")

    def digest(self, raw: bytes) -> str | None:
        """Return a keyed digest of bytes, which cannot be guessed without the key; None if there are none."""
        return hmac.digest(self._key, raw, "sha256")[:12].hex() if raw else None

    def event(self, event: E) -> E:
        """Replace the numbers in an event's fields of free text.

        Raises `Invalid` if a review has a number, as a reviewer's words are kept for ever and published.
        """
        if isinstance(event, Review):
            require_no_number(event, self.numbers)
            return event
        fields = FIELDS[event.__class__]
        for names, put in ((fields.ids, self.id), (fields.words, self._words)):
            for name in names:
                text = getattr(event, name)
                if text is not None and (changed := put(text)) is not text:
                    setattr(event, name, changed)
        return event

    def _words(self, text: str) -> str:
        return self.within(text)[:MAX_IDENTIFIER]

    def _of_run(self, run: str) -> str:
        return self._hashed(self.numbers.normal(run))

    def _hashed(self, name: str) -> str:
        return f"hmac:{hmac.digest(self._key, name.encode(), 'sha256')[:16].hex()}{self._mark}"


def _remembered(known: dict[str, str], text: str, replaced: str) -> str:
    """Return `replaced`; cache it if the text that it replaces is short enough to recur."""
    if len(text) <= MAX_IDENTIFIER:
        if len(known) >= MAX_KNOWN:
            known.clear()
        known[text] = replaced
    return replaced


def rotate(environ: Mapping[str, str], state_dir: Path) -> Path:
    """Replace the key by a new one, at once or not at all, and overwrite the old one; return its path.

    Raises `ConfigError` if the key is in TOCSIN_PSEUDONYM_KEY, which a command cannot change.
    """
    path = state_dir / KEY_FILE
    if VARIABLE in environ:
        raise ConfigError([Mistake(VARIABLE, "", "the key", "a new value in that variable, which no command can set")])
    _key_of(path)  # creates the key if there is none, so that there is one to overwrite
    with path.open("r+b") as old:
        draft = _draft(path)
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        old.write(bytes(os.fstat(old.fileno()).st_size))
        old.flush()
        os.fsync(old.fileno())
    return path


def _draft(path: Path) -> Path:
    """Write a new key beside a path, readable only by its owner."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".pseudonym-")  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)


def _key_of(path: Path) -> bytes:
    """Return the key in a file; create it, readable only by its owner, if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(path)
        try:
            # A link, not a rename: if two processes start together, both use the first one's key.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    key = path.read_bytes()
    if len(key) < SHORTEST_KEY:
        expected = "a key of 32: restore the file, or delete it to have a new key made"
        raise ConfigError([Mistake(str(path), "", f"{len(key)} bytes", expected)])
    return key
