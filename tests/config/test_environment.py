from __future__ import annotations

import pytest

from config.environment import overlay
from config.refusal import ConfigError
from config.settings import Settings


def merged(document: dict[str, object], **environ: str) -> dict[str, object]:
    return overlay(document, environ, Settings)[0]


def refused(document: dict[str, object], **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        overlay(document, environ, Settings)
    return str(caught.value).removeprefix("The configuration is refused:\n  ")


@pytest.mark.parametrize(
    ("name", "value", "document"),
    [
        ("TOCSIN_SITE", "mende", {"site": "mende"}),
        ("TOCSIN_ALLOWED_LATENESS", "5s", {"allowed_lateness": "5s"}),
        ("TOCSIN_KAFKA_BOOTSTRAP", "a:1,b:2", {"kafka": {"bootstrap": "a:1,b:2"}}),
        ("TOCSIN_KAFKA__BOOTSTRAP", "a:1", {"kafka": {"bootstrap": "a:1"}}),
        ("TOCSIN_KAFKA_PARTITIONS", "4", {"kafka": {"partitions": 4}}),
        ("TOCSIN_CHECKPOINT_EVERY", "1s", {"checkpoint": {"every": "1s"}}),
        ("TOCSIN_KAFKA__SECURITY__PASSWORD_FILE", "/p", {"kafka": {"security": {"password_file": "/p"}}}),
        ("TOCSIN_KAFKA_SECURITY_PASSWORD_FILE", "/p", {"kafka": {"security": {"password_file": "/p"}}}),
        (
            "TOCSIN_LINE_DEFAULTS_SERVICE_LEVEL_WITHIN",
            "30s",
            {"line_defaults": {"service_level": {"within": "30s"}}},
        ),
        ("TOCSIN_HOLIDAYS_CLOSED", "[2013-05-10]", {"holidays": {"closed": ["2013-05-10"]}}),
        ("TOCSIN_LINES", "{cni: {target: 0.1}}", {"lines": {"cni": {"target": 0.1}}}),
        ("TOCSIN_HOLIDAYS_SUBDIVISION", "", {"holidays": {"subdivision": None}}),
    ],
)
def test_a_variable_sets_its_key(name: str, value: str, document: dict[str, object]) -> None:
    assert merged({}, **{name: value}) == document


def test_the_environment_wins_and_leaves_the_document_alone() -> None:
    document: dict[str, object] = {
        "clock": "wall",
        "kafka": {"partitions": 8, "prefix": "t."},
        "holidays": None,
    }
    result = merged(document, TOCSIN_CLOCK="event", TOCSIN_KAFKA_PARTITIONS="2", TOCSIN_HOLIDAYS_COUNTRY="DE")
    assert result == {
        "clock": "event",
        "kafka": {"partitions": 2, "prefix": "t."},
        "holidays": {"country": "DE"},
    }
    assert document["kafka"] == {"partitions": 8, "prefix": "t."}


def test_a_key_of_one_line() -> None:
    document: dict[str, object] = {"lines": {"cni-passeport": {"label": "CNI"}, "Std": {}}}
    result, origins = overlay(document, {"TOCSIN_LINES_CNI_PASSEPORT_TARGET": "0.2"}, Settings)
    assert result == {"lines": {"cni-passeport": {"label": "CNI", "target": 0.2}, "Std": {}}}
    assert origins == {("lines", "cni-passeport", "target"): "TOCSIN_LINES_CNI_PASSEPORT_TARGET"}
    assert merged(document, TOCSIN_LINES__STD__TARGET="0.2")["lines"] == {
        "cni-passeport": {"label": "CNI"},
        "Std": {"target": 0.2},
    }


def test_a_whole_mapping_comes_before_what_is_inside_it() -> None:
    result = merged({"kafka": {"prefix": "x"}}, TOCSIN_KAFKA="{partitions: 3}", TOCSIN_KAFKA_BOOTSTRAP="a:1")
    assert result == {"kafka": {"partitions": 3, "bootstrap": "a:1"}}


def test_what_is_no_mapping_stays_to_be_refused() -> None:
    assert merged({"kafka": 5}, TOCSIN_KAFKA_BOOTSTRAP="a:1") == {"kafka": 5}


def test_other_variables_are_left_alone() -> None:
    others = [
        "TOCSIN_TEST_KAFKA",
        "TOCSIN_PSEUDONYM_KEY",
        "TOCSIN_CONFIG",
        "TOCSIN_STATE_DIR",
        "HOME",
        "MY_TOCSIN_SITE",
    ]
    assert merged({}, **dict.fromkeys(others, "x")) == {}


def test_unknown_variables() -> None:
    words = "found an unknown variable, expected a known key (did you mean TOCSIN_KAFKA_BOOTSTRAP?)"
    assert refused({}, TOCSIN_KAFKA_BOOTSTAP="x") == f"TOCSIN_KAFKA_BOOTSTAP: {words}"
    assert "TOCSIN_KAFKAxPREFIX: found an unknown variable" in refused({}, TOCSIN_KAFKAxPREFIX="x")
    assert "TOCSIN_CONFIGURATION: found an unknown variable" in refused({}, TOCSIN_CONFIGURATION="x")


def test_no_password_from_the_environment() -> None:
    message = refused({}, TOCSIN_KAFKA_SECURITY_PASSWORD="tres-secret")
    assert "did you mean TOCSIN_KAFKA_SECURITY_PASSWORD_FILE?" in message
    assert "tres-secret" not in message


def test_names_for_two_keys_and_two_names_for_a_key() -> None:
    assert refused({"lines": {"a-b": {}, "a.b": {}}}, TOCSIN_LINES_A_B="{}") == (
        "TOCSIN_LINES_A_B: found a name that fits lines.a-b, lines.a.b, expected a name that fits one key"
    )
    assert refused({}, TOCSIN_KAFKA_PREFIX="a", TOCSIN_KAFKA__PREFIX="b") == (
        "TOCSIN_KAFKA__PREFIX: found the key that TOCSIN_KAFKA_PREFIX sets too, expected one of the two"
    )


def test_values_that_are_not_yaml() -> None:
    assert refused({}, TOCSIN_LINES="{a: {}, a: {}}") == (
        "TOCSIN_LINES: a: found the same key in lines 1 and 1, expected each key once"
    )
    assert refused({}, TOCSIN_KAFKA="{").startswith("TOCSIN_KAFKA: found ")
