"""A site's published vintages according to its chain, and the faults of the stored vintages.

Only the log makes a vintage: a record of the ledger under a key that no publication names is ignored. Two persons may
therefore publish at once, and an interrupted publication leaves nothing visible behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from streams.chain.breach import Breach
from streams.chain.entry import Published
from streams.chain.links import Chain, breach
from streams.indicators.vintage import Vintage
from streams.said import Said, said


class Stored(NamedTuple):
    """A vintage as stored in the ledger."""

    vintage: Vintage
    content: str  # SHA-256 of the whole vintage
    holds: bool  # its figures match the digest stated in it
    place: str
    written: int  # epoch ms


HASH_LENGTH: Final = 64
# By the names of period and vintage. A vintage's name is its content's hash, or its number if older than the chain.
Vintages: TypeAlias = Mapping[tuple[str, str], Stored]


def vintages(chain: Chain, stored: Vintages, of: str) -> tuple[list[Vintage], list[Breach]]:
    """Return a period's intact vintages in order, and the breaches of its other vintages."""
    sound: list[Vintage] = []
    wrong: list[Breach] = []
    pinned = pins(chain)
    before = _before(stored, pinned, of)
    for number, (found, pin) in before.items():
        if found is None:
            wrong.append(_missing(of, number))
        elif found.holds and (pinned is None or pin == found.content):
            sound.append(replace(found.vintage, number=number))
        else:
            wrong.append(_changed(of, number, found))
    last, seen = max(before, default=0), set[str]()
    for link, entry in chain.published():
        if entry.of != of:
            continue
        last += 1
        found = stored.get((of, entry.content))
        if entry.content in seen:
            says = said("published a second time in the log")
            subject = subject_of(of, last)
            wrong.append(breach("vintage-repeated", link.logged, subject, says, entry.year))
        elif found is None:
            wrong.append(_missing(of, last, entry))
        elif found.content != entry.content or found.vintage.annual.site != chain.site:
            wrong.append(_changed(of, last, found))
        else:
            sound.append(replace(found.vintage, number=last))
        seen.add(entry.content)
    return sound, wrong


def altered(chain: Chain, stored: Vintages, of: str) -> list[Vintage]:
    """Return a period's vintages that differ from the published ones. They may still show which days were changed."""
    pinned = pins(chain)
    found = [
        each
        for each, pin in _before(stored, pinned, of).values()
        if each is not None and not (each.holds and (pinned is None or pin == each.content))
    ]
    named = {entry.content: stored.get((of, entry.content)) for _, entry in chain.published() if entry.of == of}
    found += [each for content, each in named.items() if each is not None and each.content != content]
    return [each.vintage for each in found]


def periods(chain: Chain, stored: Vintages) -> list[str]:
    """Return the names of the periods with a vintage, intact or not."""
    return sorted({entry.of for _, entry in chain.published()} | {period for period, _ in stored})


def last_number(chain: Chain, stored: Vintages, of: str) -> int:
    """Return the number of a period's last vintage, intact or not."""
    published = sum(entry.of == of for _, entry in chain.published())
    return max(_before(stored, pins(chain), of), default=0) + published


def publication_of(chain: Chain, stored: Vintages, of: str, number: int) -> str | None:
    """Return the hash of the publication of a period's vintage; None if the vintage is from before the chain."""
    hashes = [link.hash for link, entry in chain.published() if entry.of == of]
    later = number - max(_before(stored, pins(chain), of), default=0)
    return hashes[later - 1] if 0 < later <= len(hashes) else None


def pins(chain: Chain) -> dict[str, str] | None:
    """Return the content of the vintages before the chain by YEAR/NUMBER, or None if the chain has no publication."""
    first = next((entry for _, entry in chain.published()), None)
    return None if first is None else first.earlier


def _before(stored: Vintages, pinned: Mapping[str, str] | None, of: str) -> dict[int, tuple[Stored | None, str | None]]:
    """Return each vintage of a period from before the chain by its number, with its fixed content.

    Later records under such keys are ignored: publications have used other keys since then.
    """
    found = {int(name): each for (period, name), each in stored.items() if period == of and is_numbered(name)}
    if pinned is None:
        return {number: (found[number], None) for number in sorted(found)}
    fixed = {int(name.partition("/")[2]): pin for name, pin in pinned.items() if name.startswith(f"{of}/")}
    return {number: (found.get(number), fixed[number]) for number in sorted(fixed)}


def year_of(period: str) -> int:
    """Return the year in which a period begins."""
    return int(period[:4])


def is_numbered(name: str) -> bool:
    """Return whether a vintage is named by its number, like every vintage from before the chain.

    >>> is_numbered("00002"), is_numbered(64 * "0")
    (True, False)
    """
    return len(name) < HASH_LENGTH


def unpinned(chain: Chain, stored: Vintages) -> dict[str, str]:
    """Return the content of the vintages before the chain, which the first publication fixes; later, nothing."""
    if pins(chain) is not None:
        return {}
    return {f"{of}/{int(name)}": each.content for (of, name), each in stored.items() if is_numbered(name)}


def subject_of(of: str, number: int) -> Said:
    return said("vintage {number} of {period}", number=number, period=of)


def _missing(of: str, number: int, entry: Published | None = None) -> Breach:
    return Breach(
        kind="vintage-missing",
        subject=subject_of(of, number),
        says=said(
            "vintage {number} of {period} was published, and is in the ledger no longer: deleted",
            number=number,
            period=of,
        ),
        year=year_of(of),
        at=None if entry is None else round(entry.at * 1000),
    )


def _changed(of: str, number: int, found: Stored) -> Breach:
    how = said("with a new digest") if found.holds else said("and its figures do not match its digest")
    return Breach(
        kind="vintage-changed",
        subject=subject_of(of, number),
        says=said(
            "vintage {number} of {period} was changed after its publication, {how}", number=number, period=of, how=how
        ),
        year=year_of(of),
        place=found.place,
        at=found.written,
    )
