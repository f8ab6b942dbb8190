"""PRIM, the patient rule induction method: boxes in which cases are dense.

Friedman and Fisher, "Bump hunting in high-dimensional data", Statistics and Computing 9(2), 1999.  A box is peeled: of all
thin slices at its sides (a share `peel` of its rows; of texts one label) the one goes that raises the share of cases most, by
row taken; until the box would hold less than `mass` of all rows, or nothing raises it.  Then it is pasted: sides move out again
where that raises the share still.  The gain by row is the "lenient" criterion of Kwakkel and Jaxa-Rozen 2016,
Environmental Modelling & Software 79, which does not prefer texts because they are cut in large pieces; quantiles are those of
sdtoolkit, half-way between neighbours.

Our own rather than a library's: ema_workbench, with which the tests compare it step by step, has one interface for Python 3.11
(2.x) and another from 3.12 on (3.x), and takes seconds to import the plots and optimisers that it brings along.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from sdrun.answer.boxes import CHOICES, HIGH, LOW, Box, Restriction, Rows, inside, limited, restricted, restrictions, without
from sdrun.answer.factors import Varied

Hits = Bool[np.ndarray, "_inside"]
"""Cases among the rows of some box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A way to go on from a box."""

    gain: float
    """Of the share of cases, by row taken or given."""
    restriction: Restriction
    limit: float | frozenset[int] | None
    """None takes the restriction away."""
    rows: int
    """In the box that comes of it."""


def trajectory(factors: Sequence[Varied], cases: Rows, among: Rows, *, peel: float, mass: float) -> tuple[Box, ...]:
    """Every box on the way, the first without limits; only rows `among` count, and `mass` is a share of all."""
    least = mass * len(cases)
    boxes = [Box()]
    while (box := _peeled(boxes[-1], factors, cases, among, peel, least)) is not None:
        boxes.append(box)
    while (box := _pasted(boxes[-1], factors, cases, among, peel)) is not None:
        boxes.append(box)
    return tuple(boxes)


# ── peeling ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _peeled(box: Box, factors: Sequence[Varied], cases: Rows, among: Rows, peel: float, least: float) -> Box | None:
    """The box after its best peel; None where none is good enough."""
    within = np.flatnonzero(inside(box, factors) & among)
    moves = [move for factor in factors for move in _peels(box, factor, within, cases, peel)]
    best = _best(moves, box)
    if best is None or best.rows < least:
        return None
    assert best.limit is not None
    return limited(box, best.restriction, best.limit)


def _best(moves: Sequence[Move], box: Box) -> Move | None:
    """The move with the largest gain, of equals one along a factor that is limited already; None where nothing is gained."""
    taken = restricted(box)
    best = max(moves, key=lambda move: (move.gain, move.restriction[1] in taken), default=None)
    return best if best is not None and best.gain > 0 else None


def _peels(box: Box, factor: Varied, within: Int[np.ndarray, " inside"], cases: Rows, peel: float) -> Iterator[Move]:
    """All peels along one factor."""
    values, hits = factor.values[within], cases[within]
    if factor.labels:
        present = box.choices.get(factor.name, frozenset(range(len(factor.labels))))
        for label in sorted(present) if len(present) > 1 else ():
            yield _move(hits, values != label, (CHOICES, factor.name), present - {label})
        return
    low, high = _quantile(values, peel), _quantile(values, 1 - peel)
    yield _move(hits, values >= low, (LOW, factor.name), low)
    yield _move(hits, values <= high, (HIGH, factor.name), high)


def _move(hits: Hits, kept: Hits, restriction: Restriction, limit: float | frozenset[int]) -> Move:
    rows = int(kept.sum())
    gain = float(hits[kept].mean() - hits.mean()) / (len(hits) - rows) if 0 < rows < len(hits) else 0.0
    return Move(gain=gain, restriction=restriction, limit=limit, rows=rows)


def _quantile(values: Float[np.ndarray, " inside"], share: float) -> float:
    """Half-way between the neighbours at a quantile, of equal ones between those that differ."""
    at = (len(values) - 1) * share
    before, after = math.floor(at), math.ceil(at)
    parted = np.partition(values, (before, after))
    low, high = parted[before], parted[after]
    if low == high and share > 0.5:
        low = values[values < high].max() if (values < high).any() else low
    elif low == high:
        high = values[values > low].min() if (values > low).any() else high
    return float(low + high) / 2


# ── pasting ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pasted(box: Box, factors: Sequence[Varied], cases: Rows, among: Rows, paste: float) -> Box | None:
    """The box after its best paste; None where none raises the share of cases."""
    by_name = {factor.name: factor for factor in factors}
    hits = cases[inside(box, factors) & among]
    moves = []
    for side, name in restrictions(box):
        around = inside(without(box, (side, name)), factors) & among
        moves += list(_pastes(box, side, by_name[name], around, cases, hits, paste))
    best = _best(moves, box)
    if best is None:
        return None
    return without(box, best.restriction) if best.limit is None else limited(box, best.restriction, best.limit)


def _pastes(box: Box, side: str, factor: Varied, around: Rows, cases: Rows, hits: Hits, paste: float) -> Iterator[Move]:
    """All ways to move one side of a box out; `around` are the rows inside but for this side, `hits` the cases inside."""
    values, name = factor.values[around], factor.name
    if side == CHOICES:
        present = box.choices[name]
        for label in sorted(set(range(len(factor.labels))) - present):
            wider = present | {label}
            kept = np.isin(values, sorted(wider))
            yield _paste(cases[around][kept], hits, (side, name), wider if len(wider) < len(factor.labels) else None)
        return
    limit = getattr(box, side)[name]
    beyond = values[values <= limit] if side == LOW else values[values >= limit]
    if len(beyond):
        wider_limit = _quantile(beyond, 1 - paste if side == LOW else paste)
        kept = values >= wider_limit if side == LOW else values <= wider_limit
        yield _paste(cases[around][kept], hits, (side, name), wider_limit)


def _paste(pasted: Hits, hits: Hits, restriction: Restriction, limit: float | frozenset[int] | None) -> Move:
    more = len(pasted) - len(hits)
    gain = float(pasted.mean() - hits.mean()) / more if more > 0 else 0.0
    return Move(gain=gain, restriction=restriction, limit=limit, rows=len(pasted))
