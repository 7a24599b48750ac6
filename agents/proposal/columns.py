"""Guesses the meaning of an unknown table's columns from their names and values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.sources.tables.french_dates import date_in_words, with_colon
from agents.sources.tables.moments import iso_moment
from agents.sources.tables.sample import Sample
from agents.sources.tables.values import count, seconds
from config.columns import Column, LengthColumn
from streams.decoding import Invalid

Kind: TypeAlias = Literal["moment", "date", "length", "count", "unique", "few", "name", "any"]
GuessedOf: TypeAlias = Literal["calls", "tickets", "readings"]

FEW: Final = 20  # most different values of an outcome
SURE: Final = 0.95  # share of a column's values that must have its kind: a few are wrong in every file

# The keys of a mapping in the order in which they take a column, and the first letters of words in its name, the surest
# first.
_KEYS: Final[Mapping[GuessedOf, Mapping[str, tuple[Kind, str]]]] = {
    "calls": {
        "answered": ("moment", "answer connect pickup decroch repon prise"),
        "ended": ("moment", "end hang release disconnect fin raccroch clotur"),
        "offered": ("moment", "offer enter enqueue received arriv start begin debut entree appel call heure time date"),
        "wait": ("length", "wait attente queue hold ring sonnerie delai"),
        "talk": ("length", "talk conversation communication billsec dur handle trait"),
        "outcome": ("few", "outcome result disposition status statut issue etat state reason motif"),
        "queue": ("name", "queue csq file service ligne line group skill pilot compet called appele dest dnis"),
        "caller": ("any", "caller appelant calling ani from cli source src phone tel client"),
        "id": ("unique", "unique linked uuid call conversation session contact id ref numero n appel"),
        "agent": ("any", "agent operat user util handled poste conseiller"),
    },
    "tickets": {
        "called": ("moment", "call appel"),
        "served": ("moment", "serv debut begin start"),
        "completed": ("moment", "complet end fin depart"),
        "issued": ("moment", "issue emis edit print prise arriv creat heure time date"),
        "wait": ("length", "wait attente"),
        "talk": ("length", "talk trait duree"),
        "id": ("any", "ticket id numero n"),
        "outcome": ("few", "outcome result status statut etat state"),
        "queue": ("name", "service queue file motif demarche"),
        "agent": ("any", "counter guichet bureau poste desk agent"),
    },
    "readings": {
        "since": ("date", "date jour day since debut start from heure time"),
        "lost": ("count", "lost abandon perdu miss manqu"),
        "answered": ("count", "answer repon decroch trait handled serv pris taken"),
        "offered": ("count", "offer received recu presente entrant incoming total call appel"),
        "queue": ("name", "queue csq file service ligne line group skill pilot"),
    },
}
FIRST: Final[Mapping[GuessedOf, str]] = {"calls": "offered", "tickets": "issued", "readings": "since"}
_MEANINGS: Final = {
    "calls": (  # by words of a value, the surest first
        ("voice ?mail|mailbox|messagerie|repondeur", "diverted/voicemail"),
        ("call ?back|rappel", "diverted/callback"),
        ("transf|overflow|debord|renvo|redirect|forward|devi", "diverted/transfer"),
        ("closed|ferme", "diverted/closed"),
        ("time ?out|expir", "lost/timeout"),
        ("full|satur|busy|occup", "lost/full"),
        ("no agent|aucun agent", "lost/no_agents"),
        ("no.*answer|non|sans|unanswer|not|manqu|miss|perdu|lost|abandon|raccroch|hang|give", "lost/abandoned"),
        ("answer|repon|decroch|handled|connect|trait|pris|abouti|accept|ok|yes|oui", "answered"),
    ),
    "tickets": (
        ("absent|no ?show|non|not|miss", "no_show"),
        ("annul|cancel", "cancelled"),
        ("transf|redirig", "transferred"),
        ("attente|wait|queue|appele|open", "open"),
        ("trait|serv|term|complet|finish|done|fini", "completed"),
    ),
    "readings": (),
}
_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%m/%d/%Y", "%m/%d/%y")
_TIMES: Final = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_CLOCK: Final = re.compile(r"\d{1,2}[:h]\d{2}(?::\d{2})?")
_EPOCH: Final = re.compile(r"1\d{9}(?:\.\d+)?|1\d{12}")
_MILLISECONDS: Final = 13  # digits of an epoch in milliseconds
_TOTAL: Final = re.compile(r"(?:grand |sub )?tota(?:l|ls|ux)(?: general)?|somme")  # the label of a row of sums
# Words in the name of a duration, such as "Avg Queue Time".
_OF_TIME: Final = re.compile(r"\b(?:time|temps|duree|duration|delai|avg|average|mean|moyen|max|longest)")


class Guess(NamedTuple):
    """The meaning of a column; of two, a date and a time, if it is a moment."""

    columns: tuple[str, ...]
    word: str  # in the name, from which it was guessed; empty if only from the values
    kind: Kind
    form: str | None = None  # of a moment, for strptime
    in_milliseconds: bool = False
    is_ambiguous: bool = False  # the day may as well be the month


class Guesses(NamedTuple):
    """What the columns of a table mean."""

    of: GuessedOf
    keys: Mapping[str, Guess]  # by the keys of a mapping
    outcomes: Mapping[str, str | None]  # the values of the outcome's column, with their meanings if known
    queues: Sequence[str]  # the values of the queue's column
    comma: bool  # whether the decimal separator is a comma


def guesses(table: Sample, of: GuessedOf | None = None) -> Guesses:
    """Return what the columns of a table mean; `of` is the kind of its rows, if known."""
    table = table._replace(rows=tuple(row for row in table.rows if not any(map(_is_total, row.values()))))
    comma = any(re.fullmatch(r"\d+,\d+", each) for row in table.rows for each in row.values())
    kinds: Iterable[GuessedOf] = (of,) if of else ("readings", "tickets", "calls")
    for kind in kinds:
        keys = _keys(table, kind, comma=comma)
        if of or _is_likely(kind, keys, table):
            break
    found = {name: sorted({row[keys[name].columns[0]] for row in table.rows} - {""}) for name in keys}
    meanings = {value: _meaning(value, kind) for value in found.get("outcome", ())}
    return Guesses(kind, keys, meanings, found.get("queue", ()), comma)


def _is_likely(kind: GuessedOf, keys: Mapping[str, Guess], table: Sample) -> bool:
    if kind == "readings":
        return len({"offered", "answered", "lost"} & keys.keys()) > 1
    return kind == "calls" or any(re.search(r"\b(?:ticket|guichet|counter)", _plain(name)) for name in table.names)


def _keys(table: Sample, of: GuessedOf, *, comma: bool) -> dict[str, Guess]:
    keys: dict[str, Guess] = {}
    values = {name: [row[name] for row in table.rows if row[name]] for name in table.names}
    for key, (kind, words) in _KEYS[of].items():
        taken = {name for each in keys.values() for name in each.columns}
        whole = key in {"id", FIRST[of]}  # every row has these two
        free = [name for name, found in values.items() if found and name not in taken]
        free = [name for name in free if not whole or len(values[name]) >= SURE * len(table.rows)]
        named = [(name, word) for word in words.split() for name in free if re.search(rf"\b{word}", _plain(name))]
        fits: Iterator[Guess | None]
        if kind == "moment":
            named += [(name, "") for name in free if key == FIRST[of]]
            alone = (_moment((name,), word, values[name]) for name, word in named)
            fits = chain(alone, (_in_two(name, word, values) for name, word in named))
        elif kind == "date":
            fits = (_date(name, word, values[name]) for name, word in named)
        else:
            if kind == "name":
                named = [(name, word) for name, word in named if not _OF_TIME.search(_plain(name))]
            fits = (Guess((name,), word, kind) for name, word in named if _has(kind, values[name], comma=comma))
        guess = next(filter(None, fits), None)
        if guess is not None:
            keys[key] = guess
    if of == "tickets" and {"id", "issued"} <= keys.keys():
        keys["id"] = _of_its_day(keys["id"], keys["issued"], values)
    return keys


def _of_its_day(number: Guess, issued: Guess, values: Mapping[str, Sequence[str]]) -> Guess:
    """Return a ticket's number with the date of its issue, as numbers begin again each day."""
    found = values[number.columns[0]]
    if len(issued.columns) == 1 and len({*found}) == len(found):
        return number
    return number._replace(columns=(issued.columns[0], *number.columns))


def _plain(name: str) -> str:
    """Return the words of a name in lower case, without accents.

    >>> _plain("Heure d'arrivée"), _plain("startTime"), _plain("answered_at")
    ('heure d arrivee', 'start time', 'answered at')
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", bare).lower()))


def _meaning(value: str, of: GuessedOf) -> str | None:
    return next((meaning for words, meaning in _MEANINGS[of] if re.search(rf"\b(?:{words})", _plain(value))), None)


def _has(kind: Kind, found: Sequence[str], *, comma: bool) -> bool:
    """Return whether the values of a column have a kind."""
    if kind == "length":
        return _most(found, partial(_is_length, comma=comma))
    if kind == "count":
        return _most(found, _is_count) and any(len(each) > 1 for each in found)  # not 0 and 1 for no and yes
    if kind == "unique":
        return len({*found}) >= SURE * len(found)
    if kind == "name":
        return not _most(found, _is_written_length) and _moment(("",), "", found) is None
    return kind == "any" or (len({*found}) <= FEW and not all(each.isdecimal() for each in found))


def _date(name: str, word: str, found: Sequence[str]) -> Guess | None:
    form = _form(found, _DATES)
    if form is None and not _most(found, date_in_words):
        return _moment((name,), word, found)
    return Guess((name,), word, "date", _unless_iso(form), is_ambiguous=_is_ambiguous(form, found))


def _in_two(time: str, word: str, values: Mapping[str, Sequence[str]]) -> Guess | None:
    """Return a moment of a date, which other moments may share, and a time."""
    date = next((name for name, found in values.items() if found and _form(found, _DATES)), None)
    if date is None or not _most(values[time], _CLOCK.fullmatch):
        return None
    written = [f"{day} {clock}" for day, clock in zip(values[date], values[time], strict=False)]
    return _moment((date, time), word, written)


def _moment(names: tuple[str, ...], word: str, found: Sequence[str]) -> Guess | None:
    if _most(found, _EPOCH.fullmatch):
        in_milliseconds = _most(found, lambda each: each.isdecimal() and len(each) == _MILLISECONDS)
        return Guess(names, word, "moment", in_milliseconds=in_milliseconds)
    if _most(found, _is_iso) or _most(found, lambda each: date_in_words(with_colon(each))):
        return Guess(names, word, "moment")
    form = _form(found, [f"{date} {time}" for date in _DATES for time in _TIMES])
    if form is None:
        return None
    return Guess(names, word, "moment", _unless_iso(form), is_ambiguous=_is_ambiguous(form, found))


def _is_ambiguous(form: str | None, found: Sequence[str]) -> bool:
    swapped = "" if form is None else form.replace("%d/%m", "%m/%d")
    return form is not None and swapped != form and _form(found, [swapped, form]) == swapped


def _form(found: Sequence[str], forms: Iterable[str]) -> str | None:
    """Return the form in which most texts are written, the first of several; None if too few texts have any."""
    read = {form: sum(map(partial(_reads, form), found)) for form in forms}
    best = max(read, key=read.__getitem__)
    return best if read[best] and read[best] >= SURE * len(found) else None


def _most(found: Sequence[str], holds: Callable[[str], object]) -> bool:
    """Return whether nearly all texts have a property, and at least one."""
    having = sum(1 for each in found if holds(each))
    return having > 0 and having >= SURE * len(found)


def _is_total(text: str) -> bool:
    return _TOTAL.fullmatch(_plain(text)) is not None


def _unless_iso(form: str | None) -> str | None:
    return None if form in {"%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"} else form


def _reads(form: str, text: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 -- a trial
    except ValueError:
        return False
    return True


def _is_iso(text: str) -> bool:
    try:
        iso_moment(text)
    except ValueError:
        return False
    return ":" in text


def _is_length(text: str, *, comma: bool) -> bool:
    try:
        return not _EPOCH.fullmatch(text) and seconds({"_": text}, LengthColumn(column="_"), comma=comma) is not None
    except Invalid:
        return False


def _is_written_length(text: str) -> bool:
    """Return whether a text is a duration, and no number or name of a queue."""
    return not text.isdecimal() and _is_length(text, comma=False)


def _is_count(text: str) -> bool:
    try:
        return count({"_": text}, Column(column="_")) is not None
    except Invalid:
        return False
