"""The command `tocsin` as a process: what it imports takes a second, in which it can be asked to end already."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])  # until somebody hears them
    from agents import ending  # noqa: PLC0415 -- what it imports takes a while, too

    with ending.by_signals():
        with ending.asked(ending.end):  # nothing is begun; what is raised amid an import may be lost there
            from agents import cli  # noqa: PLC0415 -- this is what takes a second
        cli.main()


if __name__ == "__main__":
    main()
