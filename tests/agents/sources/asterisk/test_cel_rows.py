from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.cel_rows import ORDER, CelRow, cel_row
from agents.sources.asterisk.rows import AsteriskRow
from streams.decoding import Invalid

T = 1795617500
ZONE = ZoneInfo("Europe/Paris")
AROUND = ["", "0612345678", "0612345678", "", "4000", "4000", "from-trunk", "PJSIP/trunk-1", "Queue", "accueil,t,,,30"]
EXTRA = '{""hangupsource"":""PJSIP/trunk-1"",""hangupcause"":16}'
# Orders seen in practice: the columns before the caller's name and those after the application's arguments.
ORDERS = {
    "cel_custom, 20 columns": (["HANGUP", f"{T}.5"], ["3", "", f"{T}.1", f"{T}.1", "", "", "", EXTRA]),
    "cel_custom, 21 columns": (["HANGUP", f"{T}.5", ""], ["3", "", f"{T}.1", f"{T}.1", "", "", "", EXTRA]),
    "a database": (["7", "HANGUP", f"{T}.5"], ["3", "", f"{T}.1", f"{T}.1", "", "", EXTRA]),
    "without flags and account": (["HANGUP", f"{T}.5"], [f"{T}.1", f"{T}.1", "", EXTRA]),
    "ids of a dialplan's own": (["HANGUP", f"{T}.5"], ["3", "", f"{T}.1", f"{T}.1", "", "", "", EXTRA]),
}


def quoted(fields: list[str]) -> bytes:
    return (",".join(f'"{field}"' for field in fields) + "\n").encode()


def read(*lines: bytes) -> CelRow | Invalid:
    row = list(asterisk_rows.table(lines, ORDER, "cel.csv"))[-1]
    assert isinstance(row, AsteriskRow)
    return cel_row(row, ZONE, 0.0)


@pytest.mark.parametrize("order", ORDERS)
def test_the_columns_are_known_by_their_order(order: str) -> None:
    before, behind = ORDERS[order]
    line = quoted([*before, *AROUND, *behind])
    if order.startswith("ids"):
        line = line.replace(f"{T}.1".encode(), b"made-by-the-dialplan")
    row = read(line)
    assert isinstance(row, CelRow)
    assert (row.event, row.at, row.caller, row.dnid) == ("HANGUP", T + 0.5, "0612345678", "4000")
    assert (row.place, row.channel, row.app, row.data) == (
        "from-trunk/4000",
        "PJSIP/trunk-1",
        "Queue",
        "accueil,t,,,30",
    )
    assert row.uniqueid == row.linkedid == ("made-by-the-dialplan" if order.startswith("ids") else f"{T}.1")
    assert (row.extra_of("hangupsource"), row.extra_of("digit")) == ("PJSIP/trunk-1", "")


def test_the_columns_are_known_by_their_header() -> None:
    header = b"id,eventtype,eventtime,exten,context,channame,appname,appdata,uniqueid,linkedid,eventextra\n"
    row = read(header, f"1,CHAN_START,2026-11-25 15:38:20,4000,from-trunk,PJSIP/trunk-1,,,{T}.1,{T}.1,\n".encode())
    assert isinstance(row, CelRow)
    assert (row.event, row.at, row.exten, row.caller, row.uniqueid) == ("CHAN_START", T, "4000", "", f"{T}.1")


@pytest.mark.parametrize("wrong", [("HANGUP", "9"), (f"{T}.5", "yesterday"), (f"{T}.1", "")])
def test_a_row_that_says_nothing_is_told_without_a_number(wrong: tuple[str, str]) -> None:
    before, behind = ORDERS["cel_custom, 20 columns"]
    line = quoted([*before, *AROUND, *behind])
    why = read(line, line.replace(wrong[0].encode(), wrong[1].encode()))
    assert isinstance(why, Invalid)
    assert "0612345678" not in str(why)
