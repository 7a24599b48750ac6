"""A report has the sections of the minutes in order, each led by a sentence; uncounted figures are absent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from agents.desk_view.actions import ActionEffect
from agents.forecast.year import DeskScore
from agents.language import Language
from agents.report.blocks import Block, Figures, Items, Markdown, Paragraph, Picture, Report, Section, Table
from agents.report.html import page
from config.office import Commitment, Signatory
from config.settings import Action, Channel
from streams.figures.mean import CorrectedMean
from streams.forecast.score import Score
from streams.indicators.breakdown import AnswerGroup, Breakdown, Theme
from streams.indicators.closing import ClosingTime
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan
from streams.indicators.service import BookedVisits, service_totals
from streams.indicators.survey import Share
from streams.indicators.vintage import vintage
from streams.indicators.wait import Wait
from tests.agents.board.known import SETTINGS
from tests.agents.report.writing import OFFICE, report_of
from tests.agents.totals.year import edition, waits, wrong, year
from tests.streams.desks.visits import clock, event, folded

CHANNELS = {"im341": ChannelPlan("CNI (IM 341)", 10, "calendar")}


def report(language: Language = Language.FR) -> Report:
    published = edition(wrong())
    return report_of(published.annual, OFFICE, language, published)


def parts(sections: tuple[Section, ...]) -> Iterator[Section]:
    for each in sections:
        yield each
        yield from parts(each.within)


def blocks(told: Report, of: str) -> list[Block]:
    return [block for section in parts((*told.sections, *told.annex)) if section.id == of for block in section.blocks]


def text(told: Report, of: str) -> str:
    found = []
    for block in blocks(told, of):
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.each
    return " ".join(found).replace("\u202f", " ")


def test_sections_stand_in_the_order_of_the_minutes_and_technique_in_the_annex() -> None:
    told = report()
    assert [each.id for each in told.sections] == ["essential", "telephone", "counters", "titles", "satisfaction"]
    assert [each.id for each in told.annex] == ["indicators", "miscounts", "control", "definitions", "editions"]


def test_the_mean_wait_of_a_line_whose_count_is_not_believed_is_said_to_be_as_counted() -> None:
    published = edition(wrong())
    lines = {name: replace(each, answered_wait=Wait.of(waits(1, 2))) for name, each in published.annual.lines.items()}
    told = report_of(replace(published.annual, lines=lines), OFFICE, Language.EN, published)
    figures = {
        line: figure.notes
        for line in lines
        for block in blocks(told, line)
        if isinstance(block, Figures)
        for figure in block.each
        if figure.label == "Mean wait"
    }
    assert "waits as counted" in figures["circulation"]
    assert "waits as counted" not in figures["standard"]


def test_each_section_begins_with_a_sentence_and_has_a_picture() -> None:
    for each in report().sections[1:]:
        assert isinstance(each.blocks[0], Paragraph), each.id
        if each.id != "titles":  # with one known year
            assert any(isinstance(block, Picture) for part in parts((each,)) for block in part.blocks), each.id


def test_a_section_says_what_changed_and_whether_the_target_is_met() -> None:
    told = text(report(), "circulation")
    assert "Le taux d'appels perdus est de 2,00 %, contre 2,00 % en 2012 : stable." in told
    assert "L'objectif (moins de 10 %) est atteint." in told
    assert "selon la valeur brute, il ne l'était pas" in told
    english = text(report(Language.EN), "circulation")
    assert "The lost-call rate is 2.00%, against 2.00% in 2012: steady." in english


def test_the_body_has_no_machine_room() -> None:
    told = report()
    body = repr(told.sections)
    for word in ("circulation-20130902T000000Z", "tocsin", "Laney", "SDMX", "m.durand"):
        assert word not in body, word
        assert (word in repr(told.annex)) == (word in {"Laney", "SDMX"}), word
    digest = edition(wrong()).digest
    assert digest not in repr(told), "a committee reads no digest"


def test_a_note_is_quoted_where_the_office_publishes_notes_and_confirmed_the_miscount() -> None:
    note = "panne & ticket <4711>"
    assert note in text(report(), "circulation")
    silent = OFFICE.model_copy(update={"office": Signatory(publish_notes=False)})
    assert note not in repr(report_of(year(wrong()), silent, Language.FR))
    for standing in ("dismissed", "open"):
        assert note not in repr(report_of(year(wrong(status=standing)), OFFICE, Language.FR))


def test_what_was_counted_is_struck_out_beside_what_is_believed() -> None:
    (figures,) = (each for each in blocks(report(), "circulation") if isinstance(each, Figures))
    rate = figures.each[0]
    assert (rate.value.replace("\u202f", " "), rate.met) == ("2,00 %", True)
    assert rate.raw.replace("\u202f", " ") == "24,50 %"
    shown = [each for each in blocks(report(), "standard") if isinstance(each, Figures)]
    assert not any(figure.raw for one in shown for figure in one.each)


def test_a_picture_of_what_was_counted_wrong_says_how_to_read_it() -> None:
    assert "les mois mal comptés sont hachurés" in text(report(), "circulation")
    assert "hachurés" not in text(report(), "standard")


def test_a_column_in_which_nothing_would_stand_is_left_out() -> None:
    (table,) = (each for each in blocks(report(), "indicators") if isinstance(each, Table))
    assert all(set(column) != {"—"} for column in zip(*table.rows, strict=True))


def test_satisfaction_is_shown_by_group_with_the_suggestions() -> None:
    groups = [
        AnswerGroup("channel", "guichet", Share("", 48, 50, 0.96, 0.865, 0.989, 0)),
        AnswerGroup("channel", "", None),
    ]
    annual = replace(year(), breakdowns=[Breakdown("accueil", groups, 22, [Theme("horaires", 22)])])
    told = report_of(annual, OFFICE, Language.FR)
    tables = [each for each in blocks(told, "satisfaction") if isinstance(each, Table)]
    assert [tuple(cell.replace("\u202f", " ") for cell in row) for each in tables for row in each.rows] == [
        ("accueil", "canal", "guichet", "50", "96 %", "86 % à 99 %"),
        ("accueil", "canal", "autre ou non renseigné", "trop peu de réponses", "—", "—"),
        ("accueil", "horaires", "22"),
    ]
    assert "moins de 11" in text(told, "satisfaction")


def test_an_office_says_in_which_section_a_channel_stands() -> None:
    annual = year(channels=CHANNELS)
    for section in ("digital", "complaints", "titles"):
        settings = OFFICE.model_copy(update={"requests": {"im341": Channel(section=section)}})
        assert section in {each.id for each in report_of(annual, settings, Language.FR).sections}


def test_a_period_in_which_nothing_was_counted_says_that_alone() -> None:
    told = report_of(year(period=Period(date(2010, 1, 1), date(2010, 3, 31))), OFFICE, Language.FR)
    assert [each.id for each in told.sections] == ["essential"]
    assert text(told, "essential") == "Aucun comptage sur cette période."


def test_a_sound_year_says_so() -> None:
    assert "Aucune erreur de comptage n'est soupçonnée" in text(report_of(year(), OFFICE, Language.FR), "essential")


def test_what_was_decided_since_an_edition_is_told_with_it() -> None:
    published = edition(wrong())
    assert "décidé" not in report().edition, "the decision is older"
    early = vintage([], published.annual, 1_380_000_000_000)
    told = report_of(published.annual, OFFICE, Language.FR, early)
    assert "avec ce qui a été décidé jusqu'au 9 janvier 2014" in told.edition


def test_a_status_comes_with_its_reason() -> None:
    told = text(report(), "indicators")
    assert "Taux d'appels perdus : Circulation : U, douteuse (le comptage était faux) ; E, estimée (" in told
    english = text(report(Language.EN), "indicators")
    assert (
        "Mean processing time: CNI (IM 341): E, estimated (counted from 14 January to 14 December 2013 only)."
        in english
    )


def test_an_office_says_when_its_committee_meets_and_what_it_writes_itself(tmp_path: Path) -> None:
    (tmp_path / "said.md").write_text("Nous **répondons**.", encoding="utf-8")
    office = Signatory(meeting=date(2014, 11, 4), introduction=tmp_path / "said.md")
    told = report_of(year(), OFFICE.model_copy(update={"office": office}), Language.FR)
    assert told.meeting == "Comité des usagers du 4 novembre 2014"
    assert told.sections[0].blocks == (Markdown("Nous **répondons**."),)
    assert "<strong>répondons</strong>" in page(told)


def test_the_rate_that_leads_is_the_one_at_a_glance() -> None:
    annual = year(wrong())
    assert {each.kind for each in annual.indicators} >= {"lost_rate", "answer_rate"}
    (shown,) = (each for each in blocks(report(), "essential") if isinstance(each, Figures))
    labels = [each.label for each in shown.each]
    assert "Taux d'appels perdus : Circulation" in labels
    assert not any("décroché" in each for each in labels)
    assert labels[-1] == "Usagers satisfaits"


def test_the_actions_of_the_year_have_a_section_with_what_they_changed() -> None:
    published = edition(wrong())
    action = Action(date=date(2013, 6, 3), label="Un agent de plus")
    before, since = (CorrectedMean(rate, rate - 0.02, rate + 0.02, 1.0, "none", None, 9, 1) for rate in (0.2, 0.19))
    effect = ActionEffect("lines", "circulation", "Circulation", action, before, since, share=True)
    told = report_of(published.annual, OFFICE, Language.FR, published, actions=[effect])
    (table,) = (each for each in blocks(told, "actions") if isinstance(each, Table))
    (row,) = table.rows
    assert row[:2] == ("3 juin 2013 : Un agent de plus", "Circulation : Appels perdus aux heures d'ouverture")
    assert row[-1] == "n'a peut-être pas changé : ce volume ne permet pas de le dire"
    assert "saison" in text(told, "actions")
    assert not blocks(report(), "actions")


def test_the_forecasts_of_the_year_have_a_section_with_their_score_or_why_there_is_none() -> None:
    published, settings = edition(wrong()), OFFICE.model_copy(update={"lines": SETTINGS.lines})
    scores = [
        DeskScore(("lines", "circulation"), Score(250, 0.9, 1.0, 0.95)),
        DeskScore(("lines", "standard"), None),
    ]
    told = report_of(published.annual, settings, Language.FR, published, forecasts=scores)
    (table,) = (each for each in blocks(told, "forecasts") if isinstance(each, Table))
    assert [row[1:] for row in table.rows] == [
        ("250", "95\u202f%", "90\u202f%"),
        ("—", "—", "inconnue : trop peu de jours"),
    ]
    assert not blocks(report(), "forecasts")


def test_a_counter_names_late_calls_appointments_and_the_demand_after_closing() -> None:
    annual = year(wrong())
    (name,) = annual.services
    annual.services[name] = replace(
        annual.services[name],
        late=2,
        booked=BookedVisits(12, 10, 1, 240.0, 600.0),
        closings=[ClosingTime("17:00", 20, [9, 9, 3, 1])],
    )
    counters = next(each for each in report_of(annual, OFFICE, Language.EN).sections if each.id == "counters")
    said = [each.text for each in counters.blocks if isinstance(each, Paragraph)]
    assert "2 visitors were called over an hour after closing; these waits are not in the figures." in said
    assert any(each.startswith("With an appointment, as counted: tickets 12") for each in said)
    assert "4 tickets in the half-hour after closing, 18 in the half-hour before. Days: 20." in [
        each.says for each in counters.blocks if isinstance(each, Picture)
    ]


def test_a_sorting_desk_without_tickets_has_its_visits_from_the_event_to_the_report() -> None:
    desk = folded([event("served", clock("09:00") + 60 * number, f"v{number}") for number in range(12)])
    annual = year(wrong())
    (name,) = annual.services
    annual.services[name] = service_totals(desk.days(), annual.services[name].plan)
    (section,) = (each for each in report_of(annual, OFFICE, Language.EN).sections if each.id == "counters")
    (figures,) = (each.each for each in section.blocks if isinstance(each, Figures))
    assert (figures[-1].value, figures[-1].notes[-1]) == ("12", "12 served without a ticket")
    assert (annual.services[name].served, annual.services[name].wait.mean) == (12, None)


def test_each_commitment_has_its_figure_its_target_its_evidence_and_its_owner() -> None:
    promised = (
        Commitment(label="Répondre", indicator="lost_rate:circulation", owner="Mme Roux"),
        Commitment(label="Écrire", indicator="mean_days:letter"),
    )
    office = OFFICE.model_copy(update={"office": Signatory(commitments=promised)})
    published = edition(wrong())
    (says, table) = blocks(report_of(published.annual, office, Language.FR, published), "commitments")
    assert isinstance(says, Paragraph)
    assert isinstance(table, Table)
    kept, uncounted = table.rows
    (shown,) = (each for each in published.annual.indicators if each.id == "lost_rate:circulation")
    assert (kept[0], kept[-1]) == ("Répondre", "Mme Roux")
    assert shown.corrected.met is not None
    assert kept[2].endswith("✓" if shown.corrected.met else "✗")
    assert "incident" in kept[4]
    assert uncounted[1:] == ("mean_days:letter", "—", "—", "rien n'a été compté", "—")
