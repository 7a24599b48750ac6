"""The note of a decision, kept apart from it. The log keeps the hash for ever; the note can be erased."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct


class Note(Struct, frozen=True):
    """A person's reason for a decision. The `salt` prevents a short note from being guessed by its hash."""

    note: str
    salt: str  # 32 random hex digits

    @property
    def digest(self) -> str:
        """The hash (SHA-256, hex) that the decision has in place of the note.

        >>> Note("a fair", "00").digest[:12]
        'bf5b78b41577'
        """
        return sha256(f"{self.salt} {self.note}".encode()).hexdigest()


def note_key(site: str, digest: str) -> str:
    return f"{site}/{digest}"
