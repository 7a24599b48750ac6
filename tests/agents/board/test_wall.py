"""The wall: the state of each line and counter by its figures, the believed rate, and the worst first."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agents.board.cards import LineCard, ServiceCard, State
from agents.board.follower import Known
from agents.board.wall import Wall, Walls
from agents.language import Language
from agents.totals.plan import plan_of
from config.settings import Service, Settings
from config.sums import DeskSum
from streams.calls.counts import Counts
from streams.ledger.day import CallSlot, LineDay
from streams.status import CallWindow, ServiceStatus, TicketWindow, Withheld
from streams.watch.incident import Incident
from tests.agents.board import morning
from tests.agents.board.known import MORNING, SETTINGS, history, known, line, ongoing, service, suspected
from tests.agents.board.test_server import ask
from tests.agents.totals.year import PARIS

LIVE = SETTINGS.model_copy(update={"clock": "wall"})
TUESDAY = date(2013, 11, 12)


def wall(settings: Settings = SETTINGS, at: datetime = MORNING, what: Known | None = None) -> Wall:
    walls = Walls(settings, plan_of(settings).opened)
    return walls.at(what or known(suspected()), at.timestamp(), at.date() if settings is LIVE else MORNING.date())


def busy() -> Wall:
    walls = Walls(morning.SETTINGS, plan_of(morning.SETTINGS).opened)
    return walls.at(morning.morning(), morning.AT.timestamp(), TUESDAY)


def of(found: Wall, name: str) -> LineCard:
    (card,) = (each for each in found.cards if each.id == f"line-{name}")
    assert isinstance(card, LineCard)
    return card


def told(*incidents: Incident, **more: Any) -> LineCard:
    """Return the card of a line with this status."""
    more["incidents"] = [ongoing(each) for each in incidents]
    status = line(**more)
    return of(wall(what=known()._replace(lines={status.id: status})), "circulation")


def test_the_troubled_come_first_and_others_in_the_offices_order() -> None:
    found = busy()
    assert [(each.name, each.state.value) for each in found.cards] == [
        ("etrangers", "overload"),
        ("circulation", "miscount"),
        ("standard", "calm"),
        ("cni", "calm"),
        ("cartes", "calm"),
        ("aides", "nodata"),
    ]
    assert found.review == 2


def test_a_miscounts_big_figure_is_the_recounted_one_and_the_raw_one_stands_beside_it() -> None:
    share = of(busy(), "circulation").share
    assert (share.lost, share.of, share.hour) == (3, 40, True)
    assert share.rate == 0.075
    assert share.raw is not None
    assert (share.raw.lost, share.raw.offered, share.raw.lost_rate) == (13, 40, 0.325)


def test_a_service_level_is_unknown_while_the_counting_is_suspected() -> None:
    assert told().service_level == 0.5
    card = told(suspected())
    assert (card.service_level, card.slow) == (None, False)


def test_where_no_law_names_the_wrong_calls_nothing_is_believed() -> None:
    card = of(wall(), "circulation")
    assert card.state is State.MISCOUNT
    assert (card.share.rate, card.share.known, card.today) == (None, False, None)
    assert card.share.raw is not None
    assert wall().totals.left_out == ["Circulation"]


def test_where_the_law_has_not_named_the_calls_of_a_miscount_so_far_nothing_is_believed() -> None:
    live = morning.morning()
    unnamed = {morning.slot_no(n): CallSlot(offered=5, answered=1, lost=4, talked=n % 2) for n in range(10)}
    day = LineDay(id="lozere/circulation", day="2013-11-12", slots=unnamed)
    what = live._replace(history=history(morning.DROWNS, morning.WRONG, days=[day]))
    found = Walls(morning.SETTINGS, plan_of(morning.SETTINGS).opened).at(what, morning.AT.timestamp(), TUESDAY)
    share = of(found, "circulation").share
    assert (share.known, share.rate) == (False, None), "5 named of 20 lost"
    assert share.raw is not None
    assert (share.raw.lost, share.raw.offered) == (20, 25)


def test_elsewhere_the_big_figure_is_that_of_the_last_hour_or_of_today_where_it_had_no_call() -> None:
    assert told().share[:3] == (1, 18, None)
    quiet = dict.fromkeys(("5m", "15m", "1h", "1d"), CallWindow(0, None, None, None))
    day = told(windows=quiet)
    assert (day.share.hour, day.share.raw) == (False, None)
    assert day.today == Counts(offered=150, answered=147, lost=3)
    assert (day.share.lost, day.share.of) == (3, 150)


@pytest.mark.parametrize(
    ("lost", "ended", "level", "state"),
    [
        (0, 0, None, State.CALM),
        (2, 9, 0.8, State.CALM),
        (4, 9, 0.8, State.BUSY),
        (30, 240, 0.8, State.CALM),
        (4, 79, 0.23, State.BUSY),
    ],
)
def test_a_line_is_busy_where_its_hour_missed_a_promise_beyond_doubt(
    lost: int, ended: int, level: float | None, state: State
) -> None:
    hour = CallWindow(ended, lost / ended if ended else None, level, None)
    assert told(windows=dict.fromkeys(("5m", "15m", "1h", "1d"), hour)).state is state


@pytest.mark.parametrize(("lost", "ended", "few"), [(2, 9, True), (0, 9, False), (4, 9, False), (1, 40, False)])
def test_a_rate_above_its_target_by_chance_is_not_the_big_figure(lost: int, ended: int, *, few: bool) -> None:
    hour = CallWindow(ended, lost / ended, 0.8, None)
    card = told(windows=dict.fromkeys(("5m", "15m", "1h", "1d"), hour))
    assert card.few is few
    (page,) = ask("/?lang=fr", what=known()._replace(lines={card.status.id: card.status} if card.status else {}))
    assert (f">{lost} sur {ended}</strong>" in page.text) is few
    assert ("perdus, trop peu pour juger (22,2\xa0%)" in page.text.replace("\u202f", "\xa0")) is few


def test_where_nothing_of_the_last_hour_is_believed_the_day_is_shown() -> None:
    live = morning.morning()
    unnamed = {morning.slot_no(n): CallSlot(offered=5, answered=1, lost=4, talked=n % 2) for n in range(4, 10)}
    sound = {morning.slot_no(n): CallSlot(offered=10, answered=9, lost=1) for n in range(4)}
    late = morning.incident("circulation", "miscount", "answered-as-lost", -1)
    day = LineDay(id="lozere/circulation", day="2013-11-12", slots={**sound, **unnamed})
    status = line("circulation", morning.AT, incidents=[ongoing(late)])
    what = live._replace(history=history(late, days=[day]), lines={status.id: status})
    found = Walls(morning.SETTINGS, plan_of(morning.SETTINGS).opened).at(what, morning.AT.timestamp(), TUESDAY)
    share = of(found, "circulation").share
    assert (share.lost, share.of, share.hour, share.known) == (4, 40, False, True)


def test_a_line_that_is_part_of_another_is_not_counted_twice() -> None:
    def sums(settings: Settings) -> tuple[Counts, Counts]:
        found = Walls(settings, plan_of(settings).opened).at(morning.morning(), morning.AT.timestamp(), TUESDAY)
        return found.totals.calls.believed, found.totals.calls.raw

    lines = morning.SETTINGS.lines
    whole = lines["circulation"].model_copy(update={"parts": ("standard", "etrangers")})
    settings = morning.SETTINGS.model_copy(update={"lines": {**lines, "circulation": whole}})
    parts = [of(busy(), name) for name in ("standard", "etrangers")]
    calls, counted = sums(morning.SETTINGS)
    assert sums(settings) == (
        calls - sum((each.today or Counts() for each in parts), Counts()),
        counted - sum((each.so_far.raw for each in parts), Counts()),
    )


@pytest.mark.parametrize(
    ("verdict", "kind", "state"),
    [
        ("overload", "overload", State.OVERLOAD),
        ("miscount", "drift", State.MISCOUNT),
        ("miscount", "missing", State.SILENT),
        ("undecided", "drift", State.BUSY),
    ],
)
def test_an_incident_that_goes_on_makes_the_state(verdict: str, kind: str, state: State) -> None:
    assert told(suspected(verdict=verdict, kind=kind)).state is state


def test_a_line_whose_losses_are_hidden_is_miscounted_and_not_silent() -> None:
    assert told(suspected(kind="missing", cause="no losses")).state is State.MISCOUNT


def test_where_calls_are_missing_or_an_incident_has_just_begun_the_counted_rate_is_not_believed() -> None:
    card = told(suspected(kind="missing"))
    assert (card.share.rate, card.share.known) == (None, False)


def test_a_miscount_comes_before_an_overload_of_the_same_line() -> None:
    both = told(suspected(id="a", verdict="overload", kind="overload"), suspected(id="b"))
    assert both.incident is not None
    assert both.incident.id == "b"


def test_a_line_says_why_its_corrected_figure_is_withheld() -> None:
    assert told().withheld(Language.EN) is None
    found = told(withheld=Withheld("undecided", 1.0, MORNING)).withheld
    assert found(Language.FR) == "non publié : indécis depuis le 31 décembre 2013"
    assert found(Language.EN) == "withheld: undecided since 31 December 2013"


@pytest.mark.parametrize(
    ("mean", "longest", "state"),
    [
        (None, None, State.CALM),
        (600.0, 900.0, State.CALM),
        (1900.0, None, State.BUSY),
        (None, 1900.0, State.BUSY),
    ],
)
def test_a_service_is_busy_where_visitors_wait_too_long(
    mean: float | None, longest: float | None, state: State
) -> None:
    windows = dict.fromkeys(("5m", "15m", "1h", "1d"), TicketWindow(3, mean, 2))
    status = service(windows=windows, longest_wait=longest)
    (card,) = (
        each for each in wall(what=known()._replace(services={status.id: status})).cards if each.name == "cartes"
    )
    assert isinstance(card, ServiceCard)
    assert card.state is state


def test_a_sum_of_services_has_a_card_by_visitor_and_no_visitor_waits_twice() -> None:
    services = {"cartes": SETTINGS.services["cartes"], "permis": Service()}
    summed = DeskSum(label="Guichets", services=("cartes", "permis"), target_wait=600.0)
    office = SETTINGS.model_copy(update={"services": services, "sums": {"guichets": summed}})
    cards = service(
        windows=dict.fromkeys(("5m", "15m", "1h", "1d"), TicketWindow(3, 300.0, 2)), waiting=4, longest_wait=500.0
    )
    permits = service(
        service="permis", windows=dict.fromkeys(("5m", "15m", "1h", "1d"), TicketWindow(1, 1500.0, 1)), waiting=1
    )

    def shown(*statuses: ServiceStatus) -> tuple[ServiceCard, int | None]:
        found = wall(office, what=known()._replace(services={each.id: each for each in statuses}))
        (card,) = (each for each in found.cards if each.id == "service-guichets")
        assert isinstance(card, ServiceCard)
        return card, found.totals.visitors

    card, visitors = shown(cards, permits)
    assert card.status is not None
    assert (card.mean_wait, card.status.waiting, card.status.windows["1h"].counters) == (600.0, 5, 3)
    assert visitors == 5
    assert shown(cards)[0].state is State.NODATA, "one part is unknown"


def test_by_the_wall_clock_what_nobody_tells_of_is_silent() -> None:
    assert of(wall(LIVE, MORNING + timedelta(seconds=70)), "circulation").silent is None
    late = wall(LIVE, MORNING + timedelta(minutes=20))
    assert [(each.silent, each.state) for each in late.cards if each.status] == [(1200.0, State.SILENT)] * 2
    assert late.totals[1:5] == (None, None, None, None), "what they waited then is not what they wait now"
    replayed = wall(SETTINGS, MORNING + timedelta(days=900))
    assert of(replayed, "circulation").silent is None, "a replay stands where it stands"


def test_it_says_until_when_the_office_is_open_and_when_it_opens() -> None:
    assert wall(LIVE, MORNING).office == (MORNING, True, MORNING.replace(hour=13, minute=0))
    friday = datetime(2014, 1, 3, 18, tzinfo=PARIS)
    assert wall(LIVE, friday).office == (friday, False, datetime(2014, 1, 6, 9, tzinfo=PARIS))
    assert wall(SETTINGS, friday).office == wall(LIVE, MORNING).office, "a replay is as late as its latest event"
    assert wall(what=known()._replace(lines={}, services={})).office is None


def test_a_calm_line_is_closed_with_the_office() -> None:
    evening = MORNING.replace(hour=19)
    status = line(at=evening)
    assert of(wall(what=known()._replace(lines={status.id: status}, services={})), "circulation").state is State.CLOSED


def test_the_office_is_the_sum_of_its_lines_in_opening_hours() -> None:
    found = busy()
    assert found.totals.calls.believed == sum(
        (of(found, each).today or Counts() for each in morning.SETTINGS.lines), Counts()
    )
    assert found.totals[1:] == (7, 118.0, (8, 0), 4, ["Circulation"], [])
    recounted = found.totals.calls.raw - found.totals.calls.believed
    assert (recounted.offered, recounted.answered, recounted.lost) == (0, -20, 20), "two in each of ten quarters"
    evening = {morning.slot_no(44): CallSlot(offered=99, lost=99)}
    what = morning.morning()._replace(
        history=history(days=[LineDay(id="lozere/standard", day="2013-11-12", slots=evening)])
    )
    later = Walls(morning.SETTINGS, plan_of(morning.SETTINGS).opened).at(what, 0.0, TUESDAY)
    assert later.totals.calls.believed == Counts()


def test_the_office_shows_what_is_believed_in_the_colour_and_the_words_of_the_cards() -> None:
    (page,) = ask("/?lang=en", what=morning.morning(), settings=morning.SETTINGS)
    office = page.text[page.text.index('id="office"') : page.text.index('id="cards"')]
    assert office.count('<div class="fact wrong">') == 2, "answered and lost; no call was added"
    assert 'aria-label="miscount suspected">◆' in office
    assert "◆ miscount suspected, Circulation: the software counted 57 lost of 348, 16.4%" in page.page


def test_where_nothing_of_the_office_is_believed_it_shows_no_nought() -> None:
    lines = {"circulation": SETTINGS.lines["circulation"]}
    (page,) = ask("/?lang=en", settings=SETTINGS.model_copy(update={"lines": lines}))
    office = page.text[page.text.index('id="office"') : page.text.index('id="cards"')]
    assert "</span> unknown</dd>" in office
    assert "hours of Circulation without a reliable count are left out" in page.page


def test_the_calls_of_today_do_not_fall_when_hours_are_left_out() -> None:
    def fact(page: str, name: str) -> list[str]:
        return re.findall(rf"<dt>{name}</dt><dd>(?:<span.*?</span> )?(.*?)</dd>", page)

    (sound,) = ask("/?lang=en", what=known())
    (doubted,) = ask("/?lang=en")
    totals = wall().totals
    assert totals.calls.believed.offered < totals.calls.raw.offered
    assert fact(sound.text, "calls today") == [str(totals.calls.raw.offered)]
    assert fact(doubted.text, "calls today") == fact(sound.text, "calls today")
    assert fact(doubted.text, "of them considered real") == [str(totals.calls.believed.offered)]
    assert fact(sound.text, "of them considered real") == []


def test_where_the_answer_rate_leads_it_is_the_big_figure_and_what_was_counted_is_struck_out() -> None:
    office = morning.SETTINGS.office.model_copy(update={"leads": "answer_rate"})
    settings = morning.SETTINGS.model_copy(update={"office": office})
    (page,) = ask("/?lang=en", what=morning.morning(), settings=settings)
    card = page.text[page.text.index('id="line-circulation"') :]
    rates = of(busy(), "circulation").answers
    assert rates.believed is not None
    assert rates.raw is not None
    assert rates.believed > rates.raw
    assert f'<strong class="huge">{rates.believed:.1%}</strong>' in card
    assert f"{rates.raw:.1%}</s>" in card
    assert "<strong>answer rate today</strong>, target ≥ 85%" in card
    (page,) = ask("/?lang=en", what=morning.morning(), settings=morning.SETTINGS)
    card = page.text[page.text.index('id="line-circulation"') :]
    assert f"<dt>answer rate today</dt><dd>{rates.believed:.1%}</dd>" in card
