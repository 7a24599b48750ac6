"""The types of configuration values, each with its error message."""

from __future__ import annotations

import re
import stat
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias
from xml.etree.ElementTree import ParseError, iterparse

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from config import calendar
from config.part import mistake
from streams.calls.rules import OverloadBudget
from streams.events import Reason
from streams.said import Said, said

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 3650 * 86400  # ten years: more is a mistake, and overflows the broker's limits
_SERVER = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # a label of a host name
MOST_OF_A_PICTURE: Final = 50_000  # bytes: pages stay below 100 kB
LONGEST_INTRODUCTION: Final = 10_000  # characters: three pages, before the first figure
GROUND: Final = "#fff1ea"  # the darkest background behind the office's colour, as in board.css
AA: Final = 4.5  # the minimum contrast of text: WCAG 2.2, 1.4.3

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def seconds(value: object) -> object:
    """Turn a duration such as `30m` into seconds; leave anything else to the validation of numbers.

    >>> seconds("30m"), seconds("1.5h"), seconds(7200)
    (1800.0, 5400.0, 7200)
    """
    if not isinstance(value, str):
        return value
    if not (match := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smhd])", value)):
        raise ValueError("no duration")
    return float(match[1]) * _UNITS[match[2]]


def _expected(words: Said) -> WrapValidator:
    """Return a validator that gives the error `words`, whatever the reason."""

    def validate(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError:
            raise ValueError(words) from None

    return WrapValidator(validate)


def _day(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):  # pydantic would read "20130510" as an epoch
        return date.fromisoformat(value)
    return value


def _existing(path: Path) -> Path:
    try:
        there = path.is_file()
    except OSError:  # in a folder that this user may not enter
        there = False
    if not there:
        raise ValueError("no file")
    return path


def _secret(path: Path) -> Path:
    """Refuse the file of a secret if other users can read it.

    Only its owner may write it, and other users must not read it. If root owns the file, its group may read it, because
    root can pass a secret to a service that way (as Kubernetes does, by `fsGroup`). PostgreSQL has the same rule.
    """
    found = path.stat()
    if found.st_mode & (0o037 if found.st_uid == 0 else 0o077):
        words = said("a file that other users cannot read: chmod 600 {path}", path=path)
        raise mistake((), said("mode {mode} of {path}", mode=f"{stat.S_IMODE(found.st_mode):04o}", path=path), words)
    return path


def at_least_one(expected: Said) -> AfterValidator:
    """Return a validator that refuses empty lists; `min_length` would count a wrong item as a missing one."""

    def some(values: tuple[object, ...]) -> tuple[object, ...]:
        if not values:
            raise ValueError(expected)
        return values

    return AfterValidator(some)


def _servers(text: str) -> str:
    for server in text.split(","):
        match = re.fullmatch(_SERVER, server)
        if not match or not 0 < int(match[2]) < 65536:  # noqa: PLR2004 - a port is 16 bits
            raise ValueError("no server")
    return text


def _server(text: str) -> str:
    if "," in text:
        raise ValueError("more than one")
    return _servers(text)


def _picture(path: Path) -> Path:
    """Refuse a picture that is too large, or not of the type that its name has: a browser would show nothing."""
    size = path.stat().st_size
    if size > MOST_OF_A_PICTURE:
        raise mistake((), said("{size} kB", size=-(-size // 1000)), said("a picture of at most 50 kB"))
    data = path.read_bytes()
    if path.suffix.lower() == ".png" and data.startswith(b"\x89PNG\r\n\x1a\n"):
        return path
    if path.suffix.lower() == ".svg" and _root(data) == "{http://www.w3.org/2000/svg}svg":
        return path
    words = said('a PNG named .png, or an SVG named .svg that begins with <svg xmlns="http://www.w3.org/2000/svg">')
    raise mistake((), str(path), words)


def _introduction(path: Path) -> Path:
    try:
        long = len(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        found = said("byte {byte} of {path} is not UTF-8", byte=error.start, path=path)
        raise mistake((), found, said("a text in UTF-8, in Markdown")) from None
    except OSError as error:
        found = said("{path}: {error}", path=path, error=error.strerror)
        raise mistake((), found, said("a file that can be read")) from None
    if long > LONGEST_INTRODUCTION:
        found = said("{count} characters", count=long)
        raise mistake((), found, said("a text of at most {count} characters", count=LONGEST_INTRODUCTION))
    return path


def _root(data: bytes) -> str:
    """Return the name of an XML document's root, or an empty string."""
    try:
        return next((element.tag for _, element in iterparse(BytesIO(data), ("start",))), "")  # noqa: S314 -- the office's own file, and small
    except ParseError:
        return ""


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2).

    >>> luminance("#ffffff"), luminance("#000000"), round(luminance("#6a3fa5"), 3)
    (1.0, 0.0, 0.093)
    """
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB's
        for part in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2).

    >>> contrast("#000000", "#ffffff"), round(contrast("#ffcc00", "#ffffff"), 2)
    (21.0, 1.51)
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _legible(value: str) -> str:
    """Refuse a colour that is illegible on the pages' light backgrounds.

    The error suggests the next darker colour that is legible.
    """
    darker = value
    for percent in range(100, -1, -1):
        darker = "#" + "".join(f"{int(value[at : at + 2], 16) * percent // 100:02x}" for at in (1, 3, 5))
        if contrast(darker, GROUND) >= AA:
            break
    if darker.lower() == value.lower():
        return value
    found = said("{colour}, whose contrast is {ratio} to 1", colour=value, ratio=f"{contrast(value, GROUND):.1f}")
    words = said("a colour whose contrast with a light ground is at least 4.5 to 1, such as {darker}", darker=darker)
    raise mistake((), found, words)


def _zone(name: str) -> str:
    calendar.zone(name)
    return name


def _hours(text: str) -> str:
    calendar.weekly_hours(text)
    return text


Id = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"),
    _expected(said("an id (1 to 64 of a-z 0-9 . _ -, the first a letter or digit), in quotes if it is a number")),
]
LineId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    _expected(said("a line id (1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit)")),
]
Text = Annotated[
    str,
    Field(min_length=1, max_length=200),
    _expected(said("a text, in quotes if it looks like a number, yes or no")),
]
Value = Annotated[  # a value of a column; an empty text is a value too
    str,
    Field(max_length=200),
    _expected(said("a text, in quotes if it looks like a number, yes or no")),
]
Proportion = Annotated[float, Field(ge=0, le=1), _expected(said("a number from 0 to 1 (10 % is 0.1)"))]
Prior = Annotated[float, Field(gt=0, lt=1), _expected(said("a number between 0 and 1, neither of them (10 % is 0.1)"))]
Duration = Annotated[
    float,
    Field(ge=0, le=_LONGEST),
    BeforeValidator(seconds),
    _expected(said("a duration such as 5s, 30m, 2h, 30d or a number of seconds")),
]
PositiveDuration = Annotated[
    float,
    Field(gt=0, le=_LONGEST),
    BeforeValidator(seconds),
    _expected(said("a duration longer than 0, such as 5s, 30m, 2h, 30d or a number of seconds")),
]
CalendarDay = Annotated[
    date,
    Field(ge=date(1970, 1, 1), le=date(2100, 12, 31)),
    BeforeValidator(_day),
    _expected(said("a day as YYYY-MM-DD, from 1970 to 2100")),
]
ExistingFile = Annotated[Path, AfterValidator(_existing), _expected(said("the path of a file that exists"))]
Picture = Annotated[ExistingFile, AfterValidator(_picture)]
Introduction = Annotated[ExistingFile, AfterValidator(_introduction)]
SecretFile = Annotated[ExistingFile, AfterValidator(_secret)]
Colour = Annotated[
    str,
    Field(pattern=r"^#[0-9A-Fa-f]{6}$"),
    _expected(said("a colour as #rrggbb, in quotes")),
    AfterValidator(_legible),
]
HostName = Annotated[
    str,
    Field(pattern=r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])$"),
    _expected(said("the name of a host, without a port")),
]
Servers = Annotated[str, AfterValidator(_servers), _expected(said("host:port, more of them separated by commas"))]
Server = Annotated[str, AfterValidator(_server), _expected(said("one host:port"))]
MailAddress = Annotated[  # as browsers take them (HTML, "valid e-mail address"): no quotes, no comments, no second line
    str,
    Field(pattern=rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(\.{_LABEL})*$", max_length=254),
    _expected(said("an address such as qualite@prefecture.example")),
]
WebAddress = Annotated[
    str,
    Field(pattern=r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$", max_length=200),
    _expected(said("an address such as https://tocsin.prefecture.example, without a / at its end")),
]
TopicPrefix = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]{0,100}$"), _expected(said("at most 100 of A-Z a-z 0-9 . _ -"))
]
HeaderName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9-]{1,100}$"),
    _expected(said("the name of a header, such as X-Remote-User")),
]
ZoneName = Annotated[str, AfterValidator(_zone)]
WeeklyHours = Annotated[str, AfterValidator(_hours)]

Definition = Annotated[
    Literal["lost_over_offered"],
    _expected(said("lost_over_offered: the ledger counts by no other; tocsin analyze shows the others beside it")),
]
Lifecycle = Annotated[
    Literal["full", "final", "totals"],
    _expected(said("full, final, or totals if the line has readings only")),
]
Overloads = Annotated[OverloadBudget | None, _expected(said("none, weekly or daily"))]

ClockChoice: TypeAlias = Literal["wall", "event"]
Correction: TypeAlias = Literal["exclude", "impute"]
DayKind: TypeAlias = Literal["working", "calendar"]
SaslMechanism: TypeAlias = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]
Protocol: TypeAlias = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Reasons = Annotated[tuple[Reason, ...], at_least_one(said("at least one reason"))]
