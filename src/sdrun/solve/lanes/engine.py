"""Samples side by side: what `solve.fixed_step` and `solve.scipy_adaptive` do, in machine code.

Samples go in groups, after each of which progress is told; within a group a block of W samples goes through all of a stretch
between two jumps before the next begins, so that its numbers stay in the cache.  What is recorded is written where it stays,
`[row][time][sample]`.  A lane knows nothing of its neighbours: neither groups nor blocks change a result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from sdrun.simulation import History, Jump, Setup, to_record
from sdrun.solve.fixed_step import Visit, grids, visits
from sdrun.solve.lanes.blocks import blocks_of, packed, room, unpacked
from sdrun.solve.lanes.breaks import breaks_of, mode_after
from sdrun.solve.lanes.model import LaneModel, model_of
from sdrun.solve.lanes.walk import SCHEMES
from sdrun.solve.recording import floored
from sdrun.solve.remembering import pipelines
from sdrun.solve.segments import jump_times, parameters_before, parameters_from, snapped, stocks_from
from sdrun.system import Slot, System
from sdrun.types import Parameters, State

RECORDED_AT_ONCE = 2_000_000
"""Numbers recorded of one group."""


@dataclass(slots=True, kw_only=True)
class Group:
    """Some samples on their way."""

    model: LaneModel
    system: System
    setup: Setup
    p: Parameters
    jumps: tuple[Jump, ...]
    y: State
    held: np.ndarray
    out: Float[np.ndarray, "rows saves samples"]
    """A part of what is recorded of all samples, filled up to whole blocks."""
    failed: Float[np.ndarray, "blocks width"]
    scratch: np.ndarray
    line: np.ndarray
    """What lies in pipelines, as `walk` has it."""
    passed: int = 0
    """Points of the grid."""

    @property
    def samples(self) -> int:
        """How many."""
        return int(self.p.shape[1])

    def packed(self, rows: np.ndarray) -> np.ndarray:
        """In blocks."""
        return packed(rows, self.model.width)


def side_by_side(method: str, system: System, setup: Setup, progress: Callable[[float], None]) -> tuple[History, np.ndarray]:
    """The history, and for each sample NaN or when it was given up: at a time, or (+inf) as too hard for this method."""
    names = [slot.name for slot in to_record(system, setup)]
    model = model_of(system, names, method)
    lost = np.full(setup.parameters.shape[1], np.nan)
    padded = blocks_of(len(lost), model.width) * model.width
    out = np.empty((model.code.outputs, len(setup.times), padded))
    width = _group_width(model, setup)
    for first in range(0, len(lost), width):
        some = slice(first, min(first + width, len(lost)))
        group = _begun(model, system, setup, setup.parameters[:, some], out[..., first : first + width])
        (_walk if method in SCHEMES else _cross)(group)
        lost[some] = group.failed.ravel()[: group.samples]
        progress(some.stop / len(lost))
    values = {
        slot.name: out[_rows(model, slot)].reshape(*slot.shape, *out.shape[1:])[..., : len(lost)]
        for slot in to_record(system, setup)
    }
    return History(time=setup.times, values=values, evaluations=0, engine="llvm"), lost


def _rows(model: LaneModel, slot: Slot) -> slice:
    rows = model.code.recorded[slot.name]
    return slice(rows.start, rows.stop)


def _group_width(model: LaneModel, setup: Setup) -> int:
    blocks = RECORDED_AT_ONCE // max(1, len(setup.times) * model.code.outputs * model.width)
    return max(1, blocks) * model.width


def _begun(model: LaneModel, system: System, setup: Setup, p: Parameters, out: np.ndarray) -> Group:
    """A group at its initial values."""
    start, jumps = float(setup.times[0]), snapped(setup.jumps, setup.times)
    before, blocks = parameters_before(p, jumps, start), blocks_of(p.shape[1], model.width)
    y, held = model.initial(before, start, start, setup.step if model.code.fixed_step else 0.0)
    group = Group(
        model=model,
        system=system,
        setup=setup,
        p=p,
        jumps=jumps,
        y=y,
        held=held,
        out=out,
        failed=room(blocks, model.width),
        scratch=model.room(),
        line=_line(system, held, model.width),
    )
    group.failed.fill(np.nan)
    return group


def _line(system: System, held: np.ndarray, width: int) -> np.ndarray:
    """[block][length][row][lane]"""
    if system.memory is None:
        return room(1, 1, 1, 1)
    _, line = pipelines(system.memory, held)
    length, rows, samples = line.shape
    packed_ = packed(line.reshape(length * rows, samples), width)
    return packed_.reshape(len(packed_), length, rows, width) if packed_.size else room(1, 1, 1, 1)


# ── fixed steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Stretch:
    """What a walk does from one jump to the next."""

    grid: float
    t: float
    rows: list[tuple[int, int, int, int]] = field(default_factory=list)
    places: list[float] = field(default_factory=list)

    def add(self, steps: int, off_grid: bool, save: int | None, goes_on: bool, place: float) -> None:
        """One visit, as `walk` reads it."""
        self.rows.append((steps, int(off_grid), -1 if save is None else save, int(goes_on)))
        self.places.append(place)


def _walk(group: Group) -> None:
    setup, start = group.setup, float(group.setup.times[0])
    group.failed[...] = _lost_at_start(group)
    group.y = stocks_from(group.y, group.jumps, start)
    stretch, done = Stretch(grid=start, t=start), 0
    (grid,) = grids(setup)
    for visit in visits(setup.times, jump_times(group.jumps, start, float(setup.times[-1])), grid):
        steps, done = visit.steps - done, visit.steps
        if not visit.jump:
            stretch.add(steps, not visit.on_grid, visit.save, False, visit.time)
            continue
        stretch.add(steps, not visit.on_grid, None, True, visit.time)
        _run_walk(group, stretch)
        group.y = floored(group.system, stocks_from(group.y, group.jumps, visit.time))
        stretch = _following(stretch, visit, setup.step)
        stretch.add(0, False, visit.save, False, visit.time)
    _run_walk(group, stretch)


def _following(stretch: Stretch, visit: Visit, step: float) -> Stretch:
    """The stretch after a jump; time is carried as the walk itself carries it."""
    grid, steps = stretch.grid, sum(row[0] for row in stretch.rows)
    for _ in range(steps):
        grid += step
    t = (grid if steps else stretch.t) if visit.on_grid else visit.time
    return Stretch(grid=grid, t=t)


def _run_walk(group: Group, stretch: Stretch) -> None:
    setup, model = group.setup, group.model
    p = group.packed(parameters_from(group.p, group.jumps, stretch.t))
    y = group.packed(group.y)
    head = [len(stretch.rows), *_apart(group), group.line.shape[1], group.passed]
    table = np.array([*head, *(number for row in stretch.rows for number in row)], dtype=np.int64)
    clock, places = np.array([stretch.grid, stretch.t, setup.step]), np.array(stretch.places)
    counts, held = np.array([len(p)]), group.packed(group.held)
    model.call("walk", counts, p, held, y, group.out, group.failed, clock, table, places, group.line, group.scratch)
    group.y, group.held = unpacked(y, group.samples), unpacked(held, group.samples)
    group.passed += sum(row[0] for row in stretch.rows)


def _apart(group: Group) -> tuple[int, int]:
    """Vectors from time to time, and from row to row, of what is recorded."""
    row, time, _ = group.out.strides
    vector = 8 * group.model.width
    return time // vector, row // vector


def _lost_at_start(group: Group) -> np.ndarray:
    """The start, for samples with a stock that has no finite value to start from."""
    bad = ~np.isfinite(group.y).all(axis=0)
    lost = np.where(bad, float(group.setup.times[0]), np.nan)
    return group.packed(lost[None, :])[:, 0, :]


# ── a step per lane ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cross(group: Group) -> None:
    setup, system = group.setup, group.system
    start, stop = float(setup.times[0]), float(setup.times[-1])
    jumping = jump_times(group.jumps, start, stop)
    ends = sorted({start, *jumping, stop})
    stretches = list(pairwise(ends))
    anchors = np.union1d(setup.times, jumping)
    p = parameters_from(group.p, group.jumps, start)
    first = (start, ends[min(1, len(ends) - 1)])
    breaks = breaks_of(system, p, group.held, first, anchors)
    mode = (start + np.minimum(np.min(breaks, axis=0), first[1])) / 2
    group.y, group.held = group.model.initial(parameters_before(group.p, group.jumps, start), start, mode, 0.0)
    group.failed[...] = _lost_at_start(group)
    for number, span in enumerate(stretches):
        p = parameters_from(group.p, group.jumps, span[0])
        if number:
            breaks = breaks_of(system, p, group.held, span, anchors)
        group.y = floored(system, stocks_from(group.y, group.jumps, span[0]))
        _run_cross(group, p, breaks, span)
    group.y = floored(system, stocks_from(group.y, group.jumps, stop))
    p = parameters_from(group.p, group.jumps, stop)
    _record_stop(group, p, mode_after(system, p, group.held, stop, stop - start, anchors))


def _run_cross(group: Group, p: Parameters, breaks: np.ndarray, span: tuple[float, float]) -> None:
    setup, model = group.setup, group.model
    first, last = (int(np.searchsorted(setup.times, end)) for end in span)
    saves = np.append(setup.times[first:last], np.inf)
    rows = np.concatenate([breaks, np.full((2, group.samples), np.inf)])
    blocks, y = group.packed(p), group.packed(group.y)
    counts = np.array([len(blocks), len(rows), last - first, *_apart(group)])
    longest = np.inf if setup.max_step is None else setup.max_step
    limits = np.array([*span, setup.rtol, setup.atol, longest])
    kept = room(max(1, last - first), model.code.stocks + 1, model.width)
    held, stops, out = group.packed(group.held), group.packed(rows), group.out[:, first:]
    model.call("cross", counts, blocks, held, y, out, group.failed, limits, saves, stops, group.scratch, kept)
    group.y = unpacked(y, group.samples)


def _record_stop(group: Group, p: Parameters, mode: np.ndarray) -> None:
    """The last time, with what holds from there on."""
    model, stop = group.model, float(group.setup.times[-1])
    blocks, y = group.packed(p), group.packed(group.y)
    times = group.packed(np.stack([np.full_like(mode, stop), mode, np.zeros_like(mode)]))
    c, out = room(len(blocks), model.code.constants, model.width), room(len(blocks), model.code.outputs, model.width)
    model.call("all_constants", np.array([len(blocks)]), blocks, group.packed(group.held), c, group.scratch)
    model.call("all_outputs", np.array([len(blocks), 1]), times, c, y, out, group.scratch)
    group.out[:, -1, : group.samples] = unpacked(out, group.samples)
