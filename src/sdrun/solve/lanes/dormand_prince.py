"""Dormand and Prince's method of fifth order in IR, each lane with a step of its own.

    cross(counts, p, held, y, out, failed, span, saves, breaks, scratch, kept)

    counts   [blocks, rows of breaks in a block, times to save at, vectors from time to time in `out`, vectors from row to row]
    out      [row][time][block][lane]
    span     [start, stop, rtol, atol, longest step]; the same for all
    saves    times to save at in [start, stop), one number more behind them
    breaks   [block][row][lane], increasing, +inf where there is none, and in the last two rows
    failed   [block][lane]: NaN; or the time from which on a lane has no derivative; or +inf, where it takes too many steps
    kept     room for [saves][stocks + 1] vectors

Coefficients: Dormand & Prince 1980, J. Comput. Appl. Math. 6; dense output and step control as in Hairer, Nørsett & Wanner
1993, II.4-II.6, and SciPy's RK45.  The error of a step is that of its worst stock, |e| / (atol + rtol max(|y|, |y'|)), so that
no stock hides behind many good ones.

A lane goes from break to break by itself.  Within a segment switches are judged at its midpoint.  Lanes that are done wait for
the others of their block.  States at the times to save at are kept and, once all lanes are through, recorded side by side.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from sdrun.lanes.code import LaneCode
from sdrun.lanes.text import BITS, NUMBER, Lane, Module, Pointer
from sdrun.solve.lanes.entries import Driver

MOST_STEPS = 10_000
"""Tried by a lane in one stretch; more are a sign of stiffness, which other methods are made for."""
SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
STAGES = 7
Y, NEXT, TRIAL, K = 0, 1, 2, 3


class Cross(Driver):
    """The walk from one jump to the next."""

    def __init__(self, module: Module, code: LaneCode, held_at_zero: Sequence[slice]) -> None:
        super().__init__(module, code, held_at_zero, K + STAGES)
        names = ("t", "h", "begin", "end", "mode", "failed", "largest", "tried", "fresh", "grown")
        self.own: dict[str, Pointer] = {name: self.f.local() for name in names}
        self.next_break, self.next_save = self.f.local(self.f.type(BITS)), self.f.local(self.f.type(BITS))

    def get(self, name: str) -> Any:
        """A number that each lane has."""
        return self.f.load(self.own[name])

    def put(self, **values: Any) -> None:
        """Set numbers that each lane has."""
        for name, value in values.items():
            self.f.store(value, self.own[name])

    def span(self, number: int) -> Any:
        """A number that is the same for all lanes."""
        return self.f.splat(self.f.load_one("%span", number, NUMBER))

    @cached_property
    def tableau(self) -> Any:
        """SciPy's, so that both engines have the same."""
        from scipy.integrate import RK45

        return RK45

    def combined(self, y: Pointer, scale: Any, weights: Sequence[Any], target: Pointer) -> None:
        """target = y + scale * sum of weighted slopes."""
        f = self.f
        with f.loop(self.code.stocks) as row:
            total: Any = None
            for number, weight in enumerate(weights):
                if isinstance(weight, Lane) or weight != 0.0:
                    part = f.load(self.state(K + number), row) * weight
                    total = part if total is None else total + part
            f.store(f.load(y, row) + scale * total, target, row)

    def slope(self, number: int, t: Any, y: Pointer) -> None:
        """A slope at (t, y), with stocks held at zero."""
        state = y
        if self.held_at_zero:
            state = self.state(TRIAL)
            if state != y:
                self.copy(y, state, self.code.stocks)
            self.floor(state)
        slope = self.state(K + number)
        self.rhs((t, self.get("mode"), self.f.number(0.0)), state, slope)
        self.clamp(y, slope)


def cross(code: LaneCode, held_at_zero: Sequence[slice]) -> tuple[Module, int]:
    """The function `cross`, and the vectors of scratch that it needs; the states at the times to save at come on top."""
    module = Module(code.module.width)
    own = Cross(module, code, held_at_zero)
    f = own.f
    with f.loop(f.load_one("%counts", 0)) as block:
        _block(own, block)
    arguments = ("counts", "p", "held", "y", "out", "failed", "span", "saves", "breaks", "scratch", "kept")
    f.finish("cross", dict.fromkeys(arguments, "ptr"), attributes="")
    return module, own.scratch.size


def _block(own: Cross, block: str) -> None:
    f, code = own.f, own.code
    own.constants(own.block("p", block, code.parameters), own.block("held", block, code.held))
    y = own.block("y", block, code.stocks)
    own.copy(y, own.state(Y), code.stocks)
    breaks = f.address("%breaks", f.integer("mul", block, f.load_one("%counts", 1)))
    saves = f.load_one("%counts", 2)
    _begin(own, breaks, f.load("%failed", block))
    with f.repeat() as after:
        running = f.logic("and", own.get("t") < own.span(1), np.isnan(own.get("failed")))
        f.leave_if(f.new(f"xor i1 {f.any(running)}, true"), after)
        _attempt(own, running, breaks, saves)
    _record(own, block, saves)
    own.copy(own.state(Y), y, code.stocks)
    f.store(own.get("failed"), "%failed", block)


def _begin(own: Cross, breaks: Pointer, failed: Any) -> None:
    """All lanes at the start of their first segment."""
    f = own.f
    start = own.span(0)
    own.put(t=start, begin=start, failed=failed, tried=0.0, fresh=0.0, grown=GROW)
    f.store(f.bits(0), own.next_break)
    f.store(f.bits(0), own.next_save)
    end = np.minimum(f.load(breaks), own.span(1))
    own.put(end=end, mode=(start + end) * 0.5)
    own.slope(0, start, own.state(Y))
    own.put(h=_first_step(own))


def _first_step(own: Cross) -> Any:
    """A hundredth of the time in which the stocks would change by as much as they are (Hairer, Nørsett & Wanner II.4)."""
    f, rtol, atol = own.f, own.span(2), own.span(3)
    stock, change = f.local(), f.local()
    f.store(0.0, stock)
    f.store(0.0, change)
    with f.loop(own.code.stocks) as row:
        y = np.abs(f.load(own.state(Y), row))
        f.store(np.maximum(f.load(stock), y / (atol + rtol * y)), stock)
        f.store(np.maximum(f.load(change), np.abs(f.load(own.state(K), row)) / (atol + rtol * y)), change)
    known = f.logic("and", f.load(stock) > 1e-5, f.load(change) > 1e-5)
    return np.where(known, 0.01 * f.load(stock) / f.load(change), (own.span(1) - own.span(0)) * 1e-4)


def _attempt(own: Cross, running: Any, breaks: Pointer, saves: str) -> None:
    """One step tried by all lanes; those that are not `running` stand still."""
    f, c, a = own.f, own.tableau.C, own.tableau.A
    with f.when(f.any(f.logic("and", own.get("fresh") > 0.0, running))):
        own.slope(0, own.get("t"), own.state(Y))
    t, left = own.get("t"), own.get("end") - own.get("t")
    wanted = np.minimum(own.get("h"), own.span(4))
    # no sliver is left before the end of a segment
    h = np.where(running, np.where(wanted * 1.000001 >= left, left, wanted), 0.0)
    for stage in range(1, 6):
        own.combined(own.state(Y), h, list(a[stage, :stage]), own.state(TRIAL))
        own.slope(stage, t + h * float(c[stage]), own.state(TRIAL))
    own.combined(own.state(Y), h, list(own.tableau.B), own.state(NEXT))
    own.slope(6, t + h, own.state(NEXT))
    error = _error(own, h)
    accepted = f.logic("and", running, error <= 1.0)
    reached = np.where(h == left, own.get("end"), t + h)
    with f.when(f.any(accepted)):
        _keep(own, accepted, reached, h, saves)
        _advance(own, accepted, reached, breaks)
    _control(own, running, accepted, error, h)


def _error(own: Cross, h: Any) -> Any:
    """The error of the worst stock, in units of what is tolerated; NaN where anything is no number."""
    f, weights = own.f, own.tableau.E
    rtol, atol = own.span(2), own.span(3)
    own.put(largest=0.0)
    with f.loop(own.code.stocks) as row:
        size = np.maximum(np.abs(f.load(own.state(Y), row)), np.abs(f.load(own.state(NEXT), row)))
        total: Any = f.number(0.0)
        for number, weight in enumerate(weights):
            if weight != 0.0:
                total = total + f.load(own.state(K + number), row) * float(weight)
        own.put(largest=np.maximum(own.get("largest"), np.abs(total * h) / (atol + rtol * size)))
    return own.get("largest")


def _keep(own: Cross, accepted: Any, reached: Any, h: Any, saves: str) -> None:
    """The states at the times to save at that this step has passed: of all lanes at one time after the other."""
    f = own.f
    with f.repeat() as after:
        next_save = f.load(own.next_save, kind=BITS)
        inside = f.lane(f"icmp ult {f.type(BITS)} {next_save.register}, {f.splat(saves, BITS).register}", "i1")
        held = f.select(inside, next_save, f.bits(0))
        time = f.gather("%saves", held)
        due = f.logic("and", f.logic("and", inside, accepted), f.logic("and", time <= reached, time < own.get("end")))
        f.leave_if(f.new(f"xor i1 {f.any(due)}, true"), after)
        # lanes that stand at the same time go together: those at the earliest
        first = f.new(f"call i64 {_least(own)}({f.type(BITS)} {f.select(due, next_save, f.bits(2**62)).register})")
        same = f.lane(f"icmp eq {f.type(BITS)} {next_save.register}, {f.splat(first, BITS).register}", "i1")
        due = f.logic("and", due, same)
        _interpolate(own, due, np.where(h > 0.0, (time - own.get("t")) / h, 0.0), h, first)
        f.store(f.select(due, f.bitwise("add", next_save, 1), next_save), own.next_save)


def _least(own: Cross) -> str:
    width = own.code.module.width
    return own.f.module.intrinsic(f"llvm.vector.reduce.umin.v{width}i64", "i64", [own.f.type(BITS)])


def _interpolate(own: Cross, due: Any, share: Any, h: Any, save: str) -> None:
    """y + h (b_1(share) k_1 + ...), stored for the lanes that are due; in the last row the instant that judges switches."""
    f, stocks = own.f, own.code.stocks
    polynomials = []
    for row in own.tableau.P:
        total: Any = float(row[-1])
        for coefficient in reversed(row[:-1]):
            total = share * total + float(coefficient)
        polynomials.append(share * total)
    state = f.address("%kept", f.integer("mul", save, stocks + 1))
    own.combined(own.state(Y), h, polynomials, own.state(TRIAL))
    own.floor(own.state(TRIAL))
    with f.loop(stocks) as row:
        f.store(np.where(due, f.load(own.state(TRIAL), row), f.load(state, row)), state, row)
    f.store(np.where(due, own.get("mode"), f.load(state, stocks)), state, stocks)


def _advance(own: Cross, accepted: Any, reached: Any, breaks: Pointer) -> None:
    """Lanes move on; those at the end of a segment begin the next."""
    f = own.f
    over = f.logic("and", accepted, reached >= own.get("end"))
    with f.loop(own.code.stocks) as row:
        for source, target in ((NEXT, Y), (K + 6, K)):
            value = np.where(accepted, f.load(own.state(source), row), f.load(own.state(target), row))
            f.store(value, own.state(target), row)
    own.put(t=np.where(accepted, reached, own.get("t")), fresh=np.where(over, 1.0, 0.0))
    number = f.load(own.next_break, kind=BITS)
    number = f.select(over, f.bitwise("add", number, 1), number)
    f.store(number, own.next_break)
    begin = np.where(over, own.get("end"), own.get("begin"))
    # at the stop a lane counts one break more than it has: hence the last two rows
    end = np.where(over, np.minimum(f.gather(breaks, number, lane_offset=True), own.span(1)), own.get("end"))
    own.put(begin=begin, end=end, mode=(begin + end) * 0.5)


def _control(own: Cross, running: Any, accepted: Any, error: Any, h: Any) -> None:
    """The next step, and which lanes are given up."""
    f = own.f
    factor = np.where(error == 0.0, GROW, SAFETY * f.call("power", error, -0.2))
    factor = np.minimum(np.maximum(factor, SHRINK), np.where(accepted, own.get("grown"), 1.0))
    # a step into where the equations have no value is only too long, as long as a shorter one is possible
    factor = np.where(np.isnan(error), SHRINK, factor)
    # a step cut short by a break says nothing against the longer one before it
    longer = np.where(f.logic("and", accepted, h < own.get("h")), np.maximum(own.get("h"), h * factor), h * factor)
    tried = own.get("tried") + np.where(running, 1.0, 0.0)
    smallest = np.maximum(np.abs(own.get("t")), own.span(1) - own.span(0)) * 1e-15
    stuck = f.logic("or", tried > float(MOST_STEPS), f.logic("and", f.logic("xor", accepted, 1.0), h <= smallest))
    lost = f.logic("and", f.logic("and", running, stuck), own.get("t") < own.span(1))
    why = np.where(np.isnan(error), own.get("t"), np.inf)
    own.put(
        h=np.where(running, longer, own.get("h")),
        grown=np.where(accepted, GROW, 1.0),
        tried=tried,
        failed=np.where(lost, why, own.get("failed")),
    )


def _record(own: Cross, block: str, saves: str) -> None:
    """Outputs of all lanes at one time after the other."""
    f, code = own.f, own.code
    with f.loop(saves) as save:
        time = f.splat(f.load_one("%saves", save, NUMBER))
        state = f.address("%kept", f.integer("mul", save, code.stocks + 1))
        place = f.address("%out", f.integer("add", f.integer("mul", save, f.load_one("%counts", 3)), block))
        own.record((time, f.load(state, code.stocks), f.number(0.0)), state, place, f.load_one("%counts", 4))
