"""Conclusions against brute force, SciPy, and simulation."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from made import result, uniform
from scipy import stats

import sdrun
from sdrun.answer.conclusions import verdict, wilson
from sdrun.errors import InputError
from sdrun.questions import Conclusion

SHORTER = Conclusion(name="shorter", metric="years", less=("waltz", "mearsheimer"))

runs = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=25)
"""(years, whether the run ended first)."""


def decided(one: tuple[int, bool], other: tuple[int, bool]) -> str:
    """Gehan's rule, spelt out: who is open lasted longer than it says."""
    (a, a_open), (b, b_open) = one, other
    if not a_open and not b_open:
        return "less" if a < b else "greater" if a > b else "equal"
    if not a_open and a <= b:
        return "less"
    if not b_open and b <= a:
        return "greater"
    return "undecided"


def by_theory(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> xr.Dataset:
    every = [*one, *other]
    ds = result({"a": np.arange(float(len(every)))}, {"years": ([float(y) for y, _ in every], [o for _, o in every])})
    theory = ["waltz"] * len(one) + ["mearsheimer"] * len(other)
    return ds.assign_coords(theory=("sample", theory, {"long_name": "theory", "role": "parameter"}))


@settings(max_examples=60, deadline=None)
@given(one=runs, other=runs)
def test_unpaired_shares_are_those_of_all_pairs(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    found = verdict(by_theory(one, other), SHORTER)
    assert found is not None and not found.paired and found.runs == (len(one), len(other))
    every = [decided(a, b) for a in one for b in other]
    for word in ("less", "equal", "greater", "undecided"):
        assert getattr(found, word) == pytest.approx(every.count(word) / len(every), abs=1e-9)
    assert found.low <= found.less + 1e-9 and found.less + found.undecided <= found.high + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(st.tuples(st.integers(0, 3), st.booleans()), st.tuples(st.integers(0, 3), st.booleans())), min_size=1
    )
)
def test_paired_shares_are_those_of_each_sample(pairs: list[tuple[tuple[int, bool], tuple[int, bool]]]) -> None:
    years = np.array([[float(a[0]) for a, _ in pairs], [float(b[0]) for _, b in pairs]])
    flags = np.array([[a[1] for a, _ in pairs], [b[1] for _, b in pairs]])
    ds = result({"a": np.arange(float(len(pairs)))}, {"years": (years, flags)}, ("waltz", "mearsheimer"))
    found = verdict(ds, SHORTER)
    assert found is not None and found.paired
    every = [decided(a, b) for a, b in pairs]
    for word in ("less", "equal", "greater", "undecided"):
        assert getattr(found, word) == pytest.approx(every.count(word) / len(every), abs=1e-9)
    ends = [
        stats.binomtest(k, len(pairs)).proportion_ci(method="wilson")
        for k in (every.count("less"), every.count("less") + every.count("undecided"))
    ]
    assert (found.low, found.high) == (pytest.approx(ends[0].low, abs=1e-9), pytest.approx(ends[1].high, abs=1e-9))


def test_unpaired_is_mann_and_whitney_as_scipy_has_it() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 40, 300), rng.integers(10, 50, 200)
    found = verdict(by_theory([(int(y), False) for y in one], [(int(y), False) for y in other]), SHORTER)
    wanted = stats.mannwhitneyu(other, one).statistic / (300 * 200)
    assert found is not None and found.less + found.equal / 2 == pytest.approx(wanted)


def test_the_unpaired_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    truth, held, size = stats.norm.cdf(1.2 / np.sqrt(2)), 0, 400
    for _ in range(size):
        one, other = rng.normal(0, 1, 50), rng.normal(1.2, 1, 40)
        ds = result({"a": np.arange(90.0)}, {"years": np.concatenate([one, other])})
        found = verdict(ds.assign_coords(theory=("sample", ["waltz"] * 50 + ["mearsheimer"] * 40)), SHORTER)
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.92 <= held / size <= 0.98


def test_wilson_is_scipys() -> None:
    for cases, size in ((0, 7), (3, 10), (950, 1000), (5, 5)):
        wanted = stats.binomtest(cases, size).proportion_ci(method="wilson")
        assert wilson(cases / size, float(size)) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_failed_runs_are_left_out_with_their_pair() -> None:
    years = np.array([[1.0, np.nan, 3, 4], [2.0, 5, np.nan, 1]])
    found = verdict(result({"a": np.arange(4.0)}, {"years": years}, ("waltz", "mearsheimer")), SHORTER)
    assert found is not None and found.runs == (2, 2) and (found.less, found.greater) == (0.5, 0.5)


def test_a_side_that_is_not_there_is_no_conclusion() -> None:
    ds = result(uniform(10, 0), {"years": np.arange(10.0)})
    assert verdict(ds, SHORTER) is None
    with pytest.raises(InputError, match="does not hold both sides"):
        sdrun.conclude(ds, "years", less=("waltz", "mearsheimer"))


def test_from_python_and_in_words() -> None:
    years = np.array([np.arange(100.0), np.arange(100.0) + np.where(np.arange(100) < 5, -1, 1)])
    ds = result(uniform(100, 0), {"years": years}, ("waltz", "mearsheimer"))
    found = sdrun.conclude(ds, "years", less=("waltz", "mearsheimer"))
    assert found["less"].item() == 0.95 and found["paired"].item() == 1
    wanted = stats.binomtest(95, 100).proportion_ci(method="wilson")
    assert (found["less_low"].item(), found["less_high"].item()) == pytest.approx((wanted.low, wanted.high))
    said = " ".join(found.attrs["summary"].split())
    assert said == (
        "years: years is less with waltz than with mearsheimer in 95.0 % (88.8 % to 97.8 %) of 100 pairs of the same sample, "
        "greater in 5.0 %"
    )
