"""Sweeps from end to end as a user has them, each `sdrun` in a process of its own: what a run costs, memory, two processes.

    uv run python benchmarks/sweeps.py [--sir 1000000] [--flagship 10000] [--stocks 100000]

A size of 0 leaves a model out.

CPU is that of all processes, memory the peak of the largest of them; "each more" is what a run costs beyond those of the row
above.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import tomli_w

ROOT = Path(__file__).parents[1]
SMALLEST, ROUNDS = 1000, 3
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""

SIR: Mapping[str, Any] = {
    "schema": 1,
    "model": {"file": str(ROOT / "benchmarks/sir.mdl")},
    "solver": {"method": "rk4"},
    "sweep": {
        "method": "sobol",
        "parameters": {"contact infectivity": {"low": 0.1, "high": 0.9}, "duration": {"low": 2, "high": 10}},
        "metrics": {"infected": {"variable": "infectious", "at": 50}},
    },
    "output": {"variables": [], "formats": ["nc"]},
}
FLAGSHIP: Mapping[str, Any] = {"schema": 1, "extends": str(ROOT / "scenarios/robustness.toml")}


STOCKS = "{UTF-8}\ncup: (c1-c60) ~~|\nrate = 1 ~~|\nS[cup] = INTEG(1 - rate * S[cup] / 10, 1) ~~|\n"
CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 100 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
"""60 stocks, all of them kept at 101 times."""


def stocks(file_format: str, folder: Path) -> Mapping[str, Any]:
    """A sweep whose results are large, in one of the formats."""
    (folder / "stocks.mdl").write_text(STOCKS + CONTROLS, encoding="utf-8")
    return {
        "schema": 1,
        "model": {"file": str(folder / "stocks.mdl")},
        "solver": {"method": "rk4"},
        "sweep": {"method": "random", "parameters": {"rate": {"low": 0.5, "high": 2.0}}},
        "output": {"formats": [file_format]},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What a sweep took, from the start of Python to the files."""

    cpu: float
    """Seconds, of all processes."""
    wall: float
    megabytes: float
    """Peak resident memory of the largest process."""


def took(scenario: Path, samples: int, jobs: int) -> Took:
    """A whole sweep by the command."""
    sdrun, out = Path(sys.executable).with_name("sdrun"), scenario.with_suffix("")
    words = [sdrun, "run", scenario, "--samples", samples, "--jobs", jobs, "--out", out, "--fresh", "--quiet"]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as users have it
    began = perf_counter()
    done = subprocess.run([sys.executable, "-c", MEASURED, *map(str, words)], capture_output=True, text=True, env=kept)
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, megabytes = map(float, done.stdout.split())
    return Took(cpu=cpu, wall=perf_counter() - began, megabytes=megabytes)


def sizes(largest: int) -> list[int]:
    """Powers of ten."""
    return [10**power for power in range(3, len(str(largest))) if 10**power <= largest]


def rows(name: str, scenario: Path, largest: int) -> None:
    """Each size in one process."""
    took(scenario, SMALLEST, 1)  # compiles Python's own files once
    before = Took(cpu=0.0, wall=0.0, megabytes=0.0)
    runs = 0
    for samples in sizes(largest):
        one = took(scenario, samples, 1)
        each = 1000 * (one.cpu - before.cpu) / (samples - runs)
        print(f"{name:<12}{samples:>10,}{one.cpu:>10.1f} s{each:>12.4f} ms{one.megabytes:>10.0f} MB", flush=True)
        before, runs = one, samples


def by_processes(name: str, scenario: Path, samples: int) -> None:
    """A sweep in two processes against one."""
    pairs = [(took(scenario, samples, 1).wall, took(scenario, samples, 2).wall) for _ in range(ROUNDS)]
    ratio = median(one / two for one, two in pairs)
    print(f"{name:<12}{samples:>10,}  two processes: {ratio:.2f} times the speed of one, by the clock", flush=True)


def main() -> None:
    """A row per model and size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sir", type=int, default=1_000_000, help="largest sweep of SIR")
    parser.add_argument("--flagship", type=int, default=10_000, help="largest sweep of the flagship")
    parser.add_argument("--stocks", type=int, default=100_000, help="largest sweep of 60 stocks that are kept")
    given = parser.parse_args()
    print(f"{'model':<12}{'samples':>10}{'CPU':>12}{'each more':>15}{'memory':>13}")
    with TemporaryDirectory() as folder:
        kept = {f"stocks {name}": (stocks(name, Path(folder)), given.stocks) for name in ("zarr", "nc")}
        for name, (scenario, largest) in {"SIR": (SIR, given.sir), "flagship": (FLAGSHIP, given.flagship), **kept}.items():
            path = Path(folder) / f"{name}.toml"
            path.write_text(tomli_w.dumps(scenario), encoding="utf-8")
            if sizes(largest):
                rows(name, path, largest)
                if name not in kept:
                    by_processes(name, path, sizes(largest)[-1])


if __name__ == "__main__":
    main()
