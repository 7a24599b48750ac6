from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.cdr_rows import ORDER as CDR
from agents.sources.asterisk.cel_rows import ORDER as CEL
from agents.sources.asterisk.rows import AsteriskRow, TableOrder, TornRow, base, by_line, endpoint, moment, queue_limit
from config.refusal import ConfigError

HEADER = b"start,dst,channel,dstchannel,lastapp,duration,disposition,uniqueid\n"
ROW = b"2013-03-04 08:30:00,4000,SIP/trunk-1,NULL,Dial,60,NO ANSWER,1362382200.1\n"


def read(*lines: bytes, order: TableOrder = CDR) -> list[AsteriskRow | TornRow]:
    return list(asterisk_rows.table(lines, order, "cdr.csv"))


def test_a_table_is_read_by_its_header_which_may_come_again() -> None:
    (row, again) = read(HEADER, ROW, b"\n", HEADER, ROW)
    assert (row.number, again.number) == (2, 5)
    assert isinstance(row, AsteriskRow)
    fields = dict(zip(CDR.columns, row.fields, strict=True))
    assert (fields["number"], fields["peer"], fields["linkedid"]) == ("4000", "", "")


def test_a_line_may_be_a_json_object() -> None:
    line = (
        b'{"eventtype":"ANSWER","eventtime":1795617500.5,"num":"0612345678","exten":"4000","channame":"PJSIP/trunk-1",'
        b'"name":"the \\\\"Dupont\\\\" family","appname":null,"amaflags":3,'
        b'"uniqueid":"1795617500.1","linkedid":"1795617500.1"}\n'
    )
    row, torn = read(line, b'{"eventtype":"ANSWER"\n', order=CEL)
    assert isinstance(row, AsteriskRow)
    fields = dict(zip(CEL.columns, row.fields, strict=True))
    assert (fields["event"], fields["at"], fields["caller"]) == ("ANSWER", "1795617500.5", "0612345678")
    assert (fields["app"], fields["context"]) == ("", "")
    assert isinstance(torn, TornRow)
    with pytest.raises(ConfigError, match="neither CSV nor JSON"):
        read(b'{"eventtype"\n', order=CEL)


def test_an_id_that_is_a_number_keeps_its_digits() -> None:
    """Asterisk numbers its channels after the point, so .1 and .10 differ."""
    line = (
        b'{"eventtype":"ANSWER","eventtime":1795617500.5,"channame":"PJSIP/trunk-1","appname":"",'
        b'"uniqueid":1795617500.%d,"linkedid":1795617500000000001}\n'
    )
    found = read(line % 1, line % 10, line.replace(b"1795617500.%d", b"[1]"), order=CEL)
    ids = [row.fields[-3:-1] for row in found if isinstance(row, AsteriskRow)]
    assert ids == [("1795617500.1", "1795617500000000001"), ("1795617500.10", "1795617500000000001")]
    assert isinstance(found[-1], TornRow)


@pytest.mark.parametrize("delimiter", [b";", b"\t"])
def test_another_delimiter_is_seen(delimiter: bytes) -> None:
    assert isinstance(read(HEADER.replace(b",", delimiter), ROW.replace(b",", delimiter))[0], AsteriskRow)


def test_a_torn_row_is_told_and_does_not_swallow_the_next() -> None:
    torn, row = read(HEADER, b'2013-03-04 08:30:00,"40', ROW)
    assert isinstance(torn, TornRow)
    assert torn.why.reason == "malformed"
    assert isinstance(row, AsteriskRow)


def test_what_a_shorter_row_of_a_file_without_header_lacks_is_empty() -> None:
    whole = (
        b'"CHAN_START","1728460800.0","","","0639981001","","","","0465710000","from-trunk","PJSIP/trunk-00000000","","",'
        b'"3","","1728460800.0","1728460800.0","","","",""\n'
    )
    first, second = read(whole, whole.replace(b',"","","",""', b""), order=CEL)
    assert isinstance(first, AsteriskRow)
    assert isinstance(second, AsteriskRow)
    assert first.fields == second.fields


def test_bytes_that_are_no_text_are_told() -> None:
    (torn,) = read(HEADER, ROW.replace(b"Dial", b"\xff"))
    assert isinstance(torn, TornRow)


def test_a_first_row_that_a_rotation_has_cut_does_not_hide_the_order_of_the_others() -> None:
    whole = b",".join([b'"x"'] * 9 + [b'"2013-03-04 08:30:00"', b"", b"", b'"60"', b'"0"', b'"NO ANSWER"', b'"3"'])
    torn, row = read(b'Dial","60","NO ANSWER"\n', whole)
    assert isinstance(torn, TornRow)
    assert isinstance(row, AsteriskRow)


@pytest.mark.parametrize("order", [CEL, CDR], ids=["cel", "cdr"])
def test_a_file_of_another_kind_is_refused_at_once_and_quotes_no_number(order: TableOrder) -> None:
    for line in (b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0612345678|1\n", b"a,b,0612345678\n"):
        with pytest.raises(ConfigError, match=r"found a first line of \d fields") as refused:
            asterisk_rows.table([line] * 3, order, "file.csv")
        assert "0612345678" not in str(refused.value)
        with pytest.raises(ConfigError):
            by_line(line, order, "file.csv")


def test_an_empty_file_has_no_rows() -> None:
    assert read() == read(b"\n") == []
    assert by_line(b"", CDR, "cdr.csv")(1, b"\n") is None


def test_a_file_that_is_empty_when_it_is_followed_is_read_once_it_has_lines() -> None:
    reader = by_line(b"", CDR, "cdr.csv")
    assert reader(1, HEADER) is None
    assert isinstance(reader(2, ROW), AsteriskRow)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1362382200.5", 1362382200.5),
        ("2013-03-04 08:30:00", 1362382200.0),
        ("2013-03-04T07:30:00Z", 1362382200.0),
        ("2013-03-04 08:30:00.25", 1362382200.25),
        ("yesterday", None),
        ("7", None),
        ("", None),
    ],
)
def test_a_moment(text: str, at: float | None) -> None:
    assert moment(text, ZoneInfo("Europe/Paris")) == at


def test_the_hour_that_comes_twice_is_its_second_one_after_the_first() -> None:
    first = moment("2013-10-27 02:30:00", ZoneInfo("Europe/Paris"))
    assert first is not None
    assert moment("2013-10-27 02:20:00", ZoneInfo("Europe/Paris"), before=first) == first + 3000


def test_the_names_of_channels() -> None:
    assert base("Local/301@agents-00000001;2") == base("Local/301@agents-00000001;1") == "Local/301@agents-00000001"
    assert endpoint("PJSIP/101-0000001b") == "PJSIP/101"
    assert endpoint("Local/301@agents-00000001;1") == "Local/301@agents"
    assert endpoint("PJSIP") == "PJSIP"


@pytest.mark.parametrize(
    ("data", "limit"),
    [("accueil,t,,,30", 30.0), ("accueil|t|||30", 30.0), ("accueil,tn", 0.0), ("accueil", None), ("a,,,,x", None)],
)
def test_how_long_a_queue_lets_a_caller_wait(data: str, limit: float | None) -> None:
    assert queue_limit(data) == limit
