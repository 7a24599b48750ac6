"""A publication gets one valid stamp, which openssl verifies too; an authority that fails is asked by the next run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.audit.audit import _stamped
from agents.chain.time_stamps import StampError, file_of, roots_of, stamp, stamped_at
from agents.language import Language
from agents.ports import free_port
from agents.translation import Words
from config.office import TimeStamps
from config.refusal import ConfigError
from streams.chain.links import Link
from tests.agents.chain.authority import Authority, needs_openssl, openssl
from tests.streams.chain.telling import Writer, published

pytestmark = needs_openssl
LOG = Writer()
LOG.enter(published())
LOG.enter(published(64 * "e", period="2013-Q2"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def stamps(authority: Authority, tmp_path: Path) -> Iterator[TimeStamps]:
    authority.answer, authority.asked, authority.sends = None, 0, "chain"
    with authority.served() as address:
        yield TimeStamps(authority=address, certificates_file=authority.root, folder=tmp_path / "stamps")


def links() -> list[Link]:
    return [link for link, _ in LOG.chain().published()]


def missing(stamps: TimeStamps, language: Language = Language.EN) -> list[str]:
    """Request the stamps; return why some are still missing."""
    return [Words(language)(each) for each in stamp(stamps, roots_of(stamps), links())]


def test_each_publication_is_stamped_once_and_openssl_verifies_the_file(
    stamps: TimeStamps, authority: Authority
) -> None:
    assert missing(stamps) == missing(stamps) == []
    assert authority.asked == len(links()) == 2
    for each in links():
        at = stamped_at(stamps, roots_of(stamps), each)
        assert at is not None
        assert abs(at.timestamp() - time.time()) < 60
        verify = ["ts", "-verify", "-digest", each.hash, "-CAfile", str(authority.root)]
        openssl(*verify, "-in", file_of(stamps, each.hash))  # or it raises
    assert _stamped(stamps, LOG.chain()) == (2, [], [])


@pytest.mark.parametrize("answer", [b"nonsense", b"", bytes.fromhex("30053003020102"), b"\x30\x82\xff\xff"])
def test_an_answer_that_is_no_stamp_is_said_and_asked_for_again(
    answer: bytes, stamps: TimeStamps, authority: Authority
) -> None:
    authority.answer = answer
    assert all("has no time stamp: " in each for each in missing(stamps))
    assert missing(stamps, Language.FR)[0].startswith(f"la publication {links()[0].hash} n'est pas horodatée : ")
    assert not stamps.folder.exists()
    found = _stamped(stamps, LOG.chain())
    assert (found.sound, found.breaches, [each.facts["count"] for each in found.remarks]) == (0, [], [2])
    authority.answer = None
    assert missing(stamps) == []


def test_issuers_that_the_authority_does_not_send_are_read_from_the_file_of_certificates(
    stamps: TimeStamps, authority: Authority, tmp_path: Path
) -> None:
    authority.sends = "own"
    assert all("unable to get local issuer certificate" in each for each in missing(stamps))
    both = tmp_path / "both.pem"
    both.write_bytes(authority.issuer.read_bytes() + authority.root.read_bytes())
    assert missing(stamps.model_copy(update={"certificates_file": both})) == []


def test_a_stamp_without_the_certificate_of_its_signer_is_refused(stamps: TimeStamps, authority: Authority) -> None:
    authority.sends = "none"
    assert all("signer certificate not found" in each for each in missing(stamps))
    assert not stamps.folder.exists()


def test_an_authority_that_is_away_is_asked_once(stamps: TimeStamps) -> None:
    away = stamps.model_copy(update={"authority": f"http://127.0.0.1:{free_port('127.0.0.1')}"})
    (says,) = missing(away)
    assert "Connection refused" in says
    assert missing(stamps) == []


def test_a_stamp_for_another_request_or_of_another_authority_is_refused(
    stamps: TimeStamps, authority: Authority, tmp_path: Path
) -> None:
    missing(stamps)
    first, second = (file_of(stamps, each.hash) for each in links())
    authority.answer = first.read_bytes()
    first.unlink()
    assert "Nonce mismatch" in missing(stamps)[0]
    authority.answer = None
    other = Authority(tmp_path / "other")
    with other.served() as address:
        forged = stamps.model_copy(update={"authority": address})
        assert "the stamp is not valid" in missing(forged)[0]
    assert not first.exists()
    for content in (second.read_bytes(), second.read_bytes()[:-1], b""):
        first.write_bytes(content)
        found = _stamped(stamps, LOG.chain())
        assert [(each.kind, each.year) for each in found.breaches] == [("time-stamp", 2013)]
        assert found.sound == 1
        with pytest.raises(StampError):
            stamped_at(stamps, roots_of(stamps), links()[0])


def test_without_library_or_certificates_the_configuration_is_refused(
    stamps: TimeStamps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    with pytest.raises(ConfigError, match="PEM"):
        roots_of(stamps.model_copy(update={"certificates_file": empty}))
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(ConfigError, match="pip install rfc3161-client"):
        roots_of(stamps)
