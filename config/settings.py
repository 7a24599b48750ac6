"""The settings of an office with their defaults; `load` reads them from a file and the environment."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from config import calendar, environment, indicators, refusal
from config import quantities as q
from config.document import read
from config.exchanges import Exchanges
from config.mail import Mail
from config.mapping import Table
from config.office import Location, Signatory, Signing
from config.part import Part, mistake, validated
from config.refusal import ConfigError, Mistake
from config.shared import Checkpoint, Kafka, Retention, Shared
from config.sums import DeskSum, checked_sums
from streams.said import said

__all__ = ["Checkpoint", "ConfigError", "Kafka", "Retention", "Settings", "load"]

DEFAULT = Path("config/lozere.yaml")
UNNAMED = "office"  # the id of an office until somebody chooses one
_LONGEST_DAY = 25 * 3600.0  # when summer time ends
_calendar = lru_cache(maxsize=2048)(calendar.Calendar)


class Holidays(Part):
    """Closed days, and days that are `open` in spite of a public holiday."""

    country: q.Text | None = "FR"
    subdivision: q.Text | None = None
    closed: tuple[q.CalendarDay, ...] = ()
    open: tuple[q.CalendarDay, ...] = ()

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str | None) -> str | None:
        calendar.public_holidays(value)
        return value

    @field_validator("subdivision")
    @classmethod
    def _known_subdivision(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and "country" in info.data:
            if info.data["country"] is None:
                raise ValueError(said("null, since there is no country"))
            calendar.public_holidays(info.data["country"], value)
        return value

    @field_validator("open")
    @classmethod
    def _not_closed(cls, value: tuple[q.CalendarDay, ...], info: ValidationInfo) -> tuple[q.CalendarDay, ...]:
        if set(value) & set(info.data.get("closed", ())):
            raise ValueError(said("days that are not in closed too"))
        return value


class ServiceLevel(Part):
    """The promise to answer a share of calls `within` a time, in seconds."""

    share: q.Proportion = 0.8
    within: q.Duration = 20.0


class LineDefaults(Part):
    """The defaults of lines; durations are in seconds."""

    target: q.Proportion = 0.10  # the national threshold
    expected_lost_rate: q.Prior | None = None  # the prior of the baseline; without it the baseline only learns
    lifecycle: q.Lifecycle = "full"
    witness: q.Text | None = None  # the source of the second record of the line's calls
    short_call: q.Duration = 5.0  # some definitions leave out calls that are lost sooner
    lost_reasons: q.Reasons = (  # of the official rate; a call with any other reason is diverted
        "abandoned",
        "timeout",
        "no_agents",
        "full",
        "unknown",
    )
    answer_target: q.Proportion = 0.85  # the minimum of the answer rate: the national target
    agentless_reasons: q.Reasons = (  # of diverted calls that needed no agent; all others count against the answer rate
        "closed",
        "key",
        "transfer",
    )
    definition: q.Definition = "lost_over_offered"
    service_level: ServiceLevel = ServiceLevel()
    wrap_up: q.Duration = 0.0  # an agent's work after each call, in which no other call is taken: for `tocsin staff`
    max_call_seconds: q.PositiveDuration = 7200.0  # a call without an outcome by then is unresolved
    correction: q.Correction = "exclude"  # for slots in which no law names the wrong calls


# Keys of desks that change no count: they are for plans of agents and for the effects of actions.
UNCOUNTED: Final[Mapping[str, frozenset[str]]] = {
    "lines": frozenset({"wrap_up", "actions"}),
    "services": frozenset({"actions"}),
    "requests": frozenset({"actions"}),
}


class Action(Part):
    """Something that the office changed on a day, such as its hours."""

    date: q.CalendarDay
    label: q.Text


class Line(LineDefaults):
    """A telephone line; `queues` are its names in the sources."""

    label: str = ""
    actions: tuple[Action, ...] = ()
    queues: tuple[q.Text, ...] = ()
    parts: tuple[q.LineId, ...] = ()  # the lines whose totals add up to this one's


class Service(Part):
    """A queue at the counters; `target_wait` is in seconds."""

    label: str = ""
    actions: tuple[Action, ...] = ()
    target_wait: q.PositiveDuration | None = None


class Alerts(Part):
    """How many alerts an office wants of each line."""

    overloads: q.Overloads = None  # None: only overloads that chance hardly explains


RequestSection: TypeAlias = Literal["digital", "titles", "complaints"]


class Channel(Part):
    """A kind of requests; `target_days` are days of the kind `days`."""

    label: str = ""
    actions: tuple[Action, ...] = ()
    target_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    days: q.DayKind = "working"
    section: RequestSection | None = None  # of the report; by default, its id decides


def _within(lines: Mapping[str, Line], parts: Iterable[str]) -> set[str]:
    """Return lines with all their parts, and all parts of these parts, at any depth."""
    found: set[str] = set()
    waiting = list(parts)
    while waiting:
        name = waiting.pop()
        if name not in found and name in lines:
            found.add(name)
            waiting += lines[name].parts
    return found


P = TypeVar("P", bound=Part)
Labelled = TypeVar("Labelled", Line, Service, Channel, DeskSum)


class Settings(Shared):
    """All settings of one office, with complete lines."""

    site: q.Id
    place: Location = Location()
    holidays: Holidays = Holidays()
    opening_hours: q.WeeklyHours = "Mo-Fr 08:30-12:00,13:30-17:00"
    allowed_lateness: q.Duration = 120.0
    line_defaults: LineDefaults = LineDefaults()  # before the lines, which use it
    lines: Mapping[q.LineId, Line] = {}
    services: Mapping[q.Id, Service] = {}
    requests: Mapping[q.Id, Channel] = {}
    sums: Mapping[q.Id, DeskSum] = {}
    alerts: Alerts = Alerts()
    mappings: Mapping[q.Id, Table] = {}
    office: Signatory = Signatory()
    signing: Signing = Signing()
    exchanges: Exchanges = Exchanges()
    mail: Mail | None = None  # without it `tocsin mail` sends nothing

    def calendar(self) -> calendar.Calendar:
        """Return the office's calendar. Offices with equal hours share one, which caches days."""
        return _calendar(
            self.timezone,
            self.opening_hours,
            country=self.holidays.country,
            subdivision=self.holidays.subdivision,
            closed_days=self.holidays.closed,
            open_days=self.holidays.open,
        )

    def apart(self, lines: Iterable[str]) -> set[str]:
        """Return the ids that a sum of lines leaves out, because they are parts of another line in the sum."""
        return {part for name in lines for part in self.lines[name].parts}

    def lines_by_queue(self) -> dict[str, str]:
        """Map queue names to line ids. A queue with a line's name belongs to that line unless another claims it."""
        return {line: line for line in self.lines} | dict(_claims(self.lines))

    @field_validator("lines")
    @classmethod
    def _complete(cls, lines: Mapping[str, Line], info: ValidationInfo) -> Mapping[str, Line]:
        owners: dict[str, str] = {}
        for queue, line in _claims(lines):
            owner = owners.setdefault(queue, line)
            if owner != line:
                raise mistake((line, "queues"), queue, said("a queue that line {line} has not already", line=owner))
        defaults = info.data.get("line_defaults", LineDefaults())
        return _labelled({name: _filled(line, defaults) for name, line in lines.items()})

    @field_validator("lines")
    @classmethod
    def _made_of_others(cls, lines: Mapping[str, Line]) -> Mapping[str, Line]:
        for name, line in lines.items():
            for at, part in enumerate(line.parts):
                if part not in lines:
                    raise mistake((name, "parts", str(at)), part, said("another line of this office"))
            if name in _within(lines, line.parts):
                raise mistake((name, "parts"), ", ".join(line.parts), said("lines that this one is no part of"))
        return lines

    @field_validator("services", "requests")
    @classmethod
    def _labelled_desks(cls, desks: Mapping[str, Labelled]) -> Mapping[str, Labelled]:
        return _labelled(desks)

    @field_validator("sums")
    @classmethod
    def _of_its_desks(cls, sums: Mapping[str, DeskSum], info: ValidationInfo) -> Mapping[str, DeskSum]:
        if not {"services", "requests"} <= info.data.keys():  # a missing part has its own error
            return sums
        days = {name: channel.days for name, channel in info.data["requests"].items()}
        return _labelled(checked_sums(sums, info.data["services"], days))

    @field_validator("office")
    @classmethod
    def _names_what_is_there(cls, office: Signatory, info: ValidationInfo) -> Signatory:
        if not indicators.KINDS.keys() <= info.data.keys():  # a missing part has its own error
            return office
        sums: Mapping[str, DeskSum] = info.data.get("sums", {})
        subjects = {
            part: [*info.data[part], *(name for name, each in sums.items() if getattr(each, part, ()))]
            for part in indicators.KINDS
        }
        known = [*indicators.ids(subjects), "satisfaction:QUESTION"]
        for place, each in office.named():
            if each not in known and not indicators.is_of_survey(each):
                words = refusal.suggestion(each, known, said("an indicator of this office"))
                raise mistake(place, each, words)
        return office

    @model_validator(mode="after")
    def _forgets_in_time(self) -> Self:
        longest = max((line.max_call_seconds for line in self.lines.values()), default=0.0)
        followed = _LONGEST_DAY + longest + self.allowed_lateness
        if self.retention.pseudonyms < followed:
            words = said(
                "at least {seconds}s: a line follows its callers through their day and their longest call",
                seconds=round(followed),
            )
            raise mistake(("retention", "pseudonyms"), f"{self.retention.pseudonyms:g}s", words)
        return self

    @model_validator(mode="after")
    def _lost_for_reasons_that_count(self) -> Self:
        """Refuse a mapping's `lost/closed` if no line counts `closed` as lost: the call would be diverted silently."""
        counted = {reason for each in (self.line_defaults, *self.lines.values()) for reason in each.lost_reasons}
        for name, table in self.mappings.items():
            for place, meaning in table.meanings() if table.of == "calls" else ():
                result, _, reason = meaning.partition("/")
                if result == "lost" and reason and reason not in counted:
                    words = said(
                        "diverted/{reason}, or {reason} in the `lost_reasons` of a line, which are {known}",
                        reason=reason,
                        known=", ".join(sorted(counted)),
                    )
                    raise mistake(("mappings", name, "outcome", *place), meaning, words)
        return self

    @model_validator(mode="after")
    def _mails_of_its_desks(self) -> Self:
        for at, each in enumerate(self.mail.to if self.mail else ()):
            for key, asked, known in (("lines", each.lines, self.lines), ("services", each.services, self.services)):
                for name in asked:
                    if name not in known:
                        words = said("one of {known}", known=", ".join(known))
                        raise mistake(("mail", "to", str(at), key), name, words)
        return self

    @model_validator(mode="after")
    def _opens_on_open_days(self) -> Self:
        office = self.calendar()
        for day in self.holidays.open:
            if not office.is_working_day(day):
                words = said("a day on which opening_hours open; add hours for that date there")
                raise mistake(("holidays", "open"), day.isoformat(), words)
        return self


def located(path: Path | None) -> Path:
    """Return the path of a configuration, by default the demo's: `config/lozere.yaml` here or beside this module."""
    return path or (DEFAULT if DEFAULT.is_file() else Path(__file__).with_name(DEFAULT.name))


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings of one office from a file and the environment.

    Raise `ConfigError` with all mistakes.
    """
    path = located(path)
    document, origins = environment.overlay(read(path), environ, Settings)
    return checked(document, str(path), origins)


def checked(
    document: Mapping[str, object], source: str, origins: Mapping[tuple[str, ...], str] | None = None
) -> Settings:
    """Return the settings in a document, as `validated` does."""
    return validated(Settings, document, source, origins)


def without_wrong_mappings(
    document: Mapping[str, object], source: str, origins: Mapping[tuple[str, ...], str], used: Collection[str]
) -> tuple[Settings, list[Mistake]]:
    """Return the settings in a document without its wrong mappings, and the mistakes in these.

    Raise `ConfigError` if there is another mistake, or one in a mapping that is `used`.
    """
    try:
        return checked(document, source, origins), []
    except ConfigError as error:
        mappings = document.get("mappings")
        tables = mappings if isinstance(mappings, dict) else {}
        owners = [
            next((name for name in tables if f"{each.key}.".startswith(f"mappings.{name}.")), None)
            for each in error.mistakes
        ]
        if None in owners or not {*owners}.isdisjoint(used):
            raise
        right = {name: table for name, table in tables.items() if name not in owners}
        settings, others = without_wrong_mappings({**document, "mappings": right}, source, origins, used)
        return settings, [*error.mistakes, *others]


def _claims(lines: Mapping[str, Line]) -> Iterator[tuple[str, str]]:
    return ((queue, name) for name, line in lines.items() for queue in line.queues)


def _filled(given: P, defaults: Part) -> P:
    """Return a part of the settings, with missing values taken from the defaults, also inside its own parts."""
    update: dict[str, object] = {}
    for name in defaults.model_fields_set:
        own, default = getattr(given, name), getattr(defaults, name)
        if name not in given.model_fields_set:
            update[name] = default
        elif isinstance(own, Part):
            update[name] = _filled(own, default)
    return given.model_copy(update=update)


def _labelled(parts: Mapping[str, Labelled]) -> Mapping[str, Labelled]:
    return {name: part.model_copy(update={"label": part.label or name}) for name, part in parts.items()}
