"""Indicators on trajectories made by hand, whose answers can be told without them."""

import numpy as np
import pytest
import xarray as xr
from small_results import duration, side_by_side, three_states, world

from sdrun.analyse import GIVEN, INDICATORS, analyse, identical_variants
from sdrun.analyse.power import INDICES

# ── power ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_four_indices_side_by_side():
    ds = analyse(world([[6.0], [2.0]], [[9.0], [1.0]], income=[[1.0], [5.0]]))
    power = ds["power_index"]
    assert power.dims == ("state", "index", "time")
    assert power["index"].values.tolist() == list(INDICES) == ["military", "economy", "economy x income", "composite"]
    first = power.isel(state=0, time=0).values
    assert first == pytest.approx([0.9, 6 / 8, 6 / 16, (0.9 + 0.75 + 0.375) / 3])
    assert power.sum("state").values == pytest.approx(1)


def test_income_follows_from_population_where_the_model_has_none():
    ds = world([[6.0], [2.0]]).drop_vars("income_per_head").assign(population=("state", [6.0, 1.0]))
    assert analyse(ds)["power_index"].sel(index="economy x income").isel(state=0, time=0) == pytest.approx(6 / (6 + 4))


def test_the_answer_depends_on_the_index():
    leaders = analyse(world([[6.0], [7.0]], [[9.0], [1.0]], states=["USA", "CHN"]))["leader"]
    assert leaders.sel(index="military").values.tolist() == ["USA"]
    assert leaders.sel(index="economy").values.tolist() == ["CHN"]


def test_poles_and_concentration_of_equals():
    ds = analyse(world(np.ones((4, 2))))
    assert ds["effective_poles_by_index"].values == pytest.approx(4)
    assert ds["concentration_by_index"].values == pytest.approx(0, abs=1e-7)


def test_poles_and_concentration_after_the_formulas():
    ds = analyse(world([[5.0], [3.0], [2.0]])).sel(index="economy").isel(time=0)
    squares = 0.25 + 0.09 + 0.04
    assert float(ds["effective_poles_by_index"]) == pytest.approx(1 / squares)
    assert float(ds["concentration_by_index"]) == pytest.approx(np.sqrt((squares - 1 / 3) / (2 / 3)))


def test_one_state_is_a_pole():
    ds = analyse(world([[3.0, 4.0]], states=["USA"])).sel(index="economy")
    assert ds["effective_poles_by_index"].values.tolist() == [1, 1]
    assert ds["concentration_by_index"].values.tolist() == [1, 1]
    assert ds["polarity"].values.tolist() == [1, 1]
    assert ds["leader"].values.tolist() == ["USA", "USA"]


def test_the_first_of_equals_leads():
    ds = analyse(world([[1.0], [2.0], [2.0]], states=["A", "B", "C"]))
    assert ds["leader"].sel(index="economy").values.tolist() == ["B"]


def test_nobody_has_power():
    ds = analyse(world(np.zeros((2, 3))))
    assert np.isnan(ds["power_index"]).all()
    assert np.isnan(ds["effective_poles_by_index"]).all()
    assert np.isnan(ds["concentration_by_index"]).all()
    assert set(ds["leader"].values.ravel()) == {""}
    assert set(ds["polarity"].values.ravel()) == {0}
    assert np.isnan(ds["unipolar_duration"]).all()


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.50, 0.50), "unipolar"),
        ((0.49, 0.255, 0.255), "bipolar"),
        ((0.49, 0.24, 0.27), "bipolar"),
        ((0.45, 0.20, 0.35), "bipolar"),
        ((0.45, 0.20, 0.20, 0.15), "near-unipolar"),
        ((0.449, 0.201, 0.20, 0.15), "multipolar"),
        ((0.45, 0.25, 0.15, 0.15), "bipolar"),
        ((0.25, 0.25, 0.20, 0.20, 0.10), "bipolar"),
        ((0.30, 0.24, 0.24, 0.22), "multipolar"),
    ],
)
def test_polarity_after_modelski_and_thompson(shares, expected):
    polarity = analyse(world(np.array(shares)[:, None]))["polarity"]
    assert polarity.dtype == np.int8
    meanings = dict(zip(polarity.attrs["flag_values"], polarity.attrs["flag_meanings"].split(), strict=True))
    assert meanings[int(polarity.sel(index="economy", time=0))] == expected


# ── how long ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_spell_that_ends():
    shares = [0.6] * 10 + [0.4] * 10
    assert duration(three_states(shares)) == (pytest.approx(9.5), False), "half-way between the last 0.6 and the first 0.4"


def test_a_spell_that_outlasts_the_run():
    assert duration(three_states([0.6] * 21)) == (20, True)


def test_a_dip_of_less_than_five_years_does_not_count():
    shares = [0.6] * 5 + [0.4] * 4 + [0.6] * 5 + [0.4] * 7
    assert duration(three_states(shares)) == (pytest.approx(13.5), False)


def test_a_dip_of_five_years_counts():
    shares = [0.6] * 5 + [0.4] * 5 + [0.6] * 5
    assert duration(three_states(shares)) == (pytest.approx(4.5), False)


def test_a_fall_too_near_the_end_to_last_is_censored_at_the_fall():
    assert duration(three_states([0.6] * 10 + [0.4] * 4)) == (pytest.approx(9.5), True)


def test_never_unipolar():
    assert duration(three_states([0.4] * 10)) == (0, False)
    assert duration(three_states([0.4] * 4)) == (0, True), "too short to tell"


def test_exactly_one_half_is_unipolar():
    assert duration(world([[5.0] * 8, [3.0] * 8, [2.0] * 8])) == (7, True)


def test_it_counts_from_the_start_of_the_run():
    assert duration(three_states([0.6] * 10 + [0.4] * 10, time=np.arange(1992, 2012))) == (pytest.approx(9.5), False)


def test_save_every_changes_the_duration_only_by_interpolation():
    times = np.arange(0, 61.0)
    shares = 0.7 - 0.01 * times
    every = [duration(three_states(shares[::n], time=times[::n]))[0] for n in (1, 4, 5, 10)]
    assert every == pytest.approx([20.0] * 4)


def test_five_years_are_sixty_months():
    shares = [0.6] * 10 + [0.4] * 30
    assert duration(three_states(shares, unit="month")) == (pytest.approx(9.5), True)
    assert duration(three_states(shares + [0.4] * 40, unit="month")) == (pytest.approx(9.5), False)


def test_a_unipole_that_hands_over_does_not_end_unipolarity():
    ds = world([[6.0] * 10 + [2.0] * 10, [2.0] * 10 + [6.0] * 10, [2.0] * 20])
    assert duration(ds) == (19, True)
    assert analyse(ds)["leader"].sel(index="military").values[[0, -1]].tolist() == ["S0", "S1"]


def test_the_largest_share_ever():
    assert analyse(three_states([0.5, 0.8, 0.4]))["max_leader_share"].sel(index="economy") == pytest.approx(0.8)


# ── risks ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hazard_is_integrated_exactly_where_it_is_linear():
    ds = xr.Dataset({"war_hazard": ("time", [0.0, 0.1, 0.4])}, coords={"time": [0.0, 1.0, 4.0]})
    assert float(analyse(ds)["cumulative_war_hazard"]) == pytest.approx(0.05 + 0.75)


def test_bids_are_counted_by_their_onsets():
    bids = [[0.9, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.6], [0.0] * 8]
    ds = analyse(world(np.ones((2, 8)), hegemonic_bid=(("state", "time"), bids)))
    assert ds["bids"].values.tolist() == [3, 0]
    first, second, third = 0.4 / 0.9, 1.0, 0.1 / 0.6
    assert ds["bid_years"].values == pytest.approx([first + second + third, 0])


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_variants_and_samples_are_treated_one_by_one():
    ended, lasting = three_states([0.6] * 10 + [0.4] * 10), three_states([0.6] * 20)
    hazard = xr.DataArray([0.01, 0.02], dims="sample")
    both = xr.concat([ended, lasting], dim=xr.DataArray(["a", "b"], dims="variant", name="variant"))
    both = both.expand_dims(sample=[0, 1], axis=1).assign(war_hazard=hazard * xr.ones_like(both["time"]))
    ds = analyse(both)
    assert ds["power_index"].dims == ("variant", "sample", "state", "index", "time")
    assert ds["leader"].dims == ("variant", "sample", "index", "time")
    assert ds["unipolar_duration"].dims == ("variant", "sample", "index")
    assert ds["unipolar_duration"].sel(index="military").values.tolist() == [[pytest.approx(9.5)] * 2, [19.0] * 2]
    assert ds["cumulative_war_hazard"].values == pytest.approx([0.19, 0.38])


def test_nan_of_shorter_variants_is_not_taken_for_zero():
    short, long = three_states([0.6] * 5, time=range(5)), world(np.ones((2, 21)), time=range(21))
    ds = analyse(xr.concat([short, long], dim="variant", join="outer", data_vars="all", coords="minimal", compat="equals"))
    assert ds["unipolar_duration"].sel(index="economy").values.tolist() == [4, 20]
    assert ds["effective_poles_by_index"].isel(variant=1).values == pytest.approx(2)
    assert ds["concentration_by_index"].isel(variant=1).values == pytest.approx(0, abs=1e-7), "two states, not three"
    assert ds["leader"].isel(variant=0).values[:, -1].tolist() == [""] * 4


def test_bids_that_the_run_starts_and_ends_in_at_the_threshold_for_one_state():
    ds = analyse(world(np.ones((1, 4)), hegemonic_bid=(("state", "time"), [[0.5] * 4])))
    assert (ds["bids"].values.tolist(), ds["bid_years"].values.tolist()) == ([1], [3])


def test_bids_of_variants_of_different_length():
    short = world(np.ones((2, 3)), hegemonic_bid=(("state", "time"), [[1.0] * 3, [0.0] * 3]))
    long = world(np.ones((3, 6)), hegemonic_bid=(("state", "time"), [[1.0] * 6, [0.0] * 6, [1.0] * 6]))
    ds = analyse(side_by_side(short=short, long=long))
    assert ds["bids"].sel(variant="long").values.tolist() == [1, 0, 1]
    assert ds["bid_years"].sel(variant="short").values[:2].tolist() == [2, 0]
    assert np.isnan(ds["bids"].sel(variant="short", state="S2")), "not its state: no bids are not 0 bids"


def test_one_state_leads_alone_for_ever():
    assert duration(world([[3.0] * 9])) == (8, True)
    assert analyse(world([[3.0] * 9]))["max_leader_share"].values.tolist() == [1] * 4


def test_largest_share_of_variants_of_different_length():
    ds = analyse(side_by_side(short=three_states([0.5, 0.8]), long=three_states([0.4, 0.5, 0.6])))
    assert ds["max_leader_share"].sel(index="military").values == pytest.approx([0.8, 0.6])


def test_a_row_whose_variable_lacks_a_dimension_is_skipped():
    ds = analyse(world(np.ones((2, 3)), counter_coalition_ratio=((), 0.5), proximity=((), 0.5)))
    assert "balancing_half_time" in ds and not {"balancing_efficiency", "max_regional_share"} & set(ds)


def test_what_a_model_has_no_variables_for_is_skipped():
    tea = xr.Dataset({"teacup_temperature": ("time", [80.0, 70.0])}, coords={"time": [0.0, 1.0]})
    assert set(analyse(tea)) == {"teacup_temperature"}
    scalar = xr.Dataset({name: ("time", [1.0, 2.0]) for name in ("economy", "military_capability", "population")})
    assert set(analyse(scalar)) == set(scalar), "an economy of one country has no shares"


def test_the_input_is_not_changed():
    ds = three_states([0.6] * 8)
    before = ds.copy(deep=True)
    analyse(ds)
    xr.testing.assert_identical(ds, before)


def test_every_row_gives_what_it_says_and_describes_it():
    ds = world(
        np.ones((2, 8)),
        war_hazard=("time", [0.1] * 8),
        hegemonic_bid=(("state", "time"), np.ones((2, 8))),
        counter_coalition_ratio=("time", [0.5] * 8),
        proximity=(("state", "other"), np.ones((2, 2))),
    ).assign_coords(other=["S0", "S1"])
    found = analyse(ds)
    assert set(found) - set(ds) == set(GIVEN)
    for name in GIVEN:
        assert found[name].attrs["role"] == "indicator" and found[name].attrs["description"]
        assert found[name].attrs["long_name"] == name.replace("_", " ")
        assert found[name].dtype.kind != "f" or found[name].attrs["units"]
    assert all(row.function.__doc__ for row in INDICATORS.values())


def test_identical_variants_are_found_though_a_constant_differs():
    same, other = three_states([0.6] * 8), three_states([0.7] * 8)
    names = xr.DataArray(["a", "b", "c"], dims="variant", name="variant")
    ds = xr.concat([same, other, same], dim=names).assign(beta=("variant", [1.0, 2.0, 3.0], {"sd_type": "constant"}))
    ds = ds.assign_coords(variant_title=("variant", ["A", "B", "C"]))
    assert identical_variants(ds) == [("a", "c")]
    assert identical_variants(same) == []
    assert identical_variants(analyse(ds)) == [("a", "c")]


def test_war_hazard_of_variants_saved_at_different_times():
    """Times of one variant are gaps of the other."""
    hazard = [[0.1] * 5, [0.2, np.nan, 0.2, np.nan, 0.2]]
    ds = xr.Dataset({"war_hazard": (("variant", "time"), hazard)}, coords={"time": ("time", np.arange(5.0), {"units": "year"})})
    assert analyse(ds)["cumulative_war_hazard"].values == pytest.approx([0.4, 0.8])


def test_a_constant_war_hazard_is_rate_times_span():
    ds = xr.Dataset({"war_hazard": ((), 0.1)}, coords={"time": ("time", np.arange(5.0), {"units": "year"})})
    assert float(analyse(ds)["cumulative_war_hazard"]) == pytest.approx(0.4)
