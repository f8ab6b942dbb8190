"""The README says what the program says; run this file as a script to write its generated parts anew."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sdrun.analyse.power import POLARITIES
from sdrun.errors import SdrunError, render
from sdrun.functions import JOINT, PURE, RANDOM, REDUCTIONS, SPECIAL, STATEFUL, TABULAR, TIMED, UNSPOKEN, WINDOWED, known
from sdrun.parse.xmile.functions import BUILTINS, OF_ARRAYS, OF_TABLES, WORDS
from sdrun.pipeline import simulate
from sdrun.preparation import prepare

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def block(name: str) -> str:
    """What stands between the marks of a generated part."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


@cache
def results(name: str) -> xr.Dataset:
    """What a headline scenario gives, run once."""
    return simulate(ROOT / "scenarios" / f"{name}.toml").dataset


def theories() -> str:
    """How long the largest share stays above one half, by theory and index of power; who leads in the end; and the verdict."""
    from sdrun.report.comparison import duration, verdict
    from sdrun.report.figures import power_figures

    ds = results("waltz_vs_mearsheimer")
    rows = list(power_figures(ds))
    header = ["theory", *ds["index"].values, "coalition, most", "bid, most"]
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    for variant in ds["variant"].values:
        years = " | ".join(duration(row) for row in rows if row["variant"] == variant)
        one = ds.sel(variant=variant)
        peaks = f"{float(one['counter_coalition_ratio'].max()):.2f} | {float(one['hegemonic_bid'].max()):.2f}"
        lines.append(f"| {variant} | {years} | {peaks} |")
    return "\n".join([*lines, "", verdict(ds)])


def phase() -> str:
    """Years of unipolarity by military index over the grid, every second step: nothing else / Waltz's / Mearsheimer's dials."""
    ds = results("phase_diagram")
    years = ds["duration"].sel(index="military")
    beta, phi = (ds[name].values.round(6) for name in ("balancing_responsiveness", "free_riding"))
    betas, phis = sorted(set(beta))[::2], sorted(set(phi))[::2]
    lines = [f"| responsiveness \\ free riding | {' | '.join(f'{x:g}' for x in phis)} |", "|---" * (len(phis) + 1) + "|"]
    for one in betas:
        cells = [years.isel(sample=int(np.flatnonzero((beta == one) & (phi == other))[0])) for other in phis]
        lines.append(f"| {one:g} | " + " | ".join(" / ".join(f"{float(x):.0f}" for x in cell) for cell in cells) + " |")
    return "\n".join(lines)


def polarity() -> str:
    """By base year and theory: how long the first kind of polarity lasts by military index, and the mean hazard of war."""
    ds = results("polarity").sel(index="military")
    names = dict.fromkeys(str(variant).rsplit("_", 1)[0] for variant in ds["variant"].values)
    years = dict.fromkeys(str(variant).rsplit("_", 1)[1] for variant in ds["variant"].values)
    lines = [f"| start | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for year in years:
        cells = []
        for name in names:
            one = ds.sel(variant=f"{name}_{year}")
            lasted = f"{'> ' * int(one['first_polarity_spell_censored'])}{float(one['first_polarity_spell']):.0f}"
            cells.append(f"{lasted}; {100 * float(one['war_hazard'].mean()):.1f} %")
        kind = POLARITIES[int(next(value for value in one["polarity"].values if value))]
        lines.append(f"| {year}, {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def claims() -> str:
    """The score of the claims page."""
    found = re.search(r"^Of \d+ claims .*$", (ROOT / "models" / "CLAIMS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[0]


def functions() -> str:
    """Every function of the language, by kind."""

    def spelled(names: "set[str]") -> str:
        return ", ".join(f"`{name.upper().replace('_', ' ')}`" for name in sorted(names))

    stocks = {"integ", "integ_non_negative"}
    families = {"delay": "delay1, delay3, delay n", "smooth": "smooth, smooth3, smooth n (with or without initial value)"}
    memory = [f"`{part.strip().upper()}`" for name in families for part in families[name].split("(")[0].split(",")]
    vectors = {name for name in SPECIAL if name.startswith("vector_")}
    named = {"delay", "delay_n", "smooth", "smooth_n", "elmcount", "get_time_value", "time_base"}
    others = {*STATEFUL, *SPECIAL} - named - stocks - vectors
    rows = [
        ("of their arguments", spelled({name for name in PURE if name[0] != "_"})),
        ("over subscripts", f"{spelled({*REDUCTIONS})}, `ELMCOUNT`"),
        ("of whole arrays", spelled({*JOINT, *vectors})),
        (
            "of the time",
            f"{spelled({name for name in TIMED if name[0] not in 'x_'})}, and XMILE's forms; `GET TIME VALUE`, `TIME BASE`",
        ),
        ("of lookups and data", spelled({*TABULAR, *WINDOWED})),
        ("with memory", f"`INTEG`, {', '.join(memory)}, {spelled(others)}"),
        ("at random", spelled({*RANDOM})),
        ("as XMILE calls them", _xmile()),
        ("refused, with a way out", spelled({*UNSPOKEN})),
    ]
    return "\n".join(["| functions | |", "|---|---|", *(f"| {kind} | {names} |" for kind, names in rows)])


def _xmile() -> str:
    """The names of functions in XMILE; those that want a pure delay, where there is one."""
    wanting = set() if "delay_fixed" in known() else {"delay", "previous"}
    names = {*BUILTINS, *OF_ARRAYS, *OF_TABLES, *WORDS} - wanting
    return ", ".join(f"`{name.upper()}`" for name in sorted(names))


GENERATED = {"theories": theories, "phase": phase, "polarity": polarity, "claims": claims, "functions": functions}


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("name", ["theories", "phase", "polarity"])
def test_figures_are_what_the_scenarios_give(name: str) -> None:
    """Words equal; numbers equal but for the last digit, which another machine may round the other way."""
    written, fresh = words(block(name)), words(GENERATED[name]())
    assert len(written) == len(fresh) > 30
    for old, new in zip(written, fresh, strict=True):
        if re.fullmatch(r"\d+(\.\d+)?", new):
            digits = len(new.partition(".")[2])
            assert float(old) == pytest.approx(float(new), abs=1.01 * 10**-digits)
        else:
            assert old == new


def test_score_is_that_of_the_claims_page() -> None:
    assert block("claims") == claims()


def test_functions_are_those_of_the_tables() -> None:
    assert block("functions") == functions()


def test_scenario_of_the_readme_is_valid(tmp_path: Path) -> None:
    """The example runs where the shipped scenarios lie, and its misspelt twin fails with the message shown."""
    example = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    text = example[1].replace('"unipole_1992.toml"', f'"{ROOT / "scenarios" / "unipole_1992.toml"}"')
    (tmp_path / "mine.toml").write_text(text)
    assert [case.name for case in prepare(tmp_path / "mine.toml").scenario.cases] == ["quick", "slow"]
    (tmp_path / "mine.toml").write_text(text.replace('"buck passing"', '"buck pasing"'))
    with pytest.raises(SdrunError) as error:
        prepare(tmp_path / "mine.toml")
    shown = render(error.value.problems).splitlines()
    told = re.search(r"```\n(error: .*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert told is not None
    assert shown[0] == told[1].splitlines()[0]
    assert shown[-1].strip() == told[1].splitlines()[-1].strip()


if __name__ == "__main__":
    page = README.read_text(encoding="utf-8")
    for name, make in GENERATED.items():
        fresh = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        page = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, fresh=fresh: fresh, page, flags=re.DOTALL)
    README.write_text(page, encoding="utf-8")
