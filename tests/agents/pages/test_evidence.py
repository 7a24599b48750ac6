"""Evidence is a sentence in French and in English, with the figures of its facts."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from agents.language import THIN, Language
from agents.pages.evidence import BREAKS, GAPS, SHIFTS, sentence
from streams.checks import profile
from streams.watch.counting import EVERY_LAW
from streams.watch.emptied import SORTS
from streams.watch.facts import (
    AboveConfigured,
    CallsAsked,
    CallsChecked,
    CasesBreak,
    CounterOff,
    Declared,
    Facts,
    FewCallsCame,
    HoursShifted,
    KeptSentences,
    LawBroken,
    LostRate,
    LostRateOfDays,
    NoCall,
    NoCallAtHours,
    NoCallOfSort,
    NoOutcomeOfDays,
    OfficeWithoutCalls,
    PartsExceedWhole,
    ReadingsMissing,
    ReadingsRepeat,
    RecordsDiffer,
    Rush,
    WitnessSeen,
)
from streams.watch.incident import Evidence

DAY, LATER = date(2013, 6, 3).toordinal(), date(2013, 8, 1).toordinal()
SENTENCES: list[tuple[Facts, str, str]] = [
    (
        AboveConfigured(20, 80, 3.0, 0.0187),
        "25,00 % d'appels perdus, plus de 3 fois le taux configuré de 1,87 %",
        "25.00% of calls lost, over 3 times the configured rate of 1.87%",
    ),
    (
        CounterOff("stuck", "offered", -1234, DAY, 10),
        "depuis le 3 juin 2013, 10 h, le compteur des appels reçus est figé, à -1234 des événements",
        "since 3 June 2013, 10:00, the counter of calls offered stands still, -1234 from the events",
    ),
    (
        CounterOff("reset", "lost", -40, LATER, 9),
        "depuis le 1er août 2013, 9 h, le compteur des appels perdus a reculé de 40",
        "since 1 August 2013, 9:00, the counter of calls lost fell by 40",
    ),
    (Declared("m", "{essai}"), "déclaré par m : {essai}", "declared by m: {essai}"),
    (Declared("m", ""), "déclaré par m", "declared by m"),
    (
        HoursShifted(-1, DAY),
        "depuis le 3 juin 2013, les appels arrivent comme si l'horloge retardait d'une heure",
        "since 3 June 2013, calls come as if the clock were an hour behind",
    ),
    (
        LawBroken("no talk in a lost call", 6, 24),
        "6 sur 24 sont comptés perdus, alors qu'une conversation a eu lieu",
        "6 of 24 are counted lost, though a conversation is on record",
    ),
    (
        LostRate(20, 80, 0.025),
        "25,00 % d'appels perdus (20 sur 80) ; d'ordinaire 2,50 %",
        "25.00% of calls lost (20 of 80), 2.50% expected",
    ),
    (
        LostRateOfDays(1200, 6000, 0.02, 14, DAY),
        "depuis le 3 juin 2013, 20,00 % d'appels perdus (1 200 sur 6 000, 14 jours) ; d'ordinaire 2,00 %",
        "since 3 June 2013, 20.00% of calls lost (1,200 of 6,000, 14 days), 2.00% expected",
    ),
    (NoCall(23.6), "aucun appel alors que 24 étaient attendus", "no call, where 24 were expected"),
    (
        FewCallsCame(4, 49.6),
        "4 appels reçus, alors que 50 étaient attendus",
        "4 calls came, where 50 were expected",
    ),
    (
        NoCallAtHours("no calls at hours", 615, 645, 23.6, DAY),
        "aucun appel entre 10:15 et 10:45 depuis le 3 juin 2013, alors que 24 étaient attendus",
        "no call between 10:15 and 10:45 since 3 June 2013, where 24 were expected",
    ),
    (
        NoCallAtHours("no losses at hours", 510, 660, 23.6, DAY),
        "aucun appel perdu entre 8:30 et 11:00 depuis le 3 juin 2013, alors que 24 étaient attendus",
        "no loss between 8:30 and 11:00 since 3 June 2013, where 24 were expected",
    ),
    (
        NoCallOfSort("no diverted", 23.6, DAY),
        "aucun appel dévié depuis le 3 juin 2013, alors que 24 étaient attendus",
        "no call diverted since 3 June 2013, where 24 were expected",
    ),
    (
        OfficeWithoutCalls("feed"),
        "tous les services muets : central ou flux coupé ?",
        "all lines silent: exchange or feed down?",
    ),
    (
        PartsExceedWhole(966, 1006, 1006, 1, "lost"),
        "966 décrochés et 1 006 perdus pour 1 006 reçus (1 relevés) : la colonne prise pour les perdus est la somme "
        "des décrochés et des perdus : 1 006 - 966 = 40 perdus, soit 3,98 %",
        "966 answered and 1,006 lost of 1,006 offered (1 readings): the column taken for lost is the sum of answered "
        "and lost: 1,006 - 966 = 40 lost, which is 3.98%",
    ),
    (
        ReadingsMissing(1_200_000, DAY, 10),
        "depuis le 3 juin 2013, 10 h, 20 min ne sont couvertes par aucun relevé",
        "since 3 June 2013, 10:00, no reading covers 20 min",
    ),
    (
        ReadingsRepeat(5, LATER, DAY),
        "5 relevés de suite, depuis le 1er août 2013, répètent ceux du 3 juin 2013 chiffre pour chiffre",
        "5 readings in a row since 1 August 2013 repeat those of 3 June 2013 figure by figure",
    ),
    (
        RecordsDiffer("answered there", 3, "cel"),
        "3 appels comptés perdus, décrochés selon le second relevé (cel)",
        "3 calls counted as lost, answered by the second record (cel)",
    ),
    (
        NoOutcomeOfDays(147, 2000, 0.009, 4, DAY),
        "depuis le 3 juin 2013, 7,35 % des appels ni décrochés ni perdus (147 sur 2 000, 4 jours), 0,90 % d'ordinaire",
        "since 3 June 2013, 7.35% of calls were neither answered nor lost (147 of 2,000, 4 days), 0.90% expected",
    ),
    (
        Rush(None),
        "on ne sait pas encore combien d'appels sont habituels ces jours-là",
        "no number of calls is usual yet on such days",
    ),
    (
        Rush(0.831),
        "0,83 fois le nombre d'appels prévu, pertes inhabituelles non comprises",
        "0.83 times as many calls as expected, the losses beyond the usual left out",
    ),
    (
        WitnessSeen("wait law", 80.1, 10.0, 52.0),
        "attente moyenne avant réponse 80 s (d'ordinaire 10 s) ; pour perdre autant d'appels, "
        "il faudrait qu'elle soit de 52 s",
        "mean wait for an answer 80 s (usually 10 s); such losses would take 52 s",
    ),
    (
        WitnessSeen("bursts", 0.1, 1.0, 5.0),
        "d'une heure à l'autre, les pertes varient 10,0 fois moins que ne le voudrait le hasard",
        "from hour to hour, losses vary 10.0 times less than by chance",
    ),
    (
        CallsChecked(1, 4, 0, lost=True),
        "une personne a vérifié 5 appels comptés comme perdus ; mal comptés : 4",
        "a person checked 5 calls counted lost; counted wrongly: 4",
    ),
    (
        CallsChecked(0, 2, 1, lost=False),
        "une personne a vérifié 3 appels qui n'étaient pas comptés comme perdus ; mal comptés : 2 ; "
        "impossible à dire : 1",
        "a person checked 3 calls not counted lost; counted wrongly: 2, cannot tell: 1",
    ),
    (
        CallsAsked(5),
        "la question sur 5 des appels attend une réponse",
        "a person was asked about 5 of the calls, and has not answered",
    ),
    (
        CasesBreak("waits divided by 60", 50, 50),
        "50 attentes sont comme d'habitude une fois multipliées par 60",
        "50 waits are as usual once they are multiplied by 60",
    ),
    (KeptSentences("vu", "seen"), "vu", "seen"),
]


@pytest.mark.parametrize(("facts", "french", "english"), SENTENCES)
def test_facts_are_a_sentence_in_each_language(facts: Facts, french: str, english: str) -> None:
    evidence = Evidence("check", None, None, 0.0, facts)
    assert sentence(evidence, Language.FR).replace(THIN, " ") == french
    assert sentence(evidence, Language.EN) == english


def test_every_class_of_facts_is_among_them() -> None:
    assert {type(facts) for facts, _, _ in SENTENCES} == set(get_args(Facts))


def test_evidence_of_several_lines_begins_with_its_own() -> None:
    evidence = Evidence("silence", 0.0, 40.0, 40.0, NoCall(40.0), subject="a")
    assert sentence(evidence, Language.FR) == "a : aucun appel alors que 40 étaient attendus"
    assert sentence(evidence, Language.EN) == "a: no call, where 40 were expected"


def test_every_cause_has_its_words() -> None:
    assert (set(BREAKS), set(GAPS), set(SHIFTS)) == (set(EVERY_LAW), set(SORTS), set(profile.SHIFTS))
