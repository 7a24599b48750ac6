"""The command `tocsin` as a process: what it imports takes a second, in which it can be asked to end already."""

from __future__ import annotations

from agents import ending


def main() -> None:
    """Run the command line."""
    with ending.by_signals():
        from agents import cli  # noqa: PLC0415 -- this is what takes a second

        cli.main()


if __name__ == "__main__":
    main()
