"""The page on the models says what the models say; run this file as a script to write its tables anew."""

import re
import tomllib
from pathlib import Path

import pytest
import xarray as xr

from sdrun.model import Array, Expr, Model, Number, Unary, name_id
from sdrun.parse import read_model
from sdrun.pipeline import simulate
from sdrun.units import parse_unit

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "models" / "README.md"
PARAMETERS = ROOT / "models" / "PARAMETERS.md"
THEORIES = sorted((ROOT / "models" / "theories").glob("*.toml"), key=lambda path: (path.stem == "growth_only", path.stem))
YEARS = (1992, 2016, 2042, 2092)
DIALS = """
balancing responsiveness, power appetite, balancing delay, intent weight, free riding, balancing onset share,
balancing collapse share, buck passing, growth diffusion, alliance reliability, overstretch cost, alliance half life,
reward and punishment, interoperability, institutionalisation, offence advantage, loss of strength distance,
stopping power of water, security dilemma, soft balancing effectiveness, soft balancing threshold, dependence threshold,
maximum burden, military depreciation, unilateralism, sanctions effectiveness, proxy effectiveness, enforcement
"""
OUTPUTS = """
economy, military capability, burden, power share, perceived capability, threat, hostility, commitment, cohesion, posture,
pooled capability, counter coalition ratio, usable leverage, legitimacy, autonomy, hegemonic bid, war hazard, effective poles,
concentration, leader share
"""


def listed(names: str) -> list[str]:
    return [name_id(name) for name in names.replace("\n", " ").split(",")]


def between(marker: str, page: Path = PAGE) -> str:
    found = re.search(rf"<!-- {marker} -->\n(.*?)\n?<!-- /{marker} -->", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def cells(table: list[str]) -> list[list[str]]:
    """The cells below the head of a table."""
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[2:]]


def is_given(expression: Expr) -> bool:
    """A constant: a number, perhaps negative, or a list of them."""
    return isinstance(expression, Number | Array) or (isinstance(expression, Unary) and is_given(expression.operand))


def parameter_table(model: Model) -> str:
    rows = ["| parameter | value | range | unit | what it is, and the source |", "|---|---|---|---|---|"]
    for variable in model.variables.values():
        expression = variable.equations[0].expression
        if isinstance(expression, Number) and variable.id not in ("initial_time", "final_time", "time_step", "saveper"):
            low, high = ("" if end is None else f"{end:g}" for end in variable.limits)
            span = f"{low} to {high}" if low or high else ""
            rows.append(f"| {variable.label} | {expression.value:g} | {span} | {variable.units} | {variable.description} |")
    return "\n".join(rows)


def theory_table(model: Model) -> str:
    """What each theory sets, beside the model's own value."""
    settings = {path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["parameters"] for path in THEORIES}
    dials = dict.fromkeys(dial for setting in settings.values() for dial in setting)
    rows = [f"| dial | model | {' | '.join(settings)} |", "|---" * (len(settings) + 2) + "|"]
    for dial in dials:
        own = f"{model.variables[name_id(dial)].equations[0].expression.value:g}"
        values = (f"{setting[dial]['value']:g}" if dial in setting else "" for setting in settings.values())
        rows.append(f"| {dial} | {own} | {' | '.join(values)} |")
    return "\n".join(rows)


def result_table(ds: xr.Dataset) -> str:
    head = " | ".join(str(year) for year in YEARS)
    rows = [f"| run | index | {head} | unipole for (years) |", "|---" * (len(YEARS) + 3) + "|"]
    for variant in ds["variant"].values:
        for index in ds["index"].values:
            one = ds.sel(variant=variant, index=index)
            shares = " | ".join(f"{float(one['leader_share_by_index'].sel(time=year)):.2f}" for year in YEARS)
            rows.append(f"| {variant} | {index} | {shares} | {float(one['unipolar_duration']):.0f} |")
    return "\n".join(rows)


@pytest.mark.parametrize("path", sorted(PAGE.parent.glob("*.mdl")), ids=lambda path: path.stem)
def test_every_variable_has_a_unit_and_a_text(path: Path) -> None:
    model = read_model(path)
    for variable in model.variables.values():
        parse_unit(variable.units)
        assert len(variable.description) > 10, variable.label
    assert len(model.variables) >= 9


def test_the_names_that_others_rely_on(flagship: Model) -> None:
    assert all(is_given(flagship.variables[id_].equations[0].expression) for id_ in listed(DIALS))
    assert all(not is_given(flagship.variables[id_].equations[0].expression) for id_ in listed(OUTPUTS))
    assert len(flagship.ranges["strategy"].elements) == 9
    assert flagship.ranges["other"].alias_of == "state"


def test_no_equation_names_a_state(flagship: Model) -> None:
    states = set(flagship.ranges["state"].elements)
    for variable in flagship.variables.values():
        for equation in variable.equations:
            assert not states & {*equation.subscripts, *re.findall(r"id='(\w+)'", repr(equation.expression))}, variable.label


def test_parameter_table_is_the_models(flagship: Model) -> None:
    assert between("parameters", PARAMETERS) == parameter_table(flagship)
    assert between("theories") == theory_table(flagship)


def test_result_table_is_what_runs_give(headline: xr.Dataset) -> None:
    written, fresh = between("results").splitlines(), result_table(headline).splitlines()
    assert len(written) == len(fresh) == 2 + 4 * headline.sizes["variant"]
    for old, new in zip(cells(written), cells(fresh), strict=True):
        assert old[:2] == new[:2]
        assert [float(cell) for cell in old[2:-1]] == pytest.approx([float(cell) for cell in new[2:-1]], abs=0.011)
        assert float(old[-1]) == pytest.approx(float(new[-1]), abs=1.1)


def write(page: Path, marker: str, table: str) -> None:
    """`table` in place of what stands between the marks."""
    text = page.read_text(encoding="utf-8")
    head, tail = text.split(f"<!-- {marker} -->\n")[0], text.split(f"<!-- /{marker} -->")[1]
    page.write_text(f"{head}<!-- {marker} -->\n{table}\n<!-- /{marker} -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    model = read_model(PAGE.parent / "balance_of_power.mdl")
    write(PARAMETERS, "parameters", parameter_table(model))
    write(PAGE, "theories", theory_table(model))
    write(PAGE, "results", result_table(simulate(ROOT / "scenarios" / "waltz_vs_mearsheimer.toml").dataset))
