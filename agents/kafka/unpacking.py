"""Batches of records, checked, compressed and decompressed by fast code.

Without another library, kafka-python computes the checksum in Python. This takes three fifths of the time of reading a
topic. On a ledger of 196,200 records, 318 MB, it took 8.6 s of CPU, and 2.4 s with aiokafka's code. Also, kafka-python
decompresses gzip through a file object, which is slow for the batches of one record that compaction leaves. For 204,145
records that took 3.7 s of CPU in all, and 2.6 s in one call.

aiokafka compresses by gzip's level 9, which takes 6.8 us for an event of 245 bytes, and 1.9 us at level 3; the event
then has 37 bytes instead of 31.
"""

from __future__ import annotations

import gzip
from importlib import import_module
from typing import Any, Final

from aiokafka.record import default_records as of_aiokafka
from aiokafka.record.util import calc_crc32c
from kafka.record import default_records  # type: ignore[import-untyped]  # ships no types

LEVEL: Final = 3  # of gzip


def quicken() -> None:
    """Let kafka-python and aiokafka compress and decompress gzip in one call, and compute CRC-32C by compiled code.

    aiokafka has compiled code unless it was built without a compiler.
    """
    default_records.gzip_decode = gzip.decompress
    for name in {of_aiokafka.__name__, of_aiokafka.DefaultRecordBatchBuilder.__module__}:
        module: Any = import_module(name)
        module.gzip_encode, module.gzip_decode = packed, gzip.decompress
    default_records.calc_crc32c = calc_crc32c


def packed(data: bytes) -> bytes:
    return gzip.compress(data, LEVEL, mtime=0)
