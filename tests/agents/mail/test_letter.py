"""A mail has the believed figure with its status, or the reason why there is none; the same in text and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any

import pytest

from agents.history.ledger import History
from agents.history.questions import LineQuestion, open_questions
from agents.history.slips import MailName
from agents.language import Language
from agents.mail.letter import Letter, LetterWriter, as_html, as_text
from agents.mail.message import Attachment, message
from agents.mail.reading import OfficeReader
from config.mail import KINDS, MailKind, Recipient
from config.office import Signatory
from config.settings import Channel, Line, Settings
from streams.insight.losses import Losses
from streams.periods.named import period_of
from streams.status import LineMonth
from tests.agents.board.known import SETTINGS, history, line, suspected
from tests.agents.board.periods.test_routes import recounted
from tests.agents.board.questions import question
from tests.agents.forecast.varied import OFFICE as VARIED
from tests.agents.forecast.varied import UNTIL, varied
from tests.agents.html import Page
from tests.agents.totals.year import HOSTILE

OFFICE = SETTINGS.model_copy(
    update={
        "office": Signatory(name="Préfecture de la Lozère"),
        "lines": {
            "circulation": Line(label="Circulation", target=0.10, expected_lost_rate=0.02),
            "standard": Line(label="Standard", target=0.02),
        },
        "requests": {"im341": Channel(label="CNI (IM 341)", days="calendar")},
    }
)
BOARD = "https://tocsin.prefecture.example"
FRENCH = "472 appels, 8 perdus (1,7 %), décroché 98 %"
NOW = datetime(2013, 11, 27, 6, tzinfo=UTC)


RECOUNTED = recounted().history


SOUND = history()


@cache
def suspecting(**more: Any) -> History:
    return history(suspected(**more))


def written(
    read: History,
    period: str,
    today: date,
    language: str = "fr",
    settings: Settings = OFFICE,
    board: str | None = BOARD,
    questions: Sequence[LineQuestion] = (),
    **more: Any,
) -> Letter:
    kind: MailKind = next(each for each in KINDS if len(period) == {"day": 10, "week": 8, "month": 7}[each])
    told = OfficeReader(settings, read, today, questions).read(kind, period_of(period))
    return LetterWriter(settings, told, board).letter(Recipient(address="q@x.fr", language=language, **more))  # type: ignore[arg-type] # fr or en


def mailed(letter: Letter, language: str = "fr", *attached: Attachment) -> EmailMessage:
    """Return the mail of a letter as parsed by the reader's mail program."""
    recipient = Recipient(address="q@x.fr", language=language)  # type: ignore[arg-type] # fr or en
    name = MailName("day", period_of("2013-11-26"), recipient.address)
    sent = message(letter, recipient, "tocsin@prefecture.example", name, NOW, attached)
    found = message_from_bytes(bytes(sent), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "today", "when", "told"),
    [
        ("fr", date(2013, 11, 27), "Hier, mardi 26 novembre : ", FRENCH),
        ("en", date(2013, 11, 27), "Yesterday, Tuesday 26 November: ", "472 calls, 8 lost (1.7%), 98% answered"),
        ("fr", date(2013, 11, 28), "Mardi 26 novembre : ", FRENCH),
        ("fr", date(2014, 1, 2), "Mardi 26 novembre 2013 : ", FRENCH),
    ],
)
def test_the_figure_of_the_morning_stands_in_the_subject(language: str, today: date, when: str, told: str) -> None:
    letter = written(SOUND, "2013-11-26", today, language)
    subject = mailed(letter, language)["Subject"]
    assert subject == f"{when}{told} - Préfecture de la Lozère", "decoded, as a mail program shows it"


def test_a_corrected_figure_has_the_word_and_the_counted_one_never_stands_alone() -> None:
    letter = written(RECOUNTED, "2013-09-11", date(2013, 9, 12))
    assert letter.subject.startswith(
        "Hier, mercredi 11 septembre : 400 appels, 8 perdus (2,0 %, corrigé), décroché 98 %"
    )
    assert mailed(letter)["Subject"] == letter.subject
    text = plain(as_text(letter, Language.FR))
    assert "Appels perdus aux heures d'ouverture : 2,00 % (valeur brute : 40,00 %)" in text
    assert "recomptage des appels en cause" in text
    html = as_html(letter, Language.FR)
    assert re.search(r"<strong>2,00\u202f%</strong> <s>.*valeur brute : 40,00\u202f%</span></s>", html)


def test_the_rate_that_leads_stands_first_with_the_word() -> None:
    leading = OFFICE.model_copy(update={"office": OFFICE.office.model_copy(update={"leads": "answer_rate"})})
    sound = written(SOUND, "2013-11-26", date(2013, 11, 27), settings=leading)
    assert "472 appels, décroché 98 %, 8 perdus (1,7 %) - " in plain(sound.subject)
    corrected = written(RECOUNTED, "2013-09-11", date(2013, 9, 12), settings=leading)
    assert "400 appels, décroché 98 % (corrigé), 8 perdus (2,0 %, corrigé) - " in plain(corrected.subject)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fr", "Circulation, chiffre non publié (comptage suspect) ; sans cette ligne, 72 appels, 0 perdu (0,0 %)"),
        ("en", "Circulation, figure withheld (counting suspect); without this line, 72 calls, 0 lost (0.0%)"),
    ],
)
def test_where_nothing_is_believed_the_figure_is_withheld_with_its_reason(language: str, says: str) -> None:
    letter = written(suspecting(), "2013-09-11", date(2013, 9, 12), language)
    assert says in plain(letter.subject)
    assert "80" not in letter.subject
    assert mailed(letter, language)["Subject"] == letter.subject


def test_a_figure_that_a_doubt_touches_is_withheld_until_a_person_has_decided() -> None:
    doubted = written(suspecting(verdict="undecided"), "2013-09-11", date(2013, 9, 12))
    assert "Circulation, chiffre non publié (indécis depuis le 2 septembre 2013)" in doubted.subject
    decided = written(suspecting(status="dismissed"), "2013-09-11", date(2013, 9, 12))
    assert "872 appels, 640 perdus (73,4 %), décroché 27 %" in decided.subject


@pytest.mark.slow
def test_each_desk_stands_beside_what_is_usual_and_the_periods_before() -> None:
    text = plain(as_text(written(SOUND, "2013-11-26", date(2013, 11, 27)), Language.FR))
    for words in (
        "mardi 26 novembre 2013",
        "d'ordinaire (sur 8 semaines)",
        "le jour d'ouverture précédent",
        "un an avant",
    ):
        assert words in text
    month = plain(as_text(written(SOUND, "2013-10", date(2013, 11, 27), "en"), Language.EN))
    for words in ("OCTOBER 2013", "CNI (IM 341)", "the month before (September 2013)", "a year before (October 2012)"):
        assert words.lower() in month.lower()
    assert "CNI" not in text, "a request is replied to on another day"


def test_incidents_to_decide_lead_to_the_board_where_its_address_is_known() -> None:
    read, day = suspecting(), ("2013-09-11", date(2013, 9, 12))
    link = f"{BOARD}/incidents/{suspected().id}"
    letter = written(read, *day)
    assert link in as_text(letter, Language.FR)
    assert f'href="{link}"' in as_html(letter, Language.FR)
    without = written(read, *day, board=None)
    assert "dérive du comptage" in as_text(without, Language.FR)
    assert "http" not in as_text(without, Language.FR)
    assert "http" not in as_html(without, Language.FR)


def test_the_html_asks_nobody_for_anything_and_shows_nothing_of_a_label_but_its_letters() -> None:
    hostile = {**OFFICE.lines, "standard": Line(label=HOSTILE, target=0.02)}
    settings = OFFICE.model_copy(update={"lines": hostile})
    html = as_html(written(suspecting(), "2013-11-26", date(2013, 11, 27), settings=settings), Language.FR)
    page = Page(html)
    assert not {"script", "img", "link", "iframe", "style", "form"} & set(page.tags)
    assert set(re.findall(r'(?:href|src|background)="([^"#]*?//[^/"]*)', html)) == {BOARD}
    assert "url(" not in html
    assert "<script>alert" in page.text


def test_a_label_with_a_second_line_makes_no_header() -> None:
    wicked = "Préfecture\r\nBcc: all@x.fr\n\nFree: yes\x00"
    lines = {"circulation": Line(label="Ligne\r\nX-Evil: 1", target=0.1, expected_lost_rate=0.02)}
    settings = OFFICE.model_copy(update={"office": Signatory(name=wicked), "lines": lines})
    mail = mailed(written(suspecting(), "2013-09-11", date(2013, 9, 12), settings=settings))
    assert {"Bcc", "Free", "X-Evil"}.isdisjoint(mail.keys())
    assert "Préfecture Bcc: all@x.fr Free: yes" in mail["Subject"]
    assert mail["From"].addresses[0].display_name == "Préfecture Bcc: all@x.fr Free: yes"
    assert [each.addr_spec for each in mail["To"].addresses] == ["q@x.fr"]


@pytest.mark.slow
def test_a_recipient_reads_of_the_lines_and_counters_that_were_asked_for() -> None:
    day = ("2013-09-16", date(2013, 9, 17))
    lines = written(suspecting(), *day, lines=("standard",))
    assert [each.title for each in lines.desks] == ["Standard"]
    assert not lines.to_decide, "that is of another line"
    counters = written(suspecting(), "2013-09", date(2013, 10, 1), services=("cartes",))
    assert [each.title for each in counters.desks] == ["Cartes grises"]
    assert "Cartes grises : Attente au guichet 15 min" in plain(counters.subject)


def test_a_line_that_is_part_of_another_is_not_counted_twice() -> None:
    whole = OFFICE.lines["circulation"].model_copy(update={"parts": ("standard",)})
    settings = OFFICE.model_copy(update={"lines": {**OFFICE.lines, "circulation": whole}})
    letter = written(SOUND, "2013-11-26", date(2013, 11, 27), settings=settings)
    assert " : 400 appels, 8 perdus" in letter.subject


def test_a_day_without_a_call_says_so() -> None:
    assert "aucun appel n'a été compté" in written(history(days=[]), "2013-11-26", date(2013, 11, 27)).subject


def test_a_mail_says_whom_it_is_from_and_that_no_person_wrote_it() -> None:
    letter = written(SOUND, "2013-11-26", date(2013, 11, 27))
    file = Attachment("indicateurs-lozere.pdf", "application/pdf", b"%PDF-1.7")
    mail = mailed(letter, "fr", file)
    assert mail["From"] == "Préfecture de la Lozère <tocsin@prefecture.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert re.fullmatch(r"<tocsin\.day\.2013-11-26\.[0-9a-f]{16}@prefecture\.example>", mail["Message-ID"].strip())
    (attached,) = mail.iter_attachments()
    assert isinstance(attached, EmailMessage)
    assert (attached.get_filename(), attached.get_content()) == ("indicateurs-lozere.pdf", b"%PDF-1.7")
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "CIRCULATION" in text.get_content()
    assert "Circulation" in html.get_content()
    assert all(len(line) <= 998 for line in bytes(mail).splitlines())


def test_the_same_mail_has_the_same_id_and_another_figure_another_one() -> None:
    first, again = (written(SOUND, "2013-11-26", date(2013, 11, 27)) for _ in range(2))
    other = written(RECOUNTED, "2013-09-11", date(2013, 9, 12))
    assert mailed(first)["Message-ID"] == mailed(again)["Message-ID"] != mailed(other)["Message-ID"]


@pytest.mark.slow
def test_the_morning_says_how_many_calls_wait_for_an_answer_and_since_when() -> None:
    lines = [line(questions=[question()]), line("standard", questions=[question("standard", calls=2)])]
    asked = open_questions(OFFICE, lines, {})
    letter, says = written(SOUND, "2013-11-26", date(2013, 11, 27), questions=asked), "7 appels sont à vérifier"
    assert f"{says}, depuis le 29 décembre 2013.\n{BOARD}/questions\n" in as_text(letter, Language.FR)
    assert f'<a href="{BOARD}/questions">{says}, depuis le 29 décembre 2013.</a>' in as_html(letter, Language.FR)
    alone = written(SOUND, "2013-11-26", date(2013, 11, 27), "en", questions=asked, lines=("standard",), board=None)
    assert alone.to_check == ("2 calls are to be checked, since 29 December 2013.", None)
    for letter in (
        written(SOUND, "2013-11-26", date(2013, 11, 27)),
        written(SOUND, "2013-11-26", date(2013, 11, 27), questions=asked, services=("cartes",)),
        written(SOUND, "2013-W47", date(2013, 11, 27), questions=asked),
    ):
        assert letter.to_check is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "says"), [("fr", "Appels de la semaine à venir : "), ("en", "Calls of the coming week: ")]
)
def test_a_mail_of_a_week_has_the_coming_one_and_a_mail_of_a_day_has_not(language: str, says: str) -> None:
    read, office = history(days=varied()), OFFICE.model_copy(update={"opening_hours": VARIED.opening_hours})
    letter = written(read, "2013-W50", UNTIL, language, office)
    of_line, of_service = letter.desks[0].coming, letter.desks[2].coming
    assert of_line is not None
    assert of_line.startswith(says)
    assert of_service is not None
    expected, least, most = (int(each) for each in re.findall(r"\d+", of_line.replace("95", "").replace("100", "")))
    assert least < expected < most
    assert of_line in plain(as_text(letter, Language(language)))
    assert of_line in as_html(letter, Language(language))
    month = LineMonth(Losses(), dict.fromkeys(range(7 * 24), 2))
    short = {"lozere/circulation": line(at=datetime(2013, 12, 16, tzinfo=UTC), month=month)}
    busy = history(days=varied(talk=300_000))
    told = OfficeReader(office, busy, UNTIL, (), short).read("week", period_of("2013-W50"))
    warned = LetterWriter(office, told, BOARD).letter(Recipient(address="q@x.fr", language=language))  # type: ignore[arg-type] # fr or en
    assert {"fr": "Mercredi 18 décembre : l'objectif", "en": "Wednesday 18 December: the target"}[language] in (
        warned.desks[0].coming or ""
    )
    assert [each.coming for each in written(read, "2013-12-16", UNTIL, language, office).desks] == [None] * 3
