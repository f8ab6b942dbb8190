"""Sweeps that cannot be lost: killed, interrupted, out of room, damaged, grown, shared; the same bytes each time."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import sdrun
from sdrun import batches, execution, report
from sdrun.errors import OutputError
from sdrun.pipeline import run_scenario
from sdrun.report import parts

MODEL = """{UTF-8}
rate = 0.1 ~~|
limit = 100 ~~|
S = INTEG(rate * S * (1 - S / limit), 1) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 40 ~~|
TIME STEP = 0.125 ~~|
SAVEPER = 1 ~~|
"""
SCENARIO = """schema = 1
[model]
file = "logistic.mdl"
[solver]
method = "{method}"
[sweep]
method = "{design}"
samples = {samples}
seed = 5
[sweep.parameters]
rate = {{ low = 0.05, high = 0.4 }}
limit = {{ low = 50, high = 150 }}
[sweep.metrics]
late = {{ variable = "S", at = 30 }}
[output]
formats = ["{formats}"]
"""

FORMATS = pytest.mark.parametrize("formats", ["nc", "zarr"])


@pytest.fixture(autouse=True)
def a_fixed_clock_and_small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 50))


def scenario(folder: Path, samples: int = 230, design: str = "sobol", method: str = "rk4", formats: str = "nc") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "logistic.mdl").write_text(MODEL)
    path = folder / "logistic.toml"
    path.write_text(SCENARIO.format(samples=samples, design=design, method=method, formats=formats))
    return path


def digest(out: Path) -> str:
    """Of results.nc, or of every file of results.zarr and its name."""
    (results,) = (out / name for name in ("results.nc", "results.zarr") if (out / name).exists())
    files = sorted(file for file in results.rglob("*") if file.is_file()) if results.is_dir() else [results]
    content = b"".join(str(file.relative_to(results)).encode() + file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()


def counted(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """Chunks as they are computed."""
    done: list[range] = []
    own = execution.run_batch

    def run_batch(prepared: object, chunk: range, *rest: object) -> object:
        done.append(chunk)
        return own(prepared, chunk, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(execution, "run_batch", run_batch)
    return done


@FORMATS
def test_chunks_are_kept_and_a_larger_sweep_computes_only_what_is_new(
    tmp_path: Path, formats: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_scenario(scenario(tmp_path / "whole", 230, formats=formats), out=tmp_path / "whole/out")
    done = counted(monkeypatch)
    run_scenario(scenario(tmp_path / "grown", 120, formats=formats), out=tmp_path / "grown/out")
    assert done == [range(0, 50), range(50, 100), range(100, 120)]
    done.clear()
    run_scenario(scenario(tmp_path / "grown", 230, formats=formats), out=tmp_path / "grown/out")
    assert done == [range(100, 150), range(150, 200), range(200, 230)]
    assert digest(tmp_path / "grown/out") == digest(tmp_path / "whole/out")
    done.clear()
    run_scenario(scenario(tmp_path / "grown", 100, formats=formats), out=tmp_path / "grown/out")
    assert done == []
    with sdrun.open(tmp_path / "grown/out") as ds:
        assert ds.sizes["sample"] == 100


def test_a_design_that_cannot_grow_is_computed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = counted(monkeypatch)
    for samples in (60, 110):
        run_scenario(scenario(tmp_path, samples, "lhs"), out=tmp_path / "out")
    assert sum(map(len, done)) == 170
    assert len(list((tmp_path / "out/.parts").iterdir())) == 1, "chunks of another sweep are gone"


def test_fresh_computes_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_scenario(scenario(tmp_path, 100), out=tmp_path / "out")
    done = counted(monkeypatch)
    run_scenario(scenario(tmp_path, 100), out=tmp_path / "out", fresh=True)
    assert sum(map(len, done)) == 100


@FORMATS
def test_a_format_more_computes_nothing(tmp_path: Path, formats: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_scenario(scenario(tmp_path, 100, formats=formats), out=tmp_path / "out")
    done = counted(monkeypatch)
    other = {"nc": "zarr", "zarr": "nc"}[formats]
    run_scenario(scenario(tmp_path, 100, formats=other), out=tmp_path / "out")
    run_scenario(scenario(tmp_path / "whole", 100, formats=other), out=tmp_path / "whole/out")
    assert done == [range(0, 50), range(50, 100)], "of the second folder"
    assert not list((tmp_path / "out").glob(f"results.{formats}")), "that of before is in .history"
    kept = [xr.load_dataset(path, engine="netcdf4" if formats == "nc" else "zarr") for path in old_results(tmp_path)]
    assert [ds.sizes["sample"] for ds in kept] == [100]


def old_results(folder: Path) -> list[Path]:
    return sorted(folder.glob("out/.history/*/results.*"))


def test_a_store_that_nobody_knows_of_gives_way(tmp_path: Path) -> None:
    """Its manifest is gone: it is taken for none of ours, and replaced whole."""
    path = scenario(tmp_path, 100, formats="zarr")
    run_scenario(path, out=tmp_path / "out")
    before = digest(tmp_path / "out")
    (tmp_path / "out/manifest.json").unlink()
    (tmp_path / "out/results.zarr/stray").write_text("")
    run_scenario(path, out=tmp_path / "out")
    assert digest(tmp_path / "out") == before
    assert run_scenario(path, out=tmp_path / "out").up_to_date
    (tmp_path / "out/results.zarr/late/c/0").write_bytes(b"damaged")
    assert not run_scenario(path, out=tmp_path / "out").up_to_date
    assert digest(tmp_path / "out") == before


@pytest.mark.parametrize("damage", ["torn", "flipped", "no receipt", "receipt torn"])
def test_a_damaged_chunk_is_noticed_and_done_again(tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_scenario(scenario(tmp_path, 100), out=tmp_path / "out")
    before = digest(tmp_path / "out")
    (data, *_) = sorted((tmp_path / "out/.parts").glob("*/samples-*.nc"))
    receipt, content = data.with_suffix(".json"), data.read_bytes()
    match damage:
        case "torn":
            data.write_bytes(content[: len(content) // 2])
        case "flipped":
            data.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        case "no receipt":
            receipt.unlink()
        case _:
            receipt.write_text(receipt.read_text()[:20])
    (tmp_path / "out/results.nc").unlink()
    done = counted(monkeypatch)
    run_scenario(scenario(tmp_path, 100), out=tmp_path / "out")
    assert done == [range(0, 50)]
    assert digest(tmp_path / "out") == before


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / "whole"
    run_scenario(scenario(whole, 150), out=whole / "out")
    own, written = parts.write_netcdf, []

    def full(ds: xr.Dataset, path: Path) -> None:
        if len(written) == 1:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        own(ds, path)

    monkeypatch.setattr(parts, "write_netcdf", full)
    with pytest.raises(OutputError, match="No space left") as told:
        run_scenario(scenario(tmp_path / "short", 150), out=tmp_path / "short/out")
    assert "run again" in (told.value.problems[0].help or "")
    assert not list((tmp_path / "short/out").rglob("*.part"))
    monkeypatch.setattr(parts, "write_netcdf", own)
    done = counted(monkeypatch)
    run_scenario(scenario(tmp_path / "short", 150), out=tmp_path / "short/out")
    assert done == [range(50, 100), range(100, 150)]
    assert digest(tmp_path / "short/out") == digest(whole / "out")


@FORMATS
def test_a_disk_that_is_full_when_chunks_are_joined(tmp_path: Path, formats: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_scenario(scenario(tmp_path / "whole", 150, formats=formats), out=tmp_path / "whole/out")
    own = xr.Dataset.to_zarr if formats == "zarr" else report.netcdf.write_netcdf
    written: list[object] = []

    def full(ds: xr.Dataset, *rest: Any, **more: Any) -> object:
        written.append(ds)
        if len(written) == 2 or formats == "nc":
            raise OSError(errno.ENOSPC, "No space left on device")
        return own(ds, *rest, **more)

    with monkeypatch.context() as patched:
        if formats == "zarr":
            patched.setattr(xr.Dataset, "to_zarr", full)
        else:
            patched.setitem(report.SWEEP_FORMATS, "nc", ("results.nc", full))
        with pytest.raises(OutputError, match="No space left") as told:
            run_scenario(scenario(tmp_path / "short", 150, formats=formats), out=tmp_path / "short/out")
    assert "make room and run again" in (told.value.problems[0].help or "")
    assert {path.name for path in (tmp_path / "short/out").iterdir()} == {".parts"}, "nothing half-written"
    assert not list((tmp_path / "short").glob(".out.*.part"))
    done = counted(monkeypatch)
    run_scenario(scenario(tmp_path / "short", 150, formats=formats), out=tmp_path / "short/out")
    assert done == []
    assert digest(tmp_path / "short/out") == digest(tmp_path / "whole/out")


SLOW = """
import signal, sys, time
from sdrun import batches, execution
batches.LONGEST = dict.fromkeys(batches.LONGEST, 50)
own = execution.run_batch
def slowly(prepared, chunk, *rest):
    print(chunk.start, flush=True)
    time.sleep(0.3)
    return own(prepared, chunk, *rest)
execution.run_batch = slowly
from sdrun.cli import main
main(["run", sys.argv[1], "-o", sys.argv[2], "-q", "-j", "1"])
"""


def started(path: Path, out: Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", SLOW, str(path), str(out)], stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize(
    ("sign", "formats"),
    [(signal.SIGKILL, "nc"), (signal.SIGINT, "nc"), (signal.SIGKILL, "zarr")],
    ids=["kill -9", "Ctrl-C", "store"],
)
def test_a_run_cut_short_goes_on_where_it_was(
    tmp_path: Path, sign: signal.Signals, formats: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_scenario(scenario(tmp_path / "whole", 230, formats=formats), out=tmp_path / "whole/out")
    path, out = scenario(tmp_path / "cut", 230, formats=formats), tmp_path / "cut/out"
    process = started(path, out)
    assert process.stdout is not None
    while process.stdout.readline().strip() != "100":
        assert process.poll() is None
    process.send_signal(sign)
    _, said = process.communicate(timeout=300)
    if sign == signal.SIGINT:
        assert process.returncode == 130
        assert "150 of 230 samples are done and kept: run again to go on" in said
    kept = 150 if sign == signal.SIGINT else 100
    done = counted(monkeypatch)
    run_scenario(path, out=out)
    assert sum(map(len, done)) == 230 - kept
    assert digest(out) == digest(tmp_path / "whole/out")


def test_two_processes_exclude_each_other(tmp_path: Path) -> None:
    path, out = scenario(tmp_path, 5000), tmp_path / "out"
    first = started(path, out)
    assert first.stdout is not None
    first.stdout.readline()
    second = started(path, out)
    _, said = second.communicate(timeout=300)
    assert second.returncode == 3 and "another run is writing" in said
    first.kill()
    first.communicate(timeout=300)


@FORMATS
def test_processes_give_the_same_bytes(tmp_path: Path, formats: str) -> None:
    for name, jobs in (("one", 1), ("two", 2)):
        run_scenario(scenario(tmp_path / name, 230, formats=formats), out=tmp_path / name / "out", jobs=jobs)
    assert digest(tmp_path / "one/out") == digest(tmp_path / "two/out")


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_bytes_and_survives_a_dead_worker(tmp_path: Path) -> None:
    """Two workers, of which one is killed in the middle."""
    from distributed import LocalCluster

    run_scenario(scenario(tmp_path / "one", 900), out=tmp_path / "one/out")
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        victim = next(iter(cluster.workers.values())).pid
        told: list[float] = []

        def tell(_what: str, share: float) -> None:
            told.append(share)
            if len(told) == 2:
                os.kill(victim, signal.SIGKILL)

        path = scenario(tmp_path / "two", 900)
        run_scenario(path, out=tmp_path / "two/out", scheduler=cluster.scheduler_address, progress=tell)
    assert digest(tmp_path / "one/out") == digest(tmp_path / "two/out")


def test_a_sweep_tells_how_far_it_is(tmp_path: Path) -> None:
    said: list[tuple[str, float]] = []
    run_scenario(scenario(tmp_path, 100), out=tmp_path / "out", progress=lambda what, share: said.append((what, share)))
    assert said[-1][1] == 1.0 and said[-1][0].startswith("100 of 100 samples, ")
    assert [share for _, share in said] == sorted(share for _, share in said)


@FORMATS
def test_samples_carry_their_parameters_and_open_lazily(tmp_path: Path, formats: str) -> None:
    run_scenario(scenario(tmp_path, 100, formats=formats), out=tmp_path / "out")
    with xr.open_dataset(tmp_path / f"out/results.{formats}") as ds:
        assert not ds["s"].variable._in_memory
        assert ds["rate"].dims == ("sample",) and ds["rate"].attrs["role"] == "parameter"
        exact = ds["limit"] / (1 + (ds["limit"] - 1) * np.exp(-ds["rate"] * 30))
        np.testing.assert_allclose(ds["late"], exact, rtol=1e-5)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["status"] == "complete"
