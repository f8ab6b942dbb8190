"""Every check by what it must find and what it must leave alone; the shipped models pass all of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sdrun.compile import compile_model
from sdrun.errors import ModelError
from sdrun.finding import Severity
from sdrun.functions import UNSPOKEN, known
from sdrun.parse import read_model
from sdrun.validate import CHECKS, Subject, findings

MODELS = sorted((Path(__file__).parents[2] / "models").glob("*.mdl"))

TAIL = """
INITIAL TIME = 0 ~ Year ~ |
FINAL TIME = 10 ~ Year ~ |
TIME STEP = 1 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""


def subject(folder: Path, text: str, behind: str = "") -> Subject:
    path = folder / "model.mdl"
    path.write_text("{UTF-8}\n" + text + TAIL + behind, encoding="utf-8")
    model = read_model(path)
    try:
        return Subject(model=model, system=compile_model(model))
    except ModelError:
        return Subject(model=model)


def told(folder: Path, text: str, check: str, behind: str = "") -> list[str]:
    """What one check says."""
    return [found.problem.what for found in findings(subject(folder, text, behind)) if found.check == check]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_shipped_models_pass(path: Path) -> None:
    model = read_model(path)
    found = findings(Subject(model=model, system=compile_model(model)))
    assert [(finding.check, finding.problem.what) for finding in found] == []


def test_findings_are_warnings_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "b = 5 * c ~ ~ |\nc = 3 ~ Dmnl [0, 2] ~ |\nidle = 1 ~ Dmnl ~ |\n"
    found = findings(subject(tmp_path, text))
    assert [finding.check for finding in found] == ["missing unit", "hidden constant", "limits", "unused"]
    assert {finding.check for finding in found} <= {*CHECKS} and {finding.severity for finding in found} == {Severity.WARNING}
    assert [finding.problem.place.line for finding in found if finding.problem.place] == [2, 2, 3, 4]
    assert found[2].as_dict()["what"] == "'c' is 3, outside its range 0 to 2" and found[2].as_dict()["severity"] == "warning"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "equation",
    [
        "7.3",
        "-7.3",
        "1 - x",
        "x / 2 + 0.5 * x - x / 3",
        "x * 100",
        "MAX(x, 1e-6)",
        "x ^ 3",
        "x ^ -1.5",
        "5 ^ x",
        "x * 365 / 12 / 7",
        "SIN(2 * 3.14159 * x)",
        "INTEG(x, 5000)",
        "ACTIVE INITIAL(x, 5e9)",
        "SMOOTHI(x, x, 40)",
        "SMOOTH N(x, x, x, 4)",
        "DELAY3I(x, x, 17)",
        "VECTOR SELECT(x, x, 0, 6, 0) + VECTOR LOOKUP(x, x, 0, 1, 9) + GET TIME VALUE(0, 0, 6)",
        "IF THEN ELSE(x > 1, x, :NA:)",
        "WITH LOOKUP(x, ([(0,0)-(9,9)], (0, 3.7), (5, 8.9)))",
    ],
)
def test_numbers_that_need_no_name(equation: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"x = 4 ~ Dmnl ~ |\ny = {equation} ~ Dmnl ~ |\n", "hidden constant") == []


@pytest.mark.parametrize(
    ("equation", "numbers"),
    [
        ("x * 0.07", "a number that is a constant without a name: 0.07"),
        ("x + 5 - 5", "a number that is a constant without a name: 5"),
        ("x ^ 0.37", "a number that is a constant without a name: 0.37"),
        ("IF THEN ELSE(x > 4.5, 8, -9)", "numbers that are constants without a name: 4.5, 8, -9"),
        ("SMOOTH(x, 6)", "a number that is a constant without a name: 6"),
        ("INTEG(0.3 * x, 5000)", "a number that is a constant without a name: 0.3"),
        ("INTEG(x, 5000 * x)", "a number that is a constant without a name: 5000"),
        ("STEP(17, 5) + RAMP(0.2, 1, 2) + 8 + 9 + 11 + 22", "numbers that are constants without a name: 17, 5, 0.2, 8, 9, ..."),
    ],
)
def test_hidden_constants(equation: str, numbers: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"x = 4 ~ Dmnl ~ |\ny = {equation} ~ Dmnl ~ |\n", "hidden constant") == [f"'y' holds {numbers}"]


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

SETTINGS = (
    "\\\\\\---/// Sketch\n///---\\\\\\\n:L\x7f<%^E!@\n1:Current.vdf\n"
    "22:$,Dollar,Dollars,$s\n22:Gadget,Gadgets,widget\n15:0,0,0,1,0,0\n"
)


def test_units_that_the_file_calls_the_same(tmp_path: Path) -> None:
    text = "a = 1 ~ Gadgets ~ |\nb = 2 ~ Widget ~ |\nc = a + b ~ gadget ~ |\nd = a / c ~ Dmnl ~ |\ne = 4 * b ~ $s ~ |\n"
    assert told(tmp_path, text, "units", SETTINGS) == ["'e': its equation is in gadget, its unit is dollar"]
    assert len(told(tmp_path, text, "units")) == 3, "without that block they are different"


def test_the_settings_block_is_read(tmp_path: Path) -> None:
    model = subject(tmp_path, "a = 1 ~ Dmnl ~ |\n", SETTINGS).model
    assert model.synonyms == (("$", "Dollar", "Dollars", "$s"), ("Gadget", "Gadgets", "widget"))


@pytest.mark.parametrize(
    "spelling", ["Dmnl", "dimensionless", "1", "fraction", "Year/Years", "people/person", "$/Dollars", "radians"]
)
def test_spellings_of_no_unit(spelling: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"x = 4 ~ Dmnl ~ |\ny = x * x ~ {spelling} ~ |\n", "units") == []


def test_missing_units(tmp_path: Path) -> None:
    assert told(tmp_path, "x = 4 ~~|\ny = x ~ Dmnl ~ |\nt((0,0),(1,1)) ~~|\nz = t(y) ~ Dmnl ~ |\n", "missing unit") == [
        "'x' states no unit"
    ]
    bare = tmp_path / "bare.mdl"
    bare.write_text("{UTF-8}\nx = 4 ~~|\ny = x ~~|\n" + TAIL.replace("Year", ""))
    found = [finding.problem for finding in findings(Subject(model=read_model(bare))) if finding.check == "missing unit"]
    assert [problem.what for problem in found] == ["no variable states a unit: no equation can be checked for its units"]


def test_an_undefined_name_has_any_unit(tmp_path: Path) -> None:
    assert told(tmp_path, "x = y + z ~ furlong ~ |\nz = 1 ~ furlong ~ |\n", "units") == []


def test_dates_that_count_otherwise(tmp_path: Path) -> None:
    text = "a = GET TIME VALUE(0, 0, 3) ~ Dmnl ~ |\nb = GET TIME VALUE(0, 0, 0) ~ Year ~ |\n"
    dates = "37:2000\n38:1\n39:1\n40:{}\n"
    assert told(tmp_path, text, "dates", SETTINGS + dates.format(2)) == [
        "'a': the file counts dates in months, and TIME STEP is in Year"
    ]
    assert told(tmp_path, text, "dates", SETTINGS + dates.format(0)) == []


@pytest.mark.parametrize("arguments", ["", "v[a]", "table", "Time, Time", *(", ".join(["v[a]"] * n) for n in range(3, 8))])
def test_no_check_minds_how_many_arguments_a_function_is_given(tmp_path: Path, arguments: str) -> None:
    """The compiler refuses all that are wrong, each at its line; checks look at them all the same."""
    called = [name for name in (*known(), *UNSPOKEN) if name[0] != "_"]
    given = ["{UTF-8}", "r: a, b ~~|", "v[r] = 1, 2 ~ Year ~ |", "table((0,0),(1,1)) ~ Year ~ |"]
    given += [f"y{k} = {name.upper().replace('_', ' ')}({arguments}) ~ Year ~ |" for k, name in enumerate(called)]
    path = tmp_path / "model.mdl"
    path.write_text("\n".join(given) + TAIL, encoding="utf-8")
    try:
        read_model(path)
    except ModelError as error:  # some are refused when they are read
        refused = {problem.place.line for problem in error.problems if problem.place is not None}
        path.write_text("\n".join("" if k in refused else line for k, line in enumerate(given, 1)) + TAIL, encoding="utf-8")
    model = read_model(path)
    assert {*CHECKS} >= {finding.check for finding in findings(Subject(model=model))}
    assert len(model.variables) > len(called) / 2


# ── unused, limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unused(tmp_path: Path) -> None:
    text = """r: a, b ~~|
idle = 4 ~ Dmnl ~ |
idle table((0,0),(1,1)) ~ Dmnl ~ |
idle list[r] = 1, 2 ~ Dmnl ~ |
used = 2 ~ Dmnl ~ |
start = 9 ~ Dmnl ~ |
asked = used ~ Dmnl ~ |
level = INTEG(asked, start) ~ Dmnl ~ |
"""
    what = ["constant 'idle'", "lookup 'idle table'", "constant 'idle list'"]
    assert told(tmp_path, text, "unused") == [f"the {kind} is used by no equation" for kind in what]


def limits(*ranges: str) -> str:
    return "\n".join(
        [
            "r: A, B, C ~~|",
            f"c = 3 ~ Dmnl {ranges[0]} ~ |",
            f"list[r] = 1, 5, 7 ~ Dmnl {ranges[1]} ~ |",
            f"level[r] = INTEG(0 * c, list[r] * c) ~ Dmnl {ranges[2]} ~ |\n",
        ]
    )


@pytest.mark.parametrize(
    ("ranges", "what"),
    [
        (("[0,3]", "[1,7,1]", "[?,21]"), []),
        (("[4,?]", "", ""), ["'c' is 3, outside its range from 4 up"]),
        (("[?,2]", "[0,6]", ""), ["'c' is 3, outside its range up to 2", "'list[C]' is 7, outside its range 0 to 6"]),
        (("", "", "[0,10]"), ["'level[B]' starts at 15, outside its range 0 to 10 (and 1 more elements)"]),
    ],
)
def test_limits(ranges: Sequence[str], what: list[str], tmp_path: Path) -> None:
    assert told(tmp_path, limits(*ranges), "limits") == what


def test_limits_of_a_model_that_does_not_compile(tmp_path: Path) -> None:
    assert told(tmp_path, "c = 3 ~ Dmnl [4,?] ~ |\nd = nothing ~ Dmnl ~ |\n", "limits") == [
        "'c' is 3, outside its range from 4 up"
    ]
