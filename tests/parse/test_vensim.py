"""What a Vensim file says besides its right sides."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdrun.errors import ModelError
from sdrun.model import CONTROLS, Call, Name, Number
from sdrun.model import Model as Model_
from sdrun.parse import read_model

Read = Callable[[str], Model_]
MODELS = Path(__file__).parent / "models"


def test_everything_of_a_model_is_kept_in_its_order() -> None:
    model = read_model(MODELS / "arms.mdl")
    assert list(model.variables) == [
        "capability", "armament", "initial_capability", "effect_of_burden", "hostility:_a_to_b", "threat",
        *CONTROLS,
    ]  # fmt: skip
    capability = model.variables["capability"]
    assert (capability.label, capability.units, capability.limits) == ("Capability", "GUSD", (0.0, None))
    assert capability.description == "Military capital, as in Richardson (1960)."
    assert model.variables["hostility:_a_to_b"].label == "hostility: A to B"
    assert model.variables["initial_time"].equations[0].expression == Number(1900.0)
    assert [len(variable.equations) for variable in model.variables.values()][4] == 2


def test_lines_are_those_of_the_definitions() -> None:
    path = MODELS / "arms.mdl"
    model, lines = read_model(path), path.read_text(encoding="utf-8").splitlines()
    for item in (*model.variables.values(), *model.ranges.values()):
        assert item.line is not None
        assert lines[item.line - 1].replace('"', "").lower().startswith(item.label.lower()), item


def test_lines_of_several_equations_and_of_windows_files(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(
        b"{comment\r\nof two lines}\r\nr: a, b ~~|\r\n\r\nx[a] = \\\r\n\t1 ~~ doc x[b] |\r\nx[b] = 2\r\n~~|y=3~~|\r\n"
    )
    model = read_model(path)
    assert [model.ranges["r"].line, model.variables["x"].line, model.variables["y"].line] == [3, 5, 8]


@pytest.mark.parametrize(
    ("written", "units", "limits"),
    [
        ("people [0,100]", "people", (0.0, 100.0)),
        ("people [0,100,5]", "people", (0.0, 100.0)),
        ("people/year [?,1e+006]", "people/year", (None, 1e6)),
        ("[0,?]", "", (0.0, None)),
        ("people  per\n\tyear", "people per year", (None, None)),
        ("1/(a*b) [nan,inf]", "1/(a*b)", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_units_and_limits(vensim: Read, written: str, units: str, limits: tuple[float | None, float | None]) -> None:
    variable = vensim(f"x = 1 ~ {written} ~ doc |").variables["x"]
    assert (variable.units, variable.limits) == (units, limits)


@pytest.mark.parametrize("written", ["people [0,1oo]", "people [0]", "people [a,b]"])
def test_wrong_limits_are_errors(vensim: Read, written: str) -> None:
    with pytest.raises(ModelError, match="limits"):
        vensim(f"x = 1 ~ {written} ~ doc |")


def test_sketch_groups_comments_and_supplements(vensim: Read) -> None:
    model = vensim(
        "{UTF-8}\nx = 1 {one ~ | comment} + 2 ~~ a \\\n\tdoc ~ :SUPPLEMENTARY |\n"
        '****\n\t.Group\n****~\n\t\tAll of it | y == 3 ~~|\n\n\\\\\\---/// Sketch ~ information\n10,1,x = ~~| " {\n'
    )
    assert list(model.variables) == ["x", "y"]
    assert model.variables["x"].description == "a doc"


def test_except_and_several_equations(vensim: Read) -> None:
    model = vensim('r: a, b, c ~~|\nx[r,r] :EXCEPT: [a,b], [b,c] = 1 ~~|\nx[a, b] = 2 ~ m ~ doc |\n"X" [b,c] = 3 ~~|')
    first, second, third = model.variables["x"].equations
    assert (first.subscripts, first.excepts) == (("r", "r"), (("a", "b"), ("b", "c")))
    assert (second.subscripts, second.excepts, third.subscripts) == (("a", "b"), (), ("b", "c"))
    assert (model.variables["x"].units, model.variables["x"].description) == ("m", "doc")


def test_data_and_reality_checks(vensim: Read) -> None:
    model = vensim("d := e ~~|\ne := 3 ~~|\nc :THE CONDITION: x > 1 :IMPLIES: y > 1 ~~|\n")
    assert {id: variable.equations[0].expression for id, variable in model.variables.items()} == {
        "d": Call("_interpolate", (Name("e"),)),
        "e": Number(3.0),
    }


def test_encodings(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    for content in (
        "{UTF-8}\ngrößé = 1 ~~|".encode(),
        "\ufeff{UTF-8}\ngrößé = 1 ~~|".encode(),
        "größé = 1 ~~|".encode(),
        "größé = 1 ~~|".encode("cp1252"),
        "{windows-1252}\ngrößé = 1 ~~|".encode("cp1252"),
        "{latin-1}größé = 1 ~~|".encode("latin-1"),
        "{a comment}\ngrößé = 1 ~~|".encode(),
        "größé = 1 ~~|".encode("utf-16"),
    ):
        path.write_bytes(content)
        assert list(read_model(path).variables) == ["größé"], content


SETTINGS = "\\\\\\---/// Sketch\nV300\n*View\n15:0,0,0,5,0,0\n///---\\\\\\\n:L\x7f<%^E!@\n1:run.vdf\n15:{setting}\n19:100,0\n"


@pytest.mark.parametrize(
    ("setting", "method"),
    [
        ("0,0,0,0,0,0", "euler"),
        ("1,0,0,1,0,0", "rk4 auto"),
        ("0,0,0,2,0,0", "difference"),
        ("0,0,0,3,0,0", "rk2"),
        ("0,0,0,4,0,0", "rk2 auto"),
        ("0,0,0,5,0,0", "rk4"),
        ("0,0,0,9,0,0", None),
        ("0,0", None),
    ],
)
def test_integration_method(vensim: Read, setting: str, method: str | None) -> None:
    assert vensim("x = 1 ~~|\n" + SETTINGS.format(setting=setting)).method == method


def test_no_settings_no_method(vensim: Read) -> None:
    assert vensim("x = 1 ~~|").method is None
    assert vensim("x = 1 ~~|\n" + SETTINGS.split("///---")[0]).method is None
