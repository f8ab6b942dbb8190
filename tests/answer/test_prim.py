"""PRIM against ema_workbench, step by step, and on boxes that are known."""

import json
from itertools import pairwise

import numpy as np
import prim_cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.answer.boxes import Box, held, inside, measures, quasi_p, restricted, restrictions, without
from sdrun.answer.factors import Varied
from sdrun.answer.prim import trajectory


def varied(x: dict[str, np.ndarray]) -> tuple[Varied, ...]:
    found = []
    for name, values in x.items():
        if values.dtype.kind == "f":
            found.append(Varied(name=name, values=values))
        else:
            labels, positions = np.unique(values, return_inverse=True)
            found.append(Varied(name=name, values=positions.astype(float), labels=tuple(map(str, labels))))
    return tuple(found)


@pytest.mark.parametrize("name", prim_cases.NAMES)
def test_every_step_is_that_of_ema_workbench(name: str) -> None:
    x, cases = prim_cases.samples(name)
    factors = varied(x)
    way = trajectory(factors, cases, np.ones(len(cases), dtype=bool), peel=0.05, mass=0.05)
    wanted = json.loads(prim_cases.KEPT.read_text(encoding="utf-8"))[name]
    seen = [(measures(inside(box, factors), cases), len(restricted(box))) for box in way]
    found = [[of.mass, of.density, of.coverage, limited] for of, limited in seen]
    assert len(found) == len(wanted["way"]) > 15
    np.testing.assert_allclose(found, wanted["way"], rtol=1e-12)
    last, labels = way[-1], {factor.name: factor.labels for factor in factors}
    for key, limits in wanted["last"].items():
        if key == "theory":
            chosen = last.choices.get(key, range(len(labels[key])))
            assert sorted(labels[key][label] for label in chosen) == limits
        else:
            found_limits = (last.low.get(key, x[key].min()), last.high.get(key, x[key].max()))
            np.testing.assert_allclose(found_limits, limits, rtol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31), low=st.floats(0.05, 0.4), width=st.floats(0.3, 0.5), free=st.floats(0.2, 0.6))
def test_a_box_that_is_there_is_found(seed: int, low: float, width: float, free: float) -> None:
    """y is a case exactly where low < a < low + width and b > free: somewhere on the way the box is that one."""
    x = dict(zip("abcd", np.random.default_rng(seed).random((4, 3000)), strict=True))
    cases = (x["a"] > low) & (x["a"] < low + width) & (x["b"] > free)
    factors = varied(x)
    way = trajectory(factors, cases, np.ones(3000, dtype=bool), peel=0.05, mass=0.02)
    seen = [measures(inside(box, factors), cases) for box in way]
    best = max(range(len(way)), key=lambda number: seen[number].coverage * seen[number].density)
    assert seen[best].coverage > 0.85 and seen[best].density > 0.85
    assert way[best].low["a"] == pytest.approx(low, abs=0.06) and way[best].high["a"] == pytest.approx(low + width, abs=0.06)
    assert way[best].low["b"] == pytest.approx(free, abs=0.06)
    assert all(after.density >= before.density for before, after in pairwise(seen))


def test_a_paste_takes_back_what_peeling_took_too_much_of() -> None:
    """Peels of one in three jump over the box's ends; pastes of one in three come back, never below the density reached."""
    x = {"a": np.linspace(0, 1, 900), "b": np.tile(np.linspace(0, 1, 30), 30)}
    cases = (x["a"] > 0.4) & (x["a"] < 0.9)
    factors = varied(x)
    way = trajectory(factors, cases, np.ones(900, dtype=bool), peel=1 / 3, mass=0.05)
    masses = [measures(inside(box, factors), cases).mass for box in way]
    assert masses[0] == 1 and all(box.low.keys() | box.high.keys() <= {"a", "b"} for box in way)
    turns = [number for number in range(1, len(masses)) if masses[number] > masses[number - 1]]
    densities = [measures(inside(box, factors), cases).density for box in way]
    assert all(densities[number] > densities[number - 1] for number in turns)


def test_measures_and_quasi_p_by_hand() -> None:
    """Of 20 rows 10 are cases, all with a < 0.5 but two: Bryant and Lempert's figures by hand and by SciPy's binomial test."""
    from scipy.stats import binomtest

    a = np.arange(20) / 20
    cases = np.isin(np.arange(20), [0, 1, 2, 3, 4, 5, 6, 7, 15, 16])
    factors = (Varied(name="a", values=a), Varied(name="b", values=a[::-1].copy()))
    box = Box(high={"a": 0.45}, low={"b": 0.2})
    seen = measures(inside(box, factors), cases)
    assert (seen.rows, seen.cases, seen.coverage, seen.density, seen.mass) == (10, 8, 0.8, 0.8, 0.5)
    wanted = binomtest(8, 10, measures(inside(without(box, ("high", "a")), factors), cases).density, alternative="greater")
    assert quasi_p(box, [("high", "a")], factors, cases) == pytest.approx(wanted.pvalue)
    assert quasi_p(box, [("low", "b")], factors, cases) == pytest.approx(binomtest(8, 10, 0.8, alternative="greater").pvalue)
    kept = held(Box(high={"a": 0.35}, low={"b": 0.2}), factors, cases)
    assert restrictions(kept) == (("high", "a"),), "b limits nothing that a does not"
