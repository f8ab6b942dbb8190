"""Precedence, paths, forms of settings: what `read_scenario` gives."""

from pathlib import Path

import pytest

from sdrun.errors import ScenarioError
from sdrun.read import read_scenario
from sdrun.scenario import Case, DataColumn, Scenario


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "models/m.mdl", "")
    write(
        tmp_path / "models/theories/waltz.toml",
        """
        [theory]
        title = "Waltz"
        references = ["Waltz 1979"]
        [parameters]
        "Free Riding" = { value = 0.4, unit = "dmnl", range = [0, 0.8], note = "of allies", source = "p. 126" }
        beta = 1
        gamma = 1
        """,
    )
    write(tmp_path / "models/theories/walt.toml", "[theory]\n[parameters]\nbeta = 2\ngamma = 2\ndelta = 2\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", encoding="utf-8")
    return path


def values(case: Case) -> dict[str, object]:
    return {setting.name: setting.value for setting in case.parameters}


def read(path: Path, text: str, *settings: str, only: str | None = None) -> Scenario:
    return read_scenario(write(path, text), settings=settings, only=only)


HEAD = 'schema = 1\nmodel = { file = "../models/m.mdl", theory = "waltz" }\n'


def test_theory_lies_below_the_scenario_and_names_are_compared_by_identity(folder: Path) -> None:
    scenario = read(folder / "s/a.toml", HEAD + "[parameters]\nfree_riding = 0.1\n")
    (case,) = scenario.cases
    assert values(case) == {"free_riding": 0.1, "beta": 1.0, "gamma": 1.0}
    assert case.theory is not None and (case.theory.title, case.theory.references) == ("Waltz", ("Waltz 1979",))
    assert case.name == scenario.stem == "a" and not scenario.has_variants
    assert case.model.resolve() == (folder / "models/m.mdl").resolve()
    assert [path.name for path in scenario.files] == ["a.toml", "waltz.toml"]


def test_a_setting_replaces_another_whole(folder: Path) -> None:
    (case,) = read(folder / "s/a.toml", HEAD + "[parameters]\nfree_riding = 0.1\n").cases
    assert (case.parameters[0].unit, case.parameters[0].source) == (None, None)
    (case,) = read(folder / "s/a.toml", HEAD).cases
    assert (case.parameters[0].unit, case.parameters[0].source) == ("dmnl", "p. 126")
    write(folder / "s/low.toml", HEAD + "parameters = { x = { A = 1, B = 2 } }\n")
    (case,) = read(folder / "s/a.toml", 'schema = 1\nextends = "low.toml"\nparameters = { x = { A = 3 } }\n').cases
    assert values(case)["x"] == {"A": 3.0}


def test_precedence_of_all_layers(folder: Path) -> None:
    write(
        folder / "deep/low.toml", "schema = 1\n[parameters]\nbeta = 10\np = 10\nq = 10\nr = 10\n[time]\nstart = 0\nstop = 5\n"
    )
    write(folder / "deep/high.toml", "schema = 1\n[parameters]\np = 11\nq = 11\nr = 11\n[time]\nstop = 6\n")
    text = (
        HEAD
        + """
        extends = ["../deep/low.toml", "../deep/high.toml"]
        [parameters]
        q = 12
        r = 12
        [variants.plain]
        [variants.other]
        model = { theory = "walt" }
        parameters = { r = 13, "delta" = 14 }
    """
    )
    plain, other = read(
        folder / "s/a.toml", text.replace('theory = "waltz" }', 'theory = "waltz" }'), "r=99", "time.start=1"
    ).cases
    assert values(plain) == {"Free Riding": 0.4, "beta": 10.0, "gamma": 1.0, "p": 11.0, "q": 12.0, "r": 99.0}
    assert values(other) == {"beta": 10.0, "gamma": 2.0, "delta": 14.0, "p": 11.0, "q": 12.0, "r": 99.0}
    assert other.theory is not None and other.theory.name == "walt"
    assert (plain.time.start, plain.time.stop) == (1.0, 6.0)


def test_variants_build_on_one_another_and_events_replace(folder: Path) -> None:
    text = (
        HEAD
        + """
        [[events]]
        at = 3
        target = "beta"
        multiply = 2
        until = 4
        label = "war"
        [variants.a]
        title = "A"
        parameters = { beta = 5, gamma = 5 }
        [variants.b]
        use = ["a"]
        events = []
        parameters = { gamma = 6 }
    """
    )
    scenario = read(folder / "s/v.toml", text)
    a, b = scenario.cases
    assert scenario.has_variants and (a.name, a.title, b.name, b.title) == ("a", "A", "b", "b")
    assert (values(b)["beta"], values(b)["gamma"]) == (5.0, 6.0)
    (event,) = a.events
    assert (event.at, event.target, event.operation, event.amount, event.until, event.label) == (
        3,
        "beta",
        "multiply",
        2,
        4,
        "war",
    )
    assert event.place is not None and event.place.line is not None and b.events == ()
    assert [case.name for case in read(folder / "s/v.toml", text, only="b").cases] == ["b"]


def test_forms_of_a_setting_and_data_beside_the_file_that_names_it(folder: Path) -> None:
    write(folder / "deep/data.csv", "who,year,x\n")
    write(
        folder / "deep/low.toml",
        'schema = 1\n[initial]\npower = { file = "data.csv", column = "x", actor = "who", time = "year", at = 1992 }\n',
    )
    text = (
        HEAD
        + 'extends = "../deep/low.toml"\n[parameters]\nm = { "*" = 1, USA = { CHN = 2 } }\n'
        + 'v = { value = { A = 3 }, unit = "1/year" }\n'
    )
    (case,) = read(folder / "s/a.toml", text).cases
    column = case.initial[0].value
    assert isinstance(column, DataColumn) and column.file.resolve() == (folder / "deep/data.csv").resolve()
    assert (column.column, column.actor, column.time, column.at) == ("x", "who", "year", 1992.0)
    assert values(case)["m"] == {"*": 1.0, "USA": {"CHN": 2.0}}
    assert values(case)["v"] == {"A": 3.0} and case.parameters[-1].unit == "1/year"


def test_set_takes_toml_values_and_bare_words(folder: Path) -> None:
    scenario = read(
        folder / "s/a.toml",
        HEAD,
        "solver.method=euler",
        "solver.step=1",
        "model.theory=walt",
        "Beta = 0.5",
        "parameters.free riding=0.3",
        'subscripts.state=["A", "B"]',
        "output.precision=float32",
        "initial.power={A = 1}",
    )
    (case,) = scenario.cases
    assert (case.solver.method, case.solver.step, scenario.output.precision) == ("euler", 1.0, "float32")
    assert case.theory is not None and case.theory.name == "walt"
    assert values(case) == {"Beta": 0.5, "gamma": 2.0, "delta": 2.0, "free riding": 0.3}
    assert case.subscripts == {"state": ("A", "B")} and case.initial[0].value == {"A": 1.0}


def test_a_dict_and_a_bare_model(folder: Path) -> None:
    scenario = read_scenario(
        {"model": {"file": Path("models/m.mdl")}, "parameters": {"x": 3, "gone": None}, "time": {"stop": 7}}
    )
    assert scenario.path is None and scenario.stem == "m" and scenario.cases[0].time.stop == 7
    assert values(scenario.cases[0]) == {"x": 3.0}
    bare = read_scenario(Path("models/m.mdl"), settings=["x=1"])
    assert (bare.stem, bare.cases[0].name, bare.cases[0].model) == ("m", "m", Path("models/m.mdl"))
    assert values(bare.cases[0]) == {"x": 1.0}


def test_defaults(folder: Path) -> None:
    (case,) = read_scenario({"model": {"file": "models/m.mdl"}}).cases
    assert (case.solver.method, case.solver.rtol, case.time.start, case.title) == (None, 1e-6, None, "")


def test_without_toml_rs_everything_is_read_but_no_place_is_known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "toml_rs", None)
    assert values(read(folder / "s/a.toml", HEAD).cases[0])["beta"] == 1.0
    with pytest.raises(ScenarioError) as caught:
        read(folder / "s/a.toml", HEAD + "[time]\nstrt = 1\n")
    (problem,) = caught.value.problems
    assert problem.what == "unknown key 'strt'" and problem.place is not None and problem.place.line == 3


WORLDS = {
    "then.toml": """
        schema = 1
        extends = "older.toml"
        model = { file = "../models/m.mdl" }
        subscripts = { state = ["GBR", "FRA"] }
        time = { start = 1816, stop = 1876 }
        [scenario]
        title = "then"
        [parameters]
        x = { GBR = 3, FRA = 2 }
        free_riding = 0.3
        [[events]]
        at = 1848
        target = "x"
        multiply = 2
        [output]
        formats = ["csv"]
        [variants.its_own]
        """,
    "older.toml": "schema = 1\nparameters = { x = 0, y = 5 }\n",
    "now.toml": """
        schema = 1
        model = { file = "../models/m.mdl" }
        subscripts = { State = ["USA"] }
        time = { start = 1992, stop = 2052 }
        parameters = { x = 7 }
        """,
}


def test_a_variant_may_extend_another_world(folder: Path) -> None:
    for name, text in WORLDS.items():
        write(folder / "deep" / name, text)
    scenario = read(
        folder / "s/a.toml",
        """
        schema = 1
        scenario = { title = "worlds" }
        time = { save_every = 2, stop = 2000 }
        parameters = { x = 1, z = 1 }
        [variants]
        waltz_then = { extends = "../deep/then.toml", model = { theory = "waltz" } }
        walt_now = { extends = ["../deep/then.toml", "../deep/now.toml"], use = ["own"], time = { stop = 2020 }, events = [] }
        own = { parameters = { z = 9 }, model = { theory = "walt", file = "../models/m.mdl" } }
        """,
    )
    then, now, own = scenario.cases
    assert [case.name for case in scenario.cases] == ["waltz_then", "walt_now", "own"]
    assert values(then) == {
        "free_riding": 0.3, "beta": 1.0, "gamma": 1.0, "x": {"GBR": 3.0, "FRA": 2.0}, "z": 1.0, "y": 5.0
    }  # fmt: skip
    assert values(now) == {"beta": 2.0, "gamma": 2.0, "delta": 2.0, "x": 7.0, "z": 9.0, "y": 5.0, "free_riding": 0.3}
    assert values(own) == {"beta": 2.0, "gamma": 2.0, "delta": 2.0, "x": 1.0, "z": 9.0}
    assert [dict(case.subscripts) for case in scenario.cases] == [{"state": ("GBR", "FRA")}, {"State": ("USA",)}, {}]
    assert [(case.time.start, case.time.stop, case.time.save_every) for case in scenario.cases] == [
        (1816.0, 1876.0, 2.0), (1992.0, 2020.0, 2.0), (None, 2000.0, 2.0)
    ]  # fmt: skip
    assert [[event.at for event in case.events] for case in scenario.cases] == [[1848.0], [], []]
    assert (scenario.title, scenario.output.formats) == ("worlds", ("nc", "csv")), "a world's own words stay behind"
    assert [case.title for case in scenario.cases] == ["waltz_then", "walt_now", "own"]
    files = ["a.toml", "now.toml", "older.toml", "then.toml", "walt.toml", "waltz.toml"]
    assert sorted(path.name for path in scenario.files) == files


def test_a_file_that_is_extended_brings_the_worlds_of_its_variants(folder: Path) -> None:
    for name, text in WORLDS.items():
        write(folder / "deep" / name, text)
    write(
        folder / "deep/many.toml",
        """
        schema = 1
        variants = { then = { extends = "then.toml" }, now = { extends = "now.toml" } }
        """,
    )
    cases = read(
        folder / "s/a.toml", 'schema = 1\nextends = "../deep/many.toml"\nvariants = { now = { parameters = { x = 8 } } }\n'
    ).cases
    assert [(case.name, case.time.start, values(case)["x"]) for case in cases] == [
        ("then", 1816.0, {"GBR": 3.0, "FRA": 2.0}), ("now", 1992.0, 8.0)
    ]  # fmt: skip
