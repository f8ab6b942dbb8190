"""`sdrun compare`: runs, tables, models and scenarios, exit codes, and the same from Python."""

import math
from pathlib import Path

import pytest

import sdrun as api
from sdrun.comparison import NAMED


@pytest.fixture
def table(shipped) -> Path:
    """Euler's cup of tea as Vensim would print it, every minute, worked out here."""
    lines, temperature = ["Time (Minute)\tTeacup Temperature\tHeat Loss to Room\tRoom Temperature"], 180.0
    for step in range(241):
        loss = (temperature - 70) / 10
        if step % 8 == 0:
            lines.append(f"{step / 8:g}\t{temperature:.6g}\t{loss:.6g}\t{'70' if step == 0 else ''}")
        temperature -= 0.125 * loss
    (shipped / "vensim.tab").write_text("\n".join(lines) + "\n")
    return shipped / "vensim.tab"


def test_a_model_against_a_table(table, sdrun) -> None:
    said = sdrun("compare", "models/teacup.mdl", "vensim.tab")
    assert said.code == 0
    assert said.out.splitlines()[-1] == (
        "3 variables (63 numbers) at 31 times agree within rtol 0.0001, atol 1e-06 of a variable's largest size"
    )
    assert "note: 'models/teacup.mdl' was run by euler, as its file asks" in said.err
    assert "only in models/teacup.mdl (6): " in said.err and "Characteristic Time" in said.err
    assert not Path("outputs").exists(), "nothing is written"


def test_a_model_is_given_its_data(kitchen, sdrun) -> None:
    controls = "INITIAL TIME=0~~|\nFINAL TIME=2~~|\nTIME STEP=1~~|\nSAVEPER=1~~|\n"
    Path("fed.mdl").write_text("{UTF-8}\nfood:INTERPOLATE:~~|\ntwice=2*food~~|\n" + controls)
    Path("food.tab").write_text("Time\tfood\n0\t1\n2\t3\n")
    Path("vensim.tab").write_text("Time\ttwice\n0\t2\n1\t4\n2\t6\n")
    assert sdrun("compare", "fed.mdl", "vensim.tab").code == 3
    assert sdrun("compare", "fed.mdl", "vensim.tab", "--set", 'model.data=["food.tab"]').code == 0


def test_beyond_tolerance_it_leaves_with_6(table, sdrun) -> None:
    said = sdrun("compare", "models/teacup.mdl", "vensim.tab", "-s", 'solver.method="LSODA"')
    assert said.code == 6
    row = next(line for line in said.out.splitlines() if "Teacup Temperature" in line).split()
    exact = [70 + 110 * math.exp(-t / 10) for t in range(31)]
    worst = max(range(31), key=lambda t: abs(70 + 110 * 0.9875 ** (8 * t) - exact[t]) / exact[t])
    assert float(row[2]) == worst and row[-2:] == ["of", "31"]
    assert said.out.splitlines()[-1].startswith("2 of 3 variables (63 numbers) at 31 times differ beyond rtol 0.0001")
    assert sdrun("compare", "models/teacup.mdl", "vensim.tab", "-s", 'solver.method="LSODA"', "--rtol", "0.03").code == 0
    assert sdrun("compare", "models/teacup.mdl", "vensim.tab", "--rtol", "-1").code == 2


def test_a_run_with_variants_against_a_table_needs_one(table, sdrun) -> None:
    assert sdrun("scenarios/teacup.toml", "-q").code == 0
    said = sdrun("compare", "outputs/teacup", "vensim.tab")
    assert said.code == 3
    assert (
        said.err
        == "error: 'outputs/teacup' has variants (plain, thick), the other side has none\n   = help: choose one: --variant\n"
    )
    assert sdrun("compare", "outputs/teacup/results.nc", "vensim.tab", "--variant", "plain", "--rtol", "0.03").code == 0
    assert sdrun("compare", "outputs/teacup", "vensim.tab", "--variant", "thick", "--rtol", "0.03").code == 6
    said = sdrun("compare", "outputs/teacup", "vensim.tab", "--variant", "thik")
    assert said.code == 3 and "did you mean 'thick'?" in said.err


def test_runs_are_compared_variant_by_variant(shipped, sdrun) -> None:
    assert sdrun("scenarios/teacup.toml", "-q", "-o", "one").code == 0
    path = Path("scenarios/teacup.toml")
    text = path.read_text(encoding="utf-8")
    assert text.count('"Characteristic Time" = 20') == 1
    path.write_text(text.replace('"Characteristic Time" = 20', '"Characteristic Time" = 21'), encoding="utf-8")
    assert sdrun("scenarios/teacup.toml", "-q", "-o", "other").code == 0
    said = sdrun("compare", "one", "other", "--json")
    assert said.code == 6
    found = said.json
    assert found["within"] is False and found["result"] == "one" and found["reference"] == "other"
    beyond = {row["variable"]: row for row in found["differences"] if row["beyond"]}
    assert set(beyond) == {"Characteristic Time", "Teacup Temperature", "Heat Loss to Room"}
    time = beyond["Characteristic Time"]
    assert time["element"] == " (variant thick)" and time["absolute"] == 1 and time["relative"] == pytest.approx(1 / 21)
    assert sdrun("compare", "one", "other", "--variant", "plain").code == 0
    assert sdrun("compare", "one", "one", "--rtol", "0", "--atol", "0").code == 0
    assert sdrun("compare", "scenarios/teacup.toml", "other").code == 0, "a scenario is run"


def test_from_python(table, sdrun) -> None:
    found = api.compare("models/teacup.mdl", "vensim.tab", characteristic_time=11)
    assert not found.within and found.beyond[0].variable in ("Teacup Temperature", "Heat Loss to Room")
    ds = api.run("models/teacup.mdl", **{"solver.method": "euler"})
    assert api.compare(ds, Path("vensim.tab"), rtol=1e-5, atol=0).within
    assert api.compare(ds, ds, rtol=0, atol=0).within
    assert len(found.only_result) <= NAMED and found.as_dict()["compared"] == found.compared


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (("models/teacup.mdl", "none.tab"), "cannot read 'none.tab'"),
        (("models/teacup.mdl", "empty.csv"), "holds no table"),
        (("nowhere", "vensim.tab"), "cannot read results from 'nowhere/results.nc'"),
        (("models/richardson.mdl", "vensim.tab"), "have no variable in common"),
    ],
)
def test_what_cannot_be_compared(args, what, table, sdrun) -> None:
    Path("empty.csv").write_text("")
    said = sdrun("compare", *args)
    assert said.code == 3 and what in said.err and said.out == ""
