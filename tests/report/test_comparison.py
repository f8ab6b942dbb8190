"""Index against variant: the table side by side, the figures, and the sentence that they decide."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from handmade import run, scenario

from sdrun.analyse import analyse
from sdrun.analyse.comparison import index_and_variant_effect
from sdrun.report import comparison_figures
from sdrun.report.comparison import side_by_side, verdict
from sdrun.scenario import Case
from sdrun.trajectory import to_dataset

TIMES = np.arange(1992, 2093.0)


def results(*names):
    """Variants that differ in nothing yet; without variants where no names are given."""
    cases = [Case(name=name, model=Path("m.mdl")) for name in names]
    runs = [run(case, times=TIMES) for case in cases] or [run(times=TIMES)]
    return analyse(to_dataset(runs, scenario(*cases)))


def with_durations(ds, durations, censored=None):
    """The same with other durations, and the effects that follow."""
    array = ds["unipolar_duration"].copy(data=np.asarray(durations, dtype=float))
    flags = ds["unipolar_duration_censored"].copy(
        data=np.asarray(np.zeros(array.shape) if censored is None else censored, np.int8)
    )
    ds = ds.assign(unipolar_duration=array, unipolar_duration_censored=flags)
    return ds.assign(index_and_variant_effect(ds))


def test_the_index_moves_the_answer_more():
    ds = with_durations(results("waltz", "growth"), [[11, 0, 37, 6], [48, 0, 28, 15]])
    assert verdict(ds) == (
        "By index of power unipolarity lasts 0 to 48 years in variant growth; by variant it lasts 11 to 48 years with index "
        "military. On average another index of power changes it by 22.8 years, another variant by 13.8 years: the answer "
        "depends more on the index of power."
    )
    found = comparison_figures(ds)
    pairs = [11, 26, 5, 37, 6, 31, 48, 20, 33, 28, 15, 13]
    assert found["index_effect"] == pytest.approx(np.mean(pairs))
    assert found["variant_effect"] == pytest.approx(np.mean([37, 0, 9, 9]))
    assert (found["moves_more"], found["durations"], found["lower_bounds"], found["unit"]) == ("index", 8, 0, "year")
    least = {"unipolar_duration": 0, "unipolar_duration_is_lower_bound": False, "index": "economy"}
    assert found["across_indices"]["variant"] == "growth" and found["across_indices"]["least"] == least
    assert found["across_variants"]["index"] == "military" and found["across_variants"]["most"]["variant"] == "growth"


def test_the_variant_moves_the_answer_more():
    ds = with_durations(results("quick", "slow", "never"), [[5, 6, 5, 6], [40, 42, 40, 41], [90, 90, 90, 90]])
    assert comparison_figures(ds)["moves_more"] == "variant"
    assert verdict(ds).endswith("the answer depends more on the variant.")
    assert "unipolarity lasts 40 to 42 years in variant slow; by variant it lasts 5 to 90 years with index military" in verdict(
        ds
    )


def test_both_alike():
    ds = with_durations(results("a", "b"), [[0, 0, 12, 12], [8, 8, 20, 20]])
    found = comparison_figures(ds)
    assert (found["index_effect"], found["variant_effect"], found["moves_more"]) == (8, 8, "both")
    assert verdict(ds).endswith("another variant by 8 years: the answer depends on both alike.")
    nearly = with_durations(results("a", "b"), [[0, 0, 12, 12], [8.3, 8.3, 20.3, 20.3]])
    clearly = with_durations(results("a", "b"), [[0, 0, 12, 12], [9, 9, 21, 21]])
    assert [comparison_figures(ds)["moves_more"] for ds in (nearly, clearly)] == ["both", "variant"]


def test_nothing_moves_the_answer():
    ds = with_durations(results("a", "b"), np.full((2, 4), 100.0), np.ones((2, 4)))
    assert comparison_figures(ds)["moves_more"] == "neither"
    assert verdict(ds) == (
        "Unipolarity lasts > 100 years by every index of power and in every variant. "
        "8 of the 8 durations outlast the run and count as they stand."
    )


def test_lower_bounds_are_told():
    ds = with_durations(results("a", "b"), [[0, 10, 20, 100], [0, 10, 20, 30]], [[0, 0, 0, 1], [0, 0, 0, 0]])
    assert "0 to > 100 years in variant a" in verdict(ds)
    assert verdict(ds).endswith("1 of the 8 durations outlast the run and count as they stand.")
    assert comparison_figures(ds)["across_indices"]["most"]["unipolar_duration_is_lower_bound"] is True


@pytest.mark.parametrize("names", [(), ("only",)])
def test_one_variant_says_what_it_can(names):
    durations = [11, 0, 37, 6]
    ds = with_durations(results(*names), [durations] if names else durations)
    assert verdict(ds) == (
        "Unipolarity lasts 0 (economy) to 37 (economy x income) years. On average another index of power changes it by 19.3 "
        "years; what another variant would change, one variant cannot say."
    )
    found = comparison_figures(ds)
    assert (found["moves_more"], found["variant_effect"], found["across_variants"]) == (None, None, None)


def test_a_variant_without_power_is_left_out():
    ds = with_durations(results("a", "b", "c"), [[0, 10, 20, 30], [np.nan] * 4, [0, 10, 20, 30]])
    found = comparison_figures(ds)
    assert (found["durations"], found["variant_effect"], found["moves_more"]) == (8, 0, "index")
    nobody = with_durations(results("a", "b"), np.full((2, 4), np.nan))
    assert comparison_figures(nobody) is None and verdict(nobody) == ""


def test_samples_are_compared_by_their_medians():
    ds = analyse(to_dataset([run(free_riding=(0.1, 0.2, 0.9), times=TIMES)], scenario()))
    ds = with_durations(ds, [[0, 10, 10, 10], [0, 30, 30, 30], [0, 80, 80, 80]])
    assert comparison_figures(ds)["index_effect"] == 15
    assert "0 (military) to 30 (economy) years" in verdict(ds)
    assert list(side_by_side(ds)) == [["", " 0", "30", "30", "30"]]


def test_a_line_per_variant_and_a_column_per_index():
    ds = with_durations(results("a", "b"), [[0, 10, 20, 100], [0, 10, 20, 30]], [[0, 0, 0, 1], [0, 0, 0, 0]])
    lines = list(side_by_side(ds))
    assert lines[0] == ["a", "    0  USA → CHN", "   10  USA → CHN", "   20  USA → CHN", "> 100  USA → CHN"]
    assert lines[1][0] == "b" and lines[1][4] == "   30  USA → CHN"


def test_other_models_and_older_results_have_no_comparison():
    tea = xr.Dataset({"teacup_temperature": ("time", [80.0, 70.0])}, coords={"time": [0.0, 1.0]})
    assert comparison_figures(tea) is None and verdict(tea) == ""
    older = results("a", "b").drop_vars(["index_effect", "variant_effect"])
    assert comparison_figures(older) is None and verdict(older) == ""
