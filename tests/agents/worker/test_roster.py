"""The offices follow their files: additions, changes and removals apply; errors change nothing and are reported."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agents.worker import roster as module
from agents.worker.roster import Roster
from config.offices import OfficeFiles
from tests.streams.telling import Message

OFFICE = "site: {site}\nplace: {{region: Here}}\nlines:\n  standard: {{label: {label}}}\n"


class Files:
    """A nation's files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.nation = folder / "nation.yaml"
        self.folder = folder / "offices"
        self.folder.mkdir()
        self.nation.write_text("sites: offices\n", encoding="utf-8")
        for site in ("mende", "florac"):
            self.write(site)

    def write(self, site: str, label: str = "Standard") -> None:
        (self.folder / f"{site}.yaml").write_text(OFFICE.format(site=site, label=label), encoding="utf-8")

    def roster(self) -> Roster:
        files = OfficeFiles(self.nation, {})
        return Roster(files.load(), files)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Return the files of a nation, checked at each step because of many unknown desks."""
    monkeypatch.setattr(module, "SOON_SECONDS", 0.0)
    return Files(tmp_path)


def looked(roster: Roster) -> bool:
    return asyncio.run(roster.look())


def met(roster: Roster, *keys: bytes | None) -> bool:
    return asyncio.run(roster.meet([Message(0, key, b"") for key in keys]))


def test_what_has_not_changed_is_no_news(files: Files) -> None:
    roster = files.roster()
    before = roster.catalogue
    assert not looked(roster)
    assert roster.catalogue is before


def test_offices_come_change_and_go(files: Files) -> None:
    roster = files.roster()
    stays, changes = roster.catalogue.lines[b"florac/standard"], roster.catalogue.lines[b"mende/standard"]
    digests = [roster.digest]
    files.write("langogne")
    files.write("mende", label="Accueil")
    with capture_logs() as logs:
        assert looked(roster)
    assert [(each["added"], each["retired"], each["changed"]) for each in logs] == [(["langogne"], [], ["mende"])]
    assert roster.catalogue.lines[b"florac/standard"] is stays
    assert roster.catalogue.lines[b"mende/standard"] is not changes
    assert roster.office("mende").settings.lines["standard"].label == "Accueil"
    digests.append(roster.digest)
    (files.folder / "langogne.yaml").unlink()
    assert looked(roster)
    assert b"langogne/standard" not in roster.catalogue.lines
    assert roster.office("langogne").settings.site == "langogne", "its last figures are still to be written"
    digests.append(roster.digest)
    assert len(set(digests)) == 3


def test_a_wrong_file_changes_nothing_and_is_said_until_it_is_mended(files: Files) -> None:
    roster = files.roster()
    before = roster.catalogue
    (files.folder / "mende.yaml").write_text("site: mende\nlins: {}\n", encoding="utf-8")
    with capture_logs() as logs:
        assert not looked(roster)
    assert roster.catalogue is before
    assert "lins: found an unknown key" in str(roster.trouble)
    assert logs[0]["log_level"] == "error"
    files.write("mende", label="Accueil")
    assert looked(roster)
    assert roster.trouble is None


def test_what_is_shared_stays_until_a_restart(files: Files) -> None:
    roster = files.roster()
    files.nation.write_text("sites: offices\nkafka: {partitions: 3}\n", encoding="utf-8")
    with capture_logs() as logs:
        looked(roster)
    assert "restart the workers" in logs[0]["event"]
    assert roster.offices.shared.kafka.partitions == 8
    assert {each.kafka.partitions for each in roster.offices.sites.values()} == {8}
    assert roster.catalogue.home(b"mende/standard") < 8


def test_an_unknown_site_lets_the_files_be_looked_at(files: Files) -> None:
    roster = files.roster()
    files.write("langogne")
    assert not met(roster, b"mende/standard", b"mende/unknown", None, b"florac/standard")
    assert met(roster, b"mende/standard", b"langogne/standard")
    assert b"langogne/standard" in roster.catalogue.lines
    assert not met(roster, b"nowhere/standard"), "nothing has changed since"


def test_a_flood_of_strangers_is_looked_into_once_a_second(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOON_SECONDS", 1e9)
    roster = files.roster()
    files.write("langogne")
    assert looked(roster)
    files.write("villefort")
    assert not met(roster, b"villefort/standard")


def test_one_offices_own_file_is_not_followed(files: Files) -> None:
    own = OfficeFiles(files.folder / "mende.yaml", {})
    roster = Roster(own.load(), own)
    files.write("mende", label="Accueil")
    assert not looked(roster)
    assert not met(roster, b"florac/standard")
