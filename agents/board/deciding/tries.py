"""How often somebody may try a secret: a few times at once, then one more each minute."""

from __future__ import annotations

from typing import Final

MOST_CLIENTS: Final = 1_000


class Tries:
    """Count wrong tries by client; moments in seconds of any clock that only goes forward.

    Each wrong try puts a client's due time off by `every` seconds, and a client may be `most` of them ahead: the
    generic cell rate algorithm (ITU-T I.371), which keeps one figure a client.

    >>> tries = Tries(most=2, every=60.0)
    >>> tries.failed("a", 0.0), tries.failed("a", 0.0)
    (None, None)
    >>> tries.wait("a", 0.0), tries.wait("a", 60.0), tries.wait("b", 0.0)
    (60.0, 0.0, 0.0)
    """

    def __init__(self, most: int, every: float) -> None:
        self._every = every
        self._ahead = (most - 1) * every
        self._due: dict[str, float] = {}

    def wait(self, client: str, now: float) -> float:
        """Return the seconds until a client may try again, 0 where it may now."""
        return max(0.0, self._due.get(client, now) - self._ahead - now)

    def failed(self, client: str, now: float) -> None:
        """Note a wrong try; of too many clients, those whose tries are the longest ago are forgotten."""
        self._due[client] = max(now, self._due.get(client, now)) + self._every
        if len(self._due) > MOST_CLIENTS:
            self._due = dict(sorted(self._due.items(), key=lambda each: each[1])[MOST_CLIENTS // 2 :])
