"""The command `tocsin` as a process. Its imports take a second, during which a signal can already ask it to end."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])  # until handled
    from agents import ending  # noqa: PLC0415 -- what it imports takes a while, too

    with ending.by_signals():
        with ending.asked(ending.end):  # no work has begun, and an exception raised during an import may be lost
            from agents import cli  # noqa: PLC0415 -- this is what takes a second
        cli.main()


if __name__ == "__main__":
    main()
