from __future__ import annotations

from pathlib import Path

import pytest

from config.mapping import available
from config.settings import ConfigError, Settings, load

CALLS = """\
site: lozere
lines: {standard: {}}
mappings:
  bank:
    of: calls
    id: call
    queue: {fixed: standard}
    moments: {offered: entered}
"""


def settings(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = tmp_path / "office.yaml"
    path.write_text(text)
    return load(path, environ or {})


def refused(tmp_path: Path, old: str, new: str) -> str:
    assert old in CALLS
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, CALLS.replace(old, new))
    (mistake,) = refusal.value.mistakes
    assert mistake.key.startswith("mappings.bank")
    return f"{mistake.key.removeprefix('mappings.bank').lstrip('.')}: {mistake.found}: {mistake.expected}"


def test_a_columns_name_alone_stands_for_the_whole(tmp_path: Path) -> None:
    short = settings(tmp_path, CALLS).mappings["bank"]
    full = CALLS.replace("id: call", "id: [call]").replace("offered: entered", "offered: {column: entered}")
    assert settings(tmp_path, full).mappings["bank"] == short
    assert short.used() == ("call", "entered")


def test_the_environment_reaches_into_a_mapping(tmp_path: Path) -> None:
    environ = {"TOCSIN_MAPPINGS_BANK_QUEUE_FIXED": "circulation", "TOCSIN_MAPPINGS_BANK_WAIT": "hold"}
    table = settings(tmp_path, CALLS, environ).mappings["bank"]
    assert table.queue is not None
    assert table.queue.fixed == "circulation"
    assert table.wait is not None
    assert table.wait.column == "hold"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("of: calls", "of: call", "of: \"call\": 'calls', 'tickets', 'polls', 'readings' or 'requests'"),
        ("id: call", "ide: call", "id: nothing: a value"),
        ("id: call", "id: call\n    delimiter: pipe", "delimiter: \"pipe\": 'comma', 'tab' or 'semicolon'"),
        ("id: call", "id: call\n    timezone: Mars", 'timezone: "Mars": a time zone of the tz database'),
        ("id: call", "id: call\n    optional: wait", 'optional: "wait": columns that are named above'),
        ("id: call", "id: call\n    wait: {column: hold, unti: minutes}", "a known key (did you mean unit?)"),
        ("id: call", "id: call\n    way: walk", 'way: "walk": nothing, since it is a table of calls'),
        ("id: call", "id: call\n    waiting: people", 'waiting: "people": nothing, since it is a table of calls'),
        ("of: calls", "of: polls", 'moments.offered: "offered": one of polled, since it is a table of polls'),
        ("{fixed: standard}", "{fixed: standard, column: line}", "queue: "),
        ("{fixed: standard}", "{}", "queue: {}: a column, or else one fixed name"),
        ("offered: entered", "issued: entered", 'moments.issued: "issued": one of offered, answered, ended'),
        ("offered: entered", "ended: left", "moments.offered: nothing: a value"),
        ("offered: entered", "offered: {date: day}", "a column, or else a date and a time"),
        ("offered: entered", "offered: {column: a, date: b, time: c}", "a column, or else a date and a time"),
        ("offered: entered", 'offered: {column: a, format: "%Q"}', 'moments.offered.format: "%Q": a pattern'),
        ("offered: entered", 'offered: {column: a, format: "%B %Y"}', 'format: "%B %Y": a pattern with a day, such as'),
        ("offered: entered", 'offered: {column: a, format: "%H:%M"}', 'format: "%H:%M": a pattern with a day, such as'),
        (
            "offered: entered",
            "offered: {column: a, of_rows: {event: {}}}",
            "moments.offered.of_rows.event: {}: one_of, none_of or pattern",
        ),
        (
            "id: call",
            "id: call\n    outcome: {column: a, values: {A: won}}",
            'outcome.values.A: "won": one of answered',
        ),
        (
            "id: call",
            "id: call\n    columns: [call, enterd]",
            'columns: "entered": one of its columns (did you mean enterd?)',
        ),
        ("id: call", "id: call\n    columns: [call, call, entered]", 'columns: "call": each name once'),
        ("id: call", "id: call\n    widths: {call: [1, 9]}", 'widths: "entered": one of call, where this mapping'),
        ("id: call", "id: call\n    widths: {call: [9, 1]}", "widths.call: [9, 1]: the first and the last character"),
        ("id: call", "id: call\n    widths: {call: 9}", "widths.call: 9: the first and the last character"),
        (
            "id: call",
            "id: call\n    columns: [call, entered]\n    widths: {call: [1, 9], entered: [11, 20]}",
            "widths: ",
        ),
        ("id: call", "id: call\n    where: {way: {patern: in}}", "a known key (did you mean pattern?)"),
        (
            "id: call",
            "id: call\n    where: {way: {pattern: '(a+)+'}}",
            'where.way.pattern: "(a+)+": a regular expression',
        ),
        (
            "id: call",
            "id: call\n    where: {way: {}}",
            "where.way: {}: one_of, none_of or pattern, or a value in quotes",
        ),
        ("id: call", "id: call\n    where: {way: yes}", "where.way"),
        ("id: call", "id: call\n    where: {way: [yes]}", "where.way.one_of.0: true: a text, in quotes if it looks"),
        ("id: call", "id: call\n    outcome: {}", "outcome: {}: a column and its values, or rules, or both"),
        ("id: call", "id: call\n    outcome: {column: a}", "a column and its values, or rules, or both"),
        (
            "id: call",
            "id: call\n    outcome: {rules: [{when: {a: x}, means: lost}, {means: won}]}",
            'outcome.rules.1.means: "won": one of answered, lost',
        ),
        (
            "id: call",
            "id: call\n    outcome: {rules: [{wen: {a: x}, means: lost}]}",
            "a known key (did you mean when?)",
        ),
        ("id: call", "id: call\n    updated: {date: day}", "updated: "),
        ("id: call", "id: call\n    year: 13", "year: 13"),
        ("id: call", "id: call\n    decimal: dot", "decimal: \"dot\": 'point' or 'comma'"),
        ("id: call", "like: technon", 'like: "technon": a mapping that comes with Tocsin (did you mean technion?)'),
        ("id: call", "id: call\n    outcome: {column: a, values: {A: lost/tired}}", "as lost/timeout: abandoned"),
        ("id: call", "id: call\n    outcome: {column: a, values: {A: answered/timeout}}", "outcome.values.A"),
    ],
)
def test_a_wrong_key_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    if "ide" in new:
        with pytest.raises(ConfigError, match=r"mappings\.bank\.ide: found an unknown key, expected .*mean id\?"):
            settings(tmp_path, CALLS.replace(old, new))
        return
    assert says in refused(tmp_path, old, new)


def test_a_mapping_like_another_changes_what_it_says(tmp_path: Path) -> None:
    own = """\
site: lozere
lines: {standard: {}}
mappings:
  ours:
    like: technion
    timezone: Europe/Paris
    queue: {fixed: standard}
    moments: {offered: {time: vru_entry}}
    outcome: {values: {HANG: lost/timeout, LOST: lost}}
    caller: null
"""
    table, shipped = settings(tmp_path, own).mappings["ours"], available({})["technion"]
    assert table.queue is not None
    assert (table.timezone, table.queue.fixed, table.caller) == ("Europe/Paris", "standard", None)
    assert (table.moments["offered"].date, table.moments["offered"].time) == ("date", "vru_entry")
    assert table.outcome is not None
    assert table.outcome.values == {
        "AGENT": "answered",
        "HANG": "lost/timeout",
        "PHANTOM": "ignore",
        "LOST": "lost",
    }
    assert (table.delimiter, table.id, table.wait) == (shipped.delimiter, shipped.id, shipped.wait)


def test_conditions_of_its_own_replace_those_of_the_mapping_that_it_is_like(tmp_path: Path) -> None:
    own = 'site: lozere\nlines: {standard: {}}\nmappings: {old: {like: 3cx, where: {to-dn: "800"}}}\n'
    assert list(settings(tmp_path, own).mappings["old"].where) == ["to-dn"]


def test_the_environment_reaches_into_a_list(tmp_path: Path) -> None:
    ruled = CALLS.replace("id: call", "id: call\n    outcome: {rules: [{means: lost}, {means: open}]}")
    environ = {"TOCSIN_MAPPINGS_BANK_OUTCOME_RULES_1_MEANS": "answered"}
    outcome = settings(tmp_path, ruled, environ).mappings["bank"].outcome
    assert outcome is not None
    assert [rule.means for rule in outcome.rules] == ["lost", "answered"]


@pytest.mark.parametrize("keys", ["wait: q", "talk: t\n    outcome: {rules: [{means: lost}]}", "wait: q\n    talk: t"])
def test_a_call_without_its_beginning_needs_its_lengths_and_its_outcome(tmp_path: Path, keys: str) -> None:
    says = refused(tmp_path, "{offered: entered}", "{ended: over}\n    " + keys)
    assert says == "moments.offered: nothing: a value, or else ended alone with wait, talk and outcome"


def test_every_column_that_a_condition_asks_is_read(tmp_path: Path) -> None:
    more = """id: call
    where: {way: in}
    outcome: {rules: [{when: {flow: "1"}, means: diverted}], column: state, values: {A: answered}}
    updated: {column: changed, zone: zone}"""
    table = settings(tmp_path, CALLS.replace("id: call", more)).mappings["bank"]
    assert set(table.used()) == {"call", "entered", "way", "flow", "state", "changed", "zone"}


POLLS = CALLS.replace("of: calls", "of: polls").replace("offered: entered", "polled: at")


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ("waiting: people", "display: nothing: a value"),
        ("display: called", "waiting: nothing: a value"),
        ("display: called\n    waiting: people\n    id: call", 'id: "call": nothing, since it is a table of polls'),
        ("display: called\n    waiting: people\n    talk: long", 'talk: "long": nothing, since it is a table of polls'),
    ],
)
def test_polls_need_a_display_and_no_name(tmp_path: Path, instead: str, says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, POLLS.replace("id: call", instead))
    (wrong,) = refusal.value.mistakes
    assert f"{wrong.key.removeprefix('mappings.bank.')}: {wrong.found}: {wrong.expected}" == says


READINGS = CALLS.replace("of: calls", "of: readings").replace("offered: entered", "at: at")


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ("lost: perdus\n    id: call", 'id: "call": nothing, since it is a table of readings'),
        ("lost: perdus\n    agent: who", 'agent: "who": nothing, since it is a table of readings'),
        ("optional: []", "lost: nothing: a value, or one of offered or answered"),
    ],
)
def test_readings_need_a_total_and_no_name(tmp_path: Path, instead: str, says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, READINGS.replace("id: call", instead))
    (wrong,) = refusal.value.mistakes
    assert f"{wrong.key.removeprefix('mappings.bank.')}: {wrong.found}: {wrong.expected}" == says


REQUESTS = CALLS.replace("of: calls", "of: requests").replace("offered: entered", "received: entered")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: call", "caller: author", 'caller: "author": nothing, since it is a table of requests'),
        ("id: call", "agent: author", 'agent: "author": nothing, since it is a table of requests'),
        ("    id: call\n", "", "id: nothing: a value"),
        ("received: entered", "answered: left", "moments.received: nothing: a value"),
        (
            "id: call",
            "id: call\n    outcome: {column: state, values: {lost: lost}}",
            'outcome.values.lost: "lost": one of answered, delivered, withdrawn, open, ignore',
        ),
    ],
)
def test_requests_need_a_name_and_a_receipt_and_have_no_person(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in REQUESTS
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, REQUESTS.replace(old, new))
    (wrong,) = refusal.value.mistakes
    assert f"{wrong.key.removeprefix('mappings.bank.')}: {wrong.found}: {wrong.expected}" == says


OF_DAYS = """\
    of: readings
    queue: line
    moments: {since: day}
    period: day
    lost: gone
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("period: day", "period: 2h", "period: \"2h\": 'day', '1h', '30m' or '15m'"),
        ("period: day", "period: week", 'period: "week": day, 1h, 30m or 15m, as figures are kept by days'),
        ("period: day", "period: month", "a longer period does not say how many of its calls each day had"),
        ("{since: day}", "{since: day, at: end}", 'moments: "since, at": since alone, as period says'),
        ("{since: day}", "{at: end}", 'moments: "at": since alone, as period says'),
        ("lost: gone", "lines: {standard: {lost: gone}}", 'queue: "line": nothing, since each of the lines'),
        ("queue: line\n    ", "", "queue: nothing: a value, or lines"),
        ("{since: day}", "{since: day}\n    id: day", 'id: "day": nothing, since it is a table of readings'),
        ("lost: gone", "lost: gone\n    counts: {lost: [bored]}", "'abandoned', 'timeout', 'full'"),
        ("queue: line", "lines: {standard: {}}", "a column of the calls offered, answered or lost"),
    ],
)
def test_a_table_of_days_says_when_each_begins_and_of_which_line_it_is(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in OF_DAYS
    text = CALLS[: CALLS.index("    of: calls")]
    assert settings(tmp_path, text + OF_DAYS).mappings["bank"].used() == ("day", "line", "gone")
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, text + OF_DAYS.replace(old, new))
    assert says in " ".join(
        f"{each.key.removeprefix('mappings.bank').lstrip('.')}: {each.found}: {each.expected}"
        for each in refusal.value.mistakes
    )


def test_excel_is_a_format(tmp_path: Path) -> None:
    text = CALLS.replace("offered: entered", "offered: {column: entered, format: excel}")
    assert settings(tmp_path, text).mappings["bank"].moments["offered"].format == "excel"


@pytest.mark.parametrize("pattern", ["%d%d", "%Y-%m-%d %q", "%"])
def test_a_pattern_that_strptime_cannot_read_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, CALLS.replace("offered: entered", f"offered: {{column: entered, format: '{pattern}'}}"))
    assert "a pattern of strptime, such as %d/%m/%Y" in str(refusal.value)


def test_the_shipped_mappings_can_be_read() -> None:
    shipped = available({})
    assert {name: table.of for name, table in shipped.items()} == {
        **dict.fromkeys(("3cx", "3cx-cdroutput", "amazon-connect", "amazon-connect-table"), "calls"),
        **dict.fromkeys(("aircall", "genesys", "genesys-conversations", "mitel", "ringcentral", "teams"), "calls"),
        **dict.fromkeys(("queuemetrics-answered", "queuemetrics-unanswered", "ucce", "uccx"), "calls"),
        **dict.fromkeys(("wazo", "webex", "zoom"), "calls"),
        "esii": "tickets",
        "nhs111": "readings",
        "oxe": "readings",
        "ngsi": "polls",
        "polls": "polls",
        "qmatic": "tickets",
        "readings": "readings",
        "requests": "requests",
        "service-readings": "readings",
        "technion": "calls",
        "tickets": "tickets",
        "warsaw": "polls",
        "zms": "tickets",
        "zms-2026": "tickets",
        "zms-buerger": "tickets",
    }


def test_the_offices_own_mapping_comes_before_a_shipped_one(tmp_path: Path) -> None:
    own = settings(tmp_path, CALLS.replace("bank:", "tickets:")).mappings
    assert available(own)["tickets"] is own["tickets"]


def test_a_reason_that_no_line_counts_as_lost_is_no_loss(tmp_path: Path) -> None:
    closed = CALLS + "    outcome: {column: how, values: {closed: lost/closed, gone: lost/abandoned}}\n"
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, closed)
    (mistake,) = refusal.value.mistakes
    assert (mistake.key, mistake.found) == ("mappings.bank.outcome.values.closed", '"lost/closed"')
    assert "diverted/closed" in str(mistake.expected)
    counted = closed.replace("{standard: {}}", "{standard: {lost_reasons: [abandoned, closed]}}")
    assert settings(tmp_path, counted).mappings["bank"].outcome is not None
