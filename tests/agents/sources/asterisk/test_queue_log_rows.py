from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.sources.asterisk.queue_log_rows import LogRow, MalformedLine, read

REALTIME = "id,time,callid,queuename,agent,event,data1,data2,data3,data4,data5"
PBXWARE = b"uid,date_time,callid,queue_name,type,event,param1,param2,param3,entpos,expos,htime,ttime,time"


def rows(*lines: str | bytes, zone: str = "Europe/Paris") -> list[LogRow | MalformedLine]:
    return list(read([(line.encode() if isinstance(line, str) else line) + b"\n" for line in lines], zone))


def row(*lines: str | bytes, zone: str = "Europe/Paris") -> LogRow:
    found = rows(*lines, zone=zone)[-1]
    assert isinstance(found, LogRow)
    return found


def malformed(*lines: str | bytes) -> MalformedLine:
    found = rows(*lines)[-1]
    assert isinstance(found, MalformedLine)
    return found


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_reads_the_file() -> None:
    found = row("1795530280|1795530276.1|cni|Agent 301|CONNECT|2|1795530278.2|2")
    assert found == LogRow(
        1,
        1795530280.0,
        "1795530276.1",
        "cni",
        "Agent 301",
        "CONNECT",
        ("2", "1795530278.2", "2"),
        b"1795530280|1795530276.1|cni|Agent 301|CONNECT|2|1795530278.2|2",
    )


def test_skips_blank_lines_and_counts_them() -> None:
    assert [found.number for found in rows("", "1795530270|NONE|NONE|NONE|QUEUESTART|", " \t", "1795530270")] == [
        2,
        4,
    ]


def test_strips_empty_data_and_line_ends() -> None:
    assert row(b"1795530270|NONE|NONE|NONE|QUEUESTART|\r").data == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1795530270|c|q|a", "too-few-fields"),
        ("17955|c|q|a|CONNECT|1", "no-time"),
        ("179553027012|c|q|a|CONNECT|1", "no-time"),
        ("yesterday|c|q|a|CONNECT|1", "no-time"),
        ("nan|c|q|a|CONNECT|1", "no-time"),
        ("1795530270|c|q|a||1", "no-event"),
        ("1795530270|c|q|a|06 12 34 56 78|1", "no-event"),
        (f"1795530270|{'7' * 151}|q|a|CONNECT|1", "no-call"),
        (b"1795530270|c\xff|q|a|CONNECT|1", "undecodable"),
        (b"1795530270|c|q\xff|a|CONNECT|1", "undecodable"),
        (b"\x00\x00\x00\x00", "too-few-fields"),
    ],
)
def test_tells_why_a_line_cannot_be_read(line: str | bytes, reason: str) -> None:
    found = malformed("1795530270|NONE|NONE|NONE|QUEUESTART|", line)
    assert (found.number, found.reason) == (2, reason)
    assert found.raw == (line.encode() if isinstance(line, str) else line)


def test_an_agents_name_that_is_not_utf8_loses_no_row() -> None:
    found = row("1795530280|1.1|cni|Agent Éric|CONNECT|2".encode("latin-1"))
    assert (found.event, found.data, found.anomalies) == ("CONNECT", ("2",), ("undecodable-name",))


def test_realigns_a_bar_in_an_agents_name() -> None:
    found = row("1795530280|1.1|cni|DUPONT|JEAN|CONNECT|2|1.2|2")
    assert (found.agent, found.event, found.data) == ("DUPONT|JEAN", "CONNECT", ("2", "1.2", "2"))
    assert found.anomalies == ("shifted-fields",)


@pytest.mark.parametrize("rest", ["PAUSE|repas", "BLINDTRANSFER|3010|transfer|1|5|1"])
def test_realigns_events_without_a_figure(rest: str) -> None:
    found = row(f"1795530280|1.1|cni|A|B|C|{rest}")
    assert (found.agent, found.event) == ("A|B|C", rest.split("|", maxsplit=1)[0])


@pytest.mark.parametrize("line", ["SURVEY|FULL|", "OUTANSWER|3318|COMPLETEAGENT", "SURVEY|CONNECT"])
def test_a_word_among_the_data_of_another_event_is_no_event(line: str) -> None:
    found = row(f"1795530280|1.1|cni|Agent 1|{line}")
    assert (found.event, found.anomalies) == (line.split("|", maxsplit=1)[0], ())


def test_a_bar_in_a_callers_name_leaves_number_and_place() -> None:
    found = row("1795530280|1.1|cni|NONE|ENTERQUEUE||0612345678|3|Du|pont")
    assert found.data[:3] == ("", "0612345678", "3")


def test_reads_the_realtime_table_in_the_sites_zone() -> None:
    found = row(REALTIME, "7,2013-07-23 16:13:29.464232,1374576197.106,Billing,SIP/5,ABANDON,1,1,227,,")
    assert found.at == pytest.approx(epoch("2013-07-23 14:13:29.464232"), abs=1e-6)
    assert found.data == ("1", "1", "227")


@pytest.mark.parametrize("time", ["2013-07-23 16:13:29", "1374596009", "1374596009.0", "2013-07-23 18:13:29+02:00"])
def test_reads_every_spelling_of_a_time(time: str) -> None:
    assert row(REALTIME, f"7,{time},1.1,B,,ENTERQUEUE,,,,,", zone="UTC").at == epoch("2013-07-23 16:13:29")


@pytest.mark.parametrize("time", ["", "soon", "0001-01-01", "1969-07-20 20:17:00", "9999-12-31 23:59:59"])
def test_refuses_a_time_that_is_none(time: str) -> None:
    assert malformed(REALTIME, f"7,{time},1.1,B,,ENTERQUEUE,,,,,").reason == "no-time"


def test_a_missing_time_is_that_of_the_row_before() -> None:
    found = row(
        REALTIME,
        "8,2013-07-23 17:30:00.910666,1.98,B,SIP/3,COMPLETEAGENT,28,48,1,,",
        "9,2013-07-23 18:00:00,1.98,B,SIP/3,,,,,,",
        "10,NULL,1.98,B,SIP/3,ABANDON,NULL,,,,",
        zone="UTC",
    )
    assert found.at == pytest.approx(epoch("2013-07-23 17:30:00.910666"), abs=1e-6)
    assert (found.data, found.anomalies) == ((), ("time-of-previous-row",))


def test_tells_the_two_passes_of_the_hour_that_comes_twice() -> None:
    times = ["02:10:00", "02:50:00", "02:05:00", "02:49:00", "03:01:00"]
    lines = [f"7,2013-10-27 {time},1.1,B,,ENTERQUEUE,,,,," for time in times]
    at = [found.at for found in rows(REALTIME, *lines) if isinstance(found, LogRow)]
    assert [moment - at[0] for moment in at] == [0, 2400, 3300, 5940, 6660]


def test_unfolds_what_the_fifth_field_was_left_with() -> None:
    found = row(REALTIME, "7,1374596009,1.1,B,A,ATTENDEDTRANSFER,LINK,SIP/1,SIP/2,16,15|4|")
    assert found.data == ("LINK", "SIP/1", "SIP/2", "16", "15", "4")


def test_reads_quotes_other_delimiters_other_columns_and_headers_in_between() -> None:
    header = 'server;"Event";agent;queuename;callid;time;data2;data1'
    lines = [header, 'x;ENTERQUEUE;NONE;"a;b";1.1;1374596009;"06""12";', header]
    (found,) = rows(*lines)
    assert isinstance(found, LogRow)
    assert (found.queue, found.data) == ("a;b", ("", '06"12'))


def test_reads_the_single_data_column_of_old_tables() -> None:
    found = row("time,callid,queuename,agent,event,data", "1374596009,1.1,B,A,CONNECT,12|1.2|5")
    assert found.data == ("12", "1.2", "5")


def test_a_table_without_data_columns_still_gives_its_events() -> None:
    assert row("time,callid,queuename,agent,event", "1374596009,1.1,B,A,CONNECT").data == ()


def test_realigns_a_delimiter_in_the_agents_name_of_a_table() -> None:
    found = row(REALTIME, "7,1374596009,1.1,B,Dupont, Jean,CONNECT,12,1.2,5,,")
    assert (found.agent, found.event, found.data) == ("Dupont, Jean", "CONNECT", ("12", "1.2", "5"))
    assert found.anomalies == ("shifted-fields",)


def test_refuses_torn_lines_of_a_table() -> None:
    assert malformed(REALTIME, "7,1374596009,1.1,B").reason == "too-few-fields"
    assert malformed(REALTIME, '7,1374596009,1.1,B,A,CONNECT,"' + "x" * 140_000).reason == "no-csv"


def test_a_short_line_of_a_table_reads_as_empty() -> None:
    assert row(REALTIME, "7,1374596009,1.1,B,A,CONNECT,12").data == ("12",)


@pytest.mark.parametrize(
    ("line", "data"),
    [
        (b"ENTERQUEUE,0612345678,,,2,0,0,0", ("", "0612345678", "2")),
        (b"CONNECT,,1543602746.232,6,0,0,76,0", ("76", "1543602746.232", "6")),
        (b"RINGNOANSWER,0612345678,,,1,1,10000,0", ("10000",)),
        (b"ABANDON,0612345678,,,2,1,191,0", ("1", "2", "191")),
        (b"EXITWITHTIMEOUT,0612345678,,,2,1,300,0", ("1", "2", "300")),
        (b"EXITWITHKEY,0612345678,4,,2,1,30,0", ("4", "1", "2", "30")),
        (b"COMPLETECALLER,0612345678,,,1,0,76,847", ("76", "847", "1")),
        (b"BLINDTRANSFER,0612345678,1142,transfer,1,0,6,38", ("1142", "transfer", "6", "38", "1")),
        (b"PAUSE,repas,,,0,0,0,0", ("repas",)),
    ],
)
def test_reads_the_pbxware_export_into_the_files_layout(line: bytes, data: tuple[str, ...]) -> None:
    found = row(PBXWARE, b"19,1543602753,1543602660.197,IT,Agent/1127," + line + b",2018-11-30 13:32:34")
    assert (found.at, found.queue, found.agent) == (1543602753.0, "IT", "Agent/1127")
    assert found.data == data


def test_no_callers_number_is_in_a_repr() -> None:
    line = "1795530280|1.1|cni|NONE|ENTERQUEUE||0612345678|3"
    assert "0612345678" not in repr([row(line), malformed(line.removeprefix("1795530280"))])


@given(
    st.sampled_from([b"1795530270|NONE|NONE|NONE|QUEUESTART|", REALTIME.encode(), PBXWARE, b""]),
    st.lists(st.lists(st.sampled_from([b"|", b",", b'"', b"\r", b"1795530270", b"2013-01-01", b"\xff", b"CONNECT"]))),
)
@example(b"\xef\xbb\xbf", [[b","]])
def test_nothing_that_stands_in_a_log_raises(first: bytes, pieces: list[list[bytes]]) -> None:
    for found in read([first, *(b"".join(line) for line in pieces)], "Europe/Paris"):
        assert isinstance(found, (LogRow, MalformedLine))
