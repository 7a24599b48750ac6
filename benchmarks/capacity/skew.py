"""The uneven load of partitions and of workers: murmur2 of real keys, desks of log-normal sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.kafka.client import partition_of
from benchmarks.nation.configuration import LINES, SERVICES, site_of
from benchmarks.nation.prefectures import DEPARTMENTS

Floats = npt.NDArray[np.float64]

DRAWS: Final = 200
SPREAD_OF_LINES: Final = 0.5  # sigma of the log-normal sizes of an office's lines


class Skew(NamedTuple):
    """The load of the busiest, divided by the mean: in the median draw, and in the worst tenth of draws."""

    parts: int
    usual: float
    unlucky: float
    empty: float  # share of the parts with nothing


def nation_keys() -> list[tuple[str, str]]:
    """Return the site and the name of each desk of the 101 prefectures."""
    sites = [site_of(each) for departments in DEPARTMENTS.values() for each in departments]
    return [(site, desk) for site in sites for desk in (*LINES, *SERVICES)]


def many_keys(sites: int, desks: int) -> list[tuple[str, str]]:
    """Return the same for numbered offices."""
    return [(f"office-{site:05}", f"desk-{desk:02}") for site in range(sites) for desk in range(desks)]


def sites_of(keys: Sequence[tuple[str, str]]) -> npt.NDArray[np.intp]:
    """Return the number of each desk's office."""
    numbers = {site: at for at, site in enumerate(dict.fromkeys(site for site, _ in keys))}
    return np.array([numbers[site] for site, _ in keys])


def sizes(sites: npt.NDArray[np.intp], spread: float, random: np.random.Generator) -> Floats:
    """Return the relative loads of desks: the size of each one's office, by its number, times the desk's own."""
    of_site = random.lognormal(0.0, spread, int(sites.max()) + 1)
    found: Floats = of_site[sites] * random.lognormal(0.0, SPREAD_OF_LINES, len(sites))
    return found


def skew(keys: Sequence[tuple[str, str]], partitions: int, spread: float, workers: int = 0, draws: int = DRAWS) -> Skew:
    """Return the unevenness of partitions, or of workers to whom partitions are assigned in turn."""
    parts = workers or partitions
    homes = np.array([partition_of(f"{site}/{name}".encode(), partitions) for site, name in keys]) % parts
    sites = sites_of(keys)
    random, found = np.random.default_rng(1917), []
    for _ in range(draws):
        loads = np.bincount(homes, weights=sizes(sites, spread, random), minlength=parts)
        found.append(loads.max() / loads.mean())
    empty = 1 - len(set(homes.tolist())) / parts
    return Skew(parts, float(np.median(found)), float(np.quantile(found, 0.9)), empty)
