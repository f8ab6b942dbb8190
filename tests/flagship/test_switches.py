"""One dial at 0 removes one mechanism, exactly."""

import numpy as np
import xarray as xr
from small_worlds import THREE, world


def test_without_responsiveness_nothing_is_balanced() -> None:
    ds = world(variants={"off": {"balancing responsiveness": 0.0}, "on": {"balancing responsiveness": 0.3}})
    off, on = ds.sel(variant="off"), ds.sel(variant="on")
    start = off.isel(time=0)
    np.testing.assert_array_equal(off["burden"], start["burden"].broadcast_like(off["burden"]))
    assert bool((off["commitment"].diff("time") <= 0).all())
    assert float(abs(on["burden"] - off["burden"]).max()) > 0.005
    assert float((on["commitment"] - off["commitment"]).max()) > 0.01


def test_each_switch_removes_its_effect() -> None:
    effects = {
        "alliance reliability": "cohesion",
        "sanctions effectiveness": "sanctions_loss",
        "proxy effectiveness": "proxy_losses",
        "overstretch cost": "overstretch",
        "power appetite": "hegemonic_bid",
        "growth diffusion": "catch_up",
        "security provision": "extended_deterrence",
        "position weight": "position_to_keep",
    }
    off = world(variants={f"v{number}": {dial: 0.0} for number, dial in enumerate(effects)})
    on = world(parameters={**THREE, "overstretch cost": 0.005, "power appetite": 1.0})
    for number, effect in enumerate(effects.values()):
        assert float(abs(off[effect].sel(variant=f"v{number}")).max()) == 0.0, effect
        assert float(abs(on[effect]).max()) > 0.0, effect


def test_an_enforced_order_leaves_nothing_to_fear() -> None:
    ds = world(parameters={**THREE, "enforcement": 1.0})
    assert float(ds["exposure"].max()) == 0.0
    assert float(ds["war_hazard"].max()) == 0.0


def test_soft_balancing_takes_leverage_and_leaves_power() -> None:
    """Usable leverage falls as more states than the threshold join in; the leader's share of power does not."""
    ds = world(variants={"rare": {"soft balancing threshold": 10.0}, "easy": {"soft balancing threshold": 0.0}})
    rare, easy = ds.sel(variant="rare"), ds.sel(variant="easy")
    assert bool((easy["usable_leverage"].sel(state="A") < rare["usable_leverage"].sel(state="A")).all())
    np.testing.assert_allclose(easy["leader_share"], rare["leader_share"], rtol=0.01)


def test_without_delegitimation_soft_balancing_leaves_power_exactly_alone() -> None:
    parameters = {**THREE, "delegitimation": 0.0}
    thresholds = {"rare": {"soft balancing threshold": 10.0}, "easy": {"soft balancing threshold": 0.0}}
    ds = world(parameters=parameters, variants=thresholds)
    np.testing.assert_array_equal(ds["power_share"].sel(variant="easy"), ds["power_share"].sel(variant="rare"))


def test_growth_only_is_growth_only(headline: xr.Dataset) -> None:
    """Economy and capability of the growth-only run against an integration of the growth equations alone, written here anew."""
    from scipy.integrate import solve_ivp

    run = headline.sel(variant="growth_only")
    start, n = run.isel(time=0), run.sizes["state"]
    burden, delta = start["burden"].values, float(run["military_depreciation"])

    def rates(t: float, y: np.ndarray) -> np.ndarray:
        economy, people, force, births, advantage = y.reshape(5, n)
        relative = economy / people / (economy / people).max()
        gap = -np.log(relative)
        growth = 0.017 + 0.009 * (gap - (1 - np.exp(-gap))) + advantage + births - 0.1 * burden
        return np.concatenate(
            (
                economy * growth,
                people * births,
                burden * economy * relative**0.35 - delta * force,
                births / -25,
                advantage * -np.log(2) / 20,
            )
        )

    names = ("economy", "population", "military_capability", "population_growth", "growth_advantage")
    y0 = np.concatenate([start[name].values for name in names])
    solution = solve_ivp(rates, (0, 100), y0, rtol=1e-10, atol=1e-10, t_eval=[8.0, 24.0, 60.0, 100.0])
    economy, _, force, _, _ = solution.y.reshape(5, n, 4)
    at = run.sel(time=[2000.0, 2016.0, 2052.0, 2092.0])
    np.testing.assert_allclose(at["economy"], economy, rtol=1e-3)
    np.testing.assert_allclose(at["military_capability"], force, rtol=1e-3)
