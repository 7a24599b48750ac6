"""Files named without their kind: it is recognised by their first lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, get_args

import typer

from agents.commands.files import REMEMBERED, STANDARD_INPUT, kind_of, known_files, lines_of, named, opened
from agents.commands.mappings import mapped
from agents.sources.kind import FileKind
from agents.translation import labelled, text
from config.mapping import Of, available
from config.settings import Settings
from streams.said import Said

if TYPE_CHECKING:
    from agents.sources.sniff import Likely


class FilesRead(NamedTuple):
    """The files to read, their kind and their mapping."""

    kind: FileKind
    mapping: str | None
    files: list[Path]
    what: Said | None = None  # what they look like, if their kind was not named
    begun: Iterator[bytes] | None = None  # the rows of a file that can be read only once, if its kind was not named

    @property
    def words(self) -> str:
        """Return the files as arguments of another command."""
        kind, *mapping = self.kind_words.split(" ", 1)
        return " ".join([kind, named(self.files), *mapping])

    @property
    def kind_words(self) -> str:
        """Return the kind as arguments of another command, with the mapping."""
        return f"{self.kind} --mapping {self.mapping}" if self.mapping else self.kind

    def opened(self, *, again: bool = False) -> AbstractContextManager[Iterator[bytes]]:
        return opened(self.files, self.begun, again=again)


def files_read(words: Sequence[str], mapping: str | None, settings: Settings) -> FilesRead:
    """Return the files that the words of a command name, after their kind or without it.

    A named kind whose own mapping does not fit has the only mapping that does. End with status 2 if a file is missing,
    or if the kind is neither named nor recognised.
    """
    kind, names = parted(words)
    files = known_files([Path(each) for each in names])
    if not files:
        raise typer.BadParameter(text("{kind} is a kind; name a file as well", kind=words[0]), param_hint="FILE")
    if mapping is not None:
        return FilesRead(kind or _kind_of_mapping(mapping, settings), mapping, files)
    if kind is None:
        first, begun = _begun(files)
        found = _recognised(first, settings)
        return FilesRead(found.kind, found.mapping, files, found.what, begun)
    if kind not in get_args(Of) or not all(file.is_file() or file == STANDARD_INPUT for file in files):
        return FilesRead(kind, None, files)  # a pipe has no second reading, for the refusal
    first, begun = _begun(files)
    name, what = _only_mapping(kind, first, settings)
    return FilesRead(kind, name, files, what, begun)


def _begun(files: Sequence[Path]) -> tuple[dict[Path, list[bytes]], Iterator[bytes] | None]:
    """Return the first lines of each file, and all rows of a file that can be read only once."""
    begun, first = None, dict[Path, list[bytes]]()
    if len(files) == 1 and not files[0].is_file():
        rows = lines_of(files)
        with opened(files, rows):
            first[files[0]] = [*islice(rows, REMEMBERED)]
        begun = chain(first[files[0]], rows)
    else:
        for file in filter(Path.is_file, files):
            with opened([file]) as rows:
                first[file] = [*islice(rows, REMEMBERED)]
    return first, begun


def _only_mapping(kind: FileKind, first: dict[Path, list[bytes]], settings: Settings) -> tuple[str | None, Said | None]:
    """Return the only mapping of a kind that fits every header, and its name for people.

    Return None for both if several fit, or the one that the kind has by default.
    """
    from agents.sources.sniff import by_mapping
    from agents.sources.tables.fit import fitting, header

    known = available(settings.mappings)
    fits = [{name for name in fitting(header(lines), settings) if known[name].of == kind} for lines in first.values()]
    common = set.intersection(*fits) if fits else set()
    if len(common) != 1 or kind in common:
        return None, None
    (name,) = common
    return name, by_mapping(name, known[name]).what


def groups_read(words: Sequence[str] | None, mappings: Sequence[str] | None, settings: Settings) -> list[FilesRead]:
    """Return the files named by the words of a command and by `--mapping NAME:FILE`, by mapping.

    End with status 2 as `files_read` does.
    """
    own = [name for name, colon, _ in (each.partition(":") for each in mappings or ()) if colon]
    if own or len(mappings or ()) > 1:
        kind, names = parted(words) if words else (None, ())
        kind = kind or _kind_of_mapping(own[0] if own else str(mappings and mappings[0]), settings)
        groups = mapped(kind, known_files([Path(each) for each in names]), mappings)
        return [FilesRead(kind, each.mapping, [*each.files]) for each in groups]
    if not words:
        raise typer.BadParameter(text("name a file"), param_hint="FILE")
    return [files_read(words, mappings[0] if mappings else None, settings)]


def parted(words: Sequence[str]) -> tuple[FileKind | None, Sequence[str]]:
    """Return the kind if the first word names one, and the files; a file may have the name of a kind."""
    first, *rest = words
    there = first == str(STANDARD_INPUT) or Path(first).exists()
    if first in set(FileKind) and (rest or not there):
        return FileKind(first), rest
    bare = Path(first).name == first and not Path(first).suffix
    if not there and bare and (rest or get_close_matches(first, FileKind, 1)):
        kind_of(first)  # ends with a suggestion
    return None, words


def _kind_of_mapping(name: str, settings: Settings) -> FileKind:
    known = available(settings.mappings)
    if name not in known:
        message = text("{found}; expected one of {known}", found=repr(name), known=", ".join(known))
        raise typer.BadParameter(message, param_hint="--mapping")
    return FileKind(known[name].of)


def _recognised(first: dict[Path, list[bytes]], settings: Settings) -> Likely:
    """Return the kind and mapping that the files' first lines suggest. A file that suggests none is read as the others.

    End with status 2 if they are unknown, or of several kinds.
    """
    from agents.sources.sniff import likely

    found = {file: known for file, lines in first.items() if (known := likely(lines, settings))}
    if not found:
        _unknown(first, settings)
    kinds = {(known.kind, known.mapping) for known in found.values()}
    if len(kinds) > 1:
        each = (f"\n- tocsin analyze {known.words} {file}  ({text(known.what)})" for file, known in found.items())
        _refuse(text("the files are of different kinds; read one kind at a time:") + "".join(each))
    file, known = next(iter(found.items()))
    if known.one_a_line:
        words = text("This looks like {what}: `{command}`", what=text(known.what), command=known.command(str(file)))
        _refuse(labelled(file, words))
    return known


def _unknown(first: dict[Path, list[bytes]], settings: Settings) -> NoReturn:
    """End with status 2; name the columns of the first file and the next step."""
    from agents.sources.tables.fit import told

    file, lines = next(iter(first.items()), (STANDARD_INPUT, []))
    if not lines:
        _refuse(text("{file} is empty", file=file))
    looked = text(
        "{file} is of no known kind: its first {count} lines fit no kind and no mapping.", file=file, count=len(lines)
    )
    kinds = text("If you know its kind, name it before the file, one of {kinds}", kinds=", ".join(FileKind))
    _refuse("\n".join([looked, told(lines, settings), kinds]))


def _refuse(message: str) -> NoReturn:
    raise typer.BadParameter(message, param_hint="KIND")
