from __future__ import annotations

from agents.sources.asterisk.cel_calls import CAP_OF_GONE, CelCalls, Party, Visit

T = 1795617500


def party(uniqueid: str, visit: Visit | None = None) -> Party:
    return Party(uniqueid, f"PJSIP/{uniqueid}", float(T), visit=visit)


def test_a_channel_whose_call_becomes_part_of_another_goes_with_it() -> None:
    calls = CelCalls()
    calls.join("1.1", party("1.1"))
    moved = party("2.2")
    calls.join("2.2", moved)
    assert calls.find("2.2", "1.1") == (calls.calls["1.1"], moved)
    assert list(calls.calls) == ["1.1"]
    assert calls.find("3.3", "1.1") is None


def test_a_call_is_forgotten_with_its_last_channel() -> None:
    calls = CelCalls()
    for each in ("1.1", "1.2"):
        calls.join("1.1", party(each))
    calls.end("1.2")
    assert list(calls.calls) == ["1.1"]
    calls.end("1.1")
    assert not calls.calls
    assert not calls.homes
    assert list(calls.gone) == ["1.2", "1.1"]


def test_what_has_ended_is_remembered_up_to_a_bound() -> None:
    calls = CelCalls()
    for number in range(CAP_OF_GONE + 5):
        calls.join("1.1", party(str(number)))
        calls.end(str(number))
    assert len(calls.gone) == CAP_OF_GONE
    assert "0" not in calls.gone


def test_a_dropped_call_gives_back_what_is_left_of_it() -> None:
    calls = CelCalls()
    calls.join("1.1", party("1.1"))
    dropped = calls.drop("1.1")
    assert dropped is not None
    assert list(dropped.parties) == ["1.1"]
    assert calls.drop("1.1") is None


def test_who_waits_in_a_queue() -> None:
    calls = CelCalls()
    for number, visit in enumerate(
        [
            Visit("accueil", "1", 0.0, queue="accueil"),
            Visit("accueil", "2", 0.0, queue="accueil", answered=1.0),
            Visit("accueil", "3", 0.0, queue="accueil", left=1.0),
            Visit("accueil", "4", 0.0, queue="600"),
            None,
        ]
    ):
        calls.join(str(number), party(str(number), visit))
    assert calls.waiting("accueil") == 1


def test_a_restart_shows_in_the_numbers_of_channels() -> None:
    calls = CelCalls()
    numbers = [(0, 7), (5, 9), (5, 8), (6, 10), (9, 2), (10, 3)]
    assert [calls.restarted(f"{T + at}.{number}") for at, number in numbers] == [
        *(False, False, False, False),  # 8 shortly after 9 is no restart
        *(True, False),
    ]
    assert not calls.restarted("made-by-the-dialplan")


def test_two_systems_number_their_channels_each_for_itself() -> None:
    calls = CelCalls()
    assert not any(calls.restarted(f"{name}-{T + at}.{at * 9}") for at in range(9) for name in ("north", "south-1"))
    assert calls.restarted(f"south-1-{T + 60}.0")
