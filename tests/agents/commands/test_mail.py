"""`tocsin mail` on a real broker and mail server: mails that are due are sent once, and failures are retried."""

from __future__ import annotations

import os
import signal
import socket
import time
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.history.slips import MailName, SlipBook, read_slips
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from agents.ports import free_port
from config.settings import Settings
from streams.ledger.day import day_key, write_day
from streams.periods.named import period_of
from tests.agents.callbacks.office import CLAIRE, Office, suspect, told
from tests.agents.commands.test_totals import tell
from tests.agents.forked import piped
from tests.agents.mail.smtp import HOST, MailBox, served
from tests.agents.office import CommandedOffice
from tests.agents.totals.year import ledger, wrong
from tests.waiting import PATIENCE

CONFIGURED = """\
site: lozere
clock: event
opening_hours: "Mo-Fr 09:00-13:00"
holidays: {{country: null}}
lines: {{circulation: {{label: Circulation, expected_lost_rate: 0.02}}, standard: {{label: Standard}}}}
services: {{cartes: {{label: Cartes grises}}}}
requests: {{im341: {{label: "CNI (IM 341)", days: calendar}}}}
office: {{name: Préfecture de la Lozère}}
mail:
  server: {host}:{port}
  security: none
  from: tocsin@prefecture.example
  board: https://tocsin.prefecture.example
  to:
    - {{address: chef@prefecture.example}}
    - {{address: quality@prefecture.example, language: en, send: [day, month]}}
"""
CHEF, QUALITY = "chef@prefecture.example", "quality@prefecture.example"
LAST = period_of("2013-12-31")  # the ledger's last day: it is over, and the day after is today


@pytest.fixture
def port() -> int:
    return free_port(HOST)


@pytest.fixture
def office(settings: Settings, tmp_path: Path, port: int, no_settings_from_outside: None) -> CommandedOffice:  # noqa: ARG001 -- used for its side effects
    create_topics(settings)
    client = producer(settings)
    for day in ledger():
        client.send(topic(settings, Topic.LEDGER), key=day_key(day).encode(), value=write_day(day))
    client.close()
    return CommandedOffice(settings, tmp_path, CONFIGURED.format(host=HOST, port=port))


def run(office: CommandedOffice, *words: str, status: int = 0) -> Result:
    done = office.command("mail", *words, "--lang", "en")
    assert done.exit_code == status, done.output
    return done


@pytest.mark.broker
def test_the_last_day_week_and_month_are_sent_once_each_to_who_asked_for_them(
    office: CommandedOffice, port: int
) -> None:
    box = MailBox()
    with served(box, port=port):
        first = run(office)
        again = run(office)
    subjects = sorted((to, mail["Subject"]) for to, mail in zip(box.to, box.mails, strict=True))
    assert [to for to, _ in subjects] == [CHEF, CHEF, CHEF, QUALITY, QUALITY]
    assert [subject.partition(" : ")[0] for to, subject in subjects if to == CHEF] == [
        "Décembre 2013",
        "Hier, mardi 31 décembre 2013",
        "Semaine du 23 décembre 2013",
    ]
    assert [subject.partition(":")[0] for to, subject in subjects if to == QUALITY] == [
        "December 2013",
        "Yesterday, Tuesday 31 December 2013",
    ]
    assert not [subject for _, subject in subjects if "  " in subject or " - Préfecture de la Lozère" not in subject]
    assert "2013-12-31 sent to chef@prefecture.example" in first.stdout
    assert "nothing to send" in again.stdout
    assert len({mail["Message-ID"] for mail in box.mails}) == 5


@pytest.mark.broker
def test_the_report_goes_with_the_week_and_the_month(office: CommandedOffice, port: int) -> None:
    box = MailBox()
    with served(box, port=port):
        run(office, "day", "month")
    for mail in box.mails:
        attached = [each for each in mail.iter_attachments() if isinstance(each, EmailMessage)]
        if ".day." in mail["Message-ID"]:
            assert not attached
            continue
        (report,) = attached
        name, month = {"fr": ("rapport", "décembre 2013"), "en": ("report", "December 2013")}[mail["Content-Language"]]
        assert report.get_filename() == f"{name}-lozere-2013-12.pdf"
        assert report.get_content_type() == "application/pdf"
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(report.get_content())).pages)
        assert month in text
        assert "Préfecture de la Lozère" in text


@pytest.mark.broker
def test_what_one_recipient_is_refused_the_other_gets_and_it_is_not_tried_again(
    office: CommandedOffice, port: int
) -> None:
    box = MailBox({CHEF: "550 no such user"})
    with served(box, port=port):
        refused = run(office, "day", status=1)
        assert f"refused for {CHEF}, and will not be tried again: 550 no such user" in refused.stderr
        assert box.to == [QUALITY]
        assert "nothing to send" in run(office, "day").stdout


@pytest.mark.broker
def test_what_a_server_puts_off_goes_with_the_next_run(office: CommandedOffice, port: int) -> None:
    box = MailBox({CHEF: "450 mailbox busy"})
    with served(box, port=port):
        put_off = run(office, "day", status=1)
        assert "1 mail was not sent; the next run sends it" in put_off.stderr
        box.answers.clear()
        run(office, "day")
    assert box.to == [QUALITY, CHEF]


@pytest.mark.broker
def test_without_a_server_nothing_is_lost_and_half_way_only_the_rest_is_sent_later(
    office: CommandedOffice, port: int
) -> None:
    away = run(office, "day", status=1)
    assert "cannot be reached" in away.stderr
    assert "2 mails were not sent; the next run sends them" in away.stderr
    box = MailBox()
    box.hang_up_after = 1
    with served(box, port=port):
        assert "no longer answers" in run(office, "day", status=1).stderr
        box.hang_up_after = -1
        run(office, "day")
        assert "nothing to send" in run(office, "day").stdout
    assert sorted(box.to) == [CHEF, QUALITY]


@pytest.mark.broker
def test_a_crash_between_server_and_slip_sends_the_same_mail_with_the_same_id(
    office: CommandedOffice, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receivers that compare ids drop the copy. Without the slip, Tocsin cannot know that the first mail arrived."""
    box, note = MailBox(), SlipBook.note

    def torn(book: SlipBook, name: MailName, state: Any, at: Any) -> None:
        if state == "sent":
            raise KeyboardInterrupt
        note(book, name, state, at)

    with served(box, port=port):
        with monkeypatch.context() as patched:
            patched.setattr(SlipBook, "note", torn)
            run(office, "day", status=130)
        run(office, "day")
    assert box.to == [CHEF, CHEF, QUALITY]
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]


@pytest.mark.broker
def test_the_slips_hold_no_address_and_no_caller(office: CommandedOffice, port: int) -> None:
    with served(MailBox(), port=port):
        run(office)
    notes = [*records(office.settings, topic(office.settings, Topic.NOTES))]
    assert notes
    everything = b" ".join((each.key or b"") + b" " + (each.value or b"") for each in notes)
    assert b"prefecture" not in everything
    assert b"hmac" not in everything
    slip = read_slips(office.settings).of(MailName("day", LAST, CHEF))
    assert slip is not None
    assert slip.state == "sent"


@pytest.mark.broker
def test_another_day_can_be_sent_and_a_closed_one_has_no_mail(office: CommandedOffice, port: int) -> None:
    box = MailBox()
    with served(box, port=port):
        assert "2013-12-29: no mail, because the office was closed" in run(office, "day", "--for", "2013-12-29").stderr
        run(office, "day", "--for", "2013-11-26")
        assert "nothing to send" in run(office, "day", "--for", "2013-11-26").stdout
        assert "2014-01-01 is not over" in " ".join(run(office, "day", "--for", "2014-01-01", status=2).stderr.split())
    assert [mail["Subject"].partition(" 2013")[0] for mail in box.mails] == [
        "Mardi 26 novembre",
        "Tuesday 26 November",
    ]


@pytest.mark.broker
def test_a_dry_run_prints_the_mails_and_sends_and_notes_nothing(office: CommandedOffice) -> None:
    tell(office.settings, wrong(status="open"))
    said = run(office, "day", "--dry-run", "--for", "2013-09-11").stdout
    assert f"To: {CHEF}" in said
    assert "Subject: Mercredi 11 septembre 2013 : Circulation, chiffre non publié (comptage suspect)" in said
    assert "CIRCULATION" in said
    assert "Wednesday 11 September" in said
    assert read_slips(office.settings).of(MailName("day", period_of("2013-09-11"), CHEF)) is None


@pytest.mark.broker
def test_a_day_tells_how_many_callers_were_reached_by_nobody_and_names_none(settings: Settings, tmp_path: Path) -> None:
    """In the log of the callbacks' tests, one caller was lost a day ago."""
    office = told(Office(tmp_path, settings))
    office.environment |= {
        "TOCSIN_OPENING_HOURS": "Mo-Su 00:00-24:00",
        "TOCSIN_MAIL": "{server: '127.0.0.1:1', security: none, from: t@x.fr, to: [{address: q@x.fr, language: en}]}",
    }
    said = office.run("mail", "day", "--dry-run").stdout
    assert "1 caller lost that day has not been reached since." in said
    assert "suspect count" not in said
    assert "hmac" not in said
    assert CLAIRE not in said
    suspect(office, "accueil")
    said = office.run("mail", "day", "--dry-run").stdout
    assert "0 callers lost that day have not been reached since." in said
    assert "1 more was probably counted as lost by mistake." in said


@pytest.mark.broker
def test_check_reaches_the_mail_server_and_says_what_is_wrong_with_it(office: CommandedOffice, port: int) -> None:
    box = MailBox()
    with served(box, port=port):
        good = office.command("check", "--lang", "en")
    assert good.exit_code == 0, good.output
    assert f"mail           {HOST}:{port} answers (none); recipients: 2" in good.stdout
    assert not box.mails
    away = office.command("check", "--lang", "en")
    assert away.exit_code == 1
    assert "cannot be reached (Connection refused); look at mail.server" in away.stderr
    assert "topics         as configured" in away.stdout


@pytest.mark.broker
def test_one_that_is_stopped_says_what_is_left(office: CommandedOffice) -> None:
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        environment = {**os.environ, **office.environment, "TOCSIN_MAIL_SERVER": f"{HOST}:{mute.getsockname()[1]}"}
        mute.settimeout(PATIENCE)
        with piped(["mail", "day", "--lang", "en"], env=environment) as process, mute.accept()[0]:
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143, said
    assert said.splitlines()[-1] == "ended by SIGTERM; mails sent: 0 of 2; the next run sends the others"


def test_without_a_server_in_the_configuration_nothing_can_be_sent(tmp_path: Path) -> None:
    (file := tmp_path / "office.yaml").write_text("site: lozere\n")
    done = CliRunner(env={"TOCSIN_CONFIG": str(file)}).invoke(app, ["mail", "--lang", "en"])
    assert done.exit_code == 2
    assert "has no mail server" in done.stderr
