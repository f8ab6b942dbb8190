"""Every verb and flag, and what is printed where."""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import xarray as xr

from sdrun import show
from sdrun.trajectory import check_schema

ROOT = Path(__file__).parents[2]

SCENARIOS = sorted(path.name for path in (ROOT / "scenarios").glob("*.toml"))

WRITTEN = [
    "results.nc",
    "summary.csv",
    "scenario.toml",
    "resolved.toml",
    "model/model.py",
    "model/teacup.mdl",
    "run.log",
    "manifest.json",
]


def test_a_scenario_by_itself_is_run(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[-8:] == [f"outputs/teacup/{name}" for name in WRITTEN], "stdout ends with the paths written"
    assert all(Path(line).is_file() for line in lines[-8:])
    assert lines[0].strip() == "A cup of tea cools" and any("thick" in line for line in lines[:-8])
    shares = [int(line.split()[0]) for line in said.err.splitlines()]
    assert shares == sorted(set(shares)) and shares[-1] == 100 and len(shares) <= 10, "a line every 10 % over all variants"
    assert sdrun("run", "scenarios/teacup.toml").err.startswith("up to date")


@pytest.mark.parametrize(
    "args",
    [
        ["-s", "Characteristic Time=20", "scenarios/teacup.toml"],
        ["scenarios/teacup.toml", "--set", "characteristic_time=20"],
        ["-q", "-s", "parameters.characteristic_time=20", "run/teacup.toml"],
    ],
)
def test_options_may_stand_anywhere(args, shipped, sdrun):
    (shipped / "run").symlink_to("scenarios")
    said = sdrun(*args, "-o", "there", "--only", "plain")
    assert said.code == 0
    ds = xr.load_dataset("there/results.nc")
    cooled = 70 + 110 * 2.718281828459045 ** (-30 / 20)
    assert float(ds["teacup_temperature"].sel(variant="plain", time=30)) == pytest.approx(cooled, rel=1e-5)
    assert ds.sizes["variant"] == 1
    assert not Path("outputs").exists()


def test_a_model_by_itself_runs_with_its_own_settings(shipped, sdrun):
    said = sdrun("models/teacup.mdl")
    assert said.code == 0 and "outputs/teacup/results.nc" in said.out
    ds = xr.load_dataset("outputs/teacup/results.nc")
    assert "variant" not in ds.dims and ds["time"].values[[0, -1]].tolist() == [0, 30]
    assert sdrun("outputs/teacup/model/teacup.mdl", "-q", "-o", "again").code == 0


def test_quiet_prints_paths_and_nothing_else(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml", "-q")
    assert (said.code, said.err) == (0, "")
    assert said.paths == [Path("outputs/teacup") / name for name in WRITTEN]


def test_verbose_says_how_long_each_stage_took(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml", "-v")
    assert re.search(r"^prepare: \d+\.\d\d s$", said.err, re.M) and re.search(r"^simulate: \d+\.\d\d s$", said.err, re.M)


def test_json_is_all_that_stdout_holds(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml", "--json")
    assert said.code == 0
    found = said.json
    assert found["paths"] == [f"outputs/teacup/{name}" for name in WRITTEN]
    assert (
        found["up_to_date"] is False and found["warnings"] == [] and set(found["timings"]) == {"prepare", "simulate", "analyse"}
    )
    row = found["summary"][1]
    assert (row["variant"], row["stock"], row["unit"]) == ("thick", "Teacup Temperature", "Degrees Fahrenheit")
    assert found["comparison"] is None
    assert row["time"] == {"start": 0, "middle": 15, "end": 30} and row["value"]["start"] == 180
    assert row["value"]["end"] == pytest.approx(70 + 110 * 2.718281828459045 ** (-30 / 20), rel=1e-5)
    assert sdrun("scenarios/teacup.toml", "--json").json["up_to_date"] is True


def test_json_of_a_model_of_states_holds_power_by_index(shipped, sdrun):
    said = sdrun("scenarios/unipole_1992.toml", "--json", "-s", "time.stop=1994")
    ds = xr.load_dataset("outputs/unipole_1992/results.nc")
    rows = said.json["summary"]
    assert [row["index"] for row in rows] == ds["index"].values.tolist()
    for row in rows:
        at = ds.sel(index=row["index"])
        shares = at["leader_share_by_index"].sel(time=[1992, 1993, 1994]).values.tolist()
        assert list(row["leader_share"].values()) == shares
        assert row["leader"]["start"] == str(at["leader"].values[0])
        assert row["unipolar_duration"] == float(at["unipolar_duration"])
        assert row["unipolar_duration_is_lower_bound"] is bool(at["unipolar_duration_censored"])
    comparison = said.json["comparison"]
    assert comparison["index_effect"] == float(ds["index_effect"]) and comparison["variant_effect"] is None
    assert sdrun("inspect", "outputs/unipole_1992", "--json").json["comparison"] == comparison
    assert "another index of power changes it by" in " ".join(sdrun("inspect", "outputs/unipole_1992").out.split())


def test_json_knows_no_nan(capsys):
    show._json({"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": True}})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "c": {"d": True}}


def test_variants_that_do_not_differ_are_told_loudly(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml", "-q", "-s", "characteristic time=20")
    warning = "variants 'plain' and 'thick' gave IDENTICAL results"
    assert said.code == 0 and said.err.startswith(f"warning: {warning}")
    assert json.loads(Path("outputs/teacup/manifest.json").read_text())["warnings"][0].startswith(warning)
    assert warning in Path("outputs/teacup/run.log").read_text()


def test_the_manifest_holds_the_command_as_typed(shipped, sdrun):
    sdrun("scenarios/teacup.toml", "-q", "-s", "characteristic time=20")
    command = json.loads(Path("outputs/teacup/manifest.json").read_text())["command"]
    assert command == "sdrun scenarios/teacup.toml -q -s 'characteristic time=20'"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_valid(name, shipped, sdrun):
    said = sdrun("check", f"scenarios/{name}", "--json")
    assert said.code == 0, said.err
    (plan,) = said.json
    ds_variants = tomllib.loads((shipped / "scenarios" / name).read_text(encoding="utf-8")).get("variants", [Path(name).stem])
    assert plan["variants"] == list(ds_variants)
    assert plan["stop"] > plan["start"] and plan["saves"] > 1 and plan["seconds"] > 0
    assert not (shipped / "outputs").exists(), "check runs nothing"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_runs_and_its_results_follow_the_schema(name, shipped, sdrun):
    (plan,) = sdrun("check", f"scenarios/{name}", "--json").json
    start, stop = plan["start"], plan["start"] + (60 if name == "robustness.toml" else 2)  # its metrics look 50 years ahead
    few = ("--samples", "16") if plan["samples"] > 1000 else ()
    said = sdrun(f"scenarios/{name}", "-q", "-s", f"time.start={start}", "-s", f"time.stop={stop}", *few)
    assert said.code == 0, said.err
    ds = xr.load_dataset(said.paths[0])
    check_schema(ds)
    assert ds["time"].values[-1] == stop and ds.sizes.get("variant", 1) == len(plan["variants"])
    variants = tomllib.loads((shipped / "scenarios" / name).read_text(encoding="utf-8")).get("variants", {})
    worlds = any("extends" in variant for variant in variants.values())  # then a state may be one of some variants only
    for stock in (array for array in ds.data_vars.values() if array.attrs.get("sd_type") == "stock"):
        given = stock.notnull()
        assert (given.all("time") | ~given.any("time")).all() if worlds else given.all()
        assert given.any([dim for dim in stock.dims if dim != "variant"]).all()


def test_check_plans_what_a_run_takes(shipped, sdrun):
    said = sdrun("check", "scenarios/teacup.toml", "models/teacup.mdl")
    assert (said.code, said.err) == (0, "")
    assert said.out.split("\n\n")[0] == (
        "scenarios/teacup.toml: valid\n"
        "  A cup of tea cools\n"
        "  2 runs (plain, thick) of 9 variables, 1 stock\n"
        "  1 stock, 1 flow, 3 constants, 4 settings of the run\n"
        "  1 feedback loop, 1 of them independent, among 2 variables\n"
        "  LSODA from 0 to 30, saved 31 times\n"
        "  less than 1 s and less than 1 MB"
    )
    assert said.out.split("\n\n")[1].startswith("models/teacup.mdl: valid\n")
    assert sdrun("scenarios/teacup.toml", "-n").out.startswith("scenarios/teacup.toml: valid")
    assert not Path("outputs").exists()


def test_check_warns_of_units_that_do_not_balance(tmp_path, sdrun):
    text = (ROOT / "models" / "teacup.mdl").read_text().replace("\tDegrees Fahrenheit/Minute\n", "\tfurlong\n")
    (tmp_path / "odd.mdl").write_text(text)
    said = sdrun("check", str(tmp_path / "odd.mdl"))
    assert said.code == 0
    assert said.out.startswith(f"{tmp_path / 'odd.mdl'}: valid, 2 warnings\n")
    assert "warning: 'Heat Loss to Room': its equation is in degrees fahrenheit/minute, its unit is furlong" in said.err


BROKEN = """{UTF-8}
a = b + 3.7 ~ Dmnl ~ |
b = a ~ Dmnl ~ |
c = frunk ~ furlong ~ |
frank = 7 ~ furlong [0, 5] ~ |
FINAL TIME = 2 ~ Year ~ |
INITIAL TIME = 0 ~ Year ~ |
TIME STEP = 1 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""


def test_check_tells_errors_and_warnings_of_a_broken_model_at_once(tmp_path, monkeypatch, sdrun):
    monkeypatch.chdir(tmp_path)
    Path("broken.mdl").write_text(BROKEN)
    (tmp_path / "broken.toml").write_text('schema = 1\n[model]\nfile = "broken.mdl"\n')
    circle = "variables depend on each other in a circle with no stock in it: 'a' -> 'b' -> 'a'"
    for file in ("broken.mdl", "broken.toml"):
        said = sdrun("check", file)
        assert said.code == 3 and said.out == ""
        assert re.findall(r"^(error|warning): (.*)$", said.err, re.M) == [
            ("error", circle),
            ("error", "'c' uses 'frunk', which is not defined"),
            ("warning", "'a' holds a number that is a constant without a name: 3.7"),
            ("warning", "the constant 'frank' is used by no equation"),
            ("warning", "'frank' is 7, outside its range 0 to 5"),
        ]
    assert "4 | c = frunk ~ furlong ~ |\n  | ^\n  = help: did you mean 'frank'?" in said.err
    (found,) = sdrun("check", "broken.mdl", "--json").json
    assert (found["file"], found["valid"]) == ("broken.mdl", False)
    assert [(row["check"], row["severity"], row["place"]["line"]) for row in found["findings"]] == [
        ("model", "error", 2),
        ("model", "error", 4),
        ("hidden constant", "warning", 2),
        ("unused", "warning", 5),
        ("limits", "warning", 5),
    ]
    assert sdrun("broken.mdl", "-n").code == 3


def test_check_of_several_files_tells_of_each(shipped, sdrun):
    Path("broken.mdl").write_text(BROKEN)
    said = sdrun("check", "models/teacup.mdl", "broken.mdl", "nowhere.toml")
    assert said.code == 3
    assert said.out.startswith("models/teacup.mdl: valid\n") and "broken" not in said.out
    assert "no such file: 'nowhere.toml'" in said.err and "'c' uses 'frunk'" in said.err
    valid = [found["valid"] for found in sdrun("check", "models/teacup.mdl", "broken.mdl", "--json").json]
    assert valid == [True, False]


def test_the_readme_shows_what_check_says(shipped, sdrun):
    said = sdrun("check", "models/predator_prey.mdl")
    assert (said.code, said.err) == (0, "") and f"```\n{said.out}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    text = Path("models/teacup.mdl").read_text(encoding="utf-8")
    slip = text.replace(
        "(Teacup Temperature - Room Temperature) / Characteristic Time", "(Teacup Temperature - 70) / Characteristic Tme"
    )
    Path("my_model.mdl").write_text(slip, encoding="utf-8")
    said = sdrun("check", "my_model.mdl")
    shown = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .partition("Of a teacup with two slips:\n\n```\n")[2]
        .partition("...")[0]
    )
    error, warning = shown.strip().split("\n\n")
    assert said.code == 3 and said.err.startswith(error + "\n\n") and warning in said.err


@pytest.mark.parametrize("model", ["balance_of_power", "predator_prey", "richardson", "teacup"])
def test_shipped_models_pass_every_check(model, shipped, sdrun):
    (found,) = sdrun("check", f"models/{model}.mdl", "--json").json
    assert found["valid"] and found["findings"] == []
    made = found["inventories"][f"{model}.mdl"]
    assert made["kinds"]["stocks"][0] > 0 and made["cores"] and (made["loops"] or made["loop_limit"] == 10_000)


def test_inspect_lists_a_model_a_line_each(kitchen, sdrun):
    said = sdrun("inspect", "tea.mdl")
    assert said.code == 0 and max(map(len, said.out.splitlines())) <= 100
    lines = [line.split() for line in said.out.splitlines()]
    assert ["cup:", "red,", "blue"] in lines[:2]
    assert ["temperature[cup]", "degree"] in lines
    assert ["room", "temperature", "70", "degree", "Where", "the", "tea", "ends", "up"] in lines, "the first sentence only"
    assert lines.index(["stocks", "(1)"]) < lines.index(["settings", "of", "the", "run", "(4)"])
    found = sdrun("inspect", "tea.mdl", "--json").json
    assert found["dimensions"]["cup"] == ["red", "blue"]
    (room,) = [row for row in found["variables"] if row["variable"] == "room temperature"]
    assert room["description"] == "Where the tea ends up. Nothing is colder." and room["value"] == 70
    (time,) = [row for row in found["variables"] if row["variable"] == "cooling time"]
    assert time["range"] == [1, 60] and time["dims"] == []


def test_inspect_summarises_a_run(shipped, sdrun):
    paths = sdrun("scenarios/teacup.toml", "-q").paths
    for target in ("outputs/teacup", "outputs/teacup/results.nc"):
        said = sdrun("inspect", target)
        assert (said.code, said.err) == (0, "") and "Teacup Temperature" in said.out
        assert "run_id: " in said.out and "variant 2, time 31" in said.out
    assert sdrun("inspect", paths[0], "--json").json["summary"][0]["variant"] == "plain"
    said = sdrun("inspect", "outputs")
    assert said.code == 3 and "folders with results: outputs/teacup" in said.err
    said = sdrun("inspect", "scenarios/teacup.toml")
    assert said.code == 3 and "sdrun check" in said.err


def test_new_copies_what_is_shipped_and_it_runs(tmp_path, monkeypatch, sdrun):
    monkeypatch.chdir(tmp_path)
    said = sdrun("new", "my world")
    assert (said.code, said.err) == (0, "")
    for folder in ("models", "scenarios"):
        originals = {path.relative_to(ROOT): path.read_bytes() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert originals and all(Path("my world", path).read_bytes() == content for path, content in originals.items())
    assert Path("my world/scenarios/teacup.toml") in said.paths and all(path.is_file() for path in said.paths)
    assert sorted(path.name for path in Path("my world").iterdir()) == ["models", "scenarios"]
    assert sdrun("my world/scenarios/teacup.toml", "-q").code == 0
    for place, why in (("my world", "is not empty"), ("my world/scenarios/teacup.toml", "is a file")):
        said = sdrun("new", place)
        assert said.code == 3 and said.err.startswith(f"error: '{place}' {why}")


def test_new_leaves_nothing_half_copied(tmp_path, monkeypatch, sdrun):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sdrun.shipped.FOLDERS", ("models", "no such folder"))
    assert sdrun("new", "world").code == 3
    assert list(Path("world").iterdir()) == []


def test_schema_is_that_of_the_repository(sdrun):
    said = sdrun("schema")
    assert said.code == 0
    assert said.json == json.loads((ROOT / "schemas" / "scenario-1.json").read_text(encoding="utf-8"))


def test_help_and_version(sdrun):
    for flag in ("-h", "--help"):
        said = sdrun(flag)
        assert said.code == 0 and said.err == "" and "Commands:" in said.out
    assert re.fullmatch(r"sdrun \d+\.\d+\.\d+\n", sdrun("--version").out)
    assert "--set KEY=VALUE" in sdrun("run", "-h").out


def test_help_loads_nothing_heavy():
    """In a process of its own, for here all is loaded."""
    heavy = {"numpy", "scipy", "xarray", "pysd", "netCDF4", "pandas", "rich", "pydantic"}
    code = f"import sys; from sdrun.cli import _guarded; _guarded(['--help']); print('loaded', {heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded set()"


def test_summary_csv_says_what_results_nc_says(shipped, sdrun):
    paths = sdrun("scenarios/teacup.toml", "-q").paths
    ds = xr.load_dataset(paths[0])
    rows = list(csv.DictReader(paths[1].read_text(encoding="utf-8").splitlines()))
    cups = [row for row in rows if row["variable"] == "teacup_temperature" and row["variant"] == "thick"]
    assert [float(row["value"]) for row in cups] == ds["teacup_temperature"].sel(variant="thick").values.tolist()


# ── the terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Puts terminals in place of stdout and stderr; called in the test itself, as pytest puts its own there before."""

    def put():
        streams = Terminal(), Terminal()
        monkeypatch.setattr("sys.stdout", streams[0])
        monkeypatch.setattr("sys.stderr", streams[1])
        return streams

    for name, value in (("TERM", "xterm"), ("COLUMNS", "80")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return put


def test_on_a_terminal_one_line_moves_and_goes(terminal):
    _, stderr = terminal()
    with pytest.raises(RuntimeError), show.progress(quiet=False) as tell:
        tell("a\x1b[31m", 0.5)
        raise RuntimeError
    written = stderr.getvalue()
    assert "\n" not in written and " 50 %" in written and "\x1b[31m" not in written
    assert written.endswith("\r\x1b[K"), "an error message starts on a line of its own"


def test_a_dumb_terminal_gets_lines(terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    _, stderr = terminal()
    with show.progress(quiet=False) as tell:
        for share in range(1, 101):
            tell("a", share / 100)
    assert stderr.getvalue().splitlines() == [f"{share:3d} %  a" for share in range(10, 101, 10)]


def test_no_color_is_obeyed(terminal, monkeypatch):
    def printed():
        stdout, _ = terminal()
        show._console().print("[red]x")
        return stdout.getvalue()

    assert "\x1b[31m" in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in printed()


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_table_keeps_to_the_width_of_the_terminal(columns, terminal, monkeypatch):
    from sdrun.content import inspect_model

    monkeypatch.setenv("COLUMNS", str(columns))
    stdout, _ = terminal()
    show.model(inspect_model(ROOT / "models" / "balance_of_power.mdl"), as_json=False)
    lines = re.sub(r"\x1b\[[\d;]*m", "", stdout.getvalue()).splitlines()
    assert len(lines) > 150 and max(map(len, lines)) <= columns


# ── the wheel ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built without network, from what uv has."""
    folder = tmp_path_factory.mktemp("wheel")
    try:
        command = ["uv", "build", "--wheel", "--offline", "--out-dir", str(folder), str(ROOT)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)
    except FileNotFoundError:
        pytest.skip("there is no uv to build a wheel with")
    if done.returncode and "hatchling" in done.stderr and "offline" in done.stderr.lower():
        pytest.skip("uv has never fetched hatchling, which builds the wheel")
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_models_and_scenarios(wheel, tmp_path):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("models", "scenarios"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files and {f"sdrun/shipped/{path.as_posix()}" for path in files} <= names
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r}); from sdrun.cli import main; main(['new', 'world'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "world" / "models" / "theories" / "waltz.toml").is_file()
    assert (tmp_path / "world" / "scenarios" / "waltz_vs_mearsheimer.toml").is_file()
