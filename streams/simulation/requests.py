"""Requests by e-mail, letter and form, whose delays have a given mean and a given share in time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from random import Random
from typing import Final, Literal

from msgspec import Struct

from streams.events import RequestEvent, RequestType, milliseconds
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay

REQUEST_SOURCE: Final = "registry"
LAST_HALF_HOUR: Final = 1800.0  # s before closing: requests in this time are not answered on the same day
LATE_MORNING: Final = 39_600.0  # s after midnight: 11:00, the busiest hour
WORKING_SHARE: Final = 5 / 7  # of a week's days
MOVES: Final = 1_000_000  # maximum of attempts to meet the mean


class ChannelProfile(Struct, frozen=True, kw_only=True):
    """A channel's requests over a period. The day of receipt is day 0 of a delay."""

    channel: str
    received: int
    mean: float  # mean delay of answers, in days of the kind below
    days: Literal["working", "calendar"] = "calendar"
    deadline: int | None = None  # working days
    in_time: float = 1.0  # share that is answered within the deadline
    pending: int = 0  # of the others: never answered
    round_the_clock: bool = False  # received at any hour, not only in opening hours
    ends: RequestType = "answered"  # type of the event that is an answer


class _Request(Struct):
    """A request and the time of its answer."""

    at: float  # of receipt, epoch s
    day: OfficeDay  # of receipt
    worked: int  # index of that day, or of the last working day before it, among working days
    least: int  # bound of `after`
    most: int  # bound of `after`
    after: int = 0  # delay of the answer in working days


def request_events(channel: ChannelProfile, days: Sequence[OfficeDay], site: str, seed: int) -> list[RequestEvent]:
    """Return the events of a channel's requests over these days, in order. Every answer is within them.

    Raise `ValueError` if no delays have the mean.
    """
    random = chance(seed, channel.channel, days[0].date)
    worked = [day for day in days if day.opened]
    came = sorted((_came(channel, days, worked, random) for _ in range(channel.received)), key=lambda each: each.at)
    pending = _bound(channel, came, random)
    answered = [each for number, each in enumerate(came) if number not in pending]
    _answer(channel, answered, worked, random)

    events: list[RequestEvent] = []
    for number, request in enumerate(came):
        moments: dict[RequestType, float] = {"received": request.at}
        if number not in pending:
            answer_day = worked[request.worked + request.after]
            opened = [(opens, closes) for opens, closes in answer_day.opened if closes > request.at]
            opens, closes = random.choice(opened)
            moments[channel.ends] = random.uniform(max(opens, request.at), closes)
        name = f"{channel.channel}-{days[0].date.year}-{number + 1:05}"
        events += (
            RequestEvent(
                id=f"{name}:{kind}",
                source=REQUEST_SOURCE,
                site=site,
                channel=channel.channel,
                request=name,
                type=kind,
                at=float(round(at)),
            )
            for kind, at in moments.items()
        )
    return sorted(events, key=lambda event: milliseconds(event.at))


def _came(channel: ChannelProfile, days: Sequence[OfficeDay], worked: Sequence[OfficeDay], random: Random) -> _Request:
    """Return a random request, received early enough to be answered within these days."""
    while True:
        day = random.choice(days if channel.round_the_clock else worked)
        if channel.round_the_clock:
            at = random.triangular(day.start, day.end, day.start + LATE_MORNING)
        else:
            at = random.uniform(*random.choice(day.opened))
        index = bisect_right(worked, day.date, key=lambda each: each.date) - 1
        same_day = bool(day.opened) and at < day.opened[-1][1] - LAST_HALF_HOUR
        request = _Request(at, day, index, least=0 if same_day else 1, most=len(worked) - 1 - index)
        if request.least <= request.most:
            return request


def _bound(channel: ChannelProfile, came: Sequence[_Request], random: Random) -> set[int]:
    """Bound the delay of each request so that the share in time is met, and return the requests never answered.

    The latter are the last of the late requests.
    """
    late = list(range(len(came)))
    if channel.deadline is not None:
        could = [number for number, each in enumerate(came) if each.most > channel.deadline]
        late = sorted(random.sample(could, len(came) - round(channel.in_time * len(came))))
        for number in set(range(len(came))).difference(late):
            came[number].most = min(came[number].most, channel.deadline)
        for number in late:
            came[number].least = channel.deadline + 1
    return set(late[len(late) - channel.pending :])


def _answer(channel: ChannelProfile, answered: Sequence[_Request], worked: Sequence[OfficeDay], random: Random) -> None:
    """Draw when each request is answered, then move some by a working day until the mean is met."""

    def delay(each: _Request, after: int) -> int:
        return after if channel.days == "working" else (worked[each.worked + after].date - each.day.date).days

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
