"""Bad input: the exact text of the messages, in the shape that users see."""

import json
from pathlib import Path

import pytest

from sdrun.errors import ScenarioError, render
from sdrun.read import read_scenario, scenario_schema

MODEL = 'schema = 1\nmodel = { file = "models/m.mdl" }\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models/theories").mkdir(parents=True)
    (tmp_path / "models/m.mdl").touch()
    (tmp_path / "models/theories/waltz.toml").write_text("[theory]\n")
    (tmp_path / "models/theories/walt.toml").write_text("[theory]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(text: str | None = None, *settings: str, only: str | None = None, name: str = "bad.toml") -> str:
    """What is told of a scenario with this text."""
    if text is not None:
        Path(name).write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(Path(name), settings=settings, only=only)
    assert caught.value.exit_code == 3
    return render(caught.value.problems)


def excerpt(line: int, column: int, row: str, carets: int, *, key: str = "", name: str = "bad.toml") -> str:
    """The middle of a message."""
    margin = " " * len(str(line))
    label = f"   ({key})" if key else ""
    head = f"{margin}--> {name}:{line}:{column}{label}\n{margin} |\n{line} | {row}\n"
    return head + f"{margin} | {' ' * (column - 1)}{'^' * carets}"


GOLDEN = {
    "unknown key": (
        MODEL + "[time]\nsave_evry = 1\n",
        "error: unknown key 'save_evry'\n"
        " --> bad.toml:4:1   (time)\n"
        "  |\n"
        "4 | save_evry = 1\n"
        "  | ^^^^^^^^^\n"
        "  = help: did you mean 'save_every'?",
    ),
    "unknown table": (
        MODEL + "[tme]\nstart = 1\n",
        "error: unknown key 'tme'\n --> bad.toml:3:2\n  |\n3 | [tme]\n  |  ^^^\n  = help: did you mean 'time'?",
    ),
    "unknown key of a setting": (
        MODEL + '[parameters]\nx = { value = 1, unti = "year" }\n',
        "error: unknown key 'unti'\n"
        " --> bad.toml:4:18   (parameters.x)\n"
        "  |\n"
        '4 | x = { value = 1, unti = "year" }\n'
        "  |                  ^^^^\n"
        "  = help: did you mean 'unit'?",
    ),
    "unknown theory": (
        'schema = 1\n[model]\nfile = "models/m.mdl"\ntheory = "waltzz"\n',
        "error: unknown theory 'waltzz'\n"
        " --> bad.toml:4:10   (model)\n"
        "  |\n"
        '4 | theory = "waltzz"\n'
        "  |          ^^^^^^^^\n"
        "  = help: did you mean 'waltz'? (theories here: walt, waltz)",
    ),
    "theory outside the folder": (
        'schema = 1\n[model]\nfile = "models/m.mdl"\ntheory = "../m"\n',
        "error: unknown theory '../m'\n"
        " --> bad.toml:4:10   (model)\n"
        "  |\n"
        '4 | theory = "../m"\n'
        "  |          ^^^^^^\n"
        "  = help: theories here: walt, waltz",
    ),
    "unknown variant used": (
        MODEL + '[variants.first]\n[variants.second]\nuse = ["frist"]\n',
        "error: unknown variant 'frist'\n"
        " --> bad.toml:5:8   (variants.second.use)\n"
        "  |\n"
        '5 | use = ["frist"]\n'
        "  |        ^^^^^^^\n"
        "  = help: did you mean 'first'?",
    ),
    "variants in a circle": (
        MODEL + '[variants.a]\nuse = ["b"]\n[variants.b]\nuse = ["a"]\n',
        "error: variants use one another in a circle: a -> b -> a\n"
        " --> bad.toml:6:8   (variants.b.use)\n"
        "  |\n"
        '6 | use = ["a"]\n'
        "  |        ^^^\n"
        "\n"
        "error: variants use one another in a circle: b -> a -> b\n"
        " --> bad.toml:4:8   (variants.a.use)\n"
        "  |\n"
        '4 | use = ["b"]\n'
        "  |        ^^^",
    ),
    "missing model": (
        'schema = 1\n[model]\nfile = "models/n.mdl"\n',
        "error: no such model file: 'models/n.mdl'\n"
        " --> bad.toml:3:8   (model)\n"
        "  |\n"
        '3 | file = "models/n.mdl"\n'
        "  |        ^^^^^^^^^^^^^^\n"
        "  = help: did you mean 'm.mdl'?",
    ),
    "missing data": (
        MODEL + '[initial]\nx = { file = "d.csv", column = "x" }\n',
        "error: no such data file: 'd.csv'\n"
        " --> bad.toml:4:14   (initial.x)\n"
        "  |\n"
        '4 | x = { file = "d.csv", column = "x" }\n'
        "  |              ^^^^^^^",
    ),
    "wrong type": (
        MODEL + '[time]\nstop = "2092"\n',
        "error: 'stop' must be a number, not the text '2092'\n"
        " --> bad.toml:4:8   (time)\n"
        "  |\n"
        '4 | stop = "2092"\n'
        "  |        ^^^^^^",
    ),
    "stop before start": (
        MODEL + "[time]\nstart = 2000\nstop = 1999\n",
        "error: the run stops at 1999, before it starts at 2000\n"
        " --> bad.toml:5:8   (time)\n"
        "  |\n"
        "5 | stop = 1999\n"
        "  |        ^^^^\n"
        "  = help: stop must be after start",
    ),
    "a name twice": (
        MODEL + '[parameters]\nfree_riding = 1\n"Free Riding" = 2\n',
        "error: 'Free Riding' is 'free_riding' once more\n"
        " --> bad.toml:5:1   (parameters)\n"
        "  |\n"
        '5 | "Free Riding" = 2\n'
        "  | ^^^^^^^^^^^^^",
    ),
    "an event with two operations": (
        MODEL + '[[events]]\nat = 1\ntarget = "x"\nvalue = 1\nadd = 2\n',
        "error: an event has value and add\n"
        " --> bad.toml:7:1   (events[0])\n"
        "  |\n"
        "7 | add = 2\n"
        "  | ^^^\n"
        "  = help: give exactly one of value, multiply and add",
    ),
    "a table of a later version": (
        MODEL + '[calibrate]\nmethod = "x"\n',
        "error: [calibrate] is not supported yet\n"
        " --> bad.toml:3:2\n  |\n3 | [calibrate]\n  |  ^^^^^^^^^\n  = help: leave the table out",
    ),
    "malformed TOML": (
        MODEL + "[parameters]\nx = .3\n",
        "error: malformed TOML: Invalid value\n"
        " --> bad.toml:4:5\n"
        "  |\n"
        "4 | x = .3\n"
        "  |     ^\n"
        "  = help: a number needs a digit before its point: 0.3",
    ),
    "columns count characters": (
        MODEL + '[parameters]\n"bé" = { "ü" = 1, "ö" = true }\n',
        "error: 'ö' must be a number, not true\n"
        " --> bad.toml:4:25   (parameters.bé)\n"
        "  |\n"
        '4 | "bé" = { "ü" = 1, "ö" = true }\n'
        "  |                         ^^^^",
    ),
    "empty": (
        "# nothing\n",
        'error: the file is empty\n  --> bad.toml\n   = help: a scenario needs schema = 1 and [model] file = "..."',
    ),
    "no model": ("schema = 1\n", 'error: no model is named\n  --> bad.toml\n   = help: add [model] with file = "..."'),
    "no schema": (
        'model = { file = "models/m.mdl" }\n',
        "error: 'schema' is missing\n  --> bad.toml\n   = help: begin the file with: schema = 1",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_message(folder: Path, name: str) -> None:
    text, expected = GOLDEN[name]
    assert told(text) == expected


def test_extends_in_a_circle_is_spelled_out(folder: Path) -> None:
    Path("b.toml").write_text('schema = 1\nextends = ["c.toml"]\n')
    Path("c.toml").write_text('schema = 1\nextends = "bad.toml"\n')
    assert told(
        MODEL + 'extends = "b.toml"\n'
    ) == "error: extends in a circle: bad.toml -> b.toml -> c.toml -> bad.toml\n" + excerpt(
        2, 11, 'extends = "bad.toml"', 10, name="c.toml"
    )


def test_a_missing_file_that_is_extended_is_told_where_it_is_named(folder: Path) -> None:
    Path("base.toml").write_text(MODEL)
    assert told(MODEL + 'extends = "bse.toml"\n') == (
        "error: no such file: 'bse.toml'\n"
        + excerpt(3, 11, 'extends = "bse.toml"', 10)
        + "\n  = help: did you mean 'base.toml'?"
    )


def test_what_is_wrong_with_the_file_a_variant_extends_is_told_where_it_stands(folder: Path) -> None:
    Path("base.toml").write_text(MODEL + "typo = 1\n")
    Path("round.toml").write_text('schema = 1\nextends = "bad.toml"\n')
    variants = ('missing = { extends = "bse.toml" }', 'one = { extends = ["base.toml"] }', 'two = { extends = "base.toml" }')
    variants += ('self = { extends = "bad.toml" }', 'round = { extends = "round.toml" }', "number = { extends = 3 }")
    errors = told(MODEL + "[variants]\n" + "\n".join(variants) + "\n")
    assert errors == (
        "error: 'extends' must be a text or a list, not 3\n"
        + excerpt(9, 22, variants[5], 1, key="variants.number")
        + "\n\nerror: no such file: 'bse.toml'\n"
        + excerpt(4, 23, variants[0], 10, key="variants.missing")
        + "\n  = help: did you mean 'base.toml'?"
        + "\n\nerror: unknown key 'typo'\n"
        + excerpt(3, 1, "typo = 1", 4, name="base.toml")
        + "\n\nerror: extends in a circle: bad.toml -> bad.toml\n"
        + excerpt(7, 20, variants[3], 10, key="variants.self")
        + "\n\nerror: extends in a circle: bad.toml -> round.toml -> bad.toml\n"
        + excerpt(2, 11, 'extends = "bad.toml"', 10, name="round.toml")
    )


@pytest.mark.parametrize(
    ("row", "help_"),
    [
        ("x = -.5", "a number needs a digit before its point: 0.5"),
        ("x = { A = .25 }", "a number needs a digit before its point: 0.25"),
        ("x = 0,3", "numbers take a decimal point: 0.3"),
        ("free riding = 0.3", 'a name with blanks needs quotes: "free riding"'),
        ("größe = 0.3", 'a name with such letters needs quotes: "größe"'),
        ("x = LSODA", 'a text needs quotes: "LSODA"'),
    ],
)
def test_hints_on_toml(folder: Path, row: str, help_: str) -> None:
    text = told(MODEL + "[parameters]\n" + row + "\n")
    assert text.startswith("error: malformed TOML: ") and text.endswith(f"= help: {help_}") and f"4 | {row}\n" in text


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 100_000, "x = " + "{a=" * 100_000, "a" + ".a" * 100_000 + " = 1", "[a" + ".a" * 100_000 + "]"]
)
def test_deep_nesting_takes_nothing_down(folder: Path, text: str) -> None:
    assert told(MODEL + text + "\n").startswith("error: malformed TOML: ")


def test_all_problems_at_once_and_once_each(folder: Path) -> None:
    text = """schema = 1
extends = 3
[model]
file = "models/n.mdl"
theory = "walts"
[time]
start = 2000
stop = 1999
[solver]
method = "eular"
rtol = -1
[parameters]
a = true
b = { vlaue = 3, unit = "x" }
c = { value = 3, range = [4, 5] }
d = nan
e = {}
f = { file = "d.csv", column = "x", at = 3 }
[[events]]
at = 3
target = "x"
until = 2
[output]
formats = ["xls"]
[variants."a/b"]
[variants.b]
title = 3
use = [["a/b"]]
"""
    problems = told(text)
    whats = [line.removeprefix("error: ") for line in problems.splitlines() if line.startswith("error: ")]
    assert sorted(whats) == sorted(
        [
            "'extends' must be a text or a list, not 3",
            "'method' must be 'LSODA', 'RK45', 'RK23', 'DOP853', 'Radau', 'BDF', 'euler' or 'rk4', not the text 'eular'",
            "'rtol' must be above 0, not -1",
            "'a' must be a number, not true",
            "'value' is missing in 'b'",
            "unknown key 'vlaue'",
            "'d' must be a finite number, not nan",
            "'e' must hold something",
            "item 1 of 'formats' must be 'nc', 'zarr' or 'csv', not the text 'xls'",
            "'title' must be a text, not 3",
            "item 1 of 'use' must be a text, not a list",
            "'c' = 3 is outside its own range 4 to 5",
            "'at' of 'f' needs 'time': the column that holds the time, and the time to take",
            "the run stops at 1999, before it starts at 2000",
            "an event changes nothing",
            "an event lasts until 2, but starts at 3",
            "unknown theory 'walts'",
            "no such model file: 'models/n.mdl'",
            "no such data file: 'd.csv'",
            "'a/b' cannot name a variant",
        ]
    )
    assert "did you mean 'euler'?" in problems and "did you mean 'value'?" in problems


def test_problems_of_a_theory_stand_in_its_file(folder: Path) -> None:
    Path("models/theories/waltz.toml").write_text(
        "[theory]\n[parameters]\nx = { value = 3, range = [5, 4] }\n[initial]\ny = 1\n"
    )
    text = told('schema = 1\n[model]\nfile = "models/m.mdl"\ntheory = "waltz"\n')
    assert "the range of 'x' ends before it starts: 5 to 4\n --> models/theories/waltz.toml:3:26" in text
    assert "unknown key 'initial'\n --> models/theories/waltz.toml:4:2" in text


@pytest.mark.parametrize(
    ("setting", "what", "help_"),
    [
        ("time.stp=3", "unknown key 'stp'", "did you mean 'stop'?"),
        ("tiem.stop=3", "unknown table 'tiem'", "did you mean 'time'?"),
        ("solver.method=eular", "not the text 'eular'", "did you mean 'euler'?"),
        ("model.theory=waltzz", "unknown theory 'waltzz'", "did you mean 'waltz'?"),
        ("x=0,3", "'0,3' is no TOML value", "write 0.3"),
        ("x=.3", "'.3' is no TOML value", "write 0.3"),
        ("x=[1", "'[1' is no TOML value", "quote a text"),
        ("x=1\nschema = 1", "is no TOML value", "quote a text"),
        ("x", "--set takes KEY=VALUE, not 'x'", "such as: --set time.stop=2050"),
        ("x=yes", "'x' must be a number, not the text 'yes'", ""),
        ("calibrate.method=3", "[calibrate] is not supported yet", ""),
        ("sweep.sed=3", "unknown key 'sed'", "did you mean 'seed'?"),
        ("variants.a.title=x", "a variant cannot be changed by --set", ""),
    ],
)
def test_set(folder: Path, setting: str, what: str, help_: str) -> None:
    text = told(MODEL, setting)
    assert what in text and help_ in text and text.count("error: ") == 1


def test_only(folder: Path) -> None:
    variants = MODEL + "[variants.waltz]\n[variants.mearsheimer]\n"
    assert told(variants, only="walz") == "error: unknown variant 'walz'\n   = help: did you mean 'waltz'?"
    assert told(variants, only="q") == "error: unknown variant 'q'\n   = help: variants: waltz, mearsheimer"
    assert told(MODEL, only="q") == "error: unknown variant 'q'\n   = help: the scenario has no variants"


def test_files_that_are_no_scenario(folder: Path) -> None:
    assert told(name="none.toml") == "error: no such file: 'none.toml'"
    Path("good.toml").write_text(MODEL)
    assert told(name="god.toml") == "error: no such file: 'god.toml'\n   = help: did you mean 'good.toml'?"
    assert told(name="models/theories") == (
        "error: 'models/theories' is a folder, not a file\n"
        "   = help: scenarios in it: models/theories/walt.toml, models/theories/waltz.toml"
    )
    Path("latin.toml").write_bytes(b'schema = 1\ntitle = "\xe9"\n')
    assert told(name="latin.toml").startswith("error: this is not UTF-8 text\n --> latin.toml:2\n")
    Path("big.toml").write_bytes(b"#" * 1_000_001)
    assert told(name="big.toml") == "error: 'big.toml' is larger than 1 MB: that is no scenario"
    assert told(name="models/x.mdl") == "error: no such file: 'models/x.mdl'\n   = help: did you mean 'models/m.mdl'?"
    assert told('schema = 1\n[model]\nfile = "models"\n').startswith("error: the model file 'models' is a folder\n")
    assert told('schema = 1\n[model]\nfile = "good.toml"\n').startswith("error: 'good.toml' is no model file\n")


def test_a_dict_tells_the_table(folder: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(
            {"model": {"file": "models/m.mdl"}, "time": {"start": "x"}, "events": [{"at": 1, "target": "x", "ad": 1, "add": 1}]}
        )
    assert render(caught.value.problems) == (
        "error: 'start' must be a number, not the text 'x'\n  --> <dict>   (time)\n\n"
        "error: unknown key 'ad'\n  --> <dict>   (events[0])\n   = help: did you mean 'add'?"
    )


def test_the_shipped_schema_is_that_of_the_tables() -> None:
    shipped = Path(__file__).parents[2] / "schemas/scenario-1.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == scenario_schema()
    assert scenario_schema()["required"] == ["schema"]
