"""What lies in the output folder, and that it lies there whole or not at all."""

import csv
import json
import os
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from handmade import STATES, run, scenario

from sdrun.analyse import analyse
from sdrun.errors import DataError, OutputError
from sdrun.report import (
    Previous,
    Record,
    check_writable,
    complete,
    identity,
    locked,
    open_results,
    previous,
    read_inputs,
    write_results,
    written,
)
from sdrun.report.folder import staged
from sdrun.report.netcdf import write_netcdf
from sdrun.scenario import Case, DataColumn, Event, Output, Scenario, Setting, Solver, Theory
from sdrun.trajectory import check_schema, to_dataset


@pytest.fixture(autouse=True)
def _fixed_date(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def made(tmp_path) -> Scenario:
    """Two variants, on files that exist."""
    files = {
        "growth.mdl": "x = 1 ~~|",
        "growth.toml": "schema = 1\n# as typed",
        "waltz.toml": "title='w'",
        "milex.csv": "a,b\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    theory = Theory(name="waltz", title="Quick", references=("Waltz 1979",), path=tmp_path / "waltz.toml")
    data = DataColumn(file=tmp_path / "milex.csv", column="b", actor="a")
    shared = (Setting(name="growth rate", value={"USA": 0.02, "*": 0.06}, unit="1/year", source="doi:1"),)
    initial = (Setting(name="economy", value=data, source="SIPRI"),)
    event = Event(at=2003.0, target="free riding", operation="multiply", amount=2.0, until=2009.0, label="Iraq war")
    first = Case(name="waltz", model=tmp_path / "growth.mdl", theory=theory, initial=initial, parameters=shared)
    own = (*shared, Setting(name="Free  Riding", value=0.6), Setting(name="free riding", value=0.5))
    second = replace(first, name="mearsheimer", title="Mearsheimer 2001", theory=None, parameters=own, events=(event,))
    path = tmp_path / "growth.toml"
    return scenario(first, second, path=path, files=(path, theory.path), authors=("A", "B"), cite="doi:10.1/x")


def write(made: Scenario, out: Path, **record) -> tuple[list[Path], Scenario]:
    runs = [run(case, growth=(0.02 + 0.01 * i, 0.06, 0.0)) for i, case in enumerate(made.cases)]
    full = complete(made, [r.system for r in runs], [r.setup for r in runs])
    inputs = read_inputs(made)
    ds = analyse(to_dataset(runs, full, run_id=identity(full, inputs)))
    return write_results(ds, full, [r.system for r in runs], inputs, out, Record(**record)), full


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def run_id(made: Scenario) -> str:
    runs = [run(case) for case in made.cases]
    return identity(complete(made, [r.system for r in runs], [r.setup for r in runs]), read_inputs(made))


# ── the files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_files_are_written_and_nothing_else(made, tmp_path):
    out = tmp_path / "outputs" / "growth"
    paths, _ = write(made, out, log="hello")
    expected = {"results.nc", "summary.csv", "scenario.toml", "resolved.toml", "manifest.json", "run.log"}
    expected |= {"model/growth.mdl", "model/model.py", "inputs/waltz.toml"}
    assert names(out) == expected
    assert tuple(paths) == written(out)
    assert paths[:2] == [out / "results.nc", out / "summary.csv"]
    assert {path.relative_to(out).as_posix() for path in paths} == expected
    assert [path.name for path in out.parent.iterdir()] == ["growth"], "no staging folder is left"
    assert (out / "scenario.toml").read_bytes() == (tmp_path / "growth.toml").read_bytes()
    assert (out / "run.log").read_text() == "hello"
    assert "def rhs" in (out / "model" / "model.py").read_text()


def test_plain_xarray_reads_the_results(made, tmp_path):
    write(made, tmp_path / "out")
    ds = xr.load_dataset(tmp_path / "out" / "results.nc")
    check_schema(ds)
    assert ds["economy"].dims == ("variant", "state", "time")
    assert ds["economy"].sel(variant="waltz", state="CHN", time=2012) == pytest.approx(2 * np.exp(0.06 * 20))
    assert ds["leader"].sel(variant="waltz", index="military", time=2012).item() == "CHN"
    assert ds["polarity"].dtype == np.int8
    xr.testing.assert_identical(open_results(tmp_path / "out"), ds)


def test_a_folder_without_results_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot read results from"):
        open_results(tmp_path)
    assert written(tmp_path) == ()


def test_equal_inputs_give_equal_bytes_in_another_process_and_second(tmp_path):
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[1])
        from handmade import run, scenario
        from sdrun.analyse import analyse
        from sdrun.report.netcdf import write_netcdf
        from sdrun.trajectory import to_dataset
        ds = analyse(to_dataset([run(times=[t / 100 for t in range(5000)])], scenario()))
        write_netcdf(ds, Path(sys.argv[2]))
    """)
    ds = analyse(to_dataset([run(times=[t / 100 for t in range(5000)])], scenario()))
    write_netcdf(ds, tmp_path / "here.nc")
    command = [sys.executable, "-c", code, str(Path(__file__).parents[1]), str(tmp_path / "there.nc")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "1"})
    assert (tmp_path / "here.nc").read_bytes() == (tmp_path / "there.nc").read_bytes()
    assert xr.load_dataset(tmp_path / "here.nc").attrs["date_created"].startswith("2023-11-14")


def test_the_long_table(made, tmp_path):
    _, _ = write(made, tmp_path / "out")
    with (tmp_path / "out" / "summary.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["variant", "time", "state", "variable", "value", "unit"]
    at = {(line["variant"], line["time"], line["state"], line["variable"]): line for line in lines}
    assert len(at) == len(lines), "no line twice"
    assert float(at["waltz", "2012.0", "CHN", "economy"]["value"]) == 2 * np.exp(0.06 * 20.0)
    assert at["waltz", "2012.0", "CHN", "economy"]["unit"] == "tn dollar"
    assert at["mearsheimer", "", "", "free_riding"]["value"] == "0.3"
    assert at["waltz", "1992.0", "USA; military", "power_index"]["value"] == "0.5"
    assert at["waltz", "", "economy", "unipolar_duration_censored"]["value"] in "01"
    assert not any(line["variable"] in ("threat", "leader") for line in lines), "neither dyads nor text"
    assert {line["variable"] for line in lines} >= {"economy", "war_hazard", "growth_rate", "polarity", "state_"}
    assert all(np.isfinite(float(line["value"])) for line in lines)


def test_the_scenario_chooses_the_formats(made, tmp_path):
    write(replace(made, output=Output(formats=("csv",))), tmp_path / "out")
    assert "summary.csv" in names(tmp_path / "out")
    assert "results.nc" not in names(tmp_path / "out")
    id_ = json.loads((tmp_path / "out" / "manifest.json").read_text())["run_id"]
    assert previous(tmp_path / "out", id_) is Previous.ABSENT, "there is no dataset to give back"


def test_the_manifest_lists_hashes_of_all(made, tmp_path):
    out = tmp_path / "out"
    _, full = write(made, out, command="sdrun growth.toml", warnings=("w",), timings={"solve": 0.25}, theories=("waltz",))
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["run_id"] == identity(full, read_inputs(made))
    assert (manifest["status"], manifest["command"], manifest["warnings"]) == ("complete", "sdrun growth.toml", ["w"])
    assert manifest["timings"] == {"solve": 0.25}
    assert set(manifest["outputs"]) == names(out) - {"manifest.json"}
    assert {Path(path).name for path in manifest["inputs"]} == {"growth.mdl", "growth.toml", "waltz.toml", "milex.csv"}
    assert set(manifest["versions"]) >= {"python", "sdrun", "numpy", "scipy"}


def test_models_of_the_same_name_do_not_overwrite_each_other(made, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "growth.mdl").write_text("y = 2 ~~|")
    first, second = made.cases
    made = replace(made, cases=(first, replace(second, model=tmp_path / "other" / "growth.mdl")))
    write(made, tmp_path / "out")
    resolved = tomllib.loads((tmp_path / "out" / "resolved.toml").read_text())
    assert resolved["model"]["file"] == "model/growth.mdl"
    assert resolved["variants"]["mearsheimer"]["model"]["file"] == "model/2/growth.mdl"
    assert (tmp_path / "out" / "model/2/growth.mdl").read_text() == "y = 2 ~~|"


# ── resolved.toml and identity ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_resolved_scenario_states_every_choice(made, tmp_path):
    write(made, tmp_path / "out", theories=("waltz",))
    text = (tmp_path / "out" / "resolved.toml").read_text()
    assert "theory waltz" in text
    growth = {"value": {"USA": 0.02, "*": 0.06}, "unit": "1/year", "source": "doi:1"}
    assert tomllib.loads(text) == {
        "schema": 1,
        "scenario": {"title": "Growth", "authors": ["A", "B"], "cite": "doi:10.1/x; Waltz 1979"},
        "model": {"file": "model/growth.mdl"},
        "time": {"start": 1992.0, "stop": 2012.0, "save_every": 1.0},
        "solver": {"method": "LSODA", "rtol": 1e-6, "atol": 1e-9, "step": 0.125},
        "parameters": {"growth rate": growth},
        "initial": {"economy": {"value": {"USA": 3.0, "CHN": 2.0, "RUS": 1.0}, "source": "SIPRI"}},
        "variants": {
            "waltz": {"title": "Quick (theory waltz)"},
            "mearsheimer": {
                "title": "Mearsheimer 2001",
                "parameters": {"free riding": {"value": 0.5}},
                "events": [{"at": 2003, "target": "free riding", "multiply": 2.0, "until": 2009, "label": "Iraq war"}],
            },
        },
        "output": {"formats": ["nc", "csv"], "precision": "float64"},
    }


def test_completing_twice_changes_nothing(made):
    runs = [run(case) for case in made.cases]
    bound = [r.system for r in runs], [r.setup for r in runs]
    once = complete(made, *bound)
    assert complete(once, *bound) == once


def test_a_fixed_step_is_stated_and_a_tolerance_is_not(made, tmp_path):
    cases = tuple(replace(case, solver=Solver(method="rk4")) for case in made.cases)
    write(replace(made, cases=cases), tmp_path / "out")
    assert tomllib.loads((tmp_path / "out" / "resolved.toml").read_text())["solver"] == {"method": "rk4", "step": 0.125}


def test_an_interval_that_would_not_give_the_same_times_is_left_to_the_model(made):
    thirds = run(made.cases[0], times=[1992 + i / 3 for i in range(10)])
    time = complete(replace(made, cases=made.cases[:1]), [thirds.system], [thirds.setup]).cases[0].time
    assert (time.start, time.stop, time.save_every) == (1992, 1995, None)


def test_the_identity_does_not_depend_on_where_things_lie(made, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for file in ("growth.mdl", "milex.csv", "waltz.toml", "growth.toml"):
        (moved / file).write_bytes((tmp_path / file).read_bytes())
    data = DataColumn(file=moved / "milex.csv", column="b", actor="a")
    initial = (replace(made.cases[0].initial[0], value=data),)
    cases = tuple(replace(case, model=moved / "growth.mdl", initial=initial) for case in made.cases)
    there = replace(made, cases=cases, path=moved / "growth.toml", files=(moved / "growth.toml",), stem="resolved")
    assert run_id(there) == run_id(made)


def test_the_identity_depends_on_content(made, tmp_path):
    first, second = made.cases
    before = run_id(made)
    ids = {before}
    ids.add(run_id(replace(made, title="Other")))
    ids.add(run_id(replace(made, cases=(second, first))))
    ids.add(run_id(replace(made, cases=(first, replace(second, parameters=())))))
    ids.add(run_id(replace(made, cases=(first, replace(second, solver=Solver(rtol=1e-7))))))
    ids.add(run_id(replace(made, output=Output(precision="float32"))))
    (tmp_path / "growth.mdl").write_text("x = 2 ~~|")
    ids.add(run_id(made))
    assert len(ids) == 7
    (tmp_path / "growth.mdl").write_text("x = 1 ~~|")
    assert run_id(made) == before


def test_a_lost_input_is_told(made, tmp_path):
    (tmp_path / "milex.csv").unlink()
    with pytest.raises(DataError, match=r"cannot read .*milex.csv: No such file"):
        read_inputs(made)


# ── one run after another ────────────────────────────────────────────────────────────────────────────────────────────────────


def variation(made: Scenario, rate: float) -> Scenario:
    return replace(made, title=f"rate {rate}")


def test_the_same_run_is_up_to_date_until_a_file_is_touched(made, tmp_path):
    out = tmp_path / "out"
    assert previous(out, "x") is Previous.ABSENT
    _, full = write(made, out)
    id_ = identity(full, read_inputs(made))
    assert previous(out, id_) is Previous.UP_TO_DATE
    assert previous(out, "another") is Previous.DIFFERENT
    (out / "summary.csv").write_text("edited")
    assert previous(out, id_) is Previous.ABSENT
    write(made, out)
    assert previous(out, id_) is Previous.UP_TO_DATE
    assert not (out / ".history").exists(), "the same run once more is no history"
    (out / "results.nc").unlink()
    assert previous(out, id_) is Previous.ABSENT


def test_the_last_three_differing_runs_are_kept(made, tmp_path):
    out = tmp_path / "out"
    ids = []
    for rate in range(6):
        _, full = write(variation(made, rate), out)
        ids.append(identity(full, read_inputs(made)))
        (out / "notes.txt").write_text("mine")
    assert {path.name for path in (out / ".history").iterdir()} == set(ids[2:5])
    assert previous(out, ids[5]) is Previous.UP_TO_DATE
    assert previous(out / ".history" / ids[4], ids[4]) is Previous.UP_TO_DATE, "moved whole"
    assert (out / "notes.txt").read_text() == "mine"


def test_files_of_the_old_run_do_not_stay_among_the_new(made, tmp_path):
    out = tmp_path / "out"
    write(made, out)
    write(replace(made, output=Output(formats=("nc",))), out)
    assert "summary.csv" not in names(out) - {name for name in names(out) if name.startswith(".history")}


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, MemoryError])
def test_nothing_half_written_remains(made, tmp_path, failure):
    out = tmp_path / "outputs" / "growth"
    with pytest.raises(failure), staged(out, "x") as folder:
        (folder / "results.nc").write_text("half")
        raise failure
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("after", range(1, 12, 3))
def test_an_interrupted_move_leaves_the_old_run_as_it_was(made, tmp_path, monkeypatch, after):
    out = tmp_path / "outputs" / "growth"
    _, full = write(made, out)
    before = {name: (out / name).read_bytes() for name in names(out)}
    moves = 0
    replace_ = os.replace

    def interrupted(source, target):
        nonlocal moves
        moves += 1
        if moves == after:
            raise KeyboardInterrupt
        replace_(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(variation(made, 1), out)
    assert {name: (out / name).read_bytes() for name in names(out)} == before
    assert previous(out, identity(full, read_inputs(made))) is Previous.UP_TO_DATE
    assert not (out / ".history").exists()
    assert [path.name for path in out.parent.iterdir()] == ["growth"]


def test_an_interrupted_first_move_leaves_nothing(made, tmp_path, monkeypatch):
    out = tmp_path / "outputs" / "growth"
    replace_ = os.replace

    def full_disk(source, target):
        if Path(target).name == "manifest.json":
            raise OSError(28, "No space left on device")
        replace_(source, target)

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OutputError, match="No space left on device"):
        write(made, out)
    assert list(out.parent.iterdir()) == []


def test_leftovers_of_a_killed_run_are_cleared(made, tmp_path):
    (tmp_path / "outputs" / ".growth.abc.part").mkdir(parents=True)
    (tmp_path / "outputs" / ".other.abc.part").mkdir()
    write(made, tmp_path / "outputs" / "growth")
    assert {path.name for path in (tmp_path / "outputs").iterdir()} == {"growth", ".other.abc.part"}


def test_a_forged_manifest_moves_nothing_outside_the_folder(made, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "precious.txt").write_text("precious")
    outputs = {"../precious.txt": {}, str(tmp_path / "precious.txt"): {}}
    (out / "manifest.json").write_text(json.dumps({"run_id": "../../x", "outputs": outputs}))
    write(made, out)
    assert (tmp_path / "precious.txt").read_text() == "precious"
    assert [path.name for path in (out / ".history").iterdir()] == ["unknown"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"outputs": 3}', '{"run_id": "x", "outputs": {"results.nc": 1}}', "\xff"])
def test_a_broken_manifest_is_no_run(tmp_path, text):
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    assert previous(tmp_path, "x") in (Previous.ABSENT, Previous.DIFFERENT)
    assert previous(tmp_path, "x") is not Previous.UP_TO_DATE


# ── where to ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_or_empty_folder_and_one_of_ours_can_be_written(made, tmp_path):
    check_writable(tmp_path / "a" / "b" / "c")
    assert not (tmp_path / "a").exists(), "looking writes nothing"
    (tmp_path / "empty").mkdir()
    check_writable(tmp_path / "empty")
    write(made, tmp_path / "ours")
    check_writable(tmp_path / "ours")


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_text("")
    for out in (tmp_path / "out", tmp_path / "out" / "growth"):
        with pytest.raises(OutputError, match="is not a folder"):
            check_writable(out)


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(OutputError, match="holds files that are no results of sdrun"):
        check_writable(tmp_path)


def test_a_folder_without_permission_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    for out in (tmp_path, tmp_path / "a" / "b"):
        with pytest.raises(OutputError, match="no permission in"):
            check_writable(out)


def test_two_processes_exclude_each_other(tmp_path):
    out = tmp_path / "outputs" / "growth"
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from sdrun.report.folder import locked
        with locked(Path(sys.argv[1])):
            print("locked", flush=True)
            sys.stdin.read()
    """)
    other = subprocess.Popen([sys.executable, "-c", code, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(OutputError, match="another run is writing"), locked(out, timeout=0.0):
            pass
        other.communicate("", timeout=60)
        with locked(out):
            pass
        with locked(tmp_path / "outputs" / "another"), locked(out):
            pass
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
        other.stdin.close()


def test_the_working_directory_can_be_the_folder(made, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    check_writable(Path("."))
    with locked(Path(".")):
        write(made, Path("."))
    assert "results.nc" in names(here)
    assert {path.name for path in here.glob("*.part")} == set()


def test_a_name_that_no_disk_takes_is_told(tmp_path):
    out = tmp_path / ("x" * 300)
    with pytest.raises(OutputError, match="File name too long"), locked(out):
        pass
    with pytest.raises(OutputError, match="File name too long"), staged(out, "x"):
        pass


def test_states_reach_the_resolved_scenario_by_their_labels():
    first = run()
    case = replace(first.case, initial=(Setting(name="Economy", value=DataColumn(file=Path("x"), column="y")),))
    full = complete(replace(scenario(), cases=(case,)), [first.system], [first.setup])
    assert full.cases[0].initial[0].value == dict(zip(STATES, (3.0, 2.0, 1.0), strict=True))
