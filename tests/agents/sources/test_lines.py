"""A file yields its lines under every compression, and no line fills the memory."""

from __future__ import annotations

import gzip
import io
import zipfile
from codecs import BOM_UTF8
from collections.abc import Callable

import pytest

from agents.sources.lines import MAX_DOCUMENT, MAX_LINE, WINDOWS, UnreadableError, lines

TEXT = "respondent,question,answer\r\n1,accueil,Très satisfait\r\n"


def read(content: bytes) -> list[bytes]:
    return list(lines(io.BytesIO(content)))


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        read(content)
    return str(refused.value)


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_gzip_and_utf_16_are_read_as_the_text_that_they_hold(encoding: str, times: int) -> None:
    content = TEXT.encode(encoding)
    for _ in range(times):
        content = gzip.compress(content, mtime=0)
    assert b"".join(read(content)).decode() == TEXT
    assert len(read(content)) == 2


def test_the_mark_of_an_encoding_is_no_part_of_a_line_also_amid_files_put_end_to_end() -> None:
    marked = TEXT.encode("utf-8-sig")
    assert b"".join(read(marked + marked)).decode() == 2 * TEXT
    assert len(read(BOM_UTF8 + b"[" + b"7" * 2 * MAX_LINE + b"]\n")[0]) == 2 * MAX_LINE + 3
    assert len(read(BOM_UTF8 + b"7" * 2 * MAX_LINE)[0]) == MAX_LINE + 1, "cut, and seen to be"


def test_utf_16_is_recoded_across_the_bounds_of_its_pieces() -> None:
    text = "é𝄞\n" * 100_000
    assert b"".join(read(text.encode("utf-16"))).decode() == text
    assert b"".join(read(b"\xfe\xff" + text.encode("utf-16-be"))).decode() == text


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_a_file_without_a_character_of_utf_8_is_windows_1252_as_a_whole(packed: Callable[[bytes], bytes]) -> None:
    found: list[str] = []
    text = "n;file\n" + "1;Accueil\n" * 20_000 + "2;État civil\n3;Mairie, 5 €\n" * 20_000
    content = packed(text.encode("cp1252"))
    assert b"".join(lines(io.BytesIO(content), found.append)).decode() == text
    assert found == [WINDOWS]


@pytest.mark.parametrize(
    "content",
    [
        b"1;\xc3\x89tat\n2;\xe9t\xe9\n",  # one whole character of UTF-8
        "é\n".encode() + b"7" * 200_000 + b"\n\xe9\n",
        b"7" * 65_535 + "é\n".encode(),  # across the bound of two pieces
        b"1;Accueil\n2;Ren\xc3",  # a file that breaks off
        b"1;\xe9\x81\n",  # not Windows-1252 either
        BOM_UTF8 + b"1;\xe9\n",
    ],
)
def test_bytes_that_are_broken_utf_8_stay_as_they_are(content: bytes) -> None:
    found: list[str] = []
    assert b"".join(lines(io.BytesIO(content), found.append)) == content.removeprefix(BOM_UTF8)
    assert not found


def test_an_archive_and_its_like_are_named() -> None:
    assert (
        refusal(archive("calls.csv"))
        == "it is a ZIP archive or a damaged workbook; unpack it, or save its table as CSV"
    )
    assert (
        refusal(gzip.compress(archive("calls.csv")))
        == "it is a ZIP archive or a damaged workbook; unpack it, or save its table as CSV"
    )
    assert refusal(TEXT.encode("utf-32")) == "it is written in UTF-32; save it as UTF-8"


@pytest.mark.parametrize("broken", [gzip.compress(TEXT.encode(), mtime=0)[:-9], b"\x1f\x8b\x08junk", b"\x1f\x8b"])
def test_a_broken_gzip_is_told(broken: bytes) -> None:
    assert refusal(broken).startswith("its gzip data is corrupt: ")


def test_a_file_packed_again_and_again_is_refused() -> None:
    content = TEXT.encode()
    for _ in range(3):
        content = gzip.compress(content, mtime=0)
    assert refusal(content) == "it is compressed more than 2 times with gzip; decompress it first"


def test_a_long_line_is_cut_and_the_next_one_is_whole() -> None:
    for length in (MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 3 * MAX_LINE, 3 * MAX_LINE + 2):
        cut, last = read(b"7" * length + b"\nlast\n")
        assert last == b"last\n"
        assert len(cut) == min(length + 1, MAX_LINE + 1)
        (cut,) = read(b"7" * length)
        assert len(cut) == min(length, MAX_LINE + 1)


def test_a_file_that_is_one_json_value_may_be_one_long_line() -> None:
    assert len(read(b" [" + b"7" * 2 * MAX_LINE + b"]\n")[0]) == 2 * MAX_LINE + 4
    assert len(read(b"[" + b"7" * MAX_DOCUMENT + b"]\n")[0]) == MAX_DOCUMENT + 1
    assert list(map(len, read(b"[1]\n" + b"[" * 2 * MAX_LINE))) == [4, MAX_LINE + 1]


@pytest.mark.slow
def test_a_bomb_is_unpacked_piece_by_piece() -> None:
    bomb = gzip.compress(gzip.compress(bytes(300_000_000)))
    assert len(bomb) < 2_000
    assert list(map(len, read(bomb))) == [MAX_LINE + 1]
