"""Which rows are cases of what a question asks for, and which of them look for boxes while the others judge."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from sdrun.answer.boxes import Rows
from sdrun.answer.factors import rows
from sdrun.attributes import FLAGGED_BY
from sdrun.questions import MODES, Question
from sdrun.trajectory import mode_name, selected

if TYPE_CHECKING:
    import xarray as xr


def told(ds: "xr.Dataset", question: Question) -> tuple[Rows, Rows]:
    """(cases, known): rows that are cases, and those of which it is known.

    A row without a value (its run failed, or nothing is defined) is unknown; so is a length of time that the run ended before
    the threshold was reached.
    """
    array = selected(ds[of(question)], question.select)
    values = rows(ds, array)
    if question.mode is not None:
        return values == MODES.index(question.mode), values != 0
    threshold, above = (question.above, True) if question.above is not None else (question.below, False)
    assert threshold is not None, "a question asks above or below, or for a mode"
    open_ = censored(ds, array, question.select)
    reached = values > threshold if above else values >= threshold
    cases = values > threshold if above else values < threshold
    return cases, np.isfinite(values) & (~open_ | reached)


def described(ds: "xr.Dataset", question: Question) -> str:
    """What a case is, in words."""
    array = selected(ds[of(question)], question.select)
    where = elements(question.select)
    if question.mode is not None:
        return f"{array.attrs['long_name']}{where} is {question.mode}"
    side, threshold = ("above", question.above) if question.above is not None else ("below", question.below)
    units = str(array.attrs.get("units", ""))
    plural = "s" if units == ds["time"].attrs.get("units") else ""
    return f"{question.of}{where} {side} {threshold:g}" + ("" if units in ("1", "", "Dmnl") else f" {units}{plural}")


def elements(select: Mapping[str, str]) -> str:
    """What is selected, in brackets."""
    return f" ({', '.join(f'{dim} {label}' for dim, label in select.items())})" if select else ""


def of(question: Question) -> str:
    """The variable of the result that a question is about."""
    return mode_name(question.of) if question.mode is not None else question.of


def censored(ds: "xr.Dataset", array: "xr.DataArray", select: Mapping[str, str]) -> Rows:
    """Rows whose value is a lower bound, as the run ended first."""
    flag = array.attrs.get(FLAGGED_BY)
    if flag not in ds:
        return np.zeros(ds.sizes["sample"] * ds.sizes.get("variant", 1), dtype=bool)
    return rows(ds, selected(ds[str(flag)], select)) == 1


def halves(samples: Int[np.ndarray, " rows"], seed: int) -> tuple[Rows, Rows]:
    """(looking, judging): half of the samples each, and the same half under all variants.

    Drawn at random, since every second point of a Sobol' sequence lies on one side of its space.
    """
    number = int(samples.max()) + 1
    looks = np.zeros(number, dtype=bool)
    looks[np.random.default_rng(seed).permutation(number)[: number // 2]] = True
    return looks[samples], ~looks[samples]
