"""Long sums: of both formats, whatever their signs, by both engines."""

from pathlib import Path
from random import Random

import pytest

from sdrun.errors import ModelError
from sdrun.parse.chains import GROUP, LONG, chained, levels
from sdrun.pipeline import simulate

HEAD = '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><vendor>sdrun</vendor>'
TIMES = "<sim_specs><start>0</start><stop>1</stop><dt>1</dt></sim_specs>"
CONTROL = "INITIAL TIME = 0~~|\nFINAL TIME = 1~~|\nTIME STEP = 1~~|\nSAVEPER = 1~~|\n"


def written(folder: Path, suffix: str, equation: str) -> Path:
    path = folder / f"model{suffix}"
    if suffix == ".mdl":
        path.write_text(f"{{UTF-8}}\na = 1 + Time ~~|\ny = {equation} ~~|\n{CONTROL}")
    else:
        variables = f'<aux name="a"><eqn>1 + TIME</eqn></aux><aux name="y"><eqn>{equation}</eqn></aux>'
        product = '<product version="1.0">tests</product></header>'
        path.write_text(f"{HEAD}{product}{TIMES}<model><variables>{variables}</variables></model></xmile>")
    return path


def value(path: Path, engine: str = "numpy") -> float:
    ds = simulate({"model": {"file": str(path)}, "solver": {"engine": engine}}).dataset
    return float(ds["y"][-1])


@pytest.mark.parametrize("terms", [1, LONG, LONG + 1, LONG + 2, 4 * GROUP - 1, 4 * GROUP, 4 * GROUP + 1])
def test_groups_say_what_the_chain_says(terms: int) -> None:
    """Whole numbers, which no order of addition rounds."""
    for signs in ("+", "-", "+-", "--+"):
        rest = [(signs[k % len(signs)], k) for k in range(2, terms + 2)]
        plain = 1 + sum(term if sign == "+" else -term for sign, term in rest)
        deepest = 0

        def join(operator: str, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
            sign = 1 if operator == "+" else -1
            return left[0] + sign * right[0], max(left[1], right[1]) + 1

        found, deepest = chained((1, 0), [(sign, (term, 0)) for sign, term in rest], join)
        assert (found, deepest <= levels(rest)) == (plain, True)


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("suffix", [".mdl", ".xmile"])
def test_a_sum_of_a_thousand_terms(tmp_path: Path, suffix: str, engine: str) -> None:
    random = Random(3)
    terms = [(random.choice("+-"), random.randint(1, 9)) for _ in range(1000)]
    equation = "a" + "".join(f" {sign} {factor} * a" for sign, factor in terms)
    wanted = 2 + sum((2 if sign == "+" else -2) * factor for sign, factor in terms)
    assert value(written(tmp_path, suffix, equation), engine) == wanted


def test_long_conditions(tmp_path: Path) -> None:
    assert value(written(tmp_path, ".mdl", "IF THEN ELSE(" + " :OR: ".join(["a = 5"] * 300 + ["a = 2"]) + ", 7, 8)")) == 7
    assert value(written(tmp_path, ".xmile", "IF " + " AND ".join(["a = 2"] * 300) + " THEN 7 ELSE 8")) == 7


@pytest.mark.parametrize(
    ("suffix", "equation", "said"),
    [
        (".mdl", " * ".join(["a"] * 200), "nested more than 150 levels deep"),
        (".xmile", " * ".join(["a"] * 200), "joins too many terms"),
        (".xmile", " + ".join(["a"] * 10_000), "joins too many terms"),
        (".mdl", " + ".join(["a"] * 10_000), "nested more than 150 levels deep"),
    ],
)
def test_too_long(tmp_path: Path, suffix: str, equation: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        value(written(tmp_path, suffix, equation))
