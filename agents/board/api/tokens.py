"""The programs that may read the API, by the tokens in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import structlog

from agents.board.deciding.secret import Secret
from config.document import read, stamp
from config.office import Board
from config.part import validated
from config.refusal import ConfigError, Mistake
from config.rights import ApiReaders
from streams.said import said

log = structlog.get_logger()

Called: TypeAlias = Callable[[set[str]], frozenset[str]]  # the sites that names of rights refer to
_SCHEME: Final = "bearer "


class _Known(NamedTuple):
    """A program's token, by its hash, and the sites that it may see."""

    secret: Secret
    sites: frozenset[str]


def tokens_of(board: Board, called: Called) -> ReaderTokens | None:
    """Return a board's tokens; None if it has no file of them."""
    return None if board.api.tokens_file is None else ReaderTokens(board.api.tokens_file, called)


class ReaderTokens:
    """The tokens of a file, which is read again when it changes.

    A token that is taken out of the file is refused at once. While the file is wrong, all tokens are refused. Raises
    `ConfigError` if it is wrong at the start.
    """

    def __init__(self, file: Path, called: Called) -> None:
        self._file = file
        self._called = called
        self._state = stamp(self._file)
        self._known = self._read()

    def seen(self, authorization: str) -> frozenset[str] | None:
        """Return the sites that the sender of an `Authorization` header may see; None for an unknown token."""
        self._renew()
        given = authorization[len(_SCHEME) :].strip() if authorization.lower().startswith(_SCHEME) else ""
        matching = [each.sites for each in self._known if each.secret.matches(given)]  # all, in constant time
        return frozenset[str]().union(*matching) if matching else None

    def _renew(self) -> None:
        state = stamp(self._file)
        if state == self._state:
            return
        self._state, self._known = state, []
        try:
            self._known = self._read()
        except ConfigError as error:
            log.warning("the file of the API's tokens is wrong: all are refused", reason=str(error))

    def _read(self) -> list[_Known]:
        source, known, document = str(self._file), list[_Known](), read(self._file)
        try:
            readers = validated(ApiReaders, document, source).readers
        except ConfigError as error:  # the wrong value may contain a token
            hidden = said("another value")
            raise ConfigError([each._replace(found=hidden) for each in error.mistakes]) from None
        for number, each in enumerate(readers):
            for name in each.see:
                if not self._called({name}):
                    expected = said("an office, region:NAME, department:NAME or *")
                    raise ConfigError([Mistake(source, f"readers.{number}.see", name, expected)])
            known.append(_Known(Secret(each.token), self._called(set(each.see))))
        return known
