"""Time stamps of publications by an authority (RFC 3161): one file each, which `openssl ts -verify` reads too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.request import Request, urlopen

from cryptography.x509 import Certificate, load_pem_x509_certificates

from agents.draft import write_whole
from config.office import TimeStamps
from config.refusal import ConfigError, Mistake
from streams.chain.links import Link
from streams.said import Said, said

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

_SECONDS: Final = 10.0  # for the authority's answer
_MOST: Final = 1_000_000  # bytes of an answer; a usual one has 6,000


class StampError(Exception):
    """A publication has no valid time stamp; the argument says why."""


def roots_of(time_stamps: TimeStamps) -> list[Certificate]:
    """Return the root certificates; raise `ConfigError` without them, or without the library."""
    if find_spec("rfc3161_client") is None or find_spec("asn1crypto") is None:
        found, expected = said("rfc3161-client is not installed"), "pip install rfc3161-client asn1crypto"
        raise ConfigError([Mistake("signing.time_stamps", "", found, expected)])
    try:
        return load_pem_x509_certificates(time_stamps.certificates_file.read_bytes())
    except ValueError:
        expected = said("the certificates of the authority's issuers in PEM")
        found = said("no certificate")
        raise ConfigError([Mistake(str(time_stamps.certificates_file), "certificates_file", found, expected)]) from None


def file_of(time_stamps: TimeStamps, publication: str) -> Path:
    """Return the file of the stamp of a publication, given by its hash."""
    return time_stamps.folder / f"{publication}.tsr"


def stamp(time_stamps: TimeStamps, roots: Sequence[Certificate], publications: Iterable[Link]) -> Iterator[Said]:
    """Request the missing stamps of publications, the oldest first; yield why one is still missing.

    An authority that does not answer is asked once.
    """
    for each in publications:
        if file_of(time_stamps, each.hash).exists():
            continue
        try:
            _request(time_stamps, roots, each)
        except StampError as error:
            yield said("publication {hash} has no time stamp: {why}", hash=each.hash, why=error.args[0])
        except (OSError, HTTPException) as error:  # the authority's, or the folder's
            why = said(
                "{authority} or {folder} cannot be used: {error}",
                authority=time_stamps.authority,
                folder=time_stamps.folder,
                error=error,
            )
            yield said("publication {hash} has no time stamp: {why}", hash=each.hash, why=why)
            return


def stamped_at(time_stamps: TimeStamps, roots: Sequence[Certificate], publication: Link) -> datetime | None:
    """Return the time in a publication's stamp; None if it has no stamp. Raises `StampError` if it is not valid."""
    try:
        content = file_of(time_stamps, publication.hash).read_bytes()
    except FileNotFoundError:
        return None
    return _verified(content, roots, publication)


def _request(time_stamps: TimeStamps, roots: Sequence[Certificate], publication: Link) -> None:
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 -- an extra

    asked = TimestampRequestBuilder(publication.logged.value, HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    with urlopen(Request(time_stamps.authority, asked.as_bytes(), headers), timeout=_SECONDS) as answer:  # noqa: S310 -- http, by its type
        content = answer.read(_MOST)
    _verified(content, roots, publication, asked.nonce)
    time_stamps.folder.mkdir(parents=True, exist_ok=True)
    write_whole(file_of(time_stamps, publication.hash), content)


def _verified(content: bytes, roots: Sequence[Certificate], publication: Link, nonce: int | None = None) -> datetime:
    """Return the time in a stamp of a publication; raise `StampError` if it is not valid."""
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415 -- an extra

    try:
        found = _decoded(content)
        VerifierBuilder(roots=[*roots], nonce=nonce).build().verify(found, bytes.fromhex(publication.hash))
    except (VerificationError, ValueError) as error:
        raise StampError(said("the stamp is not valid: {error}", error=error)) from None
    return found.tst_info.gen_time


def _decoded(content: bytes) -> TimeStampResponse:
    """Decode a response; raise `ValueError`.

    The library expects DER, whose sets are sorted. OpenSSL and others send the signer's certificate first and its
    issuers' behind it (RFC 5652 allows BER there). No signature covers that order.
    """
    from asn1crypto.tsp import TimeStampResp  # noqa: PLC0415 -- an extra
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 -- an extra

    try:
        return decode_timestamp_response(content)
    except ValueError:
        return decode_timestamp_response(TimeStampResp.load(content).dump(force=True))
