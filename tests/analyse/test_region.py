"""Regional shares where the force that arrives can be added up by hand."""

import numpy as np
import pytest
from small_results import side_by_side, world

from sdrun.analyse import analyse


def near(military, proximity, **kwargs):
    """A world in which force reaches others by `proximity`, (state, other) or (state, other, time)."""
    military, proximity = np.asarray(military, dtype=float), np.asarray(proximity, dtype=float)
    dims = ("state", "other", "time")[: proximity.ndim]
    ds = world(np.ones_like(military), military, proximity=(dims, proximity), **kwargs)
    return ds.assign_coords(other=ds["state"].values)


def test_own_force_over_the_force_that_arrives():
    """The diagonal, which is no neighbour, is left out whatever it holds."""
    proximity = [[9.0, 0.5, 0.0], [0.5, 9.0, 1.0], [0.0, 1.0, 9.0]]
    ds = analyse(near([[6.0] * 3, [4.0] * 3, [2.0] * 3], proximity))
    assert ds["max_regional_share"].dims == ("state",)
    assert ds["max_regional_share"].values == pytest.approx([6 / (6 + 2), 4 / (4 + 3 + 2), 2 / (2 + 4)])
    assert ds["regional_hegemony_years"].values.tolist() == [2, 0, 0]


def test_who_is_reached_matters_and_not_who_reaches():
    ds = analyse(near([[1.0], [1.0]], [[0.0, 1.0], [0.25, 0.0]]))
    assert ds["max_regional_share"].values == pytest.approx([0.5, 0.8])


def test_the_largest_share_and_the_years_above_one_half():
    rising = np.linspace(0.4, 0.6, 11)
    ds = analyse(near([rising, 1 - rising], [[0.0, 1.0], [1.0, 0.0]]))
    assert ds["max_regional_share"].values == pytest.approx([0.6, 0.6])
    assert ds["regional_hegemony_years"].values == pytest.approx([5.0, 5.0])


def test_two_hegemonies_with_a_break_between():
    shares = np.array([0.6] * 5 + [0.4] * 5 + [0.6] * 5)
    ds = analyse(near([shares, 1 - shares], [[0.0, 1.0], [1.0, 0.0]]))
    assert ds["regional_hegemony_years"].values == pytest.approx([9.0, 5.0])


def test_two_equals_are_hegemons_both():
    """At exactly one half: as much as all others."""
    ds = analyse(near(np.ones((2, 6)), [[0.0, 1.0], [1.0, 0.0]]))
    assert ds["regional_hegemony_years"].values.tolist() == [5, 5]


def test_proximity_may_change():
    proximity = np.zeros((2, 2, 3))
    proximity[0, 1] = [1.0, 0.5, 0.0]
    ds = analyse(near([[1.0] * 3, [1.0] * 3], proximity))
    assert ds["max_regional_share"].values == pytest.approx([1.0, 1.0])
    assert ds["regional_hegemony_years"].values == pytest.approx([2.0, 2.0])


def test_one_state_and_no_state():
    alone = analyse(near([[3.0] * 4], [[0.0]]))
    assert alone["max_regional_share"].values.tolist() == [1] and alone["regional_hegemony_years"].values.tolist() == [3]
    nobody = analyse(near(np.zeros((2, 4)), np.ones((2, 2))))
    assert np.isnan(nobody["max_regional_share"]).all() and np.isnan(nobody["regional_hegemony_years"]).all()


def test_variants_of_different_states_and_length():
    """A state that a variant does not have has no share there, and is no neighbour."""
    ones = np.ones
    small = near(ones((2, 3)), ones((2, 2)), states=["A", "B"])
    large = near(ones((3, 6)), ones((3, 3)), states=["C", "A", "B"])
    ds = analyse(side_by_side(small=small, large=large).expand_dims(sample=[0, 1], axis=1))
    assert ds["max_regional_share"].dims == ("variant", "sample", "state")
    shares = ds["max_regional_share"].isel(sample=0)
    assert shares.sel(variant="small", state=["A", "B"]).values.tolist() == [0.5, 0.5]
    assert np.isnan(shares.sel(variant="small", state="C"))
    assert shares.sel(variant="large").values == pytest.approx([1 / 3] * 3)
    years = ds["regional_hegemony_years"].isel(sample=1)
    assert years.sel(variant="small", state="A") == 2 and years.sel(variant="large", state="A") == 0
    assert np.isnan(years.sel(variant="small", state="C"))


def test_a_model_without_distances_has_no_regions():
    assert "max_regional_share" not in analyse(world(np.ones((2, 3)), proximity=("time", np.ones(3))))
