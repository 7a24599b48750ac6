"""The note of a decision, kept apart from it: the log keeps the note's hash for ever, and the note can be erased."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct


class Note(Struct, frozen=True):
    """Hold why a person decided as they did; `salt` keeps a short note from being guessed by its hash."""

    note: str
    salt: str  # 32 hex digits, by chance

    @property
    def digest(self) -> str:
        """Return the hash (SHA-256, hex) that the decision has in place of the note.

        >>> Note("a fair", "00").digest[:12]
        'bf5b78b41577'
        """
        return sha256(f"{self.salt} {self.note}".encode()).hexdigest()


def note_key(site: str, digest: str) -> str:
    """Return the key of a note's record.

    >>> note_key("lozere", "d51a")
    'lozere/d51a'
    """
    return f"{site}/{digest}"
