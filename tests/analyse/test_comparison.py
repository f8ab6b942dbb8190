"""What moves the answer more: durations given by hand, effects counted by hand."""

import numpy as np
import pytest
import xarray as xr

from sdrun.analyse.comparison import index_and_variant_effect


def effects(durations, dims=("variant", "index")):
    ds = xr.Dataset({"unipolar_duration": (dims, np.asarray(durations, dtype=float))}, coords={"time": ("time", [0.0])})
    found = index_and_variant_effect(ds)
    return found["index_effect"].values.tolist(), found["variant_effect"].values.tolist()


def test_only_the_index_matters():
    assert effects([[0, 10, 40], [0, 10, 40]]) == (pytest.approx((10 + 40 + 30) / 3), 0)


def test_only_the_variant_matters():
    assert effects([[0, 0, 0], [12, 12, 12]]) == (0, 12)


def test_both_by_hand():
    """Pairs of indices |11-0|, |30-2|; pairs of variants |11-30|, |0-2|."""
    assert effects([[11, 0], [30, 2]]) == ((11 + 28) / 2, (19 + 2) / 2)


def test_more_variants_of_the_same_kind_are_no_larger_effect():
    """A range would grow from 3 variants to 300; the mean over pairs does not."""
    rng = np.random.default_rng(1)
    few = np.mean([effects(rng.uniform(0, 60, (3, 4)))[1] for _ in range(200)])
    assert few == pytest.approx(20, abs=1.5)
    assert effects(rng.uniform(0, 60, (300, 4)))[1] == pytest.approx(20, abs=1.5)


def test_one_variant_says_nothing_of_others():
    for by_index, by_variant in (effects([[0, 10]]), effects([0, 10], dims=("index",))):
        assert by_index == 10 and np.isnan(by_variant)


def test_what_is_not_known_is_left_out():
    nan = np.nan
    assert effects([[0, nan, 4], [2, nan, 5]]) == ((4 + 3) / 2, (2 + 1) / 2)
    by_index, by_variant = effects([[nan, nan], [nan, nan]])
    assert np.isnan(by_index) and np.isnan(by_variant)


def test_samples_one_by_one():
    durations = np.array([[[0, 10], [5, 5]], [[0, 10], [9, 9]]])
    assert effects(durations, dims=("variant", "sample", "index")) == ([10, 0], [0, 4])
