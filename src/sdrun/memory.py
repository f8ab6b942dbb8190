"""What a sweep takes of memory, and what is left of it here; megabytes.

Measured as peak resident size on a model of 60 stocks and 101 saved times: 48 MB of chunk 0.48 GB, 128 MB of chunk 0.72 GB,
whether a store of 10 000 or of 100 000 samples comes of it; 2.4 GB of results joined for results.nc 5.0 GB
(`benchmarks/sweeps.py`).
"""

import os
from collections.abc import Sequence
from pathlib import Path

from sdrun.batches import chunks
from sdrun.simulation import Setup, to_record
from sdrun.system import System

PROCESS = 340.0
"""A process with models and libraries."""

COPIES_OF_A_CHUNK = 3.0
"""There at once while it runs: what the solver records, its dataset, and what analyses make of it."""

COPIES_OF_RESULTS = 2.0
"""There at once while they are joined: chunks, and what they are joined to."""


def running(pairs: Sequence[tuple[System, Setup]], samples: int) -> float:
    """Of one process that runs a chunk of samples under all variants."""
    systems, setups = zip(*pairs, strict=True)
    values = sum(len(setup.times) * sum(slot.size for slot in to_record(system, setup)) for system, setup in pairs)
    width = max(map(len, chunks(systems, setups, samples)))
    return PROCESS + COPIES_OF_A_CHUNK * values * width * 8 / 1e6


def joining(megabytes: float) -> float:
    """Of the driver when it joins results of this size."""
    return PROCESS + COPIES_OF_RESULTS * megabytes


def free() -> float | None:
    """What processes here may still take: of the machine, or of the container; None where that cannot be told."""
    left = [left for left in (_of_machine(), _of_container()) if left is not None]
    return min(left, default=None)


def _of_machine() -> float | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(float(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (AttributeError, OSError, ValueError):  # Windows
        return None


def _of_container(folder: Path = Path("/sys/fs/cgroup")) -> float | None:
    """By version 2 of Linux's control groups; the limit is "max" where there is none."""
    try:
        most, taken = (float((folder / name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):
        return None
    return (most - taken) / 1e6
