"""No surface changes by a single byte, unless the change is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.__main__ import differences, write
from tests.golden.digests import accepted, digests_of
from tests.golden.surfaces import SHOWN, Surface, surfaces


@pytest.mark.slow
@pytest.mark.parametrize("of", SHOWN)
def test_every_surface_shows_what_was_accepted(of: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    shown = list(surfaces(of))
    known = {name: digest for name, digest in accepted().items() if name.startswith(f"{of}/")}
    found = digests_of(shown)
    changed = sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))
    if changed:
        folder = tmp_path_factory.mktemp("golden")
        write(folder, shown)
        pytest.fail(
            f"{len(changed)} surfaces differ from tests/golden/digests.txt; their text is below {folder}:\n"
            + "\n".join(changed)
            + "\nCONTRIBUTING.md says how to see the difference and how to accept it."
        )


def test_a_changed_a_new_and_a_missing_surface_are_named(tmp_path: Path) -> None:
    write(tmp_path, [Surface("a/same", "x\n"), Surface("a/changed", "x\r\ny\n"), Surface("a/missing", "x")])
    found = list(differences(tmp_path, [Surface("a/same", "x\n"), Surface("a/changed", "x\ny\n"), Surface("new", "z")]))
    assert [line for line in found if line.startswith(("+++", "only"))] == [
        "+++ after/a/changed",
        "+++ after/new",
        "only before: a/missing",
    ]
