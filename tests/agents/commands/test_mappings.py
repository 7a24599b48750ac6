"""Tables of calls and tickets on the command line: analysed, sent, or refused with a usable alternative."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.invoking import found, invoke, refused, written
from tests.agents.invoking import raw as raw_of
from tests.agents.reading import letters, values

CALLS = b"""\
call;line;in;out;how
1;standard;2026-03-04 09:00:00;2026-03-04 09:00:05;yes
2;600;2026-03-04 09:00:10;2026-03-04 09:00:20;no
3;nowhere;2026-03-04 09:00:30;2026-03-04 09:00:40;no
"""
TICKETS = b"""\
ticket,service,issued,called
A1,cartes-grises,1772611200,1772611260
A2,cartes-grises,today,
"""
REQUESTS = b"""\
request;channel;received;answered;delivered;author
1;email;2013-05-07 09:00;2013-05-13;;Durand
2;email;2013-05-07;2013-05-17;;Durand
3;im341;2013-05-07;;2013-05-10;Durand
4;fax;2013-05-07;;;Durand
5;email;Durand
"""
POLLS = b"""\
at,service,called,waiting,open_counters
1772611200,cartes-grises,A7,1,2
1772611260,cartes-grises,A8,2,3
1772611330,cartes-grises,A9,1,3
1772611400,cartes-grises,A3,1,3
"""
OFFICE = """\
site: lozere
lines:
  standard: {}
  circulation: {queues: ["600"]}
services:
  cartes-grises: {}
requests:
  email: {target_days: 5}
  im341: {days: calendar}
mappings:
  pbx:
    of: calls
    id: call
    queue: line
    moments: {offered: in, ended: out}
    outcome: {column: how, values: {"yes": answered, "no": lost/abandoned}}
"""


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def office(tmp_path: Path) -> str:
    return written(tmp_path / "office.yaml", OFFICE.encode())


@pytest.fixture
def calls(tmp_path: Path) -> str:
    return written(tmp_path / "calls.csv", CALLS)


@pytest.fixture
def polls(tmp_path: Path) -> str:
    return written(tmp_path / "polls.csv", POLLS)


@pytest.fixture
def requests(tmp_path: Path) -> str:
    return written(tmp_path / "requests.csv", REQUESTS)


@pytest.fixture
def tickets(tmp_path: Path) -> str:
    return written(tmp_path / "tickets.csv", TICKETS)


def test_calls_are_counted_by_a_mapping_of_the_office(calls: str, office: str) -> None:
    document = found("calls", calls, "--mapping", "pbx", "--config", office)
    assert raw_of(document, "standard") == (1, 1, 0, 0, 0)
    assert raw_of(document, "circulation") == (1, 0, 1, 0, 0)
    assert document["lines"]["circulation"]["wait"]["lost"]["max"] == 10
    assert document["refused"] == {"unknown-line": 1}


def test_tickets_have_a_mapping_of_their_own(tickets: str, office: str) -> None:
    document = found("tickets", tickets, "--config", office)
    assert "no calls" not in invoke("analyze", "tickets", tickets, "--config", office).stdout
    assert document["events"] == {"read": 3, "ok": 2, "duplicate": 0, "late": 0, "invalid": 1}
    assert document["refused"] == {"no-time": 1}


def test_polls_give_estimates_that_say_so(polls: str, office: str) -> None:
    document = found("polls", polls, "--config", office)
    told = document["services"]["cartes-grises"]
    assert (told["estimated"], told["issued"], told["served"], told["no_show"], told["no_show_rate"]) == (
        (True, 2) + (None,) * 3
    )
    assert told["wait"] == dict.fromkeys(("mean", "p50", "p90", "p95", "max"), 70.0) | {"count": 1}
    assert told["polls"] == {
        "read": 3,
        "interval": 65.0,
        "unseen": 2,  # A8 was already waiting at the first poll, and A10 is still waiting at the last
        "blank": 0,
        "gaps": 0,
        "fell": 0,
        "open_counters": 8 / 3,
    }
    assert document["refused"] == {"display-back": 1}
    said = " ".join(invoke("analyze", "polls", polls, "--config", office).stdout.split())
    assert (
        "cartes-grises: estimates from polls of the display, to 65 s; 2 tickets were not seen from issue to call"
        in said
    )
    assert "1 of 4 rows refused, the first is row 5: number 3 after 9" in said


def test_readings_are_compared_with_the_calls_of_the_same_file_and_reviews_decide(tmp_path: Path, office: str) -> None:
    calls = [
        {"line": "standard", "call": str(number), "type": "answered", "at": 1_543_572_000 + 60 * number, "wait": 5}
        for number in range(90)
    ]
    readings = [
        {"line": "standard", "mode": "cumulative", "at": 1_543_572_030 + 60 * minute, "answered": minute % 45}
        for minute in range(90)
    ]
    rows = sorted([*calls, *readings], key=lambda each: float(str(each["at"])))
    name = "standard-20181130T104430Z-counter-reset"
    review = {"decision": "confirm", "at": 1_543_600_000, "by": "m", "incident": name, "note": "moved"}
    text = "\n".join(map(json.dumps, [*rows, review])).encode()
    document = found("events", written(tmp_path / "events.jsonl", text), "--config", office)
    (incident,) = document["incidents"]
    assert (incident["id"], incident["kind"], incident["status"]) == (name, "reset", "confirmed")
    assert incident["decisions"][0]["note"] == "moved"
    standard = document["lines"]["standard"]
    assert standard["raw"]["answered"] == 90
    assert document["events"] == {"read": 181, "ok": 181, "duplicate": 0, "late": 0, "invalid": 0}


def test_a_table_of_readings_is_read(tmp_path: Path, office: str) -> None:
    file = written(tmp_path / "readings.csv", b"line,at,answered\n600,1543572000,5\n600,1543572060,2\nx,1543572060,2\n")
    document = found("readings", file, "--config", office)
    assert [(each["line"], each["kind"]) for each in document["incidents"]] == [("circulation", "reset")]
    assert document["refused"] == {"unknown-line": 1}


def test_a_register_of_requests_is_read(requests: str, office: str) -> None:
    document = found("requests", requests, "--config", office)
    email, cards = document["requests"]["email"], document["requests"]["im341"]
    # Without a closed day in this configuration, 10 May is a working day.
    assert (email["received"], email["answered"], email["within_target"], email["mean_days"]) == (2, 2, 0.5, 4.0)
    assert (cards["received"], cards["answered"], cards["within_target"], cards["mean_days"]) == (1, 1, None, 3.0)
    assert document["refused"] == {"unknown-channel": 1, "malformed": 1}
    said = " ".join(invoke("analyze", "requests", requests, "--config", office).stdout.split())
    assert "email 2 2 0 0 1 50.00% U 4.00 working days U" in said
    assert "Durand" not in said


def test_tickets_that_a_file_tells_are_no_estimates(tickets: str, office: str) -> None:
    told = found("tickets", tickets, "--config", office)["services"]["cartes-grises"]
    assert told["estimated"] is False
    assert "polls" not in told
    assert told["no_show"] == 1  # called but not served, and the day is over


def test_estimates_are_known_again_among_events(tmp_path: Path, office: str) -> None:
    rows = [
        {"service": "cartes-grises", "ticket": "A1", "type": kind, "at": at, "source": "hall~estimated"}
        for kind, at in (("issued", 1772611200), ("called", 1772611260))
    ]
    events = written(tmp_path / "events.jsonl", "\n".join(map(json.dumps, rows)).encode())
    told = found("events", events, "--config", office)["services"]["cartes-grises"]
    assert (told["estimated"], told["no_show"], told["wait"]["max"]) == (True, None, 60)
    assert told["raw"] == {"mean_wait": 60, "mean_service": None, "no_show": None}
    said = " ".join(invoke("analyze", "events", events, "--config", office).stdout.split())
    assert "cartes-grises: estimates from polls of the display Nothing to look at." in said


ANSWERED = b"n;line;at;wait\n2;600;2026-03-04 09:05:00;10\n1;standard;2026-03-04 09:00:00;20\n3;nowhere;x;1\n"
GIVEN_UP = b"n;line;at;waited;left\n4;600;2026-03-04 09:03:00;30;\n"
SPLIT = """\
  taken: {of: calls, id: n, queue: line, moments: {offered: at}, wait: wait, outcome: {rules: [{means: answered}]}}
  given-up: {of: calls, id: n, queue: line, moments: {offered: at}, wait: waited, outcome: {rules: [{means: lost}]}}
"""


def test_tables_of_two_forms_are_read_as_one(tmp_path: Path) -> None:
    taken, lost = written(tmp_path / "taken.csv", ANSWERED), written(tmp_path / "lost.csv", GIVEN_UP)
    config = written(tmp_path / "office.yaml", (OFFICE + SPLIT).encode())
    for files in ([taken, "--mapping", "taken"], ["--mapping", f"taken:{taken}"]):
        document = found("calls", *files, "--mapping", f"given-up:{lost}", "--config", config)
        assert raw_of(document, "circulation") == (2, 1, 1, 0, 0)
        assert raw_of(document, "standard") == (1, 1, 0, 0, 0)
        assert document["events"]["late"] == 0
        assert (document["rows"]["used"], document["rows"]["refused"]) == (3, 1)


def test_a_file_of_its_own_mapping_is_told_where_it_makes_no_sense(calls: str, office: str) -> None:
    by = f"pbx:{calls}"
    assert "queue-log has no mappings; expected one of calls, tickets" in refused(
        "analyze", "queue-log", "--mapping", by
    )
    said = refused("analyze", "calls", calls, "--mapping", "pbx", "--mapping", "technion", "--config", office)
    assert "pbx, technion; expected NAME:FILE if several mappings are used" in said
    assert "calls is a kind; name a file as well" in refused("analyze", "calls", "--config", office)
    said = refused("analyze", "calls", calls, "--mapping", by, "--config", office)
    assert "none; expected a mapping of calls" in said
    said = refused("analyze", "calls", "--mapping", by, "--mapping", by, "--explain", "1", "--config", office)
    assert "--explain reads the files of one mapping only" in said


def test_only_one_of_several_tables_is_followed(calls: str, tickets: str, office: str) -> None:
    two = ("--mapping", f"pbx:{calls}", "--mapping", f"technion:{tickets}")
    said = refused("ingest", "calls", *two, "--follow", "--config", office)
    assert "only one file or one address can be followed; run one command for each" in said


def test_a_wrong_mapping_stops_the_commands_that_use_it_and_no_other(tmp_path: Path, calls: str, tickets: str) -> None:
    wrong = (
        "  torn: {of: calls, queue: line}\n  closed:\n    like: wazo\n    outcome: {values: {closed: lost/closed}}\n"
    )
    config = written(tmp_path / "office.yaml", (OFFICE + wrong).encode())
    result = invoke("analyze", "calls", calls, "--mapping", "pbx", "--config", config, "--json")
    assert raw_of(json.loads(result.stdout), "standard") == (1, 1, 0, 0, 0)
    said = " ".join(result.stderr.split())
    assert "this mapping is left out:" in said
    assert "mappings.torn.moments: found nothing" in said
    assert "mappings.closed.outcome.values.closed: found" in said
    for name in ("torn", "closed"):
        assert f"mappings.{name}." in refused("analyze", "calls", calls, "--mapping", name, "--config", config)
    assert "mappings.torn" in refused("check", "--config", config)
    (tmp_path / "office.yaml").write_text(OFFICE + "  tickets: {of: tickets, queue: line}\n")
    assert "mappings.tickets" in refused("analyze", "tickets", tickets, "--config", config)
    (tmp_path / "office.yaml").write_text(OFFICE + wrong + "sight: x\n")
    assert "sight" in refused("analyze", "calls", calls, "--mapping", "pbx", "--config", config)


@pytest.mark.parametrize(("command", "options"), [("analyze", ()), ("analyze", ("--explain", "1")), ("init", ())])
def test_rows_left_out_are_told_if_nothing_is_counted(command: str, options: tuple[str, ...], tmp_path: Path) -> None:
    legs = written(tmp_path / "legs.csv", CALLS)
    out = "  out: {of: calls, id: call, queue: line, where: {line: x}, moments: {offered: in}}\n"
    config = written(tmp_path / "office.yaml", (OFFICE + out).encode())
    ended = invoke(command, "calls", legs, "--mapping", "out", "--config", config, *options)
    assert ended.exit_code == 1
    assert "3 x rows left out by where.line" in ended.stderr


@pytest.mark.parametrize("command", ["analyze", "ingest"])
def test_an_unknown_mapping_is_told_the_known_ones(command: str, calls: str, tickets: str, office: str) -> None:
    said = refused(command, "calls", calls, "--mapping", "x", "--config", office)
    assert "'x'; expected a mapping of calls: 3cx" in said
    assert "zoom, pbx" in said
    if command == "ingest":  # `analyze` takes the only mapping that fits
        said = refused(command, "calls", calls, "--config", office)
        assert "none; expected a mapping of calls: 3cx" in said
        assert "This looks like calls by the mapping pbx" in said
    assert "'pbx'; expected a mapping of tickets: esii, qmatic, tickets, zms" in refused(
        command, "tickets", tickets, "--mapping", "pbx", "--config", office
    )


def test_a_file_that_does_not_fit_is_refused(calls: str) -> None:
    said = refused("analyze", "calls", calls, "--mapping", "technion")
    assert "calls.csv: found the columns call, line, in, out, how, expected each of call_id" in said


PLAIN = """\
site: hall
lines: {accueil: {queues: ["600"]}}
mappings:
  bare: {of: calls, columns: [n, queue, at, end], id: n, queue: queue, moments: {offered: at, ended: end}}
  printed:
    of: calls
    widths: {n: [1, 2], queue: [4, 6], at: [8, 17], end: [19, 28]}
    id: n
    queue: queue
    moments: {offered: at, ended: end}
  json: {of: calls, id: n, queue: queue, moments: {offered: at, ended: end}}
"""


def forms(number: int) -> dict[str, str]:
    """Return one call in each form that a file can have."""
    at, end = 1_772_611_200 + 60 * number, 1_772_611_230 + 60 * number
    told = {"n": f"c{number}", "queue": "600", "at": at, "end": end}
    return {
        "bare": f"c{number},600,{at},{end}\n",
        "printed": f"c{number} 600 {at} {end}\n",
        "json": json.dumps(told, indent=2),
    }


@pytest.mark.parametrize("form", ["bare", "printed", "json"])
@pytest.mark.parametrize("packed", ["plain", "gzip", "utf-16"])
def test_files_of_every_form_are_read_one_after_the_other_however_they_are_packed(
    tmp_path: Path, form: str, packed: str
) -> None:
    config = written(tmp_path / "plain.yaml", PLAIN.encode())
    files = []
    for number in (1, 2, 3):
        text = forms(number)[form]
        raw = text.encode("utf-16" if packed == "utf-16" else "utf-8-sig")
        files.append(written(tmp_path / f"{number}.dat", gzip.compress(raw) if packed == "gzip" else raw))
    document = found("calls", *files, "--mapping", form, "--config", config)
    assert raw_of(document, "accueil") == (3, 0, 3, 0, 0)
    assert document["events"] == {"read": 6, "ok": 6, "duplicate": 0, "late": 0, "invalid": 0}


def test_a_file_of_windows_is_read_whole_and_named_once(tmp_path: Path) -> None:
    config = written(tmp_path / "plain.yaml", PLAIN.replace('["600"]', '["600", "État civil"]').encode())
    rows = forms(1)["bare"] + (forms(2)["bare"] + forms(3)["bare"]).replace("600", "État civil")
    file = written(tmp_path / "calls.csv", rows.encode("cp1252"))
    result = invoke("analyze", "calls", file, "--mapping", "bare", "--config", config, "--json")
    assert raw_of(json.loads(result.stdout), "accueil") == (3, 0, 3, 0, 0)
    assert result.stderr.count("its bytes are not UTF-8, so it was read as Windows-1252 (cp1252)") == 1


def test_a_row_that_is_delivered_twice_counts_once(tmp_path: Path) -> None:
    config = written(tmp_path / "plain.yaml", PLAIN.encode())
    file = written(tmp_path / "calls", (forms(1)["bare"] * 2 + forms(2)["bare"]).encode())
    document = found("calls", file, "--mapping", "bare", "--config", config)
    assert raw_of(document, "accueil") == (2, 0, 2, 0, 0)
    assert document["events"]["duplicate"] == 2


def test_a_file_that_lacks_a_column_is_told_which_one_was_meant(tmp_path: Path, office: str) -> None:
    file = written(tmp_path / "calls.csv", CALLS.replace(b"call;", b"Call;").replace(b";how", b";howw"))
    said = refused("analyze", "calls", file, "--mapping", "pbx", "--config", office)
    assert "expected each of call, how once (did you mean Call for call, howw for how?)" in said


def of_kafka(settings: Settings) -> str:
    """Return the part of a configuration that names the broker of a test."""
    kafka = settings.kafka
    return f'kafka: {{bootstrap: "{kafka.bootstrap}", prefix: "{kafka.prefix}", partitions: 4}}\n'


@pytest.mark.broker
def test_a_register_is_sent_without_its_authors(settings: Settings, requests: str, tmp_path: Path) -> None:
    office = written(tmp_path / "office.yaml", (OFFICE + of_kafka(settings)).encode())
    create_topics(settings)
    sent = invoke("ingest", "requests", requests, "--config", office)
    assert sent.exit_code == 0, sent.output
    records = values(settings, topic(settings, Topic.REQUESTS))
    told = [json.loads(value) for value in records]
    assert sorted((each["channel"], each["request"], each["type"]) for each in told) == [
        ("email", "1", "answered"),
        ("email", "1", "received"),
        ("email", "2", "answered"),
        ("email", "2", "received"),
        ("fax", "4", "received"),  # the worker refuses it
        ("im341", "3", "delivered"),
        ("im341", "3", "received"),
    ]
    (letter,) = letters(settings)
    assert (letter.reason, letter.row) == ("malformed", 6)
    assert not any(b"Durand" in value for value in (*records, letter.original or b"", letter.text.encode()))


@pytest.mark.broker
def test_tables_of_two_forms_are_sent_as_one(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    taken, lost = written(tmp_path / "taken.csv", ANSWERED), written(tmp_path / "lost.csv", GIVEN_UP)
    config = written(tmp_path / "office.yaml", (OFFICE + SPLIT + of_kafka(settings)).encode())
    told = invoke(
        *("ingest", "calls", taken, "--mapping", "taken", "--mapping", f"given-up:{lost}", "--config", config)
    )
    assert told.exit_code == 0, told.output
    sent = [json.loads(value) for value in values(settings, topic(settings, Topic.CALL_ATTEMPTS))]
    outcomes = {(each["line"], each["call"]): (each["source"], each["type"]) for each in sent}
    assert outcomes == {
        ("standard", "1"): ("taken", "answered"),
        ("circulation", "2"): ("taken", "answered"),
        ("circulation", "4"): ("given-up", "lost"),
    }
    moments = [each["at"] for each in sent if each["line"] == "circulation"]
    assert moments == sorted(moments), "the files are merged"
    (letter,) = letters(settings)
    assert (letter.file, letter.row) == (taken, 4)


@pytest.mark.broker
def test_tables_are_sent(settings: Settings, calls: str, tickets: str, polls: str, tmp_path: Path) -> None:
    office = written(tmp_path / "office.yaml", (OFFICE + of_kafka(settings)).encode())
    create_topics(settings)
    sent = invoke("ingest", "calls", calls, "--mapping", "pbx", "--config", office)
    assert sent.exit_code == 0, sent.output
    assert f"3 records to {topic(settings, Topic.CALL_ATTEMPTS)}" in sent.stdout  # one has no wait
    sent = invoke("ingest", "tickets", tickets, "--config", office)
    assert sent.exit_code == 0, sent.output
    assert len(values(settings, topic(settings, Topic.COUNTER_TICKETS))) == 2
    assert sorted(letter.reason for letter in letters(settings)) == ["no-time", "unknown-line"]
    sent = invoke("ingest", "polls", polls, "--config", office)
    assert sent.exit_code == 0, sent.output
    assert "display-back: 1 line, the first is 5: number 3 after 9" in sent.output
    estimates = [json.loads(value) for value in values(settings, topic(settings, Topic.COUNTER_TICKETS))][2:]
    assert [(each["type"], each["ticket"], each["source"]) for each in estimates] == [
        ("issued", "A9", "polls~estimated"),
        ("issued", "A10", "polls~estimated"),
        ("called", "A9", "polls~estimated"),
    ]
