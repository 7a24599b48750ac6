"""The files of a command by their mappings: one mapping for all, or one for each file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple, get_args

import typer

from agents.commands.files import known_files
from agents.sources.kind import FileKind
from agents.translation import text
from config.mapping import Of

MappingNames = Annotated[
    list[str] | None,
    typer.Option(
        "--mapping",
        metavar="NAME[:FILE]",
        help="The mapping of the files' columns: a name under `mappings` in the configuration, or one that comes with "
        "Tocsin. With :FILE it is the mapping of that file alone; repeat it to read tables of several forms as one.",
    ),
]


def names_of(mappings: Sequence[str] | None) -> list[str]:
    """Return the names of mappings that are given as NAME or NAME:FILE."""
    return [each.partition(":")[0] for each in mappings or ()]


class MappedFiles(NamedTuple):
    """Files, and the mapping by which they are read; None for the one that their kind has."""

    files: list[Path]
    mapping: str | None


def mapped(kind: FileKind, files: Sequence[Path] | None, mappings: Sequence[str] | None) -> list[MappedFiles]:
    """Return the files of each mapping, `files` first; end with status 2 if a file or its mapping is missing."""
    named = [each.partition(":") for each in mappings or ()]
    bare = [name for name, colon, _ in named if not colon]
    own = [MappedFiles(known_files([Path(file)]), name) for name, colon, file in named if colon]
    if own and kind not in get_args(Of):
        words = text("{kind} has no mappings; expected one of {kinds}", kind=kind, kinds=", ".join(get_args(Of)))
        raise typer.BadParameter(words, param_hint="--mapping")
    if len(bare) > 1 or (bare and not files):
        words = text("{found}; expected NAME:FILE if several mappings are used", found=", ".join(bare))
        raise typer.BadParameter(words, param_hint="--mapping")
    if not files and not own:
        raise typer.BadParameter(text("name a file"), param_hint="FILE...")
    return [*([MappedFiles([*files], bare[0] if bare else None)] if files else []), *own]
