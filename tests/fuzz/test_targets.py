"""Any bytes give events or a named rejection, in every reader."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds

# Known breakers of readers: line ends, quotes, byte order marks, numbers out of bounds, depth.
PIECES = [
    *(b"\r", b"\n", b"\0", b'"', b"'", b",", b";", b"|", b"\t", b"{", b"[", b"}", b"]", b":", b"&a ", b"*a", b"<<: "),
    *(b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"PK\x03\x04", b"\xed\xa0\x80", b"\x1b]0;"),
    *(b"NaN", b"null", b"1e400", b"-1", b"9" * 400, b"9" * 5_000, b"\\ud800", b"99:99:99"),
    *(b"0001-01-01T00:00:00+23:59", b"9999-12-31 23:59:59", "\u0661\u0662".encode(), "\u2028".encode()),
    *(b"[" * 1_500, b'{"value":' * 1_500, b"," * 1_500),
]


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """Return a seed of a target with pieces put in, and parts taken out or repeated."""
    content = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(content)))
        end = draw(st.integers(begin, min(len(content), begin + 40)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8) | st.just(content[begin:end] * 3))
        content = content[:begin] + piece + content[end:]
    return content


@pytest.mark.parametrize("name", TARGETS)
def test_what_once_was_a_finding_is_none(name: str) -> None:
    for seed in [*seeds(name), b"", *PIECES]:
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(mutated(name) | st.binary(max_size=200)))
