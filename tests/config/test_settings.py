from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config import settings
from config.settings import ConfigError, Settings, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "office.yaml"


def given(file: Path, text: str, **environ: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def refused(file: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        given(file, text, **environ)
    lines = str(caught.value).replace(f"{file}: ", "").split("\n  ")
    assert lines.pop(0) == "The configuration is refused:"
    return lines


@pytest.fixture
def lozere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load(None, {})


def test_the_packaged_office(lozere: Settings) -> None:
    assert lozere.site == "lozere"
    assert lozere.timezone == "Europe/Paris"
    assert lozere.allowed_lateness == 120
    assert lozere.checkpoint.every == 5
    assert lozere.retention.pseudonyms == 90 * 86400
    assert lozere.holidays.closed == (date(2013, 5, 10),)
    assert lozere.kafka.security.mechanism == "SCRAM-SHA-512"
    assert lozere.services["cartes-grises"].target_wait == 1800
    assert (lozere.requests["letter"].target_days, lozere.requests["im341"].days) == (15, "calendar")
    assert {"complaint", "im342", "im344", "im361"} <= set(lozere.requests)


def test_the_packaged_lines(lozere: Settings) -> None:
    circulation = lozere.lines["circulation"]
    assert list(lozere.lines) == ["standard", "circulation", "cni-passeport", "etrangers"]
    assert (circulation.target, circulation.expected_lost_rate, circulation.max_call_seconds) == (
        0.1,
        0.0187,
        7200,
    )
    assert circulation.lost_reasons == ("abandoned", "timeout", "no_agents", "full", "unknown")
    assert lozere.lines["etrangers"].label == "Étrangers"
    assert lozere.lines_by_queue()["600"] == "circulation"


def test_the_packaged_calendar(lozere: Settings) -> None:
    office = lozere.calendar()
    assert not office.is_working_day(date(2013, 5, 10))
    assert office.working_days_between(date(2013, 5, 7), date(2013, 5, 13)) == 1


def test_the_file_here_comes_before_the_packaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/lozere.yaml").write_text("site: here", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).site == "here"


def test_a_site_is_enough(file: Path) -> None:
    office = given(file, "site: mende")
    assert office.lines == {}
    assert office.kafka.partitions == 8


def test_lines_take_from_the_defaults(file: Path) -> None:
    office = given(
        file,
        """
site: mende
line_defaults: {target: 0.2, short_call: 3s, service_level: {share: 0.9, within: 30s}}
lines:
  a: {}
  B: {target: 0.02, label: Bureau, service_level: {within: 10s}}
services: {titres: {}}
""",
    )
    a, b = office.lines["a"], office.lines["B"]
    assert (a.label, a.queues, a.target, a.short_call, a.service_level.share) == ("a", (), 0.2, 3, 0.9)
    assert (b.label, b.target, b.service_level.share, b.service_level.within) == ("Bureau", 0.02, 0.9, 10)
    assert a.service_level.within == 30
    assert a.definition == "lost_over_offered"
    assert office.services["titres"].label == "titres"


def test_queues(file: Path) -> None:
    office = given(file, 'site: x\nlines: {a: {queues: ["600", b]}, b: {}, c: {}}')
    assert office.lines_by_queue() == {"a": "a", "600": "a", "b": "a", "c": "c"}
    assert refused(file, "site: x\nlines: {a: {queues: [q]}, b: {queues: [r, q]}}") == [
        'lines.b.queues: found "q", expected a queue that line a has not already'
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clock: wall", "site: found nothing, expected a value"),
        ("site: 48", "site: found 48, expected an id (1 to 64 of"),
        ("site: x\nclock: sun", "clock: found \"sun\", expected 'wall' or 'event'"),
        ("site: x\nklock: wall", "klock: found an unknown key, expected a known key (did you mean clock?)"),
        (
            "site: x\ncheckpoint: {often: 1}",
            "checkpoint.often: found an unknown key, expected one of events, every",
        ),
        (
            "site: x\nlines: {a: {taget: 1}}",
            "lines.a.taget: found an unknown key, expected a known key (did you mean target?)",
        ),
        (
            "site: x\nline_defaults: {label: A}",
            "line_defaults.label: found an unknown key, expected one of ",
        ),
        (
            "site: x\nlines: {a: {target: 10}}",
            "lines.a.target: found 10, expected a number from 0 to 1 (10 % is 0.1)",
        ),
        ("site: x\nlines: {a: {target: true}}", "lines.a.target: found true, expected a number from 0 to 1"),
        ("site: x\nlines: {a: {target: .nan}}", "lines.a.target: found NaN, expected a number from 0 to 1"),
        (
            "site: x\nlines: {a: {expected_lost_rate: 0}}",
            "lines.a.expected_lost_rate: found 0, expected a number between 0 and 1, neither of them",
        ),
        ("site: x\nlines: {a b: {}}", 'lines.a b: found "a b", expected a line id (1 to 64 of'),
        ("site: x\nservices: {A: {}}", 'services.A: found "A", expected an id'),
        ("site: x\nlines: {a: }", "lines.a: found nothing, expected a mapping"),
        ("site: x\nlines: [a]", 'lines: found ["a"], expected a mapping'),
        ("site: x\nlines: {a: {queues: 600}}", "lines.a.queues: found 600, expected a list"),
        (
            "site: x\nlines: {a: {queues: [0600]}}",
            "lines.a.queues.0: found 384, expected a text, in quotes if it looks like a number",
        ),
        (
            "site: x\nline_defaults: {lost_reasons: [gone]}",
            "line_defaults.lost_reasons.0: found \"gone\", expected 'abandoned', 'timeout',",
        ),
        (
            "site: x\nline_defaults: {lost_reasons: []}",
            "line_defaults.lost_reasons: found [], expected at least one reason",
        ),
        ("site: x\nkafka: {partitions: 0}", "kafka.partitions: found 0, expected greater than or equal to 1"),
        (
            "site: x\nkafka: {partitions: 1025}",
            "kafka.partitions: found 1025, expected less than or equal to 1024",
        ),
        ("site: x\nkafka: {partitions: 8.5}", "kafka.partitions: found 8.5, expected a valid integer"),
        ("site: x\nkafka: {bootstrap: a}", 'kafka.bootstrap: found "a", expected host:port'),
        ("site: x\nkafka: {prefix: 'a/'}", 'kafka.prefix: found "a/", expected at most 100 of'),
        ("site: x\ntimezone: Paris", 'timezone: found "Paris", expected a time zone of the tz database'),
        (
            "site: x\nopening_hours: 8h-12h",
            'opening_hours: found "8h-12h", expected hours in the OpenStreetMap',
        ),
        (
            "site: x\nholidays: {country: France}",
            'holidays.country: found "France", expected a country by its ISO',
        ),
        (
            "site: x\nholidays: {country: NO}",  # Norway, which YAML reads as "no"
            "holidays.country: found false, expected a text, in quotes if it looks like a number, yes or no",
        ),
        (
            "site: x\nholidays: {country: FR, subdivision: GF}",
            'holidays.subdivision: found "GF", expected a subdivision of FR: one of 57, 6AE,',
        ),
        (
            "site: x\nholidays: {country: null, subdivision: '57'}",
            'holidays.subdivision: found "57", expected null, since there is no country',
        ),
        (
            "site: x\nholidays: {closed: [2013-02-30]}",
            'holidays.closed.0: found "2013-02-30", expected a day as YYYY-MM-DD',
        ),
        (
            "site: x\nholidays: {closed: [2013-05-20], open: [2013-05-20]}",
            'holidays.open: found ["2013-05-20"], expected days that are not in closed too',
        ),
        (
            "site: x\nholidays: {open: [2013-05-11]}",
            'holidays.open: found "2013-05-11", expected a day on which opening_hours open',
        ),
        (
            "site: x\nrequests: {email: {target_days: -1}}",
            "requests.email.target_days: found -1, expected greater",
        ),
        ("site: x\nretention: {calls: 0}", "retention.calls: found 0, expected a duration longer than 0"),
        (
            "site: x\nretention: {calls: 90d, pseudonyms: 30d}",
            'retention.pseudonyms: found "30d", expected at least retention.calls, 7776000s',
        ),
        (
            "site: x\nretention: {calls: 100d}",
            "retention.pseudonyms: found 7776000.0, expected at least retention.calls, 8640000s",
        ),
        (
            "site: x\nlines: {a: {max_call_seconds: 3h}}\nretention: {calls: 1h, pseudonyms: 1d}",
            'retention.pseudonyms: found "86400s", expected at least 100920s: a line follows its callers',
        ),
        (
            "site: x\nlines: {a: {lifecycle: total}}",
            'lines.a.lifecycle: found "total", expected full, final, or totals if the line has readings only',
        ),
        (
            "site: x\nlines: {a: {parts: [b, c]}, b: {}}",
            'lines.a.parts.1: found "c", expected another line of this office',
        ),
        (
            "site: x\nlines: {a: {parts: [b]}, b: {parts: [c]}, c: {parts: [a]}}",
            'lines.a.parts: found "b", expected lines that this one is no part of',
        ),
        (
            "site: x\nline_defaults: {definition: net_callers}",
            'line_defaults.definition: found "net_callers", expected lost_over_offered: the ledger counts by no other',
        ),
        (
            "site: x\nalerts: {overloads: hourly}",
            'alerts.overloads: found "hourly", expected none, weekly or daily',
        ),
        ("site: x\nallowed_lateness: soon", 'allowed_lateness: found "soon", expected a duration such as 5s'),
    ],
)
def test_a_wrong_value_is_refused(file: Path, text: str, message: str) -> None:
    (line,) = refused(file, text)
    assert line.startswith(message)


def test_a_wrong_default_is_refused_once(file: Path) -> None:
    text = "site: x\nline_defaults: {target: 10}\nlines: {a: {}, b: {}}"
    (line,) = refused(file, text)
    assert line.startswith("line_defaults.target: found 10")


def test_the_message_names_the_file_and_every_fault(file: Path) -> None:
    file.write_text("site: x\nclock: sun\nkafka: {partitions: 0}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert str(caught.value) == (
        "The configuration is refused:\n"
        f"  {file}: kafka.partitions: found 0, expected greater than or equal to 1\n"
        f"  {file}: clock: found \"sun\", expected 'wall' or 'event'"
    )


def test_the_environment_wins(file: Path) -> None:
    office = given(
        file,
        "site: x\nkafka: {partitions: 4, bootstrap: 'file:1'}\nlines: {cni-passeport: {target: 0.3}}",
        TOCSIN_KAFKA_BOOTSTRAP="env:1",
        TOCSIN_LINES_CNI_PASSEPORT_TARGET="0.2",
        TOCSIN_HOLIDAYS_CLOSED="[2013-05-10]",
    )
    assert (office.kafka.bootstrap, office.kafka.partitions) == ("env:1", 4)
    assert office.lines["cni-passeport"].target == 0.2
    assert office.holidays.closed == (date(2013, 5, 10),)


def test_a_fault_of_the_environment_names_its_variable(file: Path) -> None:
    environ = {"TOCSIN_KAFKA__PARTITIONS": "none", "TOCSIN_RETENTION": "{call: 1d}"}
    assert refused(file, "site: x", **environ) == [
        'TOCSIN_KAFKA__PARTITIONS: kafka.partitions: found "none", expected a valid integer',
        "TOCSIN_RETENTION: retention.call: found an unknown key, expected a known key (did you mean calls?)",
    ]


def test_settings_do_not_change(lozere: Settings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        lozere.site = "other"


def test_the_public_names() -> None:
    assert settings.__all__ == ["Checkpoint", "ConfigError", "Kafka", "Retention", "Settings", "load"]
