"""Two results, laid upon each other by variable, element and time."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sdrun.collate.columns import Columns, Quantity
from sdrun.collate.tables import half_a_unit
from sdrun.comparison import NOISE, RTOL, Comparison, Difference
from sdrun.errors import DataError, Problem

Pairs = Int[np.ndarray, "2 pairs"]
"""Positions on the one side and on the other."""
Values = Float[np.ndarray, "rows times"]


def collate(result: Columns, reference: Columns, *, rtol: float = RTOL, atol: float | None = None) -> Comparison:
    """What both have, and how far it differs: |value - reference| <= atol + rtol |reference|, and what printing rounded.

    `atol` None is `NOISE` of the largest size that the variable has in the reference.  Raises DataError where they have no
    variable or no time in common.
    """
    times, pairs = _times(result, reference), _pairs(result, reference)
    found = [_Pair(result, reference, mine, theirs).difference(times, rtol, atol) for mine, theirs in pairs]
    differences = [difference for difference in found if difference is not None]
    if not differences:
        lacking = "time" if not times.size else "variable" if not pairs else "number"
        raise DataError(Problem(what=f"'{result.source}' and '{reference.source}' have no {lacking} in common"))
    return Comparison(
        result=result.source,
        reference=reference.source,
        rtol=rtol,
        atol=atol,
        differences=tuple(sorted(differences, key=lambda difference: -difference.excess)),
        only_result=_only(result, reference),
        only_reference=_only(reference, result),
        times=times.shape[1],
        only_result_times=_unmatched(result, times[0]),
        only_reference_times=_unmatched(reference, times[1]),
    )


def _times(result: Columns, reference: Columns) -> Pairs:
    """Each time of the reference with the nearest of the result, where the two are one but for rounding."""
    order = np.argsort(result.times)
    after = np.clip(np.searchsorted(result.times[order], reference.times), 1, max(1, len(order) - 1))
    near = [order[np.minimum(after - 1, len(order) - 1)], order[np.minimum(after, len(order) - 1)]]
    gaps = np.abs([result.times[index] - reference.times for index in near])
    best = np.where(gaps[0] <= gaps[1], near[0], near[1])
    tolerated = result.rounding[best] + reference.rounding + 1e-9 * np.maximum(1.0, np.abs(reference.times))
    met = gaps.min(axis=0) <= tolerated
    return np.array([best[met], np.flatnonzero(met)])


def _unmatched(columns: Columns, matched: Int[np.ndarray, " pairs"]) -> tuple[float, ...]:
    return tuple(np.delete(columns.times, matched).tolist())


def _distinct(columns: Columns) -> dict[int, tuple[Quantity, list[str]]]:
    """Each quantity with the ids that it goes by."""
    found: dict[int, tuple[Quantity, list[str]]] = {}
    for name, quantity in columns.quantities.items():
        found.setdefault(id(quantity), (quantity, []))[1].append(name)
    return found


def _pairs(result: Columns, reference: Columns) -> list[tuple[Quantity, Quantity]]:
    """The variables that both have."""
    found = []
    for theirs, names in _distinct(reference).values():
        if (mine := next((result.quantities[name] for name in names if name in result.quantities), None)) is not None:
            found.append((mine, theirs))
    return found


def _only(columns: Columns, other: Columns) -> tuple[str, ...]:
    """Names that the other side lacks: of a variable, or of elements of one that it has."""
    found: list[str] = []
    for quantity, names in _distinct(columns).values():
        theirs = next((other.quantities[name] for name in names if name in other.quantities), None)
        if theirs is None:
            found.append(quantity.label)
        else:
            found += [quantity.label + quantity.labels[row] for at, row in quantity.rows.items() if at not in theirs.rows]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A variable of both sides."""

    result: Columns
    reference: Columns
    mine: Quantity
    theirs: Quantity

    def difference(self, times: Pairs, rtol: float, atol: float | None) -> Difference | None:
        """How far it differs; None where no number of it is on both sides."""
        mine, theirs = self.mine, self.theirs
        rows = np.array([(mine.rows[at], row) for at, row in theirs.rows.items() if at in mine.rows], dtype=int)
        if not rows.size or not times.size:
            return None
        a, b = mine.values[np.ix_(rows[:, 0], times[0])], theirs.values[np.ix_(rows[:, 1], times[1])]
        told = ~(np.isnan(a) & (self.result.gaps | np.isnan(b))) & ~(np.isnan(b) & self.reference.gaps)
        if not told.any():
            return None
        excess = np.where(told, _excess(a, b, self._tolerated(a, b, rtol, atol)), -1.0)
        row, time = np.unravel_index(int(np.argmax(excess)), excess.shape)
        value, wanted = float(a[row, time]), float(b[row, time])
        absolute = 0.0 if value == wanted else abs(value - wanted)
        return Difference(
            variable=theirs.label,
            element=theirs.labels[rows[row, 1]],
            time=float(self.reference.times[times[1][time]]),
            value=value,
            reference=wanted,
            absolute=absolute,
            relative=0.0 if absolute == 0 else absolute / abs(wanted) if wanted else float("inf"),
            excess=float(excess[row, time]),
            beyond=int((excess > 1).sum()),
            compared=int(told.sum()),
        )

    def _tolerated(self, a: Values, b: Values, rtol: float, atol: float | None) -> Values:
        finite = self.theirs.values[np.isfinite(self.theirs.values)]
        floor = atol if atol is not None else NOISE * float(np.max(np.abs(finite), initial=0.0))
        printed = [half_a_unit(x, of.digits) for x, of in ((a, self.result), (b, self.reference)) if of.digits is not None]
        return floor + rtol * np.abs(b) + sum(printed, np.zeros_like(b))


def _excess(a: Values, b: Values, tolerated: Values) -> Values:
    """The difference over what is tolerated; infinite where only one side is a finite number."""
    with np.errstate(all="ignore"):
        ratio = np.abs(a - b) / tolerated
    ratio = np.where(np.isfinite(a) & np.isfinite(b) & ~np.isnan(ratio), ratio, np.inf)
    return np.where(a == b, 0.0, ratio)
