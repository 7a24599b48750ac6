from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.cdr_calls import CdrCalls
from agents.sources.asterisk.cdr_rows import ORDER, CdrClock, count
from agents.sources.asterisk.rows import AsteriskRow

T = 1795617500  # 2026-11-25 14:38:20 UTC
MASTER = (
    '"","0612345678","4000","from-trunk","x <0612345678>","PJSIP/trunk-1","PJSIP/101-2","Queue","accueil,t,,,30",'
    f'"2026-11-25 14:38:20","","2026-11-25 14:38:50","30","0","NO ANSWER","3","{T}.1","","{T}.1","","7"'
)
FREEPBX = (
    f'"2026-11-25 14:38:20","x","0612345678","s","ext-queues","PJSIP/trunk-1","PJSIP/101-2","Queue","600,t","30","0",'
    f'"NO ANSWER","3","","{T}.1","","4010","","","","","","","{T}.1"'
)
CUSTOM = (
    '"x","0612345678","4000","from-trunk","PJSIP/trunk-1","","Hangup","","2026-11-25 14:38:20","",'
    f'"2026-11-25 14:38:50","30","0","NO ANSWER","3","","{T}.1",""'
)


def fields(*lines: str) -> dict[str, str]:
    row = list(asterisk_rows.table([line.encode() for line in lines], ORDER, "cdr.csv"))[-1]
    assert isinstance(row, AsteriskRow)
    return dict(zip(ORDER.columns, row.fields, strict=True))


@pytest.mark.parametrize("width", range(16, 22))
def test_master_csv_is_read_without_a_header(width: int) -> None:
    found = fields('","'.join(MASTER.split('","')[:width]).rstrip('"') + '"')
    assert (found["number"], found["peer"], found["data"]) == ("4000", "PJSIP/101-2", "accueil,t,,,30")
    assert (found["start"], found["disposition"]) == ("2026-11-25 14:38:20", "NO ANSWER")
    assert found["uniqueid"] == ("" if width < 17 else f"{T}.1")
    assert found["linkedid"] == ("" if width < 19 else f"{T}.1")


def test_the_order_of_freepbx_is_read_without_a_header() -> None:
    found = fields(FREEPBX)
    assert (found["did"], found["app"], found["duration"], found["linkedid"]) == ("4010", "Queue", "30", f"{T}.1")
    assert fields(FREEPBX.replace(f'"","{T}.1"', '"","0"'))["linkedid"] == "", "older tables have another column there"


def test_the_order_of_cdr_custom_is_read_without_a_header() -> None:
    found = fields(CUSTOM)
    assert (found["channel"], found["app"], found["uniqueid"]) == ("PJSIP/trunk-1", "Hangup", f"{T}.1")


def test_the_columns_of_a_database_are_read_by_their_header() -> None:
    header = "AcctId,calldate,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid,did"
    found = fields(header, f"7,2026-11-25 14:38:20,06,600,default,PJSIP/trunk-1,NULL,Queue,20,20,ANSWERED,{T}.1,4010")
    assert (found["start"], found["number"], found["peer"], found["data"]) == ("2026-11-25 14:38:20", "600", "", "")


def clock(calls: CdrCalls | None = None, zone: str = "Europe/Paris") -> CdrClock:
    return CdrClock(ZoneInfo(zone), calls or CdrCalls())


@pytest.mark.parametrize("hour", ["14", "15", "09", "23"])
def test_the_zone_is_seen_by_the_unique_id(hour: str) -> None:
    assert clock().read(f"2026-11-25 {hour}:38:21", f"{T}.1") == T + 1


def test_a_later_leg_of_a_long_call_does_not_change_the_zone() -> None:
    calls = CdrCalls()
    assert clock(calls).read("2026-11-25 14:38:20", f"{T}.1") == T
    again = clock(msgspec.json.decode(msgspec.json.encode(calls), type=CdrCalls))  # also after a restart
    assert again.read("2026-11-25 14:55:00", f"{T}.1") == T + 1000
    assert again.read("2026-11-25 14:38:30", f"{T + 10}.3") == T + 10


def test_the_changes_of_summer_time_are_seen() -> None:
    paris, change = clock(), 1792890000  # 2026-10-25 01:00 UTC
    assert paris.read("2026-10-25 02:59:00", f"{change - 60}.1") == change - 60
    assert paris.read("2026-10-25 02:01:00", f"{change + 60}.2") == change + 60
    change = 1774746000  # 2026-03-29 01:00 UTC
    paris = clock()
    assert paris.read("2026-03-29 01:59:00", f"{change - 60}.1") == change - 60
    assert paris.read("2026-03-29 03:01:00", f"{change + 60}.2") == change + 60


@pytest.mark.parametrize("text", ["25/11/2026 14:38:20", "11/25/2026 14:38:20", "2026/11/25 14:38:20", str(T)])
def test_the_order_of_day_and_month_is_seen(text: str) -> None:
    assert clock().read(text, f"{T}.1") == T


def test_a_day_that_could_be_a_month_is_the_one_of_the_unique_id() -> None:
    assert clock().read("1/9/2017 16:33:01", "1504279981.1") == 1504279981
    assert clock().read("9/1/2017 16:33:01", "1504279981.1") == 1504279981


@pytest.mark.parametrize(("zone", "ahead"), [("Europe/Paris", 3600), ("UTC", 0)])
def test_without_unique_ids_the_zone_is_the_one_that_is_said(zone: str, ahead: int) -> None:
    assert clock(zone=zone).read("2026-11-25 14:38:20", "") == T - ahead
    assert clock(zone=zone).read("2026-11-25T14:38:20Z", "") == T


@pytest.mark.parametrize("text", ["yesterday", "", "7", "0001-01-01 00:00:00"])
def test_what_is_no_moment(text: str) -> None:
    assert clock().read(text, f"{T}.1") is None


def test_a_count_of_seconds() -> None:
    assert [count(text) for text in ("30", "0.5", "", "-1", "many")] == [30, 0.5, None, None, None]
