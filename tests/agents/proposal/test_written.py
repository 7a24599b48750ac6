"""A proposed configuration loads, and each guess in it names its source."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from agents.analysis.fold import Analysis
from agents.language import Language
from agents.proposal.observed import Observation
from agents.proposal.office import Exceptional, Proposal, ProposedLine, propose
from agents.proposal.overflow import QueueOverflow
from agents.proposal.reasons import Provenance
from agents.proposal.written import written
from agents.simulation.office import office_days, office_of
from config.document import parse
from config.settings import Line, Settings, checked, load
from streams.insight.usual_rate import UsualRate
from streams.insight.weekly_hours import WeeklyHours
from streams.simulation import placing
from streams.simulation.simulate import simulate
from tests.agents.proposal.offices import proposed, telling
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import NUMBERS, PSEUDONYM

OFFICE: Proposal = Proposal(
    site="mende",
    zone="Europe/Paris",
    country="FR",
    first=date(2024, 2, 5),
    last=date(2024, 5, 31),
    hours=WeeklyHours((((34, 48), (54, 68)),) * 5 + ((), ()), 63, ()),
    days=63,
    answered=1_204,
    within=0.981,
    exceptional=Exceptional((date(2024, 4, 1),), (date(2024, 5, 20),), (date(2024, 5, 10),), (), ()),
    lines=(
        ProposedLine(
            name="accueil",
            queues=("Accueil@default", "0466496000"),
            calls=1_300,
            days=63,
            final=False,
            totals=False,
            usual=UsualRate(0.0413, 1200, 54, 1),
            lost=49,
            suspected=3,
            closed=(),
        ),
        ProposedLine(
            name="line-600",
            queues=("600",),
            calls=4,
            days=2,
            final=True,
            totals=False,
            usual=None,
            lost=1,
            suspected=0,
            closed=(2,),
        ),
    ),
    services=("cartes-grises",),
    channels=("email",),
)
TOLD = Provenance("queue-log queue_log", site_told=False, zone="machine", by_number=False)


def proposal_of(proposal: Proposal = OFFICE, told: Provenance = TOLD, language: Language = Language.EN) -> str:
    return written(proposal, told, language)


def words(text: str) -> str:
    """Return a text without the line breaks of its comments."""
    return " ".join(text.replace("#", " ").split())


def loaded(text: str) -> Settings:
    document = parse(text, "office.yaml")
    assert isinstance(document, dict)
    return checked(document, "office.yaml")


@pytest.mark.parametrize("language", Language)
def test_it_says_what_the_office_is_and_loads(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(proposal_of(language=language), encoding="utf-8")
    found = load(path, {})
    assert (found.site, found.timezone, found.opening_hours) == (
        "mende",
        "Europe/Paris",
        "Mo-Fr 08:30-12:00,13:30-17:00",
    )
    assert found.holidays.closed == (date(2024, 5, 10),)
    assert found.holidays.open == (date(2024, 5, 20),)
    assert found.lines_by_queue() == {
        "accueil": "accueil",
        "Accueil@default": "accueil",
        "0466496000": "accueil",
        "line-600": "line-600",
        "600": "line-600",
    }
    assert found.lines["accueil"].expected_lost_rate == 0.0413
    assert [line.lifecycle for line in found.lines.values()] == ["full", "final"]
    assert [line.label for line in found.lines.values()] == ["Accueil", "600"]
    assert (set(found.services), set(found.requests)) == ({"cartes-grises"}, {"email"})


def test_a_queue_into_which_several_overflow_is_a_line_of_its_own_and_says_so() -> None:
    into = (QueueOverflow("accueil", "600", 30), QueueOverflow("soir", "600", 12))
    first, last = OFFICE.lines
    text = words(proposal_of(OFFICE._replace(lines=(first, last._replace(overflows=into)))))
    assert (
        "accueil overflows into 600 (30 calls left one and entered the other at once); a line of its own, because "
        "several queues overflow into it; soir overflows into 600 (12 calls left one and entered the other at once) no"
    ) in text


def test_each_guess_says_from_what() -> None:
    text = words(proposal_of())
    for told in (
        "1,304 calls, 2024-02-05 to 2024-05-31",
        "guessed from 1,204 answered calls on 63 days; 98.1% of these within the hours",
        "the median of 54 days, 1,200 calls, without 3 days with a suspected miscount",
        "1 public holiday without an answer; open: holidays with answered calls; closed: working days",
        "too few lost calls (1) for a median",
        "4 calls on 2 days; if this was a test, remove the line; no answers on Wednesdays",
        "a default, because the files do not name the office",
        "this machine's time zone; change it with --timezone NAME",
    ):
        assert told in text, told
    assert "deviné : 1 204 appels décrochés" in words(proposal_of(language=Language.FR))


def test_one_language_at_a_time() -> None:
    french, english = proposal_of(language=Language.FR), proposal_of(language=Language.EN)
    assert "guessed" not in french
    assert "deviné" not in english


def test_hours_that_nothing_shows_are_a_default_that_says_so() -> None:
    text = proposal_of(OFFICE._replace(hours=None, days=1, answered=7, exceptional=Exceptional((), (), (), (), ())))
    assert loaded(text).opening_hours == "24/7"
    assert "a default: 7 answered calls on 1 day are too few to show the hours" in words(text)


def test_hours_at_night_put_a_guessed_zone_in_doubt() -> None:
    night = OFFICE._replace(hours=WeeklyHours((((60, 96),),) * 7, 63, ()))
    assert "is the time zone right?" in words(proposal_of(night))
    assert "is the time zone right?" not in words(proposal_of(night, TOLD._replace(zone="told")))
    assert "is the time zone right?" not in words(proposal_of())


def test_what_is_odd_in_the_record_is_said() -> None:
    odd = OFFICE.exceptional._replace(
        doubted=(date(2024, 4, 16),), holes=((date(2024, 3, 4), date(2024, 3, 22)),), worked=()
    )
    text = words(proposal_of(OFFICE._replace(exceptional=odd)))
    assert "no activity from 2024-03-04 to 2024-03-22" in text
    assert "2024-04-16: calls, but no answers" in text


def test_an_office_without_a_country_loads() -> None:
    text = proposal_of(OFFICE._replace(country=None, exceptional=Exceptional((), (), (), (), ())))
    assert loaded(text).holidays.country is None


@given(
    queues=st.lists(st.text(min_size=1, max_size=250), min_size=1, max_size=6, unique=True),
    language=st.sampled_from(Language),
)
@examples(max_examples=60, deadline=None)
def test_whatever_a_queue_is_called_the_proposal_loads(queues: list[str], language: Language) -> None:
    seen = Observation(Settings(site="office"), 2_000_000_000_000, lambda _: True, NUMBERS)
    lines = [seen.line_of(queue) for queue in queues]
    found = loaded(proposal_of(propose(seen, "FR", {}), language=language)).lines_by_queue()
    assert [found.get(queue) for queue in queues] == lines
    assert all(line is not None for line, queue in zip(lines, queues, strict=True) if len(queue) <= 200)


SIMULATED = Settings(
    site="lozere", lines={"standard": Line(), "etat.civil": Line(expected_lost_rate=0.05), "Soir": Line()}
)
DAYS = office_days(SIMULATED, date(2013, 3, 28), date(2013, 4, 5))


@given(
    seed=st.integers(1, 99),
    calls=st.dictionaries(st.sampled_from(list(SIMULATED.lines)), st.floats(2, 80)),
    faults=st.integers(0, 3),
)
@examples(max_examples=5, deadline=None)
@pytest.mark.slow
def test_whatever_is_told_the_proposal_counts_it_as_the_analysis_that_adopts(
    seed: int, calls: dict[str, float], faults: int
) -> None:
    office = office_of(SIMULATED, calls, None, 0.03, source_per_line=False)
    placed = placing.random_faults(faults, office, DAYS, seed)
    told, _ = simulate(office, DAYS, seed, placed, [])
    rows = [msgspec.json.encode(each) for each in told]
    seen = Observation(Settings(site="office"), 2_000_000_000_000, lambda _: True, NUMBERS)
    seen.take(events(rows, PSEUDONYM))
    analysis = Analysis(loaded(proposal_of(propose(seen, "FR", {}))))
    analysis.take(events(rows, PSEUDONYM))
    assert analysis.refusals.counts == seen.analysis.refusals.counts
    assert {name: line.figures.counts() for name, line in analysis.lines.items()} == {
        name: line.figures.counts() for name, line in seen.analysis.lines.items()
    }


@pytest.mark.slow
def test_the_office_of_a_spring_is_written_as_its_engineer_would() -> None:
    found = loaded(proposal_of(proposed(telling())))
    assert found.site == "saint-exemple"
    assert found.opening_hours == "Mo-Fr 08:30-12:00,13:30-17:00"
    assert found.holidays.closed == (date(2024, 5, 10),)
    assert list(found.lines) == ["accueil", "etat-civil", "cimetiere"]
