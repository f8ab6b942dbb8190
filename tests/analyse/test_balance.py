"""How quickly and how fully the leader is balanced, where it can be told by hand."""

import numpy as np
import pytest
import xarray as xr
from small_results import side_by_side, three_states, world

from sdrun.analyse import analyse


def half_time(ds, index="military"):
    ds = analyse(ds).sel(index=index)
    return float(ds["balancing_half_time"]), bool(ds["balancing_half_time_censored"])


def pooled(military, ratio, time=None, leadership=None):
    """A world with a counter-coalition ratio; `leadership` is (state, time)."""
    more = {"counter_coalition_ratio": ("time", ratio)}
    if leadership is not None:
        more["leadership"] = (("state", "time"), leadership)
    return world(np.ones_like(np.asarray(military, dtype=float)), military, time=time, **more)


def efficiency(ds):
    return analyse(ds)["balancing_efficiency"].values


# ── half-time ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.2])
def test_exponential_equalisation_has_the_half_time_of_its_rate(rate):
    times = np.arange(0, 101.0)
    shares = 1 / 3 + 0.4 * np.exp(-rate * times)
    assert half_time(three_states(shares, time=times)) == (pytest.approx(np.log(2) / rate, rel=0.01), False)


def test_linear_equalisation_is_exact_whatever_is_saved():
    times = np.arange(0, 61.0)
    shares = 0.7 - 0.01 * times
    expected = (0.7 - 1 / 3) / 2 / 0.01
    for n in (1, 4, 10):
        assert half_time(three_states(shares[::n], time=1992 + times[::n]))[0] == pytest.approx(expected)


def test_imbalance_that_outlasts_the_run():
    assert half_time(three_states([0.6] * 21)) == (20, True)
    assert half_time(three_states(np.linspace(0.6, 0.5, 21))) == (20, True), "falls, but not by half of .27"


def test_a_dip_of_less_than_five_years_does_not_count():
    shares = [0.6] * 5 + [0.4] * 4 + [0.6] * 5 + [0.4] * 7
    crossing = 13 + (0.6 - (0.6 + 1 / 3) / 2) / 0.2
    assert half_time(three_states(shares)) == (pytest.approx(crossing), False)


def test_a_fall_too_near_the_end_to_last_is_a_lower_bound():
    years, censored = half_time(three_states([0.6] * 10 + [0.4] * 4))
    assert 9 < years < 10 and censored


def test_exactly_half_way_is_not_yet_below():
    assert half_time(world([[6.0] + [5.0] * 9, [2.0] + [3.0] * 9])) == (9, True)


def test_a_leader_who_is_replaced_is_not_balanced():
    ds = world([[6.0] * 10 + [2.0] * 10, [2.0] * 10 + [6.0] * 10, [2.0] * 20])
    assert half_time(ds) == (19, True)


def test_two_equal_leaders_are_an_imbalance_too():
    """Of twelve units each leads with 4.5 falling by .1 a year; half way to equality among six is 3.25."""
    leading = np.linspace(4.5, 2.0, 26)
    ds = world([leading, leading, 5 - leading, 5 - leading, np.ones(26), np.ones(26)])
    assert half_time(ds) == (pytest.approx(12.5), False)


@pytest.mark.parametrize("economy", [np.ones((4, 9)), np.full((1, 9), 3.0), np.zeros((3, 9))], ids=["equal", "one", "nobody"])
def test_nothing_to_balance(economy):
    years, censored = half_time(world(economy))
    assert np.isnan(years) and not censored


def test_states_that_become_unequal_have_no_imbalance_at_the_start():
    years, censored = half_time(world([np.linspace(1, 9, 20), np.ones(20)]))
    assert np.isnan(years) and not censored


def test_every_index_has_its_own():
    falling, steady = np.linspace(0.8, 0.4, 41), np.full(41, 0.8)
    ds = world([steady, (1 - steady) / 2, (1 - steady) / 2], [falling, (1 - falling) / 2, (1 - falling) / 2])
    assert half_time(ds, "military") == (pytest.approx((0.8 - 1 / 3) / 2 / 0.01), False)
    assert half_time(ds, "economy") == (40, True)


def test_equality_is_that_of_the_states_of_the_variant():
    """Two states, three states and an idle fourth side by side: 1/N is 1/2, 1/3 and 1/4."""
    times, shares = np.arange(0, 61.0), 0.8 - 0.01 * np.arange(0, 61.0)
    rest = (1 - shares) / 2
    ds = side_by_side(
        two=world([shares, 1 - shares], time=times),
        three=world([shares, rest, rest], time=times),
        four=world([shares, rest, rest, np.zeros(61)], time=times),
    )
    found = analyse(ds)["balancing_half_time"].sel(index="military").values
    assert found[0] == pytest.approx(15) and found[1:] == pytest.approx([(0.8 - 1 / 3) / 0.02, (0.8 - 1 / 4) / 0.02])


def test_variants_of_different_length_and_samples():
    times = np.arange(0, 61.0)
    slow, quick = (three_states(0.7 - rate * times[:n], time=times[:n]) for rate, n in ((0.002, 31), (0.005, 61)))
    ds = side_by_side(slow=slow, quick=quick).expand_dims(sample=[0, 1], axis=1)
    found = analyse(ds)
    assert found["balancing_half_time"].dims == ("variant", "sample", "index")
    expected = [[30.0] * 2, [(0.7 - 1 / 3) / 2 / 0.005] * 2]
    assert found["balancing_half_time"].sel(index="military").values == pytest.approx(np.array(expected))
    assert found["balancing_half_time_censored"].sel(index="military").values.tolist() == [[1, 1], [0, 0]]


# ── efficiency ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_pooled_over_what_could_be():
    assert efficiency(pooled([[20.0] * 2, [4.0] * 2, [6.0] * 2], [0.5, 0.1])) == pytest.approx([1.0, 0.2])


def test_a_perfect_coalition_need_be_no_match():
    ds = pooled([[90.0] * 2, [6.0] * 2, [4.0] * 2], [10 / 90, 0.0])
    assert efficiency(ds) == pytest.approx([1.0, 0.0])


def test_equals_lead_in_equal_parts():
    """Forces 8, 8 and 4: 8 lead, 4 + 4 + 4 are the others; a ratio of .75 is 6 of these 12."""
    military = [[8.0] * 2, [8.0] * 2, [4.0] * 2]
    assert efficiency(pooled(military, [0.75, 1.5])) == pytest.approx([0.5, 1.0])
    halves = [[0.5] * 2, [0.5] * 2, [0.0] * 2]
    assert efficiency(pooled(military, [0.75, 1.5], leadership=halves)) == pytest.approx([0.5, 1.0])


def test_leadership_of_the_model_is_taken_where_it_has_one():
    """Forces 10 and 5, led .8 to .2: 9 lead, 2 + 4 are the others; a ratio of 1/3 is 3 of these 6."""
    ds = pooled([[10.0], [5.0]], [1 / 3], leadership=[[0.8], [0.2]])
    assert efficiency(ds) == pytest.approx([0.5])


def test_the_leader_may_change():
    assert efficiency(pooled([[6.0, 2.0], [2.0, 8.0]], [1 / 6, 1 / 8])) == pytest.approx([0.5, 0.5])


def test_the_mean_is_over_time_and_not_over_saved_times():
    ds = analyse(pooled([[10.0] * 3, [10.0] * 3], [0.0, 0.2, 0.8], time=[0.0, 1.0, 4.0], leadership=[[1.0] * 3, [0.0] * 3]))
    assert float(ds["mean_balancing_efficiency"]) == pytest.approx((0.1 * 1 + 0.5 * 3) / 4)
    one = analyse(pooled([[10.0], [10.0]], [0.3], leadership=[[1.0], [0.0]]))
    assert float(one["mean_balancing_efficiency"]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "military", [[[5.0] * 3], [[5.0] * 3, [0.0] * 3], [[0.0] * 3] * 2], ids=["one", "alone in arms", "none"]
)
def test_nobody_to_pool(military):
    ds = analyse(pooled(military, [0.0] * 3))
    assert np.isnan(ds["balancing_efficiency"]).all() and np.isnan(ds["mean_balancing_efficiency"])


def test_efficiency_of_variants_of_different_length_and_states():
    two = pooled([[10.0] * 3, [5.0] * 3], [0.25] * 3)
    three = pooled([[10.0] * 5, [5.0] * 5, [5.0] * 5], [0.25] * 5)
    ds = analyse(side_by_side(two=two, three=three).expand_dims(sample=[0, 1], axis=1))
    assert ds["balancing_efficiency"].dims == ("variant", "sample", "time")
    assert ds["mean_balancing_efficiency"].values == pytest.approx(np.array([[0.5] * 2, [0.25] * 2]))
    assert np.isnan(ds["balancing_efficiency"].sel(variant="two", time=[3.0, 4.0])).all()


def test_a_model_without_coalitions_has_no_efficiency():
    assert "balancing_efficiency" not in analyse(three_states([0.6] * 5))
    ratio = xr.Dataset({"counter_coalition_ratio": ("time", [1.0])}, coords={"time": [0.0]})
    assert set(analyse(ratio)) == {"counter_coalition_ratio"}
