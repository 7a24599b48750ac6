"""Every member of a panel answers every question, and the satisfied share agrees with the survey."""

from __future__ import annotations

from collections import Counter
from datetime import date

from streams.simulation.survey import DISSATISFIED_ANSWERS, SATISFIED_ANSWERS, PanelSurvey, answers

SURVEY = PanelSurvey(first=date(2014, 6, 2), days=26, panel=40, satisfied={"attente": 30, "accueil": 40})


def test_each_respondent_answers_each_question_and_so_many_are_satisfied() -> None:
    rows = list(answers(SURVEY, 1))
    assert rows == list(answers(SURVEY, 1)) != list(answers(SURVEY, 2))
    assert len({(row.respondent, row.question) for row in rows}) == len(rows) == 80
    assert Counter(row.question for row in rows if row.answer in SATISFIED_ANSWERS) == SURVEY.satisfied
    assert {row.answer for row in rows} == {*SATISFIED_ANSWERS, *DISSATISFIED_ANSWERS}
