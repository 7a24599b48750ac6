"""A rate limit for wrong secrets: a few at once, then one more each minute."""

from __future__ import annotations

from typing import Final

MOST_CLIENTS: Final = 1_000


class Tries:
    """Wrong attempts by client; moments are in seconds of a monotonic clock.

    Each wrong attempt moves a client's due time by `every` seconds. The due time may be ahead by `most` attempts.
    This is the generic cell rate algorithm (ITU-T I.371), which stores one number per client.

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
        """Return the seconds until a client may try again, or 0."""
        return max(0.0, self._due.get(client, now) - self._ahead - now)

    def failed(self, client: str, now: float) -> None:
        """Record a wrong attempt; if there are too many clients, forget those with the oldest attempts."""
        self._due[client] = max(now, self._due.get(client, now)) + self._every
        if len(self._due) > MOST_CLIENTS:
            self._due = dict(sorted(self._due.items(), key=lambda each: each[1])[MOST_CLIENTS // 2 :])
