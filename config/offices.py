"""The offices that are counted together: a single one, or all `sites` of a nation.

A nation's `kafka`, `clock`, `checkpoint`, `retention`, `board` and `rights` apply to every office and replace the
settings in the office's own file, which can still be used alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

from config import environment, refusal
from config.document import Stamp, read, stamp
from config.nation import Member, Nation
from config.part import validated
from config.refusal import ConfigError, Mistake, suggestion
from config.rights import names_of, unknown
from config.settings import Holidays, Settings, checked, located
from config.shared import Shared
from streams.said import said

SHARED: Final = ("kafka", "clock", "checkpoint", "retention", "board", "rights")
_OWN: Final = frozenset(Member.model_fields) - {"file"}  # keys of a member that replace its file's


class Offices(NamedTuple):
    """Several offices by site, and the settings that they share. The shared settings of a single office are its own."""

    shared: Shared
    sites: Mapping[str, Settings]

    @property
    def nation(self) -> Nation | None:
        """The settings that name the offices; None for a single office."""
        return self.shared if isinstance(self.shared, Nation) else None

    def office(self, site: str | None) -> Settings:
        """Return the only office, or the office of `site`; raise `ConfigError` if there are several and no `site`."""
        if site is None and self.nation is None:
            return next(iter(self.sites.values()))
        if site is None or site not in self.sites:
            known = suggestion(site or "", self.sites, said("a site of this configuration"))
            raise ConfigError([Mistake("--site", "", refusal.shown(site), known)])
        return self.sites[site]

    def sharing(self, shared: Shared) -> Offices:
        """Return the same offices with other shared settings."""
        update = {name: getattr(shared, name) for name in SHARED}
        return Offices(shared, {site: each.model_copy(update=update) for site, each in self.sites.items()})

    def together(self) -> Settings:
        """Return the shared settings with no site, for commands whose events must each name their site."""
        (office, *_), countries = self.sites.values(), {each.holidays.country for each in self.sites.values()}
        holidays = office.holidays if len(countries) == 1 else Holidays(country=None)
        shared = {name: getattr(self.shared, name) for name in Shared.model_fields}
        return Settings.model_construct(site="", holidays=holidays, **shared)

    @classmethod
    def alone(cls, settings: Settings) -> Offices:
        return cls(settings, {settings.site: settings})


class _ReadOffice(NamedTuple):
    """An office, and the files from which it was read."""

    stamp: Stamp
    member: Member
    nation: Nation
    office: Settings


class OfficeFiles:
    """The configuration files of one or several offices, read again when they change."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        """Remember the path, without reading. Without a path, the default configuration is used."""
        self.path: Final = located(path)
        self._environ = environ
        self._stamps: dict[Path, Stamp] = {}
        self._offices: dict[Path, _ReadOffice] = {}

    def changed(self) -> bool:
        """Return whether a file, or a folder of files, has changed since it was read."""
        return any(stamp(path) != known for path, known in self._stamps.items())

    def load(self) -> Offices:
        """Return the offices. The file of an unchanged office is not read again.

        Raise `ConfigError` with all mistakes in all files.
        """
        self._stamps = {self.path: stamp(self.path)}
        document = read(self.path)
        model = Nation if "sites" in document else Settings
        document, origins = environment.overlay(document, self._environ, model)
        if model is Settings:
            offices = Offices.alone(checked(document, str(self.path), origins))
            if wrong := [*_wrong_rights(offices.shared, offices.sites, str(self.path))]:
                raise ConfigError(wrong)
            return offices
        nation = validated(Nation, document, str(self.path), origins)
        sites: dict[str, Settings] = {}
        files: dict[str, Path] = {}
        mistakes: list[Mistake] = []
        for file, member in self._files(nation, mistakes):
            try:
                office = self._office(file, member, nation)
            except ConfigError as error:
                mistakes += error.mistakes
                continue
            if office.site in sites:
                words = said("a site that {file} is not the configuration of", file=files[office.site])
                mistakes.append(Mistake(str(file), "site", refusal.shown(office.site), words))
            sites[office.site], files[office.site] = office, file
        if not mistakes:
            mistakes += _wrong_rights(nation, sites, str(self.path))
        if mistakes:
            raise ConfigError(mistakes)
        return Offices(nation, dict(sorted(sites.items())))

    def _files(self, nation: Nation, mistakes: list[Mistake]) -> Iterator[tuple[Path, Member]]:
        """Yield the file of each office, and the nation's settings for it."""
        for at, member in enumerate(nation.sites):
            path = self.path.parent / member.file
            self._stamps[path] = stamp(path)
            if not path.is_dir():
                yield path, member
                continue
            files = sorted(each for each in path.iterdir() if each.suffix in {".yaml", ".yml"})
            if not files:
                found, words = said("a folder without a .yaml file"), said("the configurations of some offices")
                mistakes.append(Mistake(str(self.path), f"sites.{at}.file", found, words))
            for file in files:
                self._stamps[file] = stamp(file)
                yield file, member

    def _office(self, file: Path, member: Member, nation: Nation) -> Settings:
        state, known = self._stamps[file], self._offices.get(file)
        if known is None or known[:3] != (state, member, nation):
            known = self._offices[file] = _ReadOffice(state, member, nation, _read_office(file, member, nation))
        return known.office


def _read_office(file: Path, member: Member, nation: Nation) -> Settings:
    """Return an office from its file, with the nation's settings in place of its own."""
    document = {name: part for name, part in read(file).items() if name not in SHARED}
    place = document.get("place") or {}
    own = member.model_dump(mode="json", include=set(_OWN) & member.model_fields_set)
    document["place"] = {**place, **own} if isinstance(place, dict) else place
    document["retention"] = nation.retention.model_dump(mode="json")  # it bounds the longest call of a line
    office = checked(document, str(file), {("retention",): f"{file}, by what the nation says of it"})
    return office.model_copy(update={name: getattr(nation, name) for name in SHARED})


def _wrong_rights(shared: Shared, sites: Mapping[str, Settings], source: str) -> Iterator[Mistake]:
    """Yield the names in rights that are none of these offices."""
    places = {site: office.place for site, office in sites.items()}
    known = frozenset[str]().union(*(names_of(site, place) for site, place in places.items()))
    for key, name in unknown(shared.rights or (), known):
        kind = said("a site, region:NAME or department:NAME of these offices, or *")  # too many to list
        words = suggestion(name, known, kind) if get_close_matches(name, known, n=1) else kind
        yield Mistake(source, f"rights.{key}", refusal.shown(name), words)
