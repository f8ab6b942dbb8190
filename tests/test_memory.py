"""Memory: what a plan tells of it, and that a store takes no more for more samples."""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from sdrun import batches, memory
from sdrun.errors import Problem, render
from sdrun.pipeline import run_scenario
from sdrun.plan import Plan, plan

MODEL = """{UTF-8}
cup: c1, c2, c3, c4, c5, c6, c7, c8 ~~|
rate[cup] = 1, 2, 3, 4, 5, 6, 7, 8 ~~|
k = 1 ~~|
S[cup] = INTEG(k - rate[cup] * S[cup] / 10, 1) ~~|
R[cup] = INTEG(S[cup] - R[cup], 1) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 100 ~~|
TIME STEP = 1 ~~|
SAVEPER = 1 ~~|
"""


def tables(folder: Path, samples: int, formats: str) -> dict[str, Any]:
    (folder / "m.mdl").write_text(MODEL)
    sweep = {"method": "random", "samples": samples, "parameters": {"k": {"low": 0, "high": 1}}}
    sweep["metrics"] = {"end": {"variable": "S", "cup": "c1", "at": 100}}
    return {
        "model": {"file": str(folder / "m.mdl")},
        "solver": {"method": "euler"},
        "sweep": sweep,
        "output": {"formats": [formats]},
    }


def test_a_store_takes_no_more_memory_for_more_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 100))

    def peak(samples: int, formats: str) -> float:
        tracemalloc.start()
        run_scenario(tables(tmp_path, samples, formats), out=tmp_path / f"{formats}-{samples}")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    for formats in ("zarr", "nc"):
        peak(100, formats)  # what is imported once
    few, many, joined = peak(200, "zarr"), peak(2000, "zarr"), peak(2000, "nc")
    size = xr.open_dataset(tmp_path / "nc-2000/results.nc")["s"].nbytes * 2
    assert many < few + 0.2 * size, "of figures and receipts only"
    assert joined > few + 0.9 * size


def told_of(found: Plan) -> list[Problem]:
    return [finding.problem for finding in found.findings]


def test_a_plan_tells_memory_and_when_to_take_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda: 1000.0)
    small, large = (plan(tables(tmp_path, samples, "nc")) for samples in (1000, 100_000))
    values = 101 * (16 + 1)  # two stocks of eight cups, and the factor
    chunk = 4096 * values * 8 / 1e6
    assert large.running_megabytes == pytest.approx(memory.PROCESS + memory.COPIES_OF_A_CHUNK * chunk, rel=0.1)
    assert (
        large.joining_megabytes == memory.PROCESS + memory.COPIES_OF_RESULTS * large.megabytes > 1000 > small.joining_megabytes
    )
    assert "of memory about" in large.text() and "MB to join its results" in large.text()
    (told,) = (problem for problem in told_of(large) if "joining the results" in problem.what)
    assert "1000 MB are free here" in told.what and 'formats = ["zarr"]' in (told.help or "")
    store = plan(tables(tmp_path, 100_000, "zarr"))
    assert store.joining_megabytes == 0 and "to join" not in store.text()
    assert not [problem for problem in (*told_of(small), *told_of(store)) if "memory" in problem.what]
    monkeypatch.setattr(memory, "free", lambda: 100.0)
    assert "a chunk of the sweep takes" in render(told_of(plan(tables(tmp_path, 1000, "zarr"))))
    monkeypatch.setattr(memory, "free", lambda: None)
    assert "memory" not in render(told_of(plan(tables(tmp_path, 100_000, "nc"))))


def test_a_plan_without_a_sweep_tells_none(tmp_path: Path) -> None:
    source = tables(tmp_path, 2, "nc")
    del source["sweep"]
    found = plan(source)
    assert found.running_megabytes == found.joining_megabytes == 0 and "memory" not in found.text()


def test_free_memory_is_that_of_the_machine_or_of_the_container(tmp_path: Path) -> None:
    left = memory.free()
    assert left is None or 0 < left < 1e9
    (tmp_path / "memory.max").write_text("3000000000\n")
    (tmp_path / "memory.current").write_text("1000000000\n")
    assert memory._of_container(tmp_path) == 2000.0
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._of_container(tmp_path) is None and memory._of_container(tmp_path / "none") is None
