"""Writes the configurations of the nation for measurements and demonstrations."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.nation.configuration import CALLS_A_DAY, VISITORS_A_DAY, write_nation

parser = argparse.ArgumentParser(prog="python -m benchmarks.nation", description=__doc__)
parser.add_argument("folder", type=Path, help="where nation.yaml and offices/ go")
parser.add_argument("--sites", type=int, default=101, help="how many prefectures, 101 at most")
parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="the brokers")
parser.add_argument("--partitions", type=int, default=24)
asked = parser.parse_args()
nation = write_nation(
    asked.folder,
    sites=asked.sites,
    clock="event",
    kafka={"bootstrap": asked.bootstrap, "partitions": asked.partitions},
)
print(f"{nation}; 5.6 million events a year by")
print(
    f"tocsin simulate --config {nation} --from 2025-01-01 --to 2025-12-31 --out year.jsonl --truth truth.json "
    f"--calls all={CALLS_A_DAY} --visitors all={VISITORS_A_DAY}"
)
