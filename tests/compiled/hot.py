"""`python -m tests.compiled.hot`: print the tests of the compiled modules, for pytest."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from deploy.compile import HOT
from tests.imports import ROOT


def tests() -> Iterator[str]:
    """Yield the tests of each compiled module and of the compiled domain as a whole."""
    yield "tests/compiled/test_compiled.py"
    for name in HOT:
        folder, _, module = f"tests/streams/{name}".rpartition("/")
        yield from (str(path.relative_to(ROOT)) for path in sorted((ROOT / folder).glob(f"test_{module}*.py")))


if __name__ == "__main__":
    sys.stdout.write("\n".join(dict.fromkeys(tests())))
