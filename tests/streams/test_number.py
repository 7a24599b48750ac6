from __future__ import annotations

import re
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import number
from streams.number import ANY_NUMBERS, WITHHELD, DialPlan, Numbers, is_usual_id, withheld
from tests.streams.numbers import FRENCH, IN_PAIRS, SPELLINGS

AMERICAN = Numbers(DialPlan("1", "1", "011", (10,)))
DANISH = Numbers(DialPlan("45", "", "00", (8,)))


@pytest.mark.parametrize("spelling", [*SPELLINGS, *IN_PAIRS])
@pytest.mark.parametrize("sentence", ["{}", "rappeler Mme D. au {} demain", "appel{}x", "1385129022.17-{}-2", "[{}]"])
def test_a_number_is_found_in_every_spelling_wherever_it_stands(spelling: str, sentence: str) -> None:
    text = sentence.format(spelling)
    found: list[str] = []
    FRENCH.without(text, lambda run: found.append(run) or "", words=False)  # type: ignore[func-returns-value]
    assert FRENCH.in_id(text)
    assert [FRENCH.normal(run) for run in found] == ["+33611223344"]


@pytest.mark.parametrize("spelling", [*SPELLINGS, *IN_PAIRS])
def test_where_the_country_is_not_known_no_spelling_is_left_either(spelling: str) -> None:
    assert not re.search("22.{0,8}33", withheld(f"chez {spelling}", ANY_NUMBERS))


@pytest.mark.parametrize(
    ("numbers", "spellings"),
    [
        (FRENCH, ["+1 (202) 555-0173", "001 202 555 0173", "+12025550173", "00 1 202-555-0173"]),
        (AMERICAN, ["(202) 555-0173", "1-202-555-0173", "+1 202 555 0173", "12025550173", "202.555.0173"]),
        (AMERICAN, ["011 33 6 11 22 33 44", "+33 (0)6 11 22 33 44"]),
        (DANISH, ["12 34 56 78", "+45 12345678", "004512345678", "4512345678"]),
        (FRENCH, ["+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 20 79460958"]),
    ],
)
def test_national_and_international_are_one_caller(numbers: Numbers, spellings: list[str]) -> None:
    assert len({numbers.whole(spelling) for spelling in spellings}) == 1
    assert all(map(numbers.in_id, spellings)) or numbers is DANISH


@pytest.mark.parametrize(
    "name",
    [
        "1385129022.1234",
        "1717397243.239826",
        "pbx-a-1385129022.1234",
        "1385129022.1234#2",
        "2013-03-04/C042",
        "2013-000417",
        "IM342-2013-0001234",
        "A042",
        "12345678",
        "0000012345",
        "20130304083000123",
        "2013.06.11.22.33.44",
        "c3b7081f-17e0-4d37-b365-065e931a61ab",
        "3d9b061122334453fa0e1c2b5a6978dd",
        "SIP/105-00000001",
        "circulation-20130304T073000Z-rise",
        "hmac:06112233445566778899aabbccddeeff",
        "04/03/2013 - 05/03/2013",
        "pbx-1:88213",
        "Agent 12345",
        "08:30:00",
        "08:30:00,09:15:00",
        "01:02:03:04:05:06",
        "aa:01:02:03:04:05",
        "0a:01:02:03:04:ff",
        "2001:db8:01:02:03:04",
        "2013:03:04:08:30:00",
        "04:03:13,08:30",
        "01,02,03,04,05,06",
        "06:11:22:33",
        "0103|000123",
    ],
)
def test_an_id_without_a_number_stays(name: str) -> None:
    assert not FRENCH.in_id(name)
    assert FRENCH.without(name, str.upper, words=False) == name


@pytest.mark.parametrize(
    "sentence",
    [
        "327 appels sur 5862 le 04/03/2013 entre 08:30 et 12h00",
        "du 4/3/2013 au 05.03.2013, 8 h 30 à 12 h 00",
        "entre 2012-2013, 1 234 567,89 €",
        "incident circulation-20130304T073000Z-rise à 2013-03-04T08:30:15.250+01:00",
        "Agent 12345",
    ],
)
def test_dates_times_and_amounts_are_no_numbers(sentence: str) -> None:
    assert not FRENCH.in_sentence(sentence)
    assert FRENCH.without(sentence, lambda _: "#") == sentence


@pytest.mark.parametrize("moment", ["1385129022", "1385129022.1234", "2013-03-04 08:30:00", "04/03/2013"])
@pytest.mark.parametrize("between", [" ", "-", ".", "/"])
def test_a_number_does_not_hide_behind_a_moment(moment: str, between: str) -> None:
    told = FRENCH.without(f"{moment}{between}06 11 22 33 44", lambda _: "#")
    assert not re.search("22.?33", told)


@pytest.mark.parametrize("numbers", [FRENCH, AMERICAN, DANISH, ANY_NUMBERS])
@given(text=st.text("0123456789+ .-()a", max_size=40))
def test_the_quick_look_at_an_id_misses_no_number_of_the_careful_one(numbers: Numbers, text: str) -> None:
    found: list[str] = []
    numbers.without(text, lambda run: found.append(run) or "", words=False)  # type: ignore[func-returns-value]
    assert numbers.in_id(text) == bool(found) or is_usual_id(text)


@given(st.text("0123456789 .-/()+", min_size=1, max_size=60))
def test_words_keep_no_six_digits_but_moments_and_amounts(text: str) -> None:
    left = FRENCH.without(text, lambda _: "#")
    assert FRENCH.without(left, lambda _: "#") == left


@given(st.text(max_size=80))
def test_a_text_without_digits_stays_sign_for_sign(text: str) -> None:
    if not any(sign.isdecimal() for sign in text) and "%" not in text and "\\u" not in text:
        assert FRENCH.without(text, lambda _: "#") == text


def test_a_record_keeps_its_figures_and_loses_its_numbers() -> None:
    record = {
        "line": "standard",
        "call": "0611223344",
        "at": 1385129022.5,
        "seq": 12345678,
        "caller": "105",
        "customer": {"phone": 611223344, "say": ["06 11 22 33 44"]},
    }
    told = msgspec.json.decode(FRENCH.record_without(msgspec.json.encode(record), lambda _: WITHHELD))
    assert told == {
        **record,
        "call": WITHHELD,
        "caller": WITHHELD,
        "customer": {"phone": WITHHELD, "say": [WITHHELD]},
    }


def test_a_record_that_is_torn_loses_its_numbers_too() -> None:
    told = FRENCH.record_without(b'{"caller": "0611223344", "at": 1385129022, \xff', lambda _: WITHHELD)
    assert told == b'{"caller": "(number withheld)", "at": 1385129022, \xff'


def test_a_long_text_of_digits_is_looked_at_in_a_time_that_does_not_grow_with_the_square_of_its_length() -> None:
    for unit in ("1", "1 ", "123 ", "04/03/2013 ", "06 11 22 ", "%30", "a1", "+1"):
        begin = time.process_time()
        FRENCH.without(unit * (200_000 // len(unit)), lambda _: "#")
        assert time.process_time() - begin < 20, "it takes a tenth of a second, and many minutes by the square"


def test_a_long_text_with_few_digits_is_not_searched() -> None:
    text = '{"line":' + "[" * 2_000_000 + ',"at":1'
    begin = time.process_time()
    assert FRENCH.without(text, lambda _: "#") == text
    assert time.process_time() - begin < 0.5, "a search takes a second"


@pytest.mark.parametrize(
    "name", ["69e2ce0610021104", "2fa0958518087e2d", "67d6eb0834118322", "5f0c06112233445566778899"]
)
def test_a_digest_is_no_number_though_one_could_be_read_in_it(name: str) -> None:
    assert not FRENCH.in_id(name)
    assert FRENCH.in_id(f"{name}-0611223344")


PLANS = (
    FRENCH,
    AMERICAN,
    DANISH,
    ANY_NUMBERS,
    Numbers(DialPlan("44", "0", "00", (9, 10))),
    Numbers(DialPlan("61", "0", "0011", (9,))),
    Numbers(DialPlan("7", "8", "810", (10,))),
)
DIGITS_AND_SIGNS = st.text(st.sampled_from("0123456789+()-. /:,;#=%&xa_0011336"), max_size=24)


def searched_without_beginning(numbers: Numbers, text: str) -> bool:
    """Return whether an id contains a number, by the three searches that came before the search for a beginning."""
    plain = number._plain(number._opened(text))
    if is_usual_id(text) is not None:
        return False
    if number._DIGITS(plain) is None or numbers._may_be_in_id(plain) is None:
        return len(plain) >= 14 and number._IN_PAIRS(plain) is not None and number._found(numbers._ids, plain)
    return number._found(numbers._ids, plain)


@given(
    st.sampled_from(PLANS),
    st.lists(st.sampled_from((*SPELLINGS, *IN_PAIRS, "202 555 0173", "12345678")) | DIGITS_AND_SIGNS, max_size=3),
)
def test_no_number_is_missed_by_the_search_for_its_beginning(numbers: Numbers, parts: list[str]) -> None:
    text = "".join(parts)
    assert numbers.in_id(text) == searched_without_beginning(numbers, text)


def test_digits_of_no_known_length_stay_digits_and_a_name_is_a_number_only_if_it_holds_one() -> None:
    assert (FRENCH.normal("105"), FRENCH.dialled("123456")) == ("105", "123456")
    assert FRENCH.whole("SIP/0611223344-00000001") == FRENCH.whole("06 11 22 33 44") == "+33611223344"
    assert FRENCH.whole("accueil") is None
    assert FRENCH.whole("queue 2013-03-04 08:30:00") is None, "a moment"
