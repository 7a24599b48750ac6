"""The audit of a site: every law that figures, days and decisions keep, and what breaks one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from msgspec.structs import replace

from agents.audit.recount import read_stands, recount
from agents.audit.witnesses import read_states, recount_both
from agents.chain.signing import verifies
from agents.history.ledger import History, read_history
from agents.totals.plan import rules_of
from config.settings import Settings
from streams.chain.breach import Breach
from streams.chain.links import Chain, breach
from streams.chain.vintages import is_numbered, periods, vintages
from streams.events import Review
from streams.said import Said, said


class Audit(Struct, frozen=True):
    """Hold what was verified, and what was found."""

    site: str
    decisions: int  # in the chain
    publications: int
    days: int  # of the ledger
    recounted: int  # days that were counted anew from their events
    signed: int | None  # publications that the key vouches for; None without a key
    remarks: list[Said]  # what could not be verified, and why; no breach
    breaches: list[Breach]


def audit(settings: Settings, key: Ed25519PublicKey | None = None) -> Audit:
    """Return what holds of a site and what does not.

    What is read while others write may look broken for a moment. So a breach counts once two readings show it.
    Raises `KafkaError` where the broker does not answer, or gives no right to read.
    """
    found = _audit(settings, key)
    if not found.breaches:
        return found
    again = _audit(settings, key)
    subjects = {(each.kind, each.subject) for each in found.breaches}
    return replace(again, breaches=[each for each in again.breaches if (each.kind, each.subject) in subjects])


def _audit(settings: Settings, key: Ed25519PublicKey | None) -> Audit:
    site = settings.site
    stands, states = read_stands(settings), read_states(settings)  # before the ledger, which then says no less
    history = read_history(settings)
    chain, days = history.publications.chain(site), history.days.of(site)
    anew = [recount(settings, days, stands), recount_both(settings, days, states)]
    recounted = sum(each.days for each in anew)
    breaches = history.breaches(site)
    told = {each.subject for each in breaches}
    breaches += [each for one in anew for each in one.breaches if each.subject not in told]
    signed = None if key is None else _signed(chain, key)
    if signed is not None:
        breaches += _unsigned(chain, signed)
    return Audit(
        site=site,
        decisions=sum(isinstance(link.entry, Review) for link in chain.links.values()),
        publications=len(chain.published()),
        days=len(days),
        recounted=recounted,
        signed=None if signed is None else sum(link.hash in signed for link, _ in chain.published()),
        remarks=[*_unchained(chain, history), *_since(settings, chain, history), *_beyond(len(days), recounted)],
        breaches=breaches,
    )


def _signed(chain: Chain, key: Ed25519PublicKey) -> set[str]:
    """Return the hashes of what a key vouches for: what its owner signed, and all that this follows."""
    return chain.behind(
        link.hash for link, entry in chain.published() if verifies(link.logged.value, entry.signature, key)
    )


def _unsigned(chain: Chain, signed: set[str]) -> Iterator[Breach]:
    for link, entry in chain.published():
        if link.hash not in signed:
            says = said("it is not signed") if entry.signature is None else said("it is signed by another key")
            subject = said("publication of {period}, {content}", period=entry.of, content=entry.content[:12])
            yield breach("signature", link.logged, subject, says, entry.year)


def _unchained(chain: Chain, history: History) -> Iterator[Said]:
    """Say what is of before the chain, or beside it."""
    if chain.opened is None:
        yield said("nothing is chained yet; {count} decisions stand in the log", count=len(chain.earlier))
    elif chain.earlier:
        when = datetime.fromtimestamp(chain.opened.at, UTC).date()
        yield said(
            "{count} decisions were made before {when}, when the chain was opened: fixed as they stood",
            count=len(chain.earlier),
            when=when,
        )
    stored, published = history.publications.stored(chain.site), {entry.content for _, entry in chain.published()}
    before = sum(is_numbered(name) for _, name in stored)
    if before:
        if published:
            yield said("{count} vintages were kept before there was a chain: fixed as they stood", count=before)
        else:
            yield said(
                "{count} vintages were kept before there was a chain, and nothing fixes them until the next is "
                "published",
                count=before,
            )
    beside = sum(not is_numbered(name) and name not in published for _, name in stored)
    if beside:
        yield said(
            "{count} vintages in the ledger were never published: cut short, or put there; no one shows them",
            count=beside,
        )


def _since(settings: Settings, chain: Chain, history: History) -> Iterator[Said]:
    """Say what has come since the last vintages, and under which other configuration."""
    rules = rules_of(settings)
    stored = history.publications.stored(chain.site)
    for name in periods(chain, stored):
        for each in vintages(chain, stored, name)[0][-1:]:
            late = sum(
                "#" in key and key not in each.days for key in history.days.marks(chain.site, each.annual.period)
            )
            if late:
                yield said(
                    "{count} parts of days of {period} have come since vintage {number}, by late events",
                    count=late,
                    period=name,
                    number=each.number,
                )
            if each.rules != rules:
                yield said(
                    "vintage {number} of {period} was made under another configuration than today's",
                    number=each.number,
                    period=name,
                )


def _beyond(days: int, recounted: int) -> Iterator[Said]:
    if recounted < days:
        yield said(
            "{count} of {days} days could not be counted anew: their events are no longer all there, or their calls "
            "may still change",
            count=days - recounted,
            days=days,
        )
