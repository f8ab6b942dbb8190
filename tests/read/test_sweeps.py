"""[sweep]: what is read of it, and what is told where it is wrong."""

from pathlib import Path

import pytest

from sdrun.errors import ScenarioError, render
from sdrun.read import read_scenario
from sdrun.sweep import Factor, Metric, Sweep

HEAD = 'schema = 1\nmodel = { file = "m.mdl" }\n'

GRID = HEAD + '[sweep]\nmethod = "grid"\n[sweep.parameters]\n'
SOBOL = HEAD + '[sweep]\nmethod = "sobol"\nsamples = 8\n[sweep.parameters]\n'


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theories").mkdir()
    (tmp_path / "m.mdl").touch()
    for name, value in (("waltz", 1), ("walt", 2)):
        (tmp_path / f"theories/{name}.toml").write_text(f'[theory]\ntitle = "{name}!"\n[parameters]\nx = {value}\n')
    monkeypatch.chdir(tmp_path)


def swept(text: str, *settings: str) -> Sweep:
    Path("s.toml").write_text(text, encoding="utf-8")
    found = read_scenario(Path("s.toml"), settings=settings).sweep
    assert found is not None
    return found


def told(text: str, *settings: str) -> str:
    Path("s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(Path("s.toml"), settings=settings)
    return render(caught.value.problems)


def bare(factor: Factor) -> tuple[object, ...]:
    return factor.name, factor.kind, factor.values, dict(factor.arguments)


def test_forms_of_factors() -> None:
    sobol = swept(
        SOBOL + "a = { low = 0, high = 1 }\n"
        'b = { dist = "truncated normal", mean = 1, sd = 2, low = 0, high = 3 }\n'
        'c = { dist = "beta", alpha = 2, beta = 3 }\n'
        'd = { choices = [1, 2], unit = "Year" }\n'
        '"Model.Theory" = { choices = ["waltz", "walt"] }\n'
    )
    assert [bare(factor) for factor in sobol.factors] == [
        ("a", "uniform", (), {"low": 0, "high": 1}),
        ("b", "truncated normal", (), {"mean": 1, "sd": 2, "low": 0, "high": 3}),
        ("c", "beta", (), {"alpha": 2, "beta": 3, "low": 0, "high": 1}),
        ("d", "choices", (1, 2), {}),
        ("model.theory", "choices", ("waltz", "walt"), {}),
    ]
    assert (sobol.method, sobol.samples, sobol.seed, sobol.factors[3].unit) == ("sobol", 8, 0, "Year")
    grid = swept(
        GRID + "a = { low = 0, high = 0.8, steps = 9 }\n"
        'b = { dist = "loguniform", low = 0.01, high = 100, steps = 5 }\n'
        "c = { values = [3, 1] }\nd = { choices = [3, 1] }\n"
    )
    assert [factor.values for factor in grid.factors] == [
        (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        (0.01, 0.1, 1, 10, 100),
        (3, 1),
        (3, 1),
    ]
    assert {factor.kind for factor in grid.factors} == {"values"}


def test_metrics_and_precision() -> None:
    text = GRID + "a = { values = [1, 2] }\n[sweep.metrics]\n" + 'd = { indicator = "i", index = "military" }\n'
    found = swept(text + 'e = { variable = "v", at = 2050 }\n')
    assert [(m.name, m.of, m.is_indicator, m.at, dict(m.select)) for m in found.metrics] == [
        ("d", "i", True, None, {"index": "military"}),
        ("e", "v", False, 2050, {}),
    ]
    assert isinstance(found.metrics[0], Metric)
    assert read_scenario(Path("s.toml")).output.precision == "float32"
    Path("s.toml").write_text(HEAD)
    assert read_scenario(Path("s.toml")).output.precision == "float64"
    assert read_scenario(Path("s.toml")).sweep is None


def test_what_extends_and_set_change() -> None:
    Path("low.toml").write_text(SOBOL + "free_riding = { low = 0, high = 1 }\nb = { low = 0, high = 1 }\n")
    over = 'schema = 1\nextends = "low.toml"\n[sweep.parameters]\n"Free Riding" = { low = 0.5, high = 0.6 }\n'
    found = swept(over, "sweep.samples=20", "sweep.seed=3", "sweep.parameters.b={low = 2, high = 3}")
    assert (found.samples, found.seed) == (20, 3)
    assert [bare(factor)[3] for factor in found.factors] == [{"low": 0.5, "high": 0.6}, {"low": 2, "high": 3}]


def test_a_list_in_a_file() -> None:
    Path("points.csv").write_text("Free Riding, model.theory\n0.1,waltz\n\n0.2,walt\n")
    found = swept(HEAD + '[sweep]\nmethod = "list"\nfile = "points.csv"\n')
    assert [bare(factor) for factor in found.factors] == [
        ("Free Riding", "values", (0.1, 0.2), {}),
        ("model.theory", "values", ("waltz", "walt"), {}),
    ]
    scenario = read_scenario(Path("s.toml"))
    assert Path("points.csv") in scenario.files
    assert list(scenario.cases[0].theories) == ["waltz", "walt"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "no such file of samples: 'points.csv'\n --> s.toml:5:8"),
        ("", "'points.csv' is empty"),
        ("a,b\n1\n1,x\n", "1 values for 2 factors\n --> points.csv:2"),
        ("a,b\n1,2\n1,x\n", "column 'b' holds 'x', no number\n --> points.csv:3"),
        ("a,b\n1,1_5\n1,2\n", "column 'b' holds '1_5', no number\n --> points.csv:2"),
        ("a, A\n1,2\n1,2\n", "column 'A' stands there twice\n --> points.csv:1"),
        ("a,\n1,2\n1,2\n", "column 2 has no name\n --> points.csv:1"),
        ("a\n1\n", "a sweep has two samples at least"),
    ],
)
def test_a_bad_file_of_samples(content: str | None, what: str) -> None:
    if content is not None:
        Path("points.csv").write_text(content)
    text = told(HEAD + '[sweep]\nmethod = "list"\nfile = "points.csv"\n')
    assert what in text and text.count("error: ") == 1


def test_theories_as_a_factor() -> None:
    own = '"model.theory" = { choices = ["waltz", "mine"] }\n[sweep.theories.mine]\ntitle = "My own"\nparameters = { x = 9 }\n'
    swept(SOBOL + own)
    theories = read_scenario(Path("s.toml")).cases[0].theories
    assert {name: (theory.title, theory.parameters[0].value) for name, theory in theories.items()} == {
        "waltz": ("waltz!", 1),
        "mine": ("My own", 9),
    }
    assert "unknown theory 'wlatz'\n --> s.toml:7:1" in told(SOBOL + '"model.theory" = { choices = ["wlatz", "walt"] }\n')
    chosen = SOBOL + '"model.theory" = { choices = ["waltz", "walt"] }\n'
    assert "the sweep chooses the theory, and a variant too" in told(chosen + '[variants.a]\nmodel = { theory = "walt" }\n')
    assert "'model.theory' is varied by the sweep" in told(chosen, "model.theory=walt")
    Path("theories/table.toml").write_text('[theory]\n[parameters]\nx = { file = "d.csv", column = "c" }\n')
    assert "is read from a data file, which a sweep over theories cannot do" in told(chosen.replace('walt"', 'table"'))


@pytest.mark.parametrize(
    ("text", "what", "help_"),
    [
        (HEAD + '[sweep]\nmethod = "sobl"\n', "'method' must be 'grid', 'list', 'random', 'lhs'", "did you mean 'sobol'?"),
        (HEAD + "[sweep]\n", "[sweep] is empty", "method is one of grid"),
        (HEAD + "[sweep]\nseed = 1\n", "there is no sweep without a method", "[sweep] method is one of grid, list, random"),
        (HEAD + '[sweep]\nmethod = "grid"\n', "the sweep varies nothing", "[sweep.parameters]"),
        (
            SOBOL.replace("samples = 8\n", "") + "a = { low = 0, high = 1 }",
            "'samples' is missing: how many sobol is to draw",
            "",
        ),
        (SOBOL.replace("8", "8.0") + "a = { low = 0, high = 1 }", "'samples' must be a whole number, not 8", ""),
        (SOBOL.replace("8", "1") + "a = { low = 0, high = 1 }", "'samples' must be at least 2, not 1", ""),
        (SOBOL.replace("8", "100000000") + "a = { low = 0, high = 1 }", "more than 1,000,000 samples", ""),
        (
            SOBOL.replace("sobol", "grid") + "a = { values = [0, 1] }",
            "a grid takes no samples: its factors say what is run",
            "",
        ),
        (SOBOL + "a = 3", "'a' must be a table, not 3", ""),
        (SOBOL + "a = { low = 0, hihg = 1 }", "unknown key 'hihg'", "did you mean 'high'?"),
        (SOBOL + "a = { low = 0 }", "'high' is missing in 'a'", ""),
        (
            SOBOL + 'a = { dist = "nromal", mean = 0, sd = 1 }',
            "'dist' must be 'uniform', 'loguniform'",
            "did you mean 'normal'?",
        ),
        (SOBOL + 'a = { dist = "normal", mean = 0, sdd = 1 }', "unknown key 'sdd'", "did you mean 'sd'?"),
        (SOBOL + 'a = { dist = "normal", mean = 0, sd = 0 }', "'sd' must be above 0, not 0", ""),
        (SOBOL + "a = { low = 2, high = 1 }", "'a' runs from 2 to 1: low must be below high", ""),
        (SOBOL + 'a = { dist = "loguniform", low = 0, high = 1 }', "'a' has no logarithm at 0: low must be above 0", ""),
        (SOBOL + 'a = { dist = "triangular", low = 0, mode = 2, high = 1 }', "the mode of 'a', 2, lies outside 0 to 1", ""),
        (SOBOL + "a = { values = [1, 2] }", "'a' has values, which sobol does not draw from", "choices = [...] does"),
        (SOBOL + "a = { low = 0, high = 1, steps = 3 }", "'a' has steps, which are those of a grid", ""),
        (SOBOL + 'a = { choices = [1, "x"] }', "item 2 of 'a' must be a number", ""),
        (SOBOL + "a = { choices = [] }", "'choices' must hold something", ""),
        (SOBOL + '"model.theory" = { low = 0, high = 1 }', "theories lie on no scale", 'choices = ["waltz", ...]'),
        (SOBOL + '"model.theory" = { choices = [1, 2] }', "item 1 of 'model.theory' must be a name of a theory", ""),
        (SOBOL + "a_b = { low = 0, high = 1 }\n'A b' = { low = 0, high = 1 }", "'A b' is 'a_b' once more", ""),
        (GRID + "a = { low = 0, high = 1 }", "'a' has no points for a grid", "give values = [...], or low, high and steps"),
        (GRID + "a = { values = [1] }", "a sweep has two samples at least", ""),
        (
            GRID + "".join(f"a{i} = {{ low = 0, high = 1, steps = 100 }}\n" for i in range(4)),
            "the grid has 100,000,000 points",
            "",
        ),
        (GRID.replace("grid", "list") + "a = { values = [1, 2] }\nb = { values = [1] }", "here 2 of 'a', 1 of 'b'", ""),
        (GRID.replace("grid", "list") + "a = { choices = [1, 2] }", "'a' has choices, of which a list draws none", ""),
        (GRID + "a = { values = [1, 2] }\n[sweep.metrics]\nm = { at = 3 }", "metric 'm' is of nothing", "exactly one of"),
        (GRID + 'a = { values = [1, 2] }\n[sweep.metrics]\n"m n" = { variable = "v" }', "'m n' cannot name a metric", ""),
        (GRID + "a = { values = [1, 2] }\n[variants.v.sweep]\nseed = 1", "unknown key 'sweep'", ""),
    ],
)
def test_bad_input(text: str, what: str, help_: str) -> None:
    found = told(text)
    assert what in found and help_ in found
    assert found.count("error: ") == 1 + found.count("' is missing in 'a'") * ("unknown key" in found), found


MORRIS = SOBOL.replace("sobol", "morris").replace("8", "6")
"""Of two factors: two trajectories of three."""

TOGETHER = SOBOL + "a = { low = 0, high = 1 }\nb = { low = 0, high = 1 }\nc = { choices = [0, 1] }\n"


def correlations(*tables: str) -> str:
    return "".join(f"[[sweep.correlations]]\n{table}\n" for table in tables)


def test_correlations() -> None:
    found = swept(TOGETHER + correlations('between = ["A", "b"]\nvalue = -0.5')).correlations
    assert [(one.between, one.value) for one in found] == [(("a", "b"), -0.5)], "names as those of the factors"


@pytest.mark.parametrize(
    ("text", "what", "help_"),
    [
        ('between = ["a", "bb"]\nvalue = 0', "'bb' is no factor of the sweep\n  --> s.toml:11:17", "did you mean 'b'?"),
        ('between = ["a", "c"]\nvalue = 0', "'c' has choices, which lie on no scale to correlate", ""),
        ('between = ["a", "A"]\nvalue = 0', "'A' with itself", "name two factors"),
        ('between = ["a"]\nvalue = 0', "'between' must hold two factors", ""),
        ('between = ["a", "b"]\nvalue = 1.5', "'value' must be at most 1, not 1.5\n  --> s.toml:12:9", ""),
        ('between = ["a", "b"]', "'value' is missing", ""),
        ('between = ["a", "b"]\nvalue = 0\nkind = "rank"', "unknown key 'kind'", ""),
    ],
)
def test_bad_correlations(text: str, what: str, help_: str) -> None:
    found = told(TOGETHER + correlations(text))
    assert what in found and help_ in found and found.count("error: ") == 1, found


def test_correlations_that_cannot_be() -> None:
    two = told(TOGETHER + correlations('between = ["a", "b"]\nvalue = 0.1', 'between = ["b", "a"]\nvalue = 0.1'))
    assert "'b' and 'a' have a correlation already\n  --> s.toml:14:11" in two
    three = TOGETHER.replace("c = { choices = [0, 1] }", "c = { low = 0, high = 1 }")
    pairs = (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9))
    wrong = three + correlations(*(f'between = ["{one}", "{other}"]\nvalue = {value}' for one, other, value in pairs))
    found = told(wrong)
    assert "not positive semi-definite" in found and "= help: 0.55 times as large they can" in found
    scaled = wrong.replace("0.9", "0.495")
    assert len(swept(scaled).correlations) == 3, "the way out is one"
    assert swept(three + correlations('between = ["a", "b", "c"]\nvalue = 1')).correlations, "singular is possible"


@pytest.mark.parametrize("method", ["morris", "saltelli"])
def test_correlations_have_no_indices_by_blocks(method: str) -> None:
    text = TOGETHER.replace("sobol", method) + correlations('between = ["a", "b"]\nvalue = 0.1')
    found = told(text)
    assert f"{method} takes factors that are independent: its indices rest on that" in found and "draw by sobol" in found


def test_correlations_of_a_grid() -> None:
    found = told(GRID + "a = { values = [1, 2] }\nb = { values = [1, 2] }\n" + correlations('between = ["a", "b"]\nvalue = 0'))
    assert "a grid has no correlations: its factors say what is run" in found


@pytest.mark.parametrize(
    ("method", "samples", "nearest"),
    [
        ("morris", 7, "give 6 or 9"),
        ("morris", 2, "give 6"),
        ("morris", 8, "give 6 or 9"),
        ("saltelli", 100, "give 96 or 102"),
        ("saltelli", 5, "give 12"),
        ("saltelli", 96, None),
        ("morris", 9, None),
    ],
)
def test_samples_are_whole_blocks(method: str, samples: int, nearest: str | None) -> None:
    text = MORRIS.replace("morris", method).replace("6", str(samples)) + "a = { low = 0, high = 1 }\nb = { choices = [1, 2] }\n"
    if nearest is None:
        assert swept(text).samples == samples
        return
    found = told(text)
    assert f"{samples} samples are no whole number of blocks: of {method} with 2 factors a block has" in found
    assert f"{nearest}\n" in f"{found}\n" and " --> s.toml:5:11" in found and found.count("error: ") == 1
    found = told(text.replace(f"= {samples}", "= 6"), f"sweep.samples={samples}")
    assert f"--set sweep.samples={samples}" in found and nearest in found


def test_one_block_has_no_indices() -> None:
    found = told(MORRIS.replace("6", "3") + "a = { low = 0, high = 1 }\nb = { low = 0, high = 1 }\n")
    assert "3 samples are one block, of which there must be two: of morris with 2 factors a block has 3" in found
    assert "give 6" in found


@pytest.mark.parametrize(
    ("factor", "what", "help_"),
    [
        ('{ dist = "normal", mean = 0, sd = 1 }', "'b' is normal, without the ends between which morris steps", "truncated"),
        ("{ choices = [1] }", "'b' has one choice, and morris steps from one to another", ""),
        ("{ values = [1, 2] }", "'b' has values, which morris does not draw from", "choices = [...] does"),
    ],
)
def test_what_morris_cannot_step_through(factor: str, what: str, help_: str) -> None:
    found = told(MORRIS + f"a = {{ low = 0, high = 1 }}\nb = {factor}\n")
    assert what in found and help_ in found and found.count("error: ") == 1


def test_all_problems_at_once() -> None:
    text = told(
        SOBOL
        + "a = { low = 2, high = 1 }\nb = { values = [1, 2] }\n[sweep.metrics]\nm = { at = 1 }\n[time]\nstart = 2\nstop = 1\n"
    )
    assert text.count("error: ") == 4


def test_what_set_gives_to_a_factor_would_never_count() -> None:
    text = told(SOBOL + '"Free Riding" = { low = 0, high = 1 }\n', "free_riding=0.3")
    assert "'Free Riding' is varied by the sweep" in text and "--set 'sweep.parameters.Free Riding={ ... }'" in text
