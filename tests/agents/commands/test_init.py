"""`tocsin init` writes a configuration that the other commands accept, and explains how to use it."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.sources.kind import FileKind
from config.settings import Settings, load
from tests.agents.proposal.offices import telling
from tests.waiting import PATIENCE

LOG = (
    b"".join(b"1543600000|1543600000.%d|Accueil|NONE|DID|0466496000\n" % call for call in range(1, 11))
    + b"""\
1543600000|1543600000.1|Accueil|NONE|ENTERQUEUE||0612345678|1
1543600009|1543600000.1|Accueil|Agent/2|CONNECT|9|1543600001.2|4
1543600039|1543600000.1|Accueil|Agent/2|COMPLETECALLER|9|30|1
1543600040|1543600040.1|600|NONE|ENTERQUEUE||0612345679|1
1543600052|1543600040.1|600|NONE|ABANDON|1|1|12
15436|0612345678|tor
"""
)
FREESWITCH = """\
"","0612345678","{dialled}","public","2024-10-07 09:00:00","2024-10-07 09:00:00","2024-10-07 09:01:00","60","60",\
"NORMAL_CLEARING","{uuid}","","","PCMA","PCMA"
"""


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("TZ", "Europe/Paris")


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "queue_log"
    path.write_bytes(LOG)
    return str(path)


def invoke(*arguments: str, told: bytes = b"") -> Result:
    return CliRunner().invoke(app, arguments, terminal_width=200, input=told)


def loaded(text: str, tmp_path: Path) -> Settings:
    path = tmp_path / "proposed.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, {})


def refused(*arguments: str) -> str:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    return " ".join(result.stderr.replace("│", " ").split())


def test_a_log_gives_lines_queues_and_the_numbers_dialled(log: str, tmp_path: Path) -> None:
    result = invoke("init", "queue-log", log)
    assert result.exit_code == 0, result.output
    found = loaded(result.stdout, tmp_path)
    assert (found.site, found.timezone, found.holidays.country) == ("office", "Europe/Paris", "FR")
    assert found.lines_by_queue() == {
        "accueil": "accueil",
        "Accueil": "accueil",
        "0466496000": "accueil",
        "line-600": "line-600",
        "600": "line-600",
    }
    assert "tocsin check --config office.yaml" in result.stderr
    assert f"tocsin analyze queue-log {log} --config office.yaml" in result.stderr
    assert "malformed: 1 line" in result.stderr


def test_no_caller_s_number_is_shown(log: str) -> None:
    told = invoke("init", log).output
    assert "061234567" not in told
    assert not re.search(r"hmac:", told)


def test_the_kind_is_told_by_the_look_and_said(log: str) -> None:
    result = invoke("init", log)
    assert result.exit_code == 0
    assert f"{log} looks like a queue_log: reading it as queue-log" in result.stderr
    assert result.stdout == invoke("init", "queue-log", log).stdout


def test_standard_input_is_recognised_or_named() -> None:
    result = invoke("init", "queue-log", "-", told=LOG)
    assert result.exit_code == 0
    assert "accueil" in result.stdout
    assert invoke("init", "-", told=LOG).stdout == result.stdout
    assert "- is empty" in refused("init", "-")


def test_what_is_proposed_is_what_analyze_takes(log: str, tmp_path: Path) -> None:
    office = str(tmp_path / "office.yaml")
    assert invoke("init", log, "--to", office).exit_code == 0
    result = invoke("analyze", "queue-log", log, "--config", office, "--json")
    found = json.loads(result.stdout)
    assert {name: line["raw"]["offered"] for name, line in found["lines"].items()} == {"accueil": 1, "line-600": 1}
    assert found["refused"] == {"malformed": 1}


@pytest.mark.slow
def test_a_file_is_overwritten_only_by_force(log: str, tmp_path: Path) -> None:
    office = tmp_path / "office.yaml"
    office.write_text("mine")
    assert "--force" in refused("init", log, "--to", str(office))
    assert office.read_text() == "mine"
    result = invoke("init", log, "--to", str(office), "--force")
    assert (result.exit_code, result.stdout) == (0, "")
    assert load(office, {}).site == "office"


def test_it_speaks_french_where_it_is_asked_to(log: str) -> None:
    result = invoke("init", log, "--lang", "fr")
    assert "Proposé par tocsin init" in result.stdout
    assert "À faire ensuite" in result.stderr


def test_a_number_that_may_be_a_caller_s_own_becomes_no_line(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    rows = [
        FREESWITCH.format(dialled=dialled, uuid=uuid) for uuid, dialled in enumerate(("5010", "0612345670", "5010"))
    ]
    path.write_text("".join(rows))
    result = invoke("init", "freeswitch-cdr", str(path))
    assert result.exit_code == 0, result.output
    assert list(loaded(result.stdout, tmp_path).lines) == ["line-5010"]
    assert "06123" not in result.output


def test_a_queue_of_a_call_record_that_is_a_number_becomes_no_line(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    row = '"","0612345679","{number}","in","","PJSIP/t-{uuid}","","Queue","{queue}","2026-11-25 14:39:09",'
    row += '"2026-11-25 14:39:09","2026-11-25 14:39:16","7","7","ANSWERED","DOCUMENTATION","1764081549.{uuid}",""\n'
    queues = ("accueil,t", "", "0612345678,t")
    path.write_text("".join(row.format(number="0612345678", queue=each, uuid=uuid) for uuid, each in enumerate(queues)))
    result = invoke("init", "asterisk-cdr", str(path))
    assert result.exit_code == 0, result.output
    assert list(loaded(result.stdout, tmp_path).lines) == ["accueil"]
    assert "061234567" not in result.output


def test_a_number_in_the_column_of_a_queue_becomes_no_line(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(
        "line,at,mode,offered,answered,lost\n"
        "0612345678,2024-10-07 12:00:00,cumulative,7,6,1\naccueil,2024-10-07 12:00:00,cumulative,7,6,1\n"
    )
    result = invoke("init", "readings", str(path))
    assert result.exit_code == 0, result.output
    assert list(loaded(result.stdout, tmp_path).lines) == ["accueil"]
    assert "0612345678" not in result.output


@pytest.mark.slow
def test_the_events_of_a_spring_name_their_office(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in telling()))
    result = invoke("init", str(path))
    assert result.exit_code == 0, result.output
    found = loaded(result.stdout, tmp_path)
    assert (found.site, found.opening_hours) == ("saint-exemple", "Mo-Fr 08:30-12:00,13:30-17:00")
    assert "because the files do not name the office" not in result.stdout


def test_tickets_and_requests_give_services_and_channels(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(
        '{"service": "cards", "ticket": "A1", "type": "issued", "at": 1700000000}\n'
        '{"channel": "email", "request": "1", "type": "received", "at": 1700000000}\n'
    )
    found = loaded(invoke("init", str(path)).stdout, tmp_path)
    assert (list(found.services), list(found.requests), found.lines) == (["cards"], ["email"], {})


@pytest.mark.slow
def test_what_is_wrong_with_the_words_is_said(log: str, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_text("nothing\nthat is\nknown\n")
    assert "is of no known kind" in refused("init", str(odd))
    assert "does not exist" in refused("init", "queue-log", str(tmp_path / "gone"))
    assert "name a file as well" in refused("init", "queue-log")
    assert "a survey has no lines" in refused("init", FileKind.SURVEY, log)
    assert "expected an id" in refused("init", log, "--site", "Saint Exemple")


def test_a_file_of_which_nothing_is_used_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"15436|torn\n")
    result = invoke("init", "queue-log", str(path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "as queue-log: " in result.stderr


def test_without_a_file_and_a_terminal_it_says_what_to_give() -> None:
    assert "tocsin init queue-log FILE" in refused("init")


class Terminal:
    """`tocsin init` on a pseudo-terminal."""

    def __init__(self, *arguments: str) -> None:
        self._own, other = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agents", "init", *arguments],
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        self._shown = ""

    def until(self, words: str) -> None:
        """Wait until the terminal shows these words."""
        end = time.monotonic() + PATIENCE
        while words not in self._shown and time.monotonic() < end:
            if select.select([self._own], [], [], 0.5)[0]:
                self._shown += os.read(self._own, 65_536).decode()
        assert words in self._shown, self._shown
        self._shown = self._shown.partition(words)[2]

    def answer(self, text: str) -> None:
        os.write(self._own, f"{text}\n".encode())


@pytest.mark.slow
def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    office = tmp_path / "office.yaml"
    terminal = Terminal("--to", str(office))
    for words, answer in (
        *(("Name", "Mairie de Mende"), ("[mairie-de-mende]", ""), ("[Europe/Paris]", "Paris")),
        *(
            ("such as Europe/Paris", ""),
            ("[FR]", ""),
            ("Opening hours", "Mo-Fr 09:00-12:00"),
            ("Lines", "accueil 4000"),
        ),
    ):
        terminal.until(words)
        terminal.answer(answer)
    assert terminal.process.wait(PATIENCE) == 0
    found = load(office, {})
    assert (found.site, found.opening_hours) == ("mairie-de-mende", "Mo-Fr 09:00-12:00")
    assert found.lines_by_queue() == {"accueil": "accueil", "4000": "accueil"}


@pytest.mark.slow
def test_who_interrupts_the_questions_writes_nothing(tmp_path: Path) -> None:
    office = tmp_path / "office.yaml"
    terminal = Terminal("--to", str(office))
    terminal.until("Name")
    for _ in range(60):  # just before it reads, readline notices a signal only when the next one arrives
        terminal.process.send_signal(signal.SIGINT)
        try:
            terminal.process.wait(1)
        except subprocess.TimeoutExpired:
            continue
        break
    assert terminal.process.returncode == 130
    assert not office.exists()


def test_a_mapping_of_the_offices_own_is_seen(tmp_path: Path) -> None:
    office, export = tmp_path / "office.yaml", tmp_path / "export.csv"
    office.write_text(
        "site: mende\nlines: {standard: {}}\nmappings:\n  ours: {of: calls, id: nummer, queue: schlange, "
        "moments: {offered: beginn, ended: ende}}\n"
    )
    export.write_text("nummer,schlange,beginn,ende\n7,accueil,1362382200,1362382212\n8,accueil,1362382300,1362382312\n")
    assert "schlange" not in invoke("init", str(export)).stdout
    result = invoke("init", str(export), "--config", str(office))
    assert result.exit_code == 0, result.output
    assert "reading it as calls --mapping ours" in result.stderr
    assert "accueil" in result.stdout


def test_a_number_that_callers_dial_becomes_a_line_without_a_queue(tmp_path: Path) -> None:
    fields = '"2026-11-25 14:39:09","","0261990001","{}","from-trunk","PJSIP/t-1","PJSIP/101-1","Dial","x"'
    rows = [f'{fields.format(number)},"7","0","NO ANSWER","3","","17640815{at}.0"\n' for at, number in CALLED]
    (cdr := tmp_path / "cdr.csv").write_text("".join(rows))
    result = invoke("init", str(cdr))
    assert result.exit_code == 0, result.output
    assert loaded(result.stdout, tmp_path).lines_by_queue() == {
        "line-4010": "line-4010",
        "4010": "line-4010",
        "line-4000": "line-4000",
        "4000": "line-4000",
    }
    assert "# 2 calls on 1 day; a number that callers from outside dialled; they entered no queue" in result.stdout
    assert result.stdout.index("line-4010") < result.stdout.index("line-4000")


CALLED = ((10, "4010"), (20, "4000"), (30, "4010"))


def test_queues_that_overflow_are_one_line(tmp_path: Path) -> None:
    rows = []
    for call in range(12):
        at = 1_543_600_000 + 60 * call
        rows.append(f"{at}|{at}.1|accueil|NONE|ENTERQUEUE||0261995001|1")
        rows.append(f"{at + 30}|{at}.1|accueil|NONE|EXITWITHTIMEOUT|1|1|30")
        rows.append(f"{at + 30}|{at}.1|renfort|NONE|ENTERQUEUE||0261995001|1")
        rows.append(f"{at + 40}|{at}.1|renfort|SIP/1|CONNECT|10|{at}.2|3")
    (log := tmp_path / "queue_log").write_text("\n".join(rows) + "\n")
    result = invoke("init", str(log))
    (line,) = loaded(result.stdout, tmp_path).lines.values()
    assert line.queues == ("accueil", "renfort")
    said = " ".join(result.stdout.replace("#", "").split())
    assert "accueil overflows into renfort (12 calls left one and entered the other at once); one line, because" in said
    assert "12 calls on 1 day" in said


def test_a_counter_s_totals_show_no_hours(tmp_path: Path) -> None:
    rows = "line,at,offered,answered,lost\n" + "".join(f"a,{1_543_600_000 + 900 * n},10,9,1\n" for n in range(5))
    (file := tmp_path / "readings.csv").write_text(rows)
    said = " ".join(invoke("init", "readings", str(file)).stdout.replace("#", "").split())
    assert "a default: a counter's totals do not show the hours" in said
    assert "tickets" not in said


def test_an_unknown_table_gives_a_mapping_that_reads_it(tmp_path: Path) -> None:
    calls, office = tmp_path / "calls.csv", tmp_path / "office.yaml"
    calls.write_text(
        "Export\nappel;debut;file;etat;attente\n"
        "1;2026-03-04 09:00:00;Accueil;pris;12\n2;2026-03-04 09:01:00;Accueil;perdu;40\n",
        encoding="utf-8",
    )
    result = invoke("init", str(calls), "--to", str(office))
    assert result.exit_code == 0, result.output
    command = f"tocsin analyze calls {calls} --mapping table --config {office}"
    assert command in " ".join(result.stderr.split())
    found = json.loads(invoke(*command.split()[1:], "--json").stdout)
    assert found["lines"]["accueil"]["raw"]["answered"] == found["lines"]["accueil"]["raw"]["lost"] == 1
    assert invoke("init", "calls", str(calls), "--to", str(office), "--force").exit_code == 0


ACCESS = "INSERT INTO log_acesso (id, data, ip) VALUES\n" + ",\n".join(
    f"({row}, '2026-03-04 08:{row % 60:02}:00', '10.0.0.{row}')" for row in range(500)
)


def test_of_a_dump_the_table_with_the_columns_of_calls_is_proposed(tmp_path: Path) -> None:
    dump, office = tmp_path / "site.sql", tmp_path / "office.yaml"
    dump.write_text(
        f"-- MySQL dump\n{ACCESS};\nINSERT INTO chamadas (id, data, fila, status, espera) VALUES\n"
        "(1, '2026-03-04 09:00:00', 'a', 'answered', 12),\n(2, '2026-03-04 09:01:00', 'a', 'abandoned', 40);\n"
    )
    result = invoke("init", str(dump), "--to", str(office))
    assert result.exit_code == 0, result.output
    assert "rows: chamadas" in office.read_text()
    assert "the dump also has log_acesso; name another table here" in office.read_text()
    found = json.loads(
        invoke("analyze", "calls", str(dump), "--mapping", "table", "--config", str(office), "--json").stdout
    )
    assert found["lines"]["line"]["raw"]["answered"] == found["lines"]["line"]["raw"]["lost"] == 1


def test_a_dump_without_a_table_of_calls_is_refused_by_its_tables(tmp_path: Path) -> None:
    (dump := tmp_path / "site.sql").write_text(f"-- MySQL dump\n{ACCESS};\n")
    assert "no table has a moment with an outcome or a duration" in refused("init", str(dump))


def test_a_table_of_which_nothing_can_be_guessed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("who,comment\nAnn,hello\n", encoding="utf-8")
    assert "is of no known kind" in refused("init", str(file))
