"""What must hold whatever the numbers: sums, bounds, symmetries, extreme conditions (Barlas 1996)."""

import numpy as np
import pytest
import xarray as xr
from small_worlds import ROOT, THREE, at_dials, numbers, scalar_dials, system, world

from sdrun.model import Model, name_id

FORCES = ("economy", "military_capability", "perceived_capability", "pooled_capability", "support", "exposure")
SHARES = (
    "power_share",
    "posture",
    "commitment",
    "hostility",
    "threat",
    "burden",
    "usable_leverage",
    "hegemonic_bid",
    "war_hazard",
)
UNIT_INTERVAL = (
    "power_share",
    "posture",
    "hostility",
    "legitimacy",
    "autonomy",
    "threat",
    "shared_threat",
    "leadership",
    "accustomed_share",
)


def assert_sound(ds: xr.Dataset) -> None:
    """Finite everywhere; sums and bounds hold."""
    assert [name for name, array in numbers(ds) if not np.isfinite(array).all()] == []
    np.testing.assert_allclose(ds["posture"].sum("strategy"), 1.0, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ds["power_share"].sum("state"), 1.0, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ds["leadership"].sum("state"), 1.0, rtol=0, atol=1e-12)
    for name in UNIT_INTERVAL:
        assert float(ds[name].min()) >= -1e-12, name
        assert float(ds[name].max()) <= 1 + 1e-12, name
    for name in FORCES:
        assert float(ds[name].min()) >= 0, name


def test_headline_is_sound_for_every_theory(headline: xr.Dataset) -> None:
    assert headline.sizes["variant"] == len(list((ROOT / "models" / "theories").glob("*.toml"))) == 7
    assert_sound(headline)
    ceiling = headline["alliance_reliability"]
    assert bool((headline["commitment"] <= ceiling + 1e-9).all())


def test_doubling_all_forces_and_economies_changes_no_share() -> None:
    doubled = {
        name: {state: 2 * value for state, value in THREE[name].items()}
        for name in ("initial economy", "initial military spending")
    }
    one, two = world(), world(parameters={**THREE, **doubled})
    for name in SHARES:
        np.testing.assert_allclose(two[name], one[name], rtol=1e-7, atol=1e-9, err_msg=name)
    for name in FORCES:
        np.testing.assert_allclose(two[name], 2 * one[name], rtol=1e-7, atol=1e-7, err_msg=name)


def test_relabelling_the_states_permutes_the_results() -> None:
    one, other = world(("A", "B", "C")), world(("C", "A", "B"))
    compared = 0
    for name, array in numbers(one):
        chosen = {dim: array[dim] for dim in ("state", "other", "rival") if dim in array.dims}
        np.testing.assert_allclose(other[name].sel(chosen), array, rtol=1e-9, atol=1e-12, err_msg=name)
        compared += 1
    assert compared > 120


def test_names_carry_no_meaning() -> None:
    """A world of USA, CHN and IND with the numbers of A, B and C is the world of A, B and C."""
    new = {"A": "IND", "B": "USA", "C": "CHN", "*": "*"}

    def renamed(table: object) -> object:
        return {new[key]: renamed(value) for key, value in table.items()} if isinstance(table, dict) else table

    one = world()
    other = world(tuple(new[name] for name in ("A", "B", "C")), {name: renamed(table) for name, table in THREE.items()})
    np.testing.assert_array_equal(other["posture"].values, one["posture"].values)
    np.testing.assert_array_equal(other["power_share"].values, one["power_share"].values)


@pytest.mark.parametrize("count", [1, 2, 3, 30])
def test_any_number_of_states(count: int) -> None:
    states = tuple(f"s{number}" for number in range(count))
    size = {state: 1000.0 / (number + 1) for number, state in enumerate(states)}
    ds = world(states, {"initial economy": size, "initial military spending": {s: 0.03 * x for s, x in size.items()}}, step=1.0)
    assert_sound(ds)
    assert float(ds["leader_share"].isel(time=0)) == pytest.approx(1000 / sum(size.values()))


def test_two_equal_states_stay_equal() -> None:
    ds = world(("A", "B"), {"balancing responsiveness": 0.3, "power appetite": 1.0}, years=40.0, step=1.0)
    np.testing.assert_allclose(ds["power_share"], 0.5, rtol=1e-12)
    np.testing.assert_allclose(ds["leadership"], 0.5, rtol=1e-12)
    np.testing.assert_allclose(ds["posture"].sel(state="A"), ds["posture"].sel(state="B"), rtol=1e-12)


def test_a_state_with_nothing_stays_with_nothing() -> None:
    nothing = {name: {**THREE[name], "C": 0.0} for name in ("initial economy", "initial military spending")}
    ds = world(parameters={**THREE, **nothing})
    assert_sound(ds)
    assert float(ds["power_share"].sel(state="C").max()) == 0.0
    assert float(ds["economy"].sel(state="C").max()) == 0.0


def test_halving_the_step_changes_little() -> None:
    coarse, fine, adaptive = world(step=1.0), world(step=0.5), world(method="LSODA")
    np.testing.assert_allclose(coarse["power_share"], fine["power_share"], rtol=1e-4)
    np.testing.assert_allclose(adaptive["power_share"], fine["power_share"], rtol=1e-4)


def test_a_world_at_rest_stays_at_rest() -> None:
    """Without growth the world settles; started from where it settled, it stays."""
    still = (
        "frontier growth",
        "growth diffusion",
        "crowding out",
        "overstretch cost",
        "sanctions effectiveness",
        "complacency",
    )
    still += ("insecurity drag", "tribute rate", "trade diversion", "conquest rate")
    parameters = {**THREE, **dict.fromkeys(still, 0.0), "initial growth advantage": 0.0}
    settled = world(parameters=parameters, years=2000.0, method="LSODA").isel(time=-1)
    stocks = {slot.label: settled[slot.name] for slot in system(("A", "B", "C")).stocks}
    rounded = {name: values.where(abs(values) > 1e-15, 0.0) for name, values in stocks.items()}  # no promise is below none
    initial = {name: table(values) for name, values in rounded.items()}
    again = world(parameters=parameters, years=50.0, method="LSODA", initial=initial)
    assert len(stocks) > 15
    for name, before in stocks.items():
        after = again[name_id(name).replace(" ", "_")]
        np.testing.assert_allclose(after, before.broadcast_like(after), rtol=1e-5, atol=1e-7, err_msg=name)


def table(values: xr.DataArray) -> object:
    """An array as a scenario states it."""
    if not values.dims:
        return float(values)
    dim = str(values.dims[0])
    return {str(label): table(values.sel({dim: label}, drop=True)) for label in values[dim].values}


def test_every_dial_at_both_ends_stays_sound(flagship: Model) -> None:
    ends = [{id_: end} for id_, (_, low, high) in scalar_dials(flagship).items() for end in (low, high)]
    assert len(ends) > 100
    values = at_dials(ends, years=60.0, step=1.0)
    for name, array in values.items():
        assert array.shape[-1] in (1, len(ends)), name
        broken = [ends[sample] for sample in range(array.shape[-1]) if not np.isfinite(array[..., sample]).all()]
        assert broken == [], name
    for name in UNIT_INTERVAL:
        assert -1e-12 <= values[name].min() <= values[name].max() <= 1 + 1e-12, name
    for name in FORCES:
        assert values[name].min() >= 0, name
    np.testing.assert_allclose(values["posture"].sum(axis=1), 1.0, rtol=0, atol=1e-9)
