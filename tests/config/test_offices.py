"""A nation's file names the files of its offices; errors name the office's file, and a changed file is read again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.office import Location
from config.offices import OfficeFiles
from config.refusal import ConfigError
from config.settings import Settings

OFFICE = """
site: {site}
kafka: {{bootstrap: "own:9092"}}
clock: event
place: {{region: "Own region", exchange: own}}
lines:
  standard: {{label: "Standard"}}
"""


class Nation:
    """A nation's file and its offices' files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "nation.yaml"
        self.folder = folder / "offices"
        self.folder.mkdir()

    def write(self, sites: str, more: str = "") -> OfficeFiles:
        self.file.write_text(f"sites: {sites}\n{more}", encoding="utf-8")
        return OfficeFiles(self.file, {})

    def office(self, site: str, more: str = "", name: str | None = None) -> Path:
        file = self.folder / f"{name or site}.yaml"
        file.write_text(OFFICE.format(site=site) + more, encoding="utf-8")
        return file


@pytest.fixture
def nation(tmp_path: Path) -> Nation:
    made = Nation(tmp_path)
    made.office("mende")
    made.office("florac")
    return made


def refused(files: OfficeFiles) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        files.load()
    return [str(each) for each in caught.value.mistakes]


@pytest.mark.parametrize("sites", ["offices", "[offices]", "[offices/mende.yaml, {file: offices/florac.yaml}]"])
def test_a_folder_or_files_name_the_offices(nation: Nation, sites: str) -> None:
    offices = nation.write(sites).load()
    assert list(offices.sites) == ["florac", "mende"]
    assert offices.nation is offices.shared


def test_what_the_nation_says_of_what_is_shared_is_every_offices(nation: Nation) -> None:
    offices = nation.write("offices", 'kafka: {bootstrap: "all:9092", partitions: 30}\nretention: {calls: 7d}').load()
    for each in offices.sites.values():
        assert each.kafka == offices.shared.kafka
        assert (each.kafka.bootstrap, each.kafka.partitions, each.clock) == ("all:9092", 30, "wall")
        assert (each.retention.calls, each.lines["standard"].label) == (7 * 86_400, "Standard")


def test_what_is_said_of_a_member_wins_over_its_file(nation: Nation) -> None:
    offices = nation.write(
        '[{file: offices/mende.yaml, region: "Occitanie", until: 2026-06-30}, offices/florac.yaml]'
    ).load()
    assert offices.sites["florac"].place == Location(region="Own region", exchange="own")
    place = offices.sites["mende"].place
    assert place == Location(region="Occitanie", exchange="own", until=date(2026, 6, 30))
    assert place.serves(date(2026, 6, 30), date(2026, 7, 31))
    assert not place.serves(date(2026, 7, 1), date(2026, 7, 31))
    assert not Location(since=date(2026, 7, 2)).serves(date(2026, 7, 1), date(2026, 7, 1))


def test_everything_that_is_wrong_is_told_with_its_file(nation: Nation) -> None:
    nation.office("florac", "clok: wall\n")
    wrong = refused(nation.write("[offices, nowhere.yaml]"))
    assert [each.replace(str(nation.file.parent), "") for each in wrong] == [
        "/offices/florac.yaml: clok: found an unknown key, expected a known key (did you mean clock?)",
        "/nowhere.yaml: found no such file, expected a YAML file that exists",
    ]


def test_what_an_office_says_of_what_is_shared_is_not_even_looked_at(nation: Nation) -> None:
    (nation.folder / "mende.yaml").write_text("site: mende\nkafka: {bootstrap: 7}\n", encoding="utf-8")
    assert list(nation.write("offices").load().sites) == ["florac", "mende"]


def test_how_long_the_nation_keeps_callers_bounds_each_offices_calls(nation: Nation) -> None:
    wrong = refused(nation.write("offices", "retention: {calls: 1d, pseudonyms: 1d}"))
    assert len(wrong) == 2
    assert all("florac" in each or "mende" in each for each in wrong)
    assert all("by what the nation says of it: retention.pseudonyms: found" in each for each in wrong)


def test_a_site_is_named_once(nation: Nation) -> None:
    nation.office("mende", name="second")
    (wrong,) = refused(nation.write("offices"))
    assert wrong.startswith(f'{nation.folder / "second.yaml"}: site: found "mende", expected a site that ')
    assert "mende.yaml is not the configuration of" in wrong


@pytest.mark.parametrize("sites", ["[]", "3", "[3]", "{file: [x]}"])
def test_what_names_no_office_is_refused(nation: Nation, sites: str) -> None:
    assert refused(nation.write(sites))


def test_a_folder_without_a_configuration_is_refused(nation: Nation) -> None:
    (nation.folder / "empty").mkdir()
    (wrong,) = refused(nation.write("offices/empty"))
    assert "sites.0.file: found a folder without a .yaml file" in wrong


def test_a_place_ends_not_before_it_begins(nation: Nation) -> None:
    (wrong,) = refused(nation.write("[{file: offices, since: 2026-02-01, until: 2026-01-31}]"))
    assert "sites.0.until: found" in wrong


def test_the_environment_sets_what_is_shared_and_no_office(nation: Nation) -> None:
    nation.write("offices")
    offices = OfficeFiles(nation.file, {"TOCSIN_KAFKA_BOOTSTRAP": "there:9092"}).load()
    assert {each.kafka.bootstrap for each in offices.sites.values()} == {"there:9092"}
    (wrong,) = refused(OfficeFiles(nation.file, {"TOCSIN_LINES_STANDARD_TARGET": "0.2"}))
    assert wrong.startswith("TOCSIN_LINES_STANDARD_TARGET: found an unknown variable")


def test_only_what_changed_is_read_again(nation: Nation) -> None:
    files = nation.write("offices")
    before = files.load()
    assert not files.changed()
    nation.office("mende", "services:\n  cards: {}\n")
    assert files.changed()
    after = files.load()
    assert after.sites["florac"] is before.sites["florac"]
    assert list(after.sites["mende"].services) == ["cards"]
    assert not files.changed()


def test_a_file_that_comes_or_goes_is_noticed(nation: Nation) -> None:
    files = nation.write("offices")
    files.load()
    third = nation.office("langogne")
    assert files.changed()
    assert len(files.load().sites) == 3
    third.unlink()
    assert files.changed()
    assert len(files.load().sites) == 2


def test_a_file_that_was_wrong_is_noticed_once_it_is_mended(nation: Nation) -> None:
    files = nation.write("offices")
    files.load()
    nation.office("mende", "clok: wall\n")
    assert files.changed()
    assert refused(files)
    assert not files.changed(), "it is wrong still, and nothing is new"
    nation.office("mende")
    assert files.changed()
    assert len(files.load().sites) == 2


def test_one_office_is_chosen_by_its_site(nation: Nation) -> None:
    nation.write("offices")
    assert OfficeFiles(nation.file, {}).load().office("mende").site == "mende"
    for site, words in ((None, "expected one of florac, mende"), ("mendee", "did you mean mende?")):
        with pytest.raises(ConfigError, match="--site: found") as caught:
            OfficeFiles(nation.file, {}).load().office(site)
        assert words in str(caught.value)


def test_an_offices_own_file_is_one_office(nation: Nation) -> None:
    file = nation.folder / "mende.yaml"
    offices = OfficeFiles(file, {}).load()
    assert (offices.nation, list(offices.sites)) == (None, ["mende"])
    assert isinstance(offices.shared, Settings)
    assert offices.office(None) == offices.office("mende") == offices.shared
    assert offices.shared.kafka.bootstrap == "own:9092"
    with pytest.raises(ConfigError, match="--site"):
        offices.office("florac")
