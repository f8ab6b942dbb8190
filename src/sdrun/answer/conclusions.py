"""Whether a conclusion survives: how often a metric is less under one variant, or theory, than under another.

Under two variants the samples are pairs: the same sample, another variant.  Of two theories among which the sweep draws every
run of one is set against every run of the other: the probability that a run of one is less, of Mann and Whitney 1947 (Annals
of Mathematical Statistics 18).  Ties are counted apart.  A length of time that the run ended first (censored) is longer than it
stands: a pair is decided where that does not matter, as in Gehan 1965 (Biometrika 52), and undecided else.

The interval is Wilson's, 95 %; of unpaired shares with as many pairs as would give DeLong's variance (DeLong, DeLong and
Clarke-Pearson 1988, Biometrics 44).  Its upper end takes all undecided pairs for less.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from sdrun.answer.boxes import Rows
from sdrun.answer.cases import censored
from sdrun.answer.factors import rows
from sdrun.questions import Conclusion
from sdrun.trajectory import selected

if TYPE_CHECKING:
    import xarray as xr

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How often the conclusion holds."""

    conclusion: Conclusion
    paired: bool
    less: float
    equal: float
    greater: float
    undecided: float
    """These four are shares of the pairs."""
    low: float
    high: float
    """Interval of `less`."""
    runs: tuple[int, int]
    """Of either side, with a value; of pairs twice the same."""


Keys = Int[np.ndarray, " _runs"]
"""The order of values; odd for censored ones, which come right behind those that are equal."""

Shares = Float[np.ndarray, " _runs"]


def verdict(ds: "xr.Dataset", conclusion: Conclusion) -> Verdict | None:
    """Of one conclusion; None where the result does not hold both sides, or no run of one."""
    array = selected(ds[conclusion.metric], conclusion.select)
    values, flags = rows(ds, array), censored(ds, array, conclusion.select)
    known, paired = np.isfinite(values), _are_variants(ds, conclusion)
    sides = [_of(ds, name, paired) for name in conclusion.less]
    if paired:
        both = known[sides[0]] & known[sides[1]]
        sides = [np.flatnonzero(side)[both] for side in sides]
    else:
        sides = [np.flatnonzero(side & known) for side in sides]
    if not all(side.size for side in sides):
        return None
    keys = 2 * np.unique(np.where(known, values, 0.0), return_inverse=True)[1] + flags
    one, other = (keys[side] for side in sides)
    shares = _paired(one, other) if paired else _crossed(one, other)
    return Verdict(conclusion=conclusion, paired=paired, runs=(len(one), len(other)), **shares)


def _are_variants(ds: "xr.Dataset", conclusion: Conclusion) -> bool:
    return "variant" in ds.dims and {*conclusion.less} <= {*ds["variant"].values.tolist()}


def _of(ds: "xr.Dataset", name: str, variant: bool) -> Rows:
    """Which rows are of a variant, or of a theory."""
    array = ds["variant"] if variant else ds["theory"] if "theory" in ds.coords else None
    return rows(ds, array) == name if array is not None else np.zeros(ds.sizes["sample"], dtype=bool)


def _paired(one: Keys, other: Keys) -> Mapping[str, float]:
    """Run by run."""
    less = (one % 2 == 0) & (one < other)
    greater = (other % 2 == 0) & (other < one)
    equal = (one % 2 == 0) & (one == other)
    return _shares(less.mean(), equal.mean(), greater.mean(), float(len(one)), float(len(one)))


def _crossed(one: Keys, other: Keys) -> Mapping[str, float]:
    """Each run of one side against each of the other."""
    less, equal, greater = _against(one, other)
    its_less, its_equal, its_greater = _against(other, one)
    pairs = _worth(less, its_greater), _worth(1 - equal - greater, 1 - its_equal - its_less)
    return _shares(less.mean(), equal.mean(), greater.mean(), *pairs)


def _against(one: Keys, other: Keys) -> tuple[Shares, Shares, Shares]:
    """Of the other's runs the share that each run is less than, equal to, greater than, for certain."""
    whole, ended = np.sort(other), np.sort(other[other % 2 == 0])
    not_less, beyond = (np.searchsorted(whole, one, side=side) for side in ("left", "right"))
    certain = one % 2 == 0
    less = np.where(certain, (len(whole) - beyond) / len(whole), 0.0)
    equal = np.where(certain, (beyond - not_less) / len(whole), 0.0)
    return less, equal, np.searchsorted(ended, one, side="left") / len(whole)


def _worth(one: Shares, other: Shares) -> float:
    """How many independent pairs would tell a share as precisely as these runs do."""
    share = one.mean()
    variance = sum(side.var(ddof=1) / len(side) for side in (one, other) if len(side) > 1)
    fewest = float(min(len(one), len(other)))
    return max(fewest, share * (1 - share) / variance) if variance > 0 else fewest


def _shares(less: float, equal: float, greater: float, pairs: float, pairs_at_most: float) -> Mapping[str, float]:
    undecided = abs(round(1 - less - equal - greater, 12))
    low, high = wilson(less, pairs)[0], wilson(less + undecided, pairs_at_most)[1]
    return {"less": less, "equal": equal, "greater": greater, "undecided": undecided, "low": low, "high": high}


def wilson(share: float, size: float) -> tuple[float, float]:
    """Wilson's interval of a share (1927, Journal of the American Statistical Association 22)."""
    from scipy.stats import norm

    z = norm.ppf((1 + CONFIDENCE) / 2)
    middle, half = share + z**2 / (2 * size), z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return tuple(float(np.clip((middle + sign * half) / (1 + z**2 / size), 0, 1)) for sign in (-1, 1))  # type: ignore[return-value]
