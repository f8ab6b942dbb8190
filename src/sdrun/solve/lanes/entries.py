"""What the drivers call: a model's derivative with its stocks held at zero, and the entries for NumPy's side.

Everything lies in blocks of W samples: `[block][row][lane]`.  Scratch memory is handed in by the caller, so that threads share
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdrun.lanes.code import LaneCode
from sdrun.lanes.text import Function, Lane, Module, Pointer

IN_REGISTERS = 64
"""Stocks up to which a driver keeps states in variables of its own, which LLVM may put into registers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """Scratch memory of one block, cut up: numbers of first vectors."""

    c: int
    w: int
    o: int
    n: int
    y: tuple[int, ...]
    """Vectors as long as the state."""
    size: int


def scratch(code: LaneCode, states: int) -> Scratch:
    """Room for constants, the model's own scratch, what is recorded at one time, and `states` vectors as long as the state."""
    first = code.constants + code.scratch + code.outputs + code.memory
    return Scratch(
        c=0,
        w=code.constants,
        o=code.constants + code.scratch,
        n=code.constants + code.scratch + code.outputs,
        y=tuple(first + number * code.stocks for number in range(states)),
        size=max(1, first + states * code.stocks),
    )


class Driver:
    """A function that drives a model: the model's functions, as calls."""

    def __init__(self, module: Module, code: LaneCode, held_at_zero: Sequence[slice], states: int) -> None:
        self.f, self.code, self.held_at_zero = Function(module), code, held_at_zero
        few = code.stocks <= IN_REGISTERS
        self.scratch = scratch(code, 0 if few else states)
        self._own = [self.f.local(count=max(1, code.stocks)) for _ in range(states)] if few else []

    def state(self, number: int) -> Pointer:
        """One of the vectors as long as the state."""
        return self._own[number] if self._own else self.f.address("%scratch", self.scratch.y[number])

    @property
    def _c(self) -> Pointer:
        return self.f.address("%scratch", self.scratch.c)

    @property
    def _w(self) -> Pointer:
        return self.f.address("%scratch", self.scratch.w)

    def initial(self, p: Pointer, y: Pointer, held: Pointer, times: Sequence[Lane]) -> None:
        """y and held, filled."""
        self._call("initial", [f"ptr {p}", f"ptr {y}", f"ptr {held}", f"ptr {self._w}", *map(self._vector, times)])

    def constants(self, p: Pointer, held: Pointer) -> None:
        """c, filled."""
        self._call("constants", [f"ptr {p}", f"ptr {held}", f"ptr {self._c}", f"ptr {self._w}"])

    def rhs(self, times: Sequence[Lane], y: Pointer, dy: Pointer) -> None:
        """dy, filled."""
        self._call("rhs", [*map(self._vector, times), f"ptr {y}", f"ptr {self._c}", f"ptr {dy}", f"ptr {self._w}"])

    def outputs(self, times: Sequence[Lane], y: Pointer, o: Pointer) -> None:
        """o, filled."""
        self._call("outputs", [*map(self._vector, times), f"ptr {y}", f"ptr {self._c}", f"ptr {o}", f"ptr {self._w}"])

    @property
    def kept(self) -> Pointer:
        """What is kept from step to step, among the constants."""
        return self.f.address("%scratch", self.scratch.c + self.code.constants - self.code.memory)

    @property
    def new(self) -> Pointer:
        """What is kept for the next step."""
        return self.f.address("%scratch", self.scratch.n)

    def remember(self, times: Sequence[Lane], y: Pointer) -> None:
        """`new`, filled."""
        self._call("remember", [*map(self._vector, times), f"ptr {y}", f"ptr {self._c}", f"ptr {self.new}", f"ptr {self._w}"])

    def record(self, times: Sequence[Lane], y: Pointer, out: Pointer, apart: str) -> None:
        """What is recorded at one time; rows lie so many vectors apart."""
        f, o = self.f, self.f.address("%scratch", self.scratch.o)
        self.outputs(times, y, o)
        with f.loop(self.code.outputs) as row:
            f.store(f.load(o, row), out, f.integer("mul", row, apart))

    def _vector(self, lane: Lane) -> str:
        return f"{self.f.type()} {lane.register}"

    def _call(self, name: str, arguments: Sequence[str]) -> None:
        self.f.do(f"call void @{name}({', '.join(arguments)})")

    def floor(self, y: Pointer) -> None:
        """Stocks that may not fall below zero, held there."""
        for rows in self.held_at_zero:
            with self.f.loop(rows.stop - rows.start) as row:
                at = self.f.integer("add", row, rows.start)
                self.f.store(np.maximum(self.f.load(y, at), 0.0), y, at)

    def clamp(self, y: Pointer, dy: Pointer) -> None:
        """Of such stocks that stand at zero, only a rise is left of the change."""
        for rows in self.held_at_zero:
            with self.f.loop(rows.stop - rows.start) as row:
                at = self.f.integer("add", row, rows.start)
                change = self.f.load(dy, at)
                self.f.store(np.where(self.f.load(y, at) > 0.0, change, np.maximum(change, 0.0)), dy, at)

    def copy(self, source: Pointer, target: Pointer, rows: int) -> None:
        """Vectors from here to there."""
        with self.f.loop(rows) as row:
            self.f.store(self.f.load(source, row), target, row)

    def block(self, base: str, number: str, rows: int) -> Pointer:
        """Where a block begins."""
        return self.f.address(f"%{base}", self.f.integer("mul", number, rows)) if rows else f"%{base}"


def entries(code: LaneCode) -> tuple[Module, int]:
    """`all_initial`, `all_constants`, `all_rhs`, `all_outputs`: the model's functions over many blocks, and their scratch.

    `apart` is 1 where each block has constants of its own, 0 where all share one block of them.
    """
    module = Module(code.module.width)
    size = max(1, code.scratch)
    _initial(module, code)
    _constants(module, code)
    _each(module, code, "rhs", code.stocks)
    _each(module, code, "outputs", code.outputs)
    return module, size


class _Entry(Driver):
    """A function over blocks, whose scratch is the model's own."""

    @property
    def _w(self) -> Pointer:
        return "%scratch"


def _times(f: Function, block: str) -> tuple[Any, ...]:
    """t, mode and dt of a block."""
    first = f.address("%times", f.integer("mul", block, 3))
    return tuple(f.load(first, number) for number in range(3))


def _initial(module: Module, code: LaneCode) -> None:
    d = _Entry(module, code, (), 0)
    with d.f.loop(d.f.load_one("%counts")) as block:
        p, y, held = d.block("p", block, code.parameters), d.block("y", block, code.stocks), d.block("held", block, code.held)
        d.initial(p, y, held, _times(d.f, block))
    d.f.finish("all_initial", dict.fromkeys(("counts", "times", "p", "y", "held", "scratch"), "ptr"), attributes="")


def _constants(module: Module, code: LaneCode) -> None:
    d = _Entry(module, code, (), 0)
    with d.f.loop(d.f.load_one("%counts")) as block:
        p, held, c = (
            d.block("p", block, code.parameters),
            d.block("held", block, code.held),
            d.block("c", block, code.constants),
        )
        d.f.do(f"call void @constants(ptr {p}, ptr {held}, ptr {c}, ptr %scratch)")
    d.f.finish("all_constants", dict.fromkeys(("counts", "p", "held", "c", "scratch"), "ptr"), attributes="")


def _each(module: Module, code: LaneCode, name: str, rows: int) -> None:
    d = _Entry(module, code, (), 0)
    f = d.f
    with f.loop(f.load_one("%counts")) as block:
        times = ", ".join(f"{f.type()} {lane.register}" for lane in _times(f, block))
        c = d.block("c", f.integer("mul", block, f.load_one("%counts", 1)), code.constants)
        y, result = d.block("y", block, code.stocks), d.block("result", block, rows)
        f.do(f"call void @{name}({times}, ptr {y}, ptr {c}, ptr {result}, ptr %scratch)")
    f.finish(f"all_{name}", dict.fromkeys(("counts", "times", "c", "y", "result", "scratch"), "ptr"), attributes="")
