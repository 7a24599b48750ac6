"""What comes in by e-mail, letter and form, and when it is answered: by delays of a known mean and share in time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from random import Random
from typing import Final, Literal

from msgspec import Struct

from streams.events import RequestEvent, RequestType, milliseconds
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay

SOURCE: Final = "registry"
LAST_HALF_HOUR: Final = 1800.0  # before closing: what comes in then is not answered on the same day
LATE_MORNING: Final = 39_600.0  # 11:00, when most is written
WORKING_SHARE: Final = 5 / 7  # of a week's days
MOVES: Final = 1_000_000


class Channel(Struct, frozen=True, kw_only=True):
    """Describe the requests of a channel over a period. Delays are in days; the day of receipt is day 0.

    The share `in_time` is answered within `deadline` working days; of the rest, `pending` are not answered at all.
    `mean` is the mean delay of those answered, in `days` of that kind. What is sent `round_the_clock` does not keep
    to opening hours. An answer is told as `ends`.
    """

    channel: str
    received: int
    mean: float
    days: Literal["working", "calendar"] = "calendar"
    deadline: int | None = None
    in_time: float = 1.0
    pending: int = 0
    round_the_clock: bool = False
    ends: RequestType = "answered"


class _Request(Struct):
    """Hold a request that came in `at` a moment (epoch s) of a `day`, and is answered `after` so many working days.

    `place` is that of the day, or of the last before, among the days on which the office works; `least` and `most`
    bound `after`.
    """

    at: float
    day: OfficeDay
    place: int
    least: int
    most: int
    after: int = 0


def requests(channel: Channel, days: Sequence[OfficeDay], site: str, seed: int) -> list[RequestEvent]:
    """Return what is told of a channel's requests over these days, in order; no answer comes after them.

    Raises `ValueError` where no delays have the mean.
    """
    random = chance(seed, channel.channel, days[0].date)
    worked = [day for day in days if day.opened]
    came = sorted((_came(channel, days, worked, random) for _ in range(channel.received)), key=lambda each: each.at)
    pending = _bound(channel, came, random)
    answered = [each for place, each in enumerate(came) if place not in pending]
    _answer(channel, answered, worked, random)

    told: list[RequestEvent] = []
    for number, each in enumerate(came):
        moments: dict[RequestType, float] = {"received": each.at}
        if number not in pending:
            opened = [(opens, closes) for opens, closes in worked[each.place + each.after].opened if closes > each.at]
            opens, closes = random.choice(opened)
            moments[channel.ends] = random.uniform(max(opens, each.at), closes)
        name = f"{channel.channel}-{days[0].date.year}-{number + 1:05}"
        told += (
            RequestEvent(
                id=f"{name}:{kind}",
                source=SOURCE,
                site=site,
                channel=channel.channel,
                request=name,
                type=kind,
                at=float(round(at)),
            )
            for kind, at in moments.items()
        )
    return sorted(told, key=lambda event: milliseconds(event.at))


def _came(channel: Channel, days: Sequence[OfficeDay], worked: Sequence[OfficeDay], random: Random) -> _Request:
    """Return a request that came in early enough to be answered within these days."""
    while True:
        day = random.choice(days if channel.round_the_clock else worked)
        if channel.round_the_clock:
            at = random.triangular(day.start, day.end, day.start + LATE_MORNING)
        else:
            at = random.uniform(*random.choice(day.opened))
        place = bisect_right(worked, day.date, key=lambda each: each.date) - 1
        same_day = bool(day.opened) and at < day.opened[-1][1] - LAST_HALF_HOUR
        found = _Request(at, day, place, least=0 if same_day else 1, most=len(worked) - 1 - place)
        if found.least <= found.most:
            return found


def _bound(channel: Channel, came: Sequence[_Request], random: Random) -> set[int]:
    """Say of each request whether it is answered in time, and return which are not answered: the last that could."""
    late = list(range(len(came)))
    if channel.deadline is not None:
        could = [number for number, each in enumerate(came) if each.most > channel.deadline]
        late = sorted(random.sample(could, len(came) - round(channel.in_time * len(came))))
        for number in set(range(len(came))).difference(late):
            came[number].most = min(came[number].most, channel.deadline)
        for number in late:
            came[number].least = channel.deadline + 1
    return set(late[len(late) - channel.pending :])


def _answer(channel: Channel, answered: Sequence[_Request], worked: Sequence[OfficeDay], random: Random) -> None:
    """Draw when each is answered, then move some by a day of work until the mean is met."""

    def delay(each: _Request, after: int) -> int:
        return after if channel.days == "working" else (worked[each.place + after].date - each.day.date).days

    usual = channel.mean * (1 if channel.days == "working" else WORKING_SHARE)
    for each in answered:
        each.after = each.most + 1
        while each.after > each.most:
            each.after = each.least + int(random.expovariate(1 / usual))
    missing = round(channel.mean * len(answered)) - sum(delay(each, each.after) for each in answered)
    for _ in range(MOVES):
        if not missing:
            return
        each = random.choice(answered)
        after = each.after + (1 if missing > 0 else -1)
        if each.least <= after <= each.most:
            left = missing - delay(each, after) + delay(each, each.after)
            if abs(left) < abs(missing):
                each.after, missing = after, left
    raise ValueError(f"no delays of {len(answered)} requests of {channel.channel} have the mean {channel.mean}")
