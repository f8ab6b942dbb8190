"""Every kind of bad input, from the command line to the exit code: where, what, the way out, and nothing written."""

import os
import re
import resource
from pathlib import Path

import pytest

TIME = 'unit = "minute"\n'

BAD = {
    "unknown key": (
        ("[time]", "[tme]"),
        "6:2",
        "tme",
        "unknown key 'tme'",
        "did you mean 'time'?",
    ),
    "unknown key in a table": (
        (TIME, TIME + '[solver]\nmetod = "RK45"\n'),
        "11:1",
        "metod",
        "unknown key 'metod'",
        "did you mean 'method'?",
    ),
    "unknown parameter": (
        (TIME, TIME + '[parameters]\n"coling time" = 3\n'),
        "11:1",
        '"coling time"',
        "unknown parameter 'coling time'",
        "did you mean 'cooling time'?",
    ),
    "a stock as a parameter": (
        (TIME, TIME + "[parameters]\ntemperature = 3\n"),
        "11:1",
        "temperature",
        "'temperature' is a stock, not a constant",
        "set where it starts under [initial]",
    ),
    "unknown theory": (
        ('"tea.mdl"', '"tea.mdl"\ntheory = "walz"'),
        "5:10",
        '"walz"',
        "unknown theory 'walz'",
        "did you mean 'waltz'?",
    ),
    "unknown variant": (
        (TIME, TIME + '[variants.thick]\n[variants.other]\nuse = ["thikc"]\n'),
        "12:8",
        '"thikc"',
        "unknown variant 'thikc'",
        "did you mean 'thick'?",
    ),
    "unknown subscript element": (
        (TIME, TIME + '[parameters]\n"start temperature" = { red = 90, bleu = 95 }\n'),
        "11:35",
        "bleu",
        "unknown element 'bleu' of cup",
        "did you mean 'blue'?",
    ),
    "unknown subscript element, deep": (
        (TIME, TIME + "[parameters.heat.value]\nred = { red = 1, blue = 1 }\nblue = { bleu = 1, red = 1 }\n"),
        "12:10",
        "bleu",
        "unknown element 'bleu' of other, in 'heat'",
        "did you mean 'blue'?",
    ),
    "unknown range": (
        (TIME, TIME + '[subscripts]\ncups = ["a"]\n'),
        "11:1",
        "cups",
        "'cups'",
        "did you mean 'cup'?",
    ),
    "missing model": (
        ('"tea.mdl"', '"tee.mdl"'),
        "4:8",
        '"tee.mdl"',
        "no such model file: 'tee.mdl'",
        "did you mean 'tea.mdl'?",
    ),
    "missing file to extend": (
        ("schema = 1", 'schema = 1\nextends = "bace.toml"'),
        "2:11",
        '"bace.toml"',
        "no such file: 'bace.toml'",
        "did you mean 'base.toml'?",
    ),
    "missing data": (
        (TIME, TIME + '[parameters]\n"room temperature" = { file = "rom.csv", column = "x" }\n'),
        "11:31",
        '"rom.csv"',
        "no such data file: 'rom.csv'",
        "did you mean 'room.csv'?",
    ),
    "wrong type": (
        ("stop = 10", 'stop = "ten"'),
        "8:8",
        '"ten"',
        "'stop' must be a number, not the text 'ten'",
        None,
    ),
    "wrong type of a parameter": (
        (TIME, TIME + '[parameters]\n"cooling time" = true\n'),
        "11:18",
        "true",
        "'cooling time' must be a number",
        None,
    ),
    "stop before start": (
        ("stop = 10", "stop = -10"),
        "8:8",
        "-10",
        "the run stops at -10, before it starts at 0",
        "stop must be after start",
    ),
    "unit mismatch": (
        (TIME, TIME + '[parameters]\n"cooling time" = { value = 3, unit = "degree" }\n'),
        "11:1",
        '"cooling time"',
        "'degree'",
        None,
    ),
    "outside the model's range": (
        (TIME, TIME + '[parameters]\n"cooling time" = 99\n'),
        "11:1",
        '"cooling time"',
        "99",
        None,
    ),
    "malformed TOML": (
        ("stop = 10", "stop = = 10"),
        "8:8",
        "=",
        "malformed TOML",
        None,
    ),
    "a method there is not": (
        (TIME, TIME + '[solver]\nmethod = "LSODE"\n'),
        "11:10",
        '"LSODE"',
        "'method' must be",
        "did you mean 'LSODA'?",
    ),
    "a folder for a model": (
        ('"tea.mdl"', '"folder.mdl"'),
        "4:8",
        '"folder.mdl"',
        "the model file 'folder.mdl' is a folder",
        None,
    ),
}


@pytest.fixture
def pantry(kitchen):
    """The kitchen with neighbours whose names are near those misspelt."""
    (kitchen / "theories").mkdir()
    (kitchen / "theories" / "waltz.toml").write_text('[theory]\ntitle = "W"\n', encoding="utf-8")
    (kitchen / "base.toml").write_text("schema = 1\n", encoding="utf-8")
    (kitchen / "room.csv").write_text("x\n70\n", encoding="utf-8")
    (kitchen / "folder.mdl").mkdir()
    return kitchen


def underlined(text):
    """What stands over the carets of the first error, character by character."""
    lines = text.splitlines()
    carets = next(number for number, line in enumerate(lines) if re.fullmatch(r" +\| +\^+", line))
    start, stop = lines[carets].index("^"), lines[carets].rindex("^") + 1
    return lines[carets - 1][start:stop]


@pytest.mark.parametrize("verb", ["run", "check"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_scenario_is_pointed_at(name, verb, pantry, sdrun, disk):
    (old, new), where, under, what, way_out = BAD[name]
    path = pantry / "tea.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    before = disk(pantry)
    said = sdrun(verb, "tea.toml")
    assert said.code == 3
    first, position, *_ = said.err.splitlines()
    assert first.startswith("error: ") and what in first
    assert position.split()[:2] == ["-->", f"tea.toml:{where}"]
    assert underlined(said.err) == under
    assert way_out is None or way_out in said.err.split("= help: ")[1]
    assert said.out == "" and disk(pantry) == before, "nothing ran and nothing was written"


def test_all_that_is_wrong_is_told_at_once_and_to_programs_too(kitchen, sdrun):
    with (kitchen / "tea.toml").open("a", encoding="utf-8") as file:
        file.write('stip = 3\n[solver]\nrtol = -1\n[scenario]\ntitle = 5\n[parameters]\n"cooling time" = "long"\n')
    said = sdrun("tea.toml", "--json")
    assert said.code == 3
    errors = said.json["errors"]
    assert [error["place"]["line"] for error in errors] == [10, 12, 14, 16]
    assert errors[0] == {
        "what": "unknown key 'stip'",
        "place": {"path": "tea.toml", "line": 10, "column": 1, "width": 4, "key": "time"},
        "help": "did you mean 'stop'?",
    }
    assert [line.removeprefix("error: ") for line in said.err.splitlines() if line.startswith("error: ")] == [
        error["what"] for error in errors
    ]


def test_check_tells_what_is_wrong_in_all_files(kitchen, sdrun):
    for name, stop in (("one", '"ten"'), ("two", "-1")):
        text = (kitchen / "tea.toml").read_text(encoding="utf-8")
        (kitchen / f"{name}.toml").write_text(text.replace("stop = 10", f"stop = {stop}"), encoding="utf-8")
    said = sdrun("check", "one.toml", "tea.toml", "two.toml")
    assert said.code == 3
    assert "one.toml:8:8" in said.err and "two.toml:8:8" in said.err


MODELS = {
    "no model": (b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n", None),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "'bad.mdl' is no text file"),
    "empty": (b"", "the model 'bad.mdl' is empty"),
    "blank": (b" \n\n", "the model 'bad.mdl' is empty"),
    "an unknown function": (b"{UTF-8}\nx = FROBNICATE(3) ~~|\nTIME STEP = 1 ~~|\n", "FROBNICATE"),
    "a cycle": (b"{UTF-8}\nx = y + 1 ~~|\ny = x ~~|\nTIME STEP = 1 ~~|\n", "x"),
}


@pytest.mark.parametrize("through", ["a scenario", "itself"])
@pytest.mark.parametrize("name", MODELS)
def test_a_bad_model_is_refused(name, through, kitchen, sdrun, disk):
    content, what = MODELS[name]
    (kitchen / "bad.mdl").write_bytes(content)
    text = (kitchen / "tea.toml").read_text(encoding="utf-8")
    (kitchen / "tea.toml").write_text(text.replace("tea.mdl", "bad.mdl"), encoding="utf-8")
    before = disk(kitchen)
    said = sdrun("tea.toml" if through == "a scenario" else "bad.mdl")
    assert said.code == 3, said.err
    assert said.err.startswith("error: ") and "--> bad.mdl" in said.err
    assert what is None or what.casefold() in said.err.casefold()
    assert said.out == "" and disk(kitchen) == before


@pytest.mark.parametrize("name", ["huge.mdl", "huge.toml"])
def test_fifty_megabytes_are_not_read(name, kitchen, sdrun):
    with (kitchen / name).open("wb") as file:
        file.truncate(50_000_000)
    said = sdrun(name)
    assert said.code == 3
    assert said.err.startswith("error: ") and " MB" in said.err
    assert not (kitchen / "outputs").exists()


@pytest.mark.parametrize(
    ("name", "what", "way_out"),
    [
        ("te.toml", "no such file: 'te.toml'", "did you mean 'tea.toml'?"),
        ("te.mdl", "no such file: 'te.mdl'", "did you mean 'tea.mdl'?"),
        (".", "'.' is a folder, not a file", "scenarios in it: tea.toml"),
        ("folder.mdl", "'folder.mdl' is a folder, not a model file", None),
        ("new\nline.toml", "no such file: 'new line.toml'", None),
    ],
)
def test_what_is_no_file(name, what, way_out, kitchen, sdrun, disk):
    (kitchen / "folder.mdl").mkdir()
    before = disk(kitchen)
    said = sdrun("run", name)
    assert said.code == 3
    assert said.err.splitlines()[0] == f"error: {what}"
    assert way_out is None or f"= help: {way_out}" in said.err
    assert disk(kitchen) == before


def test_an_unknown_variant_or_setting_on_the_command_line(shipped, sdrun):
    said = sdrun("scenarios/teacup.toml", "--only", "thikc")
    assert said.code == 3 and "unknown variant 'thikc'" in said.err and "did you mean 'thick'?" in said.err
    said = sdrun("scenarios/teacup.toml", "--set", "characteristic tim=20")
    assert said.code == 3 and "did you mean 'Characteristic Time'?" in said.err
    assert not (shipped / "outputs").exists()


# ── folders that cannot be written ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("out", ["tea.mdl", "tea.mdl/below", "full"])
def test_a_folder_in_whose_place_lies_something_else(out, kitchen, sdrun, disk):
    (kitchen / "full").mkdir()
    (kitchen / "full" / "thesis.doc").write_text("mine", encoding="utf-8")
    before = disk(kitchen)
    said = sdrun("tea.toml", "-o", out)
    assert said.code == 3
    assert said.err.startswith(f"error: cannot write results to '{kitchen / out}': ")
    assert "= help: give a new or an empty folder with -o" in said.err
    assert disk(kitchen) == before


def test_a_folder_without_permission(kitchen, sdrun, disk):
    """For root nothing is forbidden, but `access` asks on behalf of the real user."""
    (kitchen / "locked").mkdir(mode=0o555)
    before, root = disk(kitchen), os.geteuid() == 0
    if root:
        os.setreuid(65534, 0)
    try:
        said = sdrun("tea.toml", "-o", "locked/results")
    finally:
        if root:
            os.setreuid(0, 0)
    assert said.code == 3 and said.err.startswith("error: cannot write results to ") and "no permission in" in said.err
    assert disk(kitchen) == before


@pytest.mark.parametrize("room", [1_000, 10_000])
def test_a_disk_that_is_full(room, kitchen, sdrun, disk):
    """In place of a full disk, no file may grow beyond `room` bytes."""
    assert sdrun("tea.toml", "-q").code == 0
    before = disk(kitchen)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        said = sdrun("tea.toml", "-q", "-s", "cooling time=20")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert said.code == 3 and said.err.startswith(f"error: cannot write results to '{kitchen / 'outputs' / 'tea'}': ")
    assert said.out == "" and disk(kitchen) == before, "the earlier results are untouched"


# ── not the user's input, but bad all the same ───────────────────────────────────────────────────────────────────────────────


def test_a_simulation_that_fails_names_variable_time_and_inputs(kitchen, sdrun, disk):
    model = (kitchen / "tea.mdl").read_text(encoding="utf-8")
    (kitchen / "tea.mdl").write_text(model.replace("cooling time ~ degree/", "SQRT(cooling time - Time) ~ degree/"), "utf-8")
    assert sdrun("tea.toml", "-q", "--set", "cooling_time=15").code == 0
    before = disk(kitchen)
    said = sdrun("tea.toml", "-s", "cooling time=3.5", "-s", "solver.method=rk4")
    assert said.code == 4
    message = next(line for line in said.err.splitlines() if line.startswith("error: "))
    assert message == (
        "error: 'loss[red]' is inf at time 3.5 (line 6 of the model); its inputs: cooling time = 3.5, room temperature = 70, "
        "temperature[red] = 73.1893, Time = 3.5"
    )
    assert said.out == "" and disk(kitchen) == before, "the earlier results are untouched"


def test_a_bug_says_where_its_traceback_lies(kitchen, sdrun, monkeypatch):
    def broken(*_args, **_kwargs):
        raise KeyError("\x1b[31mours")

    monkeypatch.setattr("sdrun.pipeline.prepare", broken)
    monkeypatch.setattr("tempfile.tempdir", str(kitchen))
    said = sdrun("tea.toml")
    assert said.code == 1
    assert said.err.startswith("error: internal error: KeyError: ") and "\x1b" not in said.err
    path = Path(re.search(r"please report it with (.+)", said.err)[1])
    assert path.parent == kitchen and "in broken" in path.read_text(encoding="utf-8")
    assert "Traceback" not in said.err and "Traceback" in sdrun("tea.toml", "--debug").err
    assert "KeyError" in sdrun("tea.toml", "--json").json["errors"][0]["what"]
    monkeypatch.setattr("tempfile.tempdir", str(kitchen / "nowhere"))
    assert "Traceback" in sdrun("tea.toml").err, "where it cannot be saved it is shown"


@pytest.mark.parametrize("epoch", ["today", "1e9", "99999999999999999999"])
def test_a_clock_that_cannot_be_read(epoch, kitchen, sdrun, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = sdrun("tea.toml")
    assert said.code == 3 and f"SOURCE_DATE_EPOCH is no time: '{epoch}'" in said.err
    assert not (kitchen / "outputs").exists()


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["frobnicate"], "'frobnicate' is neither a verb nor a file"),
        (["chek", "tea.toml"], "did you mean 'check'?"),
        (["tea.toml", "--frobnicate"], "No such option"),
        (["tea.toml", "--out"], "requires an argument"),
        (["run"], "Missing argument 'SCENARIO|MODEL'"),
        (["check"], "Missing argument"),
        (["run", "tea.toml", "tea.toml"], "unexpected extra argument"),
        (["-q"], "Missing argument"),
    ],
)
def test_wrong_usage(args, what, kitchen, sdrun):
    said = sdrun(*args)
    assert said.code == 2
    assert said.err.startswith("error: ") and what in said.err
    assert said.out == ""


def test_a_name_that_is_no_text(kitchen, sdrun):
    """Linux takes any bytes for a name of a file; NetCDF and TOML do not."""
    (kitchen / "caf\udce9.toml").write_text((kitchen / "tea.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert sdrun("caf\udce9.toml", "-q").code == 0
    assert (kitchen / "outputs" / "caf?" / "results.nc").is_file()
    said = sdrun("tea.toml", "-q", "-o", "th\udce9re")
    assert said.code == 3 and "its name is no UTF-8" in said.err


def test_wrong_usage_shows_the_right_one_and_is_told_to_programs_too(kitchen, sdrun):
    said = sdrun("check", "--json")
    assert said.code == 2 and said.json["errors"][0]["help"] == "Usage: sdrun check [OPTIONS] SCENARIO|MODEL..."
    assert "= help: Usage: sdrun check [OPTIONS] SCENARIO|MODEL..." in said.err


def test_without_arguments_it_explains_itself(sdrun):
    said = sdrun()
    assert said.code == 2 and said.out == ""
    assert all(verb in said.err for verb in ("run", "check", "inspect", "new", "schema"))
