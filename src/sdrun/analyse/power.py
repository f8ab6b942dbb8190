"""Who has how much power, by four indices side by side; how concentrated it is, and how many poles that makes.

None is preferred: how much the answer depends on the index, beside the theory, is computed in `sdrun.analyse.comparison`.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

INDICES = ("military", "economy", "economy x income", "composite")

POLARITIES = {0: "undefined", 1: "unipolar", 2: "near-unipolar", 3: "bipolar", 4: "multipolar"}

UNIPOLAR, NEAR_UNIPOLAR, RIVAL = 0.5, 0.45, 0.25

_ROUNDING = 1e-12
"""A share of one half is one half, however it was summed."""


def power_index(ds: "xr.Dataset") -> "xr.DataArray":
    """Share of each state in the power of all states of the model, by index.  (state, index, time), dimensionless, 0 to 1.

    military            M_i / Σ M: military capability
    economy             E_i / Σ E: gross output
    economy x income    E_i y_i / Σ E y with y income per head: net resources, Beckley, "The Power of Nations: Measuring What
                        Matters", International Security 43(2), 2018.  y = E / population where the model has no income per
                        head.
    composite           mean of the three shares above, with equal weights

    NaN where all states have none.
    """
    import xarray as xr

    income = ds["income_per_head"] if "income_per_head" in ds else ds["economy"] / ds["population"].where(ds["population"] != 0)
    shares = [_share(ds["military_capability"]), _share(ds["economy"]), _share(ds["economy"] * income.fillna(0.0))]
    shares.append((shares[0] + shares[1] + shares[2]) / 3)
    index = xr.DataArray(list(INDICES), dims="index", name="index", attrs={"long_name": "power index"})
    joined = xr.concat(shares, dim=index, coords="minimal", compat="override", join="exact", combine_attrs="drop")
    return _described(_ordered(joined), "power index", "share in the power of all states, by four indices")


def leader(ds: "xr.Dataset") -> "xr.DataArray":
    """Name of the state with the largest share, the first among equals; "" where no state has any.  (index, time)."""
    shares = ds["power_index"]
    first = shares.fillna(-1.0).argmax("state")
    names = ds["state"].astype(str)[first].drop_vars("state").where(shares.notnull().any("state"), "")
    return _described(_ordered(names.astype(str)), "leader", "state with the largest share of power", units=None)


def leader_share_by_index(ds: "xr.Dataset") -> "xr.DataArray":
    """Largest share, whoever holds it: max_i s_i.  (index, time), dimensionless."""
    return _described(_ordered(ds["power_index"].max("state")), "leader share by index", "largest share of power")


def effective_poles_by_index(ds: "xr.Dataset") -> "xr.DataArray":
    """Effective number of poles 1 / Σ s_i².  (index, time), dimensionless, 1 to the number of states.

    Laakso & Taagepera, "Effective Number of Parties", Comparative Political Studies 12(1), 1979, their N2.
    """
    poles = 1 / (ds["power_index"] ** 2).sum("state", min_count=1)
    return _described(_ordered(poles), "effective poles by index", "1 / sum of squared shares (Laakso & Taagepera 1979)")


def concentration_by_index(ds: "xr.Dataset") -> "xr.DataArray":
    """Concentration CON = √((Σ s_i² − 1/N) / (1 − 1/N)).  (index, time), dimensionless, 0 (all equal) to 1 (one has all).

    Ray & Singer, "Measuring the Concentration of Power in the International System", Sociological Methods & Research 1(4),
    1973. N counts the states of the variant, those without power too; a single state has all: 1.
    """
    shares = ds["power_index"]
    n = shares.notnull().sum("state")
    squares = (shares**2).sum("state", min_count=1)
    several = n.where(n > 1, 2)
    con = ((squares - 1 / several) / (1 - 1 / several)).clip(min=0.0) ** 0.5
    con = con.where(n > 1, squares)
    return _described(_ordered(con), "concentration by index", "CON (Ray & Singer 1973)")


def polarity(ds: "xr.Dataset") -> "xr.DataArray":
    """Number of poles as a class, int8 with `flag_meanings`.  (index, time).

    With the largest share s1 and the second s2, the first that holds: unipolar s1 ≥ 0.5; near-unipolar s1 ≥ 0.45 and s2 < 0.25;
    bipolar s2 ≥ 0.25 (so that s1 + s2 ≥ 0.5); else multipolar.  After Modelski & Thompson, Seapower in Global Politics,
    1494-1993, 1988, who apply it to shares of naval power among the great powers.
    """
    first, second = _two_largest(ds["power_index"])
    rules = {
        1: first >= UNIPOLAR - _ROUNDING,
        2: (first >= NEAR_UNIPOLAR - _ROUNDING) & (second < RIVAL - _ROUNDING),
        3: second >= RIVAL - _ROUNDING,
        4: first.notnull(),
    }
    classes = first.copy(data=np.select([rule.values for rule in rules.values()], list(rules), default=0).astype(np.int8))
    described = _described(_ordered(classes), "polarity", "after the rule of Modelski & Thompson (1988)", units=None)
    flags = {"flag_values": np.array(list(POLARITIES), dtype=np.int8), "flag_meanings": " ".join(POLARITIES.values())}
    return described.assign_attrs(flags)


def _two_largest(shares: "xr.DataArray") -> "tuple[xr.DataArray, xr.DataArray]":
    """The largest and the second largest share; the second is 0 where there is one state only."""
    largest = shares.max("state")
    ranks = np.sort(shares.fillna(0.0).transpose("state", ...).values, axis=0)
    second = ranks[-2] if len(ranks) > 1 else np.zeros_like(ranks[-1])
    return largest, largest.copy(data=second.reshape(largest.shape))


def _share(power: "xr.DataArray") -> "xr.DataArray":
    total = power.sum("state", min_count=1)
    return power / total.where(total > 0)


def _ordered(array: "xr.DataArray") -> "xr.DataArray":
    """In the schema's order of dimensions."""
    order = [dim for dim in ("variant", "sample", "state", "index") if dim in array.dims]
    return array.transpose(*order, ..., "time")


def _described(array: "xr.DataArray", long_name: str, description: str, units: str | None = "1") -> "xr.DataArray":
    array.attrs = {"long_name": long_name, "description": description} | ({"units": units} if units is not None else {})
    return array
