"""The edges: everything that reads, writes, serves or prints."""

import os

# The matrices are small, and threads would only wait for each other. OpenBLAS reads this when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
