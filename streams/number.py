"""Telephone numbers in texts, in any spelling, and their normal form.

There are two questions. For an *id*, which must remain usable: does it contain a number as people dial it? Such a
number has the trunk prefix and the length of the office's country, or a `+`, or the international prefix. For *words*,
whose exact digits do not matter: is there any run of six digits or more? Digits may be separated by spaces, points,
dashes, slashes and brackets, may be of any script, and may be escaped as in URLs, JSON, Python or HTML. Five pairs of
digits are a number whatever the sign between them.

Moments, UUIDs, hexadecimal digests, amounts with their currency and pseudonyms are no numbers. docs/privacy.md lists
the numbers that neither question finds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from streams.events import MAX_EPOCH, CallEvent, Event, Reading, RequestEvent, Review, ServiceReading, TicketEvent

WITHHELD: Final = "(number withheld)"  # replaces a number if there is no key for a pseudonym
A_NUMBER: Final = "number"  # the name under which all pseudonyms count together
LONGEST: Final = 15  # digits of an international number, by E.164
SHORTEST: Final = 8  # minimum of digits in an id's number, without the trunk prefix: fewer are an extension, or a count
ENOUGH: Final = 6  # minimum of consecutive digits for a number in words
PAIRS: Final = 9  # digits of a national number that makes five pairs with its trunk prefix
MORE: Final = 8  # this minimum in a sentence, which may contain sums and dates


class DialPlan(NamedTuple):
    """How a country dials; the defaults are for an unknown country."""

    country: str = ""  # country code, such as 33; empty if unknown
    trunk: str = "0"  # prefix of national numbers; empty if there is none
    international: str = "00"  # prefix of international numbers
    lengths: tuple[int, ...] = (8, 9, 10)  # digits of a national number, without the trunk prefix


ANY_PLAN: Final = DialPlan()


class Fields(NamedTuple):
    """The fields of an event with free text from sources."""

    ids: tuple[str, ...]
    words: tuple[str, ...]

    def without(self, *names: str) -> Fields:
        """Return all fields but some."""
        return Fields(*(tuple(name for name in of if name not in names) for of in self))


FIELDS: Final[Mapping[type[Event], Fields]] = {
    CallEvent: Fields(("call", "id", "source", "line", "site"), ("agent", "to")),
    TicketEvent: Fields(("ticket", "id", "source", "service", "site"), ("counter", "to")),
    Reading: Fields(("id", "source", "line", "site"), ()),
    ServiceReading: Fields(("id", "source", "service", "site"), ()),
    RequestEvent: Fields(("request", "id", "source", "channel", "site"), ("reason",)),
    Review: Fields(("incident", "call", "id", "source", "line", "service", "channel", "site"), ("by", "note")),
}

_APART = r"[ ./()\[\]_~'*-]{0,3}"  # possible separators between two digits
# One sign or several, the same in each of the four places: a date with a time (04:03:13,08:30) changes its sign.
_SIGNS_OF_PAIRS = tuple(f"[^0-9A-Za-z]{{{width}}}" for width in (1, 2, 3))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_LIKE: Final = {  # one-to-one replacements of other characters before the search
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, "\u00b7\u2022\u2027\u2024\u3002\uff0e\ufe52"), "."),
    **dict.fromkeys(map(ord, "\u2044\u2215\uff0f"), "/"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
    ord("\uff0b"): "+",
    ord("\uff08"): "(",
    ord("\uff09"): ")",
}
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DIGEST = r"(?=[0-9]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{24}|[0-9a-f]{16})"
_CLOCK = r"[0-2]\d[-:._hH ]?[0-5]\d(?:[-:._m ]?[0-5]\d(?:[.,]\d{1,9})?)?"
_DAY = rf"(?:19|20)\d\d(?P<a>[-./_ ])(?:0[1-9]|1[0-2])(?P=a)(?:0[1-9]|[12]\d|3[01])(?:[-./_ T]{_CLOCK})?"
_HEXADECIMAL = rf"(?i:hmac:[0-9a-f]{{8,128}}|(?<![0-9a-z])(?:{_UUID}|{_DIGEST})(?![0-9a-z]))"
_DATE = rf"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d(?:[ T]{_CLOCK})?"
# If more digits follow, the whole may be a number in an unusual spelling.
_DATES = rf"(?<![\d+]){_DATE}(?:{_APART}{_DATE})*+(?!{_APART}\d)"
# Digits that may stay in an id: those of pseudonyms, UUIDs, digests, and days with their times.
_KEPT_IN_IDS = rf"{_HEXADECIMAL}|(?<!\d){_DAY}(?!\d)|{_DATES}"
# Digits that may stay in words: the same, and those of epochs, Asterisk's unique ids, spans of years and amounts.
_KEPT_AMONG_WORDS = (
    rf"{_HEXADECIMAL}|{_DATES}|(?<![\d+])(?:"
    r"1\d{9}(?:\.\d{1,9})?"
    rf"|2\d{{9}}\.\d{{1,6}}|{MAX_EPOCH}\.0"  # the bound of a moment, as quoted in errors
    rf"|{_DAY}(?:[+-]\d\d:?\d\d)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T_-]?[0-2]\d[0-5]\d[0-5]\d)?"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d"
    r"|\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2})? ?(?:\u20ac|EUR\b|euros?\b)"
    rf")(?!{_APART}\d)"
)
_ESCAPED = re.compile(
    r"(?P<url>(?:%[0-9A-Fa-f]{2})+)|\\{1,2}(?:u(?P<wide>[0-9A-Fa-f]{4})|x(?P<byte>[0-9A-Fa-f]{2}))"
    r"|&(?:#(?P<html>\d{1,4})|nbsp);|\\{1,2}(?P<blank>[tnr])(?=\d)"
)
_TRUNK_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")
_DIGITS = re.compile(rf"\d(?:{_APART}\d){{6}}", re.ASCII).search  # the minimum of digits in any dialled number
_IN_PAIRS = re.compile(r"\d[^0-9A-Za-z]{1,3}(?:\d\d[^0-9A-Za-z]{1,3}){3}\d\d", re.ASCII).search
_SHORTEST_PAIRS: Final = len("06,11,22,33,44")
_DIALLED_ALONE = re.compile(r"[\s+\d./()\[\]_~'\"*-]*\d[\s+\d./()\[\]_~'\"*-]*", re.ASCII).fullmatch
_IDS = frozenset(name for fields in FIELDS.values() for name in fields.ids)
_FIGURES = frozenset({"at", "since", "from", "to", "seq", "wait", "talk", "offered", "answered", "lost"})
_PSEUDONYM = re.compile(r"hmac:[0-9a-f]{8,128}").fullmatch
_NOT_DIALLED = re.compile(r"[^+\d]")
is_usual_id: Final = re.compile(r"[12]\d{9}\.\d{1,7}").fullmatch  # as Asterisk makes them


def _among_words(shortest: int) -> re.Pattern[str]:
    return re.compile(rf"(?P<kept>{_KEPT_AMONG_WORDS})|\(?\+?\(?\d(?:{_APART}\d){{{shortest - 1},}}", re.ASCII)


_WORDS: Final = {shortest: _among_words(shortest) for shortest in (ENOUGH, MORE)}


class Numbers:
    """A finder of telephone numbers in texts, for one dial plan.

    >>> numbers = Numbers(DialPlan("33", "0", "00", (9,)))
    >>> numbers.in_id("1385129022.1234"), numbers.in_id("in-06.11.22.33.44-7")
    (False, True)
    >>> [numbers.normal(spelled) for spelled in ("06/11 22 33 44", "+33 (0)6 11 22 33 44", "0033611223344")]
    ['+33611223344', '+33611223344', '+33611223344']
    >>> numbers.in_sentence("327 appels le 04/03/2013 à 08:30")
    False
    """

    def __init__(self, plan: DialPlan = ANY_PLAN) -> None:
        self.plan = plan
        dialled = _dialled(plan)
        self._ids = re.compile("|".join([f"(?P<kept>{_KEPT_IN_IDS})", dialled, *_pairs(plan)]), re.ASCII)
        self._may_begin = re.compile(_beginning(plan), re.ASCII).search  # finds nothing in most ids
        self._may_be_in_id = re.compile(dialled, re.ASCII).search  # ignores exceptions

    def normal(self, spelled: str) -> str:
        """Return a number's normal form: `+` with its country if known, otherwise its digits."""
        plain = _plain(_opened(spelled))
        abroad = plain.lstrip(" '\"<(").startswith(("+", self.plan.international))
        if abroad:
            plain = _TRUNK_IN_BRACKETS.sub("", plain)
        return self.dialled(_NOT_DIALLED.sub("", plain))

    def dialled(self, number: str) -> str:
        """Return the normal form of a number that consists of digits and perhaps a plus."""
        code, trunk, international, lengths = self.plan
        digits = number.replace("+", "")
        abroad = number.startswith(("+", international))
        if abroad:
            whole = digits if number[0] == "+" else digits[len(international) :]
        elif trunk and digits.startswith(trunk) and len(digits) - len(trunk) in lengths:
            whole = code + digits[len(trunk) :]
        elif len(digits) in lengths:
            whole = code + digits
        elif code and digits.startswith(code) and len(digits) - len(code) in lengths:
            whole = digits
        else:
            return digits
        own = whole[len(code) :]
        if trunk and whole.startswith(code) and own.startswith(trunk) and len(own) - len(trunk) in lengths:
            whole = code + own[len(trunk) :]
        return f"+{whole}" if code or abroad else whole

    def whole(self, name: str) -> str | None:
        """Return the normal form of a caller's number, or None if the name is no number."""
        plain = _plain(_opened(name))
        if _DIALLED_ALONE(plain):
            return self.normal(plain)
        return next((self.normal(found[0]) for found in self._ids.finditer(plain) if found["kept"] is None), None)

    def in_id(self, text: str) -> bool:
        """Return whether an id contains a number as people dial it."""
        plain = _plain(_opened(text))
        if self._may_begin(plain) is None or is_usual_id(text) is not None:
            return False
        if _DIGITS(plain) is None or self._may_be_in_id(plain) is None:
            return len(plain) >= _SHORTEST_PAIRS and _IN_PAIRS(plain) is not None and _found(self._ids, plain)
        return _found(self._ids, plain)

    def in_sentence(self, text: str) -> bool:
        """Return whether a sentence contains a number as people dial it, or `MORE` digits."""
        plain = _plain(_opened(text))
        return _found(self._ids, plain) or _found(_WORDS[MORE], plain)

    def without(
        self,
        text: str,
        put: Callable[[str], str],
        *,
        words: bool = True,
        shortest: int = ENOUGH,
    ) -> str:
        """Return a text with each number replaced by the result of `put`."""
        opened = _opened(text)
        plain = _plain(opened)
        if sum(map(plain.count, "0123456789")) < ENOUGH:  # soon seen, also in a megabyte of brackets
            return text
        cleared = self._replaced(self._ids, opened, plain, put)
        if words:
            cleared = self._replaced(_WORDS[shortest], cleared, _plain(cleared), put)
        return text if cleared == opened else cleared

    def record_without(self, record: bytes, put: Callable[[str], str]) -> bytes:
        """Return a record, event or not, with each number replaced by the result of `put`.

        The figures of an event remain: moments, durations, totals and its sequence number.
        """
        try:
            value = msgspec.json.decode(record)
            cleared = self._value_without(value, "", put)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            text = record.decode("utf-8", "surrogateescape")
            return self.without(text, put).encode("utf-8", "surrogateescape")
        return record if cleared == value else msgspec.json.encode(cleared)

    def _value_without(self, value: Any, name: str, put: Callable[[str], str]) -> Any:  # noqa: ANN401 -- JSON
        if isinstance(value, dict):
            return {self.without(key, put): self._value_without(each, key, put) for key, each in value.items()}
        if isinstance(value, list):
            return [self._value_without(each, name, put) for each in value]
        if value is None or isinstance(value, bool) or (name in _FIGURES and not isinstance(value, str)):
            return value
        text = str(value)
        if name == "caller":
            return value if _PSEUDONYM(text) else put(text)
        cleared = self.without(text, put, words=name not in _IDS)
        return value if cleared == text else cleared

    def field_with_number(self, event: Event, fields: Fields, known: Container[str | None]) -> str | None:
        """Return the name of a field of an event that contains a number, or None; `known` texts contain none."""
        for name in fields.ids:
            text = getattr(event, name)
            if text not in known and self.in_id(text):
                return name
        # Persons write sentences. An agent's number may have as many digits as an extension, or more.
        in_words = self.in_sentence if isinstance(event, Review) else self.in_id
        for name in fields.words:
            text = getattr(event, name)
            if text not in known and in_words(text):
                return name
        return None

    @staticmethod
    def _replaced(pattern: re.Pattern[str], text: str, plain: str, put: Callable[[str], str]) -> str:
        pieces, end = [], 0
        for found in pattern.finditer(plain):
            if found["kept"] is None:
                pieces += [text[end : found.start()], put(text[found.start() : found.end()])]
                end = found.end()
        return "".join([*pieces, text[end:]]) if pieces else text


def withheld(text: str, numbers: Numbers, shortest: int = ENOUGH) -> str:
    return numbers.without(text, lambda _: WITHHELD, shortest=shortest)


def kept_name(name: str) -> str:
    """Return a name as stored in states and in Prometheus, which is `A_NUMBER` if the name is a caller's number."""
    return A_NUMBER if "hmac:" in name else name


def _found(pattern: re.Pattern[str], plain: str) -> bool:
    return any(found["kept"] is None for found in pattern.finditer(plain))


def _dialled(plan: DialPlan) -> str:
    """Return the pattern of dialled numbers in ids."""

    def more(fewest: int, most: int | None = None) -> str:
        return f"(?:{_APART}\\d){{{fewest},{fewest if most is None else most}}}(?!\\d)"

    abroad = rf"(?:\+|(?<!\d){plan.international})"
    lengths = sorted((length for length in plan.lengths if length >= SHORTEST), reverse=True) or [SHORTEST]
    ways = []
    if plan.country:
        code = _APART.join(plan.country)
        trunk = f"(?:{_APART}{plan.trunk})?" if plan.trunk else ""
        ways += [rf"{abroad}{_APART}{code}{trunk}{more(length)}" for length in lengths]
        ways += [rf"(?<!\d){plan.country}[1-9]\d{{{length - 1}}}(?!\d)" for length in lengths]
    ways += [rf"\+{_APART}[1-9]{more(6, LONGEST - 1)}", rf"(?<!\d){plan.international}{_APART}[1-9]{more(8, 13)}"]
    if plan.trunk == "0":
        ways += [rf"(?<!\d)\(?0{_APART}[1-9]{more(length - 1)}" for length in lengths]
    else:  # the trunk prefix may be omitted, if there is one
        prefix = f"(?:{plan.trunk}{_APART})?" if plan.trunk else ""
        ways += [rf"(?<!\d)\(?{prefix}\(?[2-9]{more(length - 1)}" for length in lengths]
    return "|".join(ways)


def _beginning(plan: DialPlan) -> str:
    """Return a pattern that every number in ids begins with: one quick search of it leaves out most ids."""
    if plan.trunk != "0":
        return r"[+\d]"
    country = rf"|{plan.country}[1-9]\d" if plan.country else ""
    return rf"\+|(?<!\d)(?:\(?0{_APART}[1-9][^0-9A-Za-z]{{0,3}}\d|{plan.international}{_APART}[1-9]{country})"


def _pairs(plan: DialPlan) -> Iterator[str]:
    """Yield the patterns of numbers in pairs with other signs than `_APART`, such as 06:11:22:33:44.

    A pair more before or after them, as in a MAC address or a list, or a year before them, makes them no number.
    """
    if plan.trunk != "0" or PAIRS not in plan.lengths:
        return
    for width, sign in enumerate(_SIGNS_OF_PAIRS, 1):
        again = f"(?P=s{width})"
        year = rf"(?<!(?:19|20)\d\d{again})"
        rest = rf"(?:{again}\d\d){{4}}(?!\d|{again}[0-9A-Fa-f]{{2}}(?![0-9A-Za-z]))"
        yield rf"(?<!\d)(?=0[1-9](?P<s{width}>{sign})\d\d)(?<!\b[0-9A-Fa-f]{{2}}{again}){year}0[1-9]{rest}"
        again = f"(?P=t{width})"
        rest = rf"(?:\(?0\)?{again})?[1-9](?:{again}\d\d){{4}}(?!\d)"
        yield rf"(?:\+|(?<!\d){plan.international})[1-9]\d{{0,2}}(?P<t{width}>{sign}){rest}"


def _plain(text: str) -> str:
    """Return a text of equal length with ASCII digits and few kinds of separators."""
    return text if text.isascii() and text.isprintable() else text.translate(_SIGNS)


class _Signs(dict[int, str]):
    """A cache of the replacements of characters."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if kind == "Nd":
            like = str(unicodedata.decimal(sign))
        elif kind in {"Zs", "Cf", "Cs"} or code == 0:
            like = " "  # of any width or none; bytes that are no UTF-8, such as Latin-1's space; the NULs of UTF-16
        else:
            like = _LIKE.get(code, sign)
        self[code] = like
        return like


_SIGNS: Final = _Signs()


def _opened(text: str) -> str:
    """Return a text without escapes of URLs, JSON, Python and HTML."""
    return _ESCAPED.sub(_sign_of, text) if "%" in text or "\\" in text or "&" in text else text


_HALVES: Final = range(0xD800, 0xE000)  # of surrogate pairs
_LAST: Final = 0x10FFFF


def _sign_of(escape: re.Match[str]) -> str:
    if escape["blank"]:
        return " "
    if escape["url"]:
        return bytes.fromhex(escape["url"].replace("%", "")).decode(errors="replace")
    hexadecimal = escape["wide"] or escape["byte"]
    code = int(hexadecimal, 16) if hexadecimal else int(escape["html"] or "160")
    # Half of a surrogate pair has no meaning by itself, and cannot be written.
    return escape[0] if code in _HALVES or code > _LAST else chr(code)


ANY_NUMBERS: Final = Numbers()  # of an office with an unknown country
