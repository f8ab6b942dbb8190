"""What indicators make of the flagship is what its own variables say."""

import numpy as np
import pytest
import xarray as xr
from small_worlds import THREE, world


@pytest.fixture(scope="module")
def dials() -> xr.Dataset:
    """Three states as they are, where balancing is as full as dials make it, and where nobody can have allies."""
    full = {"free riding": 0.0, "alliance reliability": 1.0, "interoperability": 1.0, "balancing responsiveness": 0.5}
    return world(parameters=THREE, variants={"plain": {}, "full": full, "alone": {"alliance reliability": 0.0}})


def test_efficiency_is_the_strongest_coalition_over_all_others(dials: xr.Dataset) -> None:
    others = ((1 - dials["leadership"]) * dials["military_capability"]).sum("state")
    expected = dials["counter_coalition"].max("state") / others
    xr.testing.assert_allclose(dials["balancing_efficiency"], expected.transpose("variant", "time"))
    assert float(dials["balancing_efficiency"].min()) >= 0 and float(dials["balancing_efficiency"].max()) <= 1


def test_a_region_is_the_force_that_reaches_it(dials: xr.Dataset) -> None:
    own = dials["military_capability"]
    expected = (own / (own + dials["regional_force"])).max("time")
    assert dials["max_regional_share"].values == pytest.approx(expected.values)
    assert ((dials["regional_hegemony_years"] > 0) <= (dials["max_regional_share"] >= 0.5)).all()


def test_one_state_has_nobody_to_balance_it() -> None:
    alone = world(("A",), {}, years=10.0)
    assert alone["max_regional_share"].values.tolist() == [1]
    assert np.isnan(alone["balancing_half_time"]).all() and not alone["balancing_half_time_censored"].any()
    assert np.isnan(alone["mean_balancing_efficiency"])
    assert (alone["first_polarity_spell"] == 10).all() and alone["first_polarity_spell_censored"].all()
