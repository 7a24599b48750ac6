"""The audit of a site: which figures, days and decisions were altered after they were recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types
from msgspec import Struct
from msgspec.structs import replace

from agents.audit.desks import desks_of, unlike
from agents.audit.incidents import ComparedIncidents, compare_incidents, stored_desks
from agents.audit.recount import recount, sources, stands_of
from agents.audit.witnesses import recount_both, states_of, witnessed
from agents.catalogue import catalogue
from agents.chain.signing import verifies
from agents.chain.time_stamps import StampError, roots_of, stamped_at
from agents.history.ledger import TOPICS_OF_RECORD, History, read_history
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader, place_of, records
from agents.states.records import state_records
from agents.totals.plan import rules_of
from config.office import TimeStamps
from config.offices import Offices
from config.settings import Settings
from streams.chain.breach import Breach
from streams.chain.days import subject_of_day
from streams.chain.entry import Published
from streams.chain.links import Chain, breach
from streams.chain.vintages import is_numbered, periods, vintages
from streams.events import Review
from streams.said import Said, said


class Audit(Struct, frozen=True):
    """The result of an audit: the amounts checked, the remarks and the breaches."""

    site: str
    decisions: int  # in the chain
    publications: int
    days: int  # of the ledger
    recounted: int  # days recounted from their events
    signed: int | None  # publications signed by the key, or followed by one that is; None without a key
    stamped: int | None  # publications with a valid time stamp; None without an authority
    remarks: list[Said]  # what could not be checked, and why; not a breach
    breaches: list[Breach]


def audit(settings: Settings, key: Ed25519PublicKey | None = None, expected: str | None = None) -> Audit:
    """Check the records of a site, and that a publication with the `expected` hash is among them.

    Records that others are writing may look broken for a moment. If somebody wrote during the first reading, there is a
    second one, and only breaches of both count.
    Raises `KafkaError` if the broker does not answer or denies reading.
    """
    before = _ends(settings)
    found, ahead = _audit(settings, key, expected)
    if not found.breaches and not ahead:
        return found
    if _ends(settings) == before:
        return replace(found, breaches=list(_placed(settings, [*found.breaches, *ahead])))
    again, still = _audit(settings, key, expected)
    subjects = {(each.kind, each.subject) for each in found.breaches}
    breaches = [each for each in again.breaches if (each.kind, each.subject) in subjects]
    # The same position twice: the worker has neither read so far nor written the day again.
    breaches += [each for each in still if each in ahead]
    return replace(again, breaches=list(_placed(settings, breaches)))


def _ends(settings: Settings) -> Mapping[TopicPartition, int]:
    """Return the ends of all topics that an audit reads."""
    office = catalogue(Offices.alone(settings))
    names = [Topic.STATE, *TOPICS_OF_RECORD, *sources(office)]
    names += [Topic.CALL_WITNESSES] if witnessed(settings) else []
    with closing(TopicReader(settings, *(topic(settings, each) for each in names))) as reader:
        return reader.ends()


def _placed(settings: Settings, breaches: Sequence[Breach]) -> Iterator[Breach]:
    """Yield the breaches; one found by comparison gets the place of the last record of its day, if there is one."""
    found = dict[str, Record]()
    if any(each.place is None for each in breaches):
        own = f"{settings.site}/"
        for record in records(settings, topic(settings, Topic.LEDGER)):
            if (key := (record.key or b"").decode(errors="replace")).startswith(own):
                found[subject_of_day(key)] = record
    for each in breaches:
        last = found.get(each.subject) if each.place is None else None
        yield each if last is None else replace(each, place=place_of(last), at=last.timestamp)


def _audit(settings: Settings, key: Ed25519PublicKey | None, expected: str | None) -> tuple[Audit, Sequence[Breach]]:
    """Return the result of one reading, and the breaches that count only if a later reading has them too."""
    site = settings.site
    # read before the ledger and the incidents, so that these are at least as far
    states = list(state_records(settings))
    stands, desks = stands_of(settings, states), stored_desks(settings, site, states)
    history = read_history(settings)
    chain, days = history.publications.chain(site), history.days.of(site)
    recounts = [recount(settings, days, stands), recount_both(settings, days, states_of(settings, desks))]
    compared = compare_incidents(
        settings, site, history, desks, lambda: stored_desks(settings, site, state_records(settings))
    )
    recounted = sum(each.days for each in recounts)
    breaches = history.breaches(site)
    for every in (
        unlike(desks_of(settings, site, states), history.days, days, site),
        *(each.breaches for each in recounts),
    ):
        known = {each.subject for each in breaches}
        breaches += [each for each in every if each.subject not in known]
    known = {each.subject for each in breaches}
    ahead = [each for one in recounts for each in one.ahead if each.subject not in known]
    breaches += [each for each in compared.breaches if each.subject not in known]
    signed = None if key is None else _signed(chain, key)
    if signed is not None:
        breaches += _unsigned(chain, signed)
    stamps = settings.signing.time_stamps
    stamped = None if stamps is None else _stamped(stamps, chain)
    if stamped is not None:
        breaches += stamped.breaches
    if expected not in {None, *(link.hash for link, _ in chain.published())}:
        says = said("the log has no publication with this hash: removed since, or made by another office")
        subject = said("publication {hash}", hash=expected)
        breaches.append(Breach(kind="publication-missing", subject=subject, says=says))
    found = Audit(
        site=site,
        decisions=sum(isinstance(link.entry, Review) for link in chain.links.values()),
        publications=len(chain.published()),
        days=len(days),
        recounted=recounted,
        signed=None if signed is None else sum(link.hash in signed for link, _ in chain.published()),
        stamped=None if stamped is None else stamped.sound,
        remarks=[
            *([] if stamped is None else stamped.remarks),
            *_unchained(chain, history),
            *_since(settings, chain, history),
            *_beyond(len(days), recounted),
            *_uncompared(compared),
        ],
        breaches=breaches,
    )
    return found, ahead


def _signed(chain: Chain, key: Ed25519PublicKey) -> set[str]:
    """Return the hashes of the entries that the key signed, and of all entries before them."""
    return chain.behind(
        link.hash for link, entry in chain.published() if verifies(link.logged.value, entry.signature, key)
    )


def _unsigned(chain: Chain, signed: set[str]) -> Iterator[Breach]:
    for link, entry in chain.published():
        if link.hash not in signed:
            says = said("it is not signed") if entry.signature is None else said("it is signed by another key")
            yield breach("signature", link.logged, _subject(entry), says, entry.year)


def _subject(entry: Published) -> Said:
    return said("publication of {period}, {content}", period=entry.of, content=entry.content[:12])


class _Stamped(NamedTuple):
    """The time stamps of a chain's publications."""

    sound: int
    breaches: list[Breach]
    remarks: list[Said]


def _stamped(time_stamps: TimeStamps, chain: Chain) -> _Stamped:
    roots, sound, missing, breaches = roots_of(time_stamps), 0, 0, list[Breach]()
    for link, entry in chain.published():
        try:
            at = stamped_at(time_stamps, roots, link)
        except StampError as error:
            breaches.append(breach("time-stamp", link.logged, _subject(entry), error.args[0], entry.year))
        else:
            sound += at is not None
            missing += at is None
    remark = said("{count} publications have no time stamp yet; the next --publish asks for them", count=missing)
    return _Stamped(sound, breaches, [remark] if missing else [])


def _unchained(chain: Chain, history: History) -> Iterator[Said]:
    """Yield remarks on records made before the chain, or outside it."""
    if chain.opened is None:
        yield said("the chain is empty; decisions in the log: {count}", count=len(chain.earlier))
    elif chain.earlier:
        when = datetime.fromtimestamp(chain.opened.at, UTC).date()
        yield said(
            "{count} decisions were made before {when}, when the chain began: protected from then on",
            count=len(chain.earlier),
            when=when,
        )
    stored, published = history.publications.stored(chain.site), {entry.content for _, entry in chain.published()}
    before = sum(is_numbered(name) for _, name in stored)
    if before:
        if published:
            yield said(
                "{count} vintages were stored before the chain began: protected since the first publication",
                count=before,
            )
        else:
            yield said(
                "{count} vintages were stored before the chain began: not protected until the next publication",
                count=before,
            )
    beside = sum(not is_numbered(name) and name not in published for _, name in stored)
    if beside:
        yield said(
            "{count} vintages in the ledger were never published (interrupted, or inserted by someone); they "
            "are not shown",
            count=beside,
        )


def _since(settings: Settings, chain: Chain, history: History) -> Iterator[Said]:
    """Yield remarks on late events and on changes of the configuration since the last vintages."""
    rules = rules_of(settings)
    stored = history.publications.stored(chain.site)
    for name in periods(chain, stored):
        for each in vintages(chain, stored, name)[0][-1:]:
            late = sum(
                "#" in key and key not in each.days for key in history.days.marks(chain.site, each.annual.period)
            )
            if late:
                yield said(
                    "late events since vintage {number} added {count} parts of days of {period}",
                    count=late,
                    period=name,
                    number=each.number,
                )
            if each.rules != rules:
                yield said(
                    "vintage {number} of {period} was made with a different configuration from today's",
                    number=each.number,
                    period=name,
                )


def _beyond(days: int, recounted: int) -> Iterator[Said]:
    if recounted < days:
        yield said(
            "{count} of {days} days could not be recounted: some of their events are gone, or their calls "
            "may still change",
            count=days - recounted,
            days=days,
        )


def _uncompared(compared: ComparedIncidents) -> Iterator[Said]:
    if compared.beyond:
        yield said(
            "{count} incidents are older than the states of their desks, and were compared with the log alone",
            count=compared.beyond,
        )
    if compared.behind:
        yield said(
            "{count} incidents are published as in the state before the last one, as after a worker was killed: a "
            "worker publishes them again when it starts",
            count=compared.behind,
        )
