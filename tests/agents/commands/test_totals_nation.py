"""`tocsin totals` for many offices on a real broker: the nation, a region, one office by --site, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.kafka.client import producer, topic
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.nation.made import LOST, document, offices, records
from tests.agents.running import find_broker


@pytest.fixture(scope="module")
def nation(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    (folder / "offices").mkdir()
    for site in (*LOST, "mute", "closed"):
        (folder / "offices" / f"{site}.yaml").write_bytes(msgspec.json.encode(document(site)))
    kafka = shared_settings.kafka.model_dump(mode="json", exclude={"security"})
    shared = {"kafka": kafka, "office": {"name": "Nation"}, "sites": ["offices"]}
    (folder / "nation.yaml").write_bytes(msgspec.json.encode(shared))
    of = offices({"kafka": kafka})
    create_topics(of.shared)
    client = producer(of.shared)
    for name, key, value in records(of):
        client.send(topic(of.shared, name), key=key, value=value)
    client.close()
    return folder / "nation.yaml"


@pytest.fixture
def configured(nation: Path, shared_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    find_broker(monkeypatch, shared_settings)
    monkeypatch.setenv("TOCSIN_CONFIG", str(nation))
    return nation


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["totals", "--month", "2013-01", "--lang", "en", *arguments], terminal_width=200)


def told(*arguments: str) -> dict[str, Any]:
    result = invoke(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.broker
@pytest.mark.usefixtures("configured")
def test_the_nation_is_told_and_a_part_of_it_by_name() -> None:
    assert [each["name"] for each in told()["units"]][:3] == ["", "North", "South"]
    assert told("--region", "North")["units"][0]["sites"] == ["a", "b", "bad", "c"]
    assert told("--department", "Department a")["units"][0]["sites"] == ["a"]
    table = invoke()
    assert table.exit_code == 0
    assert "1 office surely loses more than the others" in table.stdout
    assert "1 office in service is silent" in table.stdout


@pytest.mark.broker
@pytest.mark.usefixtures("configured")
def test_one_office_is_told_as_before() -> None:
    assert told("--site", "bad")["site"] == "bad"


@pytest.mark.broker
@pytest.mark.usefixtures("configured")
def test_parquet_has_the_offices_one_by_one(tmp_path: Path) -> None:
    for more, names in (
        ((), {*LOST, "mute", "closed"}),
        (("--region", "North"), {"a", "b", "bad", "c"}),
        (("--site", "d"), {"d"}),
    ):
        folder = tmp_path / "-".join(("lake", *more))
        result = invoke("--format", "parquet", "--out", str(folder), *more)
        assert (result.exit_code, result.stdout) == (0, "")
        assert {each.stem for each in folder.glob("days/year=2013/month=1/*.parquet")} == names
    result = invoke("--format", "parquet", "--out", str(tmp_path), "--region", "West")
    assert (result.exit_code, "expected one of North, South" in result.stderr) == (2, True)


@pytest.mark.broker
@pytest.mark.usefixtures("configured")
def test_a_quarter_and_other_days_are_told_too() -> None:
    result = CliRunner().invoke(app, ["totals", "--quarter", "2013-Q1", "--format", "json"])
    assert json.loads(result.stdout)["period"] == "2013-Q1"
    result = CliRunner().invoke(app, ["totals", "--from", "2013-01-07", "--to", "2013-01-13", "--format", "json"])
    assert json.loads(result.stdout)["units"][0]["all_lines"]["raw"]["offered"] == 8 * 2 * 40 * 8 * 5


@pytest.mark.broker
@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--publish",), "name it with --site"),
        (("--vintages",), "name it with --site"),
        (("--vintage", "1"), "name it with --site"),
        (("--format", "notice"), "name it with --site"),
        (("--format", "prometheus"), "name it with --site"),
        (("--region", "West"), "expected one of North, South"),
        (("--region", "North", "--department", "Department a"), "not both"),
        (("--site", "a", "--region", "North"), "leave out --site"),
    ],
)
def test_what_is_not_of_a_nation_is_refused(arguments: tuple[str, ...], words: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert words in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.broker
def test_one_offices_configuration_has_no_regions(
    shared_settings: Settings, nation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_broker(monkeypatch, shared_settings)
    monkeypatch.setenv("TOCSIN_CONFIG", str(nation.parent / "offices" / "a.yaml"))
    result = invoke("--region", "North")
    assert result.exit_code == 2
    assert "several offices" in result.stderr
