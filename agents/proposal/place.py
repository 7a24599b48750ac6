"""The place of an office: this machine's time zone, and the country of a zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

import holidays

from config import calendar

LOCALTIME: Final = Path("/etc/localtime")
_UNIVERSAL: Final = frozenset({"UTC", "Etc/UTC", "Universal", "Zulu", "Etc/Universal", "Etc/Zulu", "GMT", "Etc/GMT"})


def machine_zone(environ: Mapping[str, str], localtime: Path = LOCALTIME) -> str | None:
    """Return this machine's time zone; None if it has none or universal time."""
    named = environ.get("TZ", "").removeprefix(":")
    found = named or _zone_name(os.path.realpath(localtime))
    try:
        return None if found in _UNIVERSAL else calendar.zone(found).key
    except ValueError:
        return None


def country_of(zone: str) -> str | None:
    """Return the country (ISO 3166) of a time zone if its public holidays are known.

    >>> country_of("Europe/Paris"), country_of("Etc/UTC")
    ('FR', None)
    """
    country = _countries().get(zone)
    return country if country in holidays.list_supported_countries() else None


def _zone_name(path: str) -> str:
    return path.rpartition("zoneinfo/")[2].removeprefix("posix/").removeprefix("right/")


@lru_cache
def _countries() -> dict[str, str]:
    """Return the countries by time zone, from the tz database's zone.tab."""
    rows = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows if not row.startswith("#"))
    return {zone: country for country, _, zone, *_ in cells}
