"""Euler and Runge-Kutta on a grid, in IR: what `solve.fixed_step` does, from one jump to the next.

walk(blocks, p, held, y, out, failed, clock, visits, places, line, scratch)

out      [row][time][block][lane]
clock    [grid, t, step] at the beginning; the same for all
visits   number of visits, vectors from time to time in `out`, vectors from row to row, length of the pipelines, points of
         the grid passed; then for each visit: whole steps until then; 1 where it lies off the grid; the time of `out` to
         record at, or -1; 1 where the walk goes on from there
places   times of the visits
held     INITIAL values, and what is kept from step to step, which the walk brings up to date
line     [block][length][row][lane]: inputs of the last steps of pipelines, that of step k at k modulo the length
failed   [block][lane]: the time at which a stock ceased to be a finite number, else NaN
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sdrun.lanes.code import LaneCode
from sdrun.lanes.text import BITS, NUMBER, TRUTH, Module, Pointer
from sdrun.solve.lanes.entries import Driver

Y, NEXT, STAGE, K = 0, 1, 2, 3
"""Numbers of the vectors as long as the state; slopes begin at K."""


class Walk(Driver):
    """The walk along the grid."""

    def __init__(self, module: Module, code: LaneCode, held_at_zero: Sequence[slice], stages: int) -> None:
        super().__init__(module, code, held_at_zero, K + stages)
        self.grid, self.t, self.failed = self.f.local("double"), self.f.local("double"), self.f.local()
        self.passed, self.line = self.f.local("i64"), self.f.local("ptr")
        self.held: Pointer = "%held"
        """Of the block at hand."""

    def slope(self, number: int, t: Any, y: Pointer) -> None:
        """A slope at t, with switches judged where the step begins."""
        begin, dt = self.f.splat(self.f.load_one(self.t, 0, NUMBER)), self.f.splat(self.step)
        self.rhs((t, begin, dt), y, self.state(K + number))

    @property
    def step(self) -> str:
        """The step of the grid."""
        return self.f.load_one("%clock", 2, NUMBER)

    def stage(self, scale: Any, number: int) -> Pointer:
        """The state moved along one slope, and held at zero."""
        f, y, slope, stage = self.f, self.state(Y), self.state(K + number), self.state(STAGE)
        with f.loop(self.code.stocks) as row:
            f.store(f.load(y, row) + scale * f.load(slope, row), stage, row)
        self.floor(stage)
        return stage

    def moved(self, change: Callable[[str], Any]) -> None:
        """NEXT from the state and its change by row; notes lanes whose stocks are no longer finite."""
        f, y, after = self.f, self.state(Y), self.state(NEXT)
        with f.loop(self.code.stocks) as row:
            f.store(f.load(y, row) + change(row), after, row)
        self.floor(after)


def euler(walk: Walk, h: Any) -> None:
    """One step of first order."""
    f = walk.f
    walk.slope(0, f.splat(f.load_one(walk.t, 0, NUMBER)), walk.state(Y))
    slope = walk.state(K)
    walk.moved(lambda row: f.load(slope, row) * h)


def rk4(walk: Walk, h: Any) -> None:
    """One step of fourth order."""
    f = walk.f
    t, half = f.splat(f.load_one(walk.t, 0, NUMBER)), h / 2.0
    walk.slope(0, t, walk.state(Y))
    walk.slope(1, t + half, walk.stage(half, 0))
    walk.slope(2, t + half, walk.stage(half, 1))
    walk.slope(3, t + h, walk.stage(h, 2))
    k = [walk.state(K + number) for number in range(4)]
    walk.moved(
        lambda row: h / 6.0 * (f.load(k[0], row) + 2.0 * f.load(k[1], row) + 2.0 * f.load(k[2], row) + f.load(k[3], row))
    )


SCHEMES: dict[str, tuple[Callable[[Walk, Any], None], int]] = {"euler": (euler, 1), "rk4": (rk4, 4)}
"""Step and number of slopes, by method."""


def walk(code: LaneCode, held_at_zero: Sequence[slice], method: str) -> tuple[Module, int]:
    """The function `walk`, and the vectors of scratch that it needs."""
    scheme, slopes = SCHEMES[method]
    module = Module(code.module.width)
    own = Walk(module, code, held_at_zero, slopes)
    f = own.f
    with f.loop(f.load_one("%blocks")) as block:
        _block(own, scheme, block)
    arguments = ("blocks", "p", "held", "y", "out", "failed", "clock", "visits", "places", "line", "scratch")
    f.finish("walk", dict.fromkeys(arguments, "ptr"), attributes="")
    return module, own.scratch.size


def _block(own: Walk, scheme: Callable[[Walk, Any], None], block: str) -> None:
    f, code = own.f, own.code
    held = own.held = own.block("held", block, code.held)
    own.constants(own.block("p", block, code.parameters), held)
    y = own.block("y", block, code.stocks)
    own.copy(y, own.state(Y), code.stocks)
    for place, number in ((own.grid, 0), (own.t, 1)):
        f.do(f"store double {f.load_one('%clock', number, NUMBER)}, ptr {place}")
    f.store(f.load("%failed", block), own.failed)
    if code.memory:
        f.do(f"store i64 {f.load_one('%visits', 4)}, ptr {own.passed}")
        rows = f.integer("mul", f.load_one("%visits", 3), len(code.steps))
        f.do(f"store ptr {own.block('line', f.integer('mul', block, rows), 1)}, ptr {own.line}")
    with f.loop(f.load_one("%visits", 0)) as visit:
        _visit(own, scheme, block, visit)
    own.copy(own.state(Y), y, code.stocks)
    own.copy(own.kept, f.address(held, code.held - code.memory), code.memory)
    f.store(f.load(own.failed), "%failed", block)


def _visit(own: Walk, scheme: Callable[[Walk, Any], None], block: str, visit: str) -> None:
    f, code = own.f, own.code
    first = f.integer("add", f.integer("mul", visit, 4), 5)
    steps, off_grid, save, goes_on = (f.load_one("%visits", f.integer("add", first, number)) for number in range(4))
    with f.loop(steps):
        _to_next_point(own, scheme)
    own.copy(own.state(Y), own.state(NEXT), code.stocks)
    time = f.local("double")
    f.do(f"store double {f.load_one(own.t, 0, NUMBER)}, ptr {time}")
    with f.when(f.integer("icmp ne", off_grid, 0)):
        place = f.load_one("%places", visit, NUMBER)
        scheme(own, f.splat(place) - f.splat(f.load_one(own.t, 0, NUMBER)))
        _note(own)
        f.do(f"store double {place}, ptr {time}")
    with f.when(f.integer("icmp sge", save, 0)):
        at = f.splat(f.load_one(time, 0, NUMBER))
        place = f.address("%out", f.integer("add", f.integer("mul", save, f.load_one("%visits", 1)), block))
        own.record((at, at, f.splat(own.step)), own.state(NEXT), place, f.load_one("%visits", 2))
    with f.when(f.integer("icmp ne", goes_on, 0)):
        own.copy(own.state(NEXT), own.state(Y), code.stocks)
        f.do(f"store double {f.load_one(time, 0, NUMBER)}, ptr {own.t}")


def _to_next_point(own: Walk, scheme: Callable[[Walk, Any], None]) -> None:
    """A whole step, or what is left of one after a jump."""
    f = own.f
    grid, t = f.load_one(own.grid, 0, NUMBER), f.load_one(own.t, 0, NUMBER)
    point = f.new(f"fadd double {grid}, {own.step}")
    whole = f.new(f"fcmp oeq double {grid}, {t}")
    h = f.new(f"select i1 {whole}, double {own.step}, double {f.new(f'fsub double {point}, {t}')}")
    if own.code.memory:
        own.remember((f.splat(t), f.splat(t), f.splat(own.step)), own.state(Y))
    scheme(own, f.splat(h))
    if own.code.memory:
        _turn(own)
    f.do(f"store double {point}, ptr {own.grid}")
    f.do(f"store double {point}, ptr {own.t}")
    _note(own)
    own.copy(own.state(NEXT), own.state(Y), own.code.stocks)


def _turn(own: Walk) -> None:
    """What is new becomes what is kept; inputs of pipelines go in, and those of so many steps ago come out."""
    f, pipes = own.f, len(own.code.steps)
    own.copy(own.new, own.kept, own.code.memory - pipes)
    if not pipes:
        return
    length, passed, line = f.load_one("%visits", 3), f.load_one(own.passed), f.load_one(own.line, 0, "ptr")
    slot = f.address(line, f.integer("mul", f.integer("urem", passed, length), pipes))
    own.copy(f.address(own.new, own.code.memory - pipes), slot, pipes)
    passed = f.integer("add", passed, 1)
    f.do(f"store i64 {passed}, ptr {own.passed}")
    here, whole, vector = f.splat(f.integer("urem", passed, length), BITS), f.splat(length, BITS), f.type(BITS)
    longest = f.splat(f.new(f"uitofp i64 {length} to double"))
    rows = f.module.integers(own.code.steps)
    with f.loop(pipes) as pipe:
        steps: Any = f.load(own.held, f.load_one(rows, pipe))
        steps = np.where(steps >= 1.0, np.where(steps <= longest, steps, longest), f.number(1.0))
        ago = f.lane(f"fptoui {f.type()} {steps.register} to {vector}", BITS)
        since = f.lane(f"sub {vector} {here.register}, {ago.register}", BITS)
        round_ = f.lane(f"add {vector} {since.register}, {whole.register}", BITS)
        behind = f.lane(f"icmp slt {vector} {since.register}, zeroinitializer", TRUTH)
        at = f.lane(f"mul {vector} {f.select(behind, round_, since).register}, {f.bits(pipes).register}", BITS)
        at = f.lane(f"add {vector} {at.register}, {f.splat(pipe, BITS).register}", BITS)
        f.store(f.gather(line, at, lane_offset=True), own.kept, f.integer("add", pipe, own.code.memory - pipes))


def _note(own: Walk) -> None:
    """The time at which lanes first have a stock that is no finite number."""
    f, after = own.f, own.state(NEXT)
    worst = f.local()
    f.store(0.0, worst)
    with f.loop(own.code.stocks) as row:
        # a finite number times zero is zero, anything else NaN
        f.store(f.load(worst) + f.load(after, row) * 0.0, worst)
    now = f.splat(f.load_one(own.t, 0, NUMBER))
    fails = f.logic("and", np.isnan(f.load(worst)), np.isnan(f.load(own.failed)))
    f.store(np.where(fails, now, f.load(own.failed)), own.failed)
