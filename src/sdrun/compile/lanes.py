"""`Program` → `LaneCode`: the functions of the NumPy text once more, for W samples side by side.

Loops over subscripts stay loops; what runs over the same axes shares them (`nests`), and what has fewer axes than the place it
stands at is computed before them (`lift`).  Scalars live in registers, arrays in the scratch memory w.  Every index is a
constant or a loop's register, and checked here against the size of what it reads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from sdrun.compile.axes import covers_all, flat_positions, shape
from sdrun.compile.lane_values import Clock, Place, Scope, Step, added, flat, value
from sdrun.compile.layout import Layout
from sdrun.compile.lift import lift
from sdrun.compile.nests import Nest, at_hand, nests
from sdrun.compile.program import Equations, Program, inputs, needed
from sdrun.compile.reciprocals import by_reciprocals
from sdrun.functions.pure import given
from sdrun.lanes.code import LaneCode
from sdrun.lanes.text import NUMBER, Function, Lane, Module, Pointer
from sdrun.model import Equation

Rows = Mapping[str, int]
"""First vector of each variable."""


@dataclass(slots=True)
class Body:
    """One function being written: where its variables lie, and which of them are in registers."""

    function: Function
    clock: Clock | None = None
    places: dict[str, Place] = field(default_factory=dict)
    scalars: dict[str, Lane] = field(default_factory=dict)
    scratch: int = 0
    """Vectors of w in use."""


def lane_code(program: Program, layout: Layout, width: int, recorded: Sequence[str], fixed_step: bool) -> LaneCode:
    """The functions; of `outputs` only what `recorded` names, by the variables' names in the result."""
    return Writer(lift(by_reciprocals(program)), layout, width, frozenset(recorded), fixed_step).code()


class Writer:
    """Writes the functions of one system; lives as long as one call of `lane_code`."""

    def __init__(self, program: Program, layout: Layout, width: int, recorded: frozenset[str], fixed_step: bool) -> None:
        self.program, self.nets, self.news = _with_nets(program)
        self.layout, self.model = layout, self.program.model
        self.module, self.fixed_step = Module(width), fixed_step
        self.tables: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.recorded = tuple(id for id in layout.recorded if layout.identifiers[id] in recorded)
        self.scratch = 0

    def code(self) -> LaneCode:
        """All of it."""
        self._initial()
        self._constants()
        self._rhs()
        self._remember()
        outputs = self._outputs()
        rows = {id: range(first, first + self._size(id)) for id, first in outputs.items()}
        return LaneCode(
            module=self.module,
            fixed_step=self.fixed_step,
            parameters=max((rows.stop for rows in (*self._given.values(), *self.layout.initial_rows.values())), default=0),
            stocks=max((rows.stop for rows in self.layout.stock_rows.values()), default=0),
            held=sum(map(self._size, self._held)),
            constants=sum(map(self._size, self._kept)),
            memory=sum(map(self._size, self.program.stepwise)),
            steps=tuple(row for id in self.program.pipelines.values() for row in self._held_rows(id)),
            scratch=self.scratch,
            outputs=sum(len(row) for row in rows.values()),
            recorded={self.layout.identifiers[id]: row for id, row in rows.items()},
        )

    # ── what lies where ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _size(self, id: str) -> int:
        return int(np.prod(self._sizes(id), dtype=int))

    def _sizes(self, id: str) -> tuple[int, ...]:
        return shape(self.model, self.model.variables[id])

    @property
    def _given(self) -> Mapping[str, slice]:
        return self.layout.parameter_rows

    def _rows(self, ids: Iterable[str]) -> dict[str, int]:
        rows: dict[str, int] = {}
        first = 0
        for id in ids:
            rows[id] = first
            first += self._size(id)
        return rows

    @cached_property
    def _changing(self) -> tuple[str, ...]:
        """What `rhs` computes."""
        program = self.program
        order = needed((*program.dynamic, *program.stocks), program.running, {*program.stocks})
        return tuple(id for id in order if id not in self.layout.stock_rows)

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        """What `outputs` computes."""
        return needed(self.program.dynamic, self.program.running, {*self.recorded})

    @cached_property
    def _held(self) -> Rows:
        return self._rows((*self.program.held, *self.program.stepwise))

    def _held_rows(self, id: str) -> range:
        return range(self._held[id], self._held[id] + self._size(id))

    @cached_property
    def _needed_to_remember(self) -> tuple[str, ...]:
        program = self.program
        wanted = set[str]().union(*(inputs(program.remembering[id]) for id in program.stepwise))
        return needed(program.dynamic, program.running, wanted)

    @cached_property
    def _kept(self) -> Rows:
        """Rows of c: the constants that anything reads during the run, and behind them what is kept from step to step."""
        program = self.program
        used = {*self.recorded}
        for id in {*self._changing, *self._shown, *self._needed_to_remember, *program.stocks}:
            used |= inputs(program.running[id])
        used = used.union(*(inputs(program.remembering[id]) for id in program.stepwise))
        constants = (id for id in (*program.parameters, *program.held, *program.static) if id in used)
        return self._rows((*constants, *program.stepwise))

    # ── the functions ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _initial(self) -> None:
        program, f = self.program, Function(self.module)
        body = Body(function=f, clock=self._clock(f, saved=True))
        self._place(body, "%p", {id: rows.start for id, rows in self._given.items()})
        self._place(body, "%y", {id: rows.start for id, rows in self.layout.stock_rows.items()})
        self._place(body, "%held", self._held)
        for id in program.start:  # one by one: a value that is given replaces the equation's
            self._room(body, id)
            axes = program.starting[id][0].axes if self._is_whole(id) else ()
            self._nest(body, Nest(tuple(axis.size for axis in axes), [id]), program.starting, {id})
            body.scalars.clear()  # so that what is given is read from memory
            if id in self.layout.initial_rows:
                self._replace(body, id)
        vector = f.type()
        arguments = {**dict.fromkeys(("p", "y", "held", "w"), "ptr"), **dict.fromkeys(("t", "mode", "dt"), vector)}
        f.finish("initial", arguments)

    def _replace(self, body: Body, id: str) -> None:
        f, place, first = body.function, body.places[id], self.layout.initial_rows[id].start
        with f.loop(self._size(id)) as element:
            at = added(f, element, place.start)
            stated = f.load("%p", added(f, element, first))
            f.store(f.as_number(given(stated, f.load(place.base, at))), place.base, at)

    def _constants(self) -> None:
        program, f = self.program, Function(self.module)
        body = Body(function=f)
        self._place(body, "%p", {id: rows.start for id, rows in self._given.items()})
        self._place(body, "%held", self._held)
        for id in (*program.parameters, *program.held, *program.stepwise):
            if id in self._kept:
                self._copy(body, id, "%c", self._kept[id])
        static = needed(program.static, program.running, {*self._kept})
        computed = {*program.static}
        self._place(body, "%c", {id: row for id, row in self._kept.items() if id in computed})
        self._compute(body, program.running, static)
        f.finish("constants", dict.fromkeys(("p", "held", "c", "w"), "ptr"))

    def _rhs(self) -> None:
        f = Function(self.module)
        body = self._running(f, saved=False)
        self._place(body, "%dy", {self.nets[id]: rows.start for id, rows in self.layout.stock_rows.items()})
        self._compute(body, self.program.running, (*self._changing, *self.nets.values()))
        self._finish(f, "rhs", "dy")

    def _remember(self) -> None:
        """What is kept for the next step, in n."""
        f = Function(self.module)
        body = self._running(f, saved=False)
        rows = self._rows(self.program.stepwise)
        self._place(body, "%n", {self.news[id]: row for id, row in rows.items()})
        self._compute(body, self.program.running, (*self._needed_to_remember, *self.news.values()))
        self._finish(f, "remember", "n")

    def _outputs(self) -> Rows:
        f, rows, computed = Function(self.module), self._rows(self.recorded), {*self.program.dynamic}
        body = self._running(f, saved=True)
        self._place(body, "%o", {id: row for id, row in rows.items() if id in computed})
        self._compute(body, self.program.running, self._shown)
        for id, row in rows.items():
            if id not in computed:
                self._copy(body, id, "%o", row)
        self._finish(f, "outputs", "o")
        return rows

    def _running(self, f: Function, saved: bool) -> Body:
        body = Body(function=f, clock=self._clock(f, saved))
        self._place(body, "%c", self._kept)
        self._place(body, "%y", {id: rows.start for id, rows in self.layout.stock_rows.items()})
        return body

    def _finish(self, f: Function, name: str, result: str) -> None:
        times = dict.fromkeys(("t", "mode", "dt"), f.type())
        f.finish(name, {**times, **dict.fromkeys(("y", "c", result, "w"), "ptr")})

    def _clock(self, f: Function, saved: bool) -> Clock:
        t, mode = f.argument("t"), f.argument("mode")
        dt = Step(f, "%dt", NUMBER) if self.fixed_step else 0.0
        now = t if self.fixed_step else mode
        return Clock(t=t, mode=mode, now=now, until=t if saved else now, dt=dt)

    # ── equations ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _place(self, body: Body, base: Pointer, rows: Rows) -> None:
        for id, row in rows.items():
            body.places[id] = Place(base=base, start=row, sizes=self._sizes(id))

    def _room(self, body: Body, id: str) -> None:
        """Room in w for what has no place yet."""
        if id not in body.places:
            self._place(body, "%w", {id: body.scratch})
            body.scratch += self._size(id)
            self.scratch = max(self.scratch, body.scratch)

    def _compute(self, body: Body, equations: Equations, order: tuple[str, ...]) -> None:
        """All of `order`; what no other nest reads, and what is a scalar, goes to memory only where it has a place there."""
        grouped = nests(self.model, equations, order, given=set(body.places) - {*order})
        readers = [{id for one in nest.ids for id in inputs(equations[one])} for nest in grouped]
        for number, nest in enumerate(grouped):
            elsewhere = set().union(*readers[:number], *readers[number + 1 :])
            stored = {
                id for id in nest.ids if id in body.places or ((nest.sizes != () or not self._is_whole(id)) and id in elsewhere)
            }
            for id in nest.ids:
                if id in stored or not self._is_whole(id):
                    self._room(body, id)
            self._nest(body, nest, equations, stored)

    def _is_whole(self, id: str) -> bool:
        return covers_all(self.model, self.model.variables[id])

    def _copy(self, body: Body, id: str, base: Pointer, row: int) -> None:
        f, place = body.function, body.places[id]
        with f.loop(self._size(id)) as element:
            f.store(f.load(place.base, added(f, element, place.start)), base, added(f, element, row))

    def _nest(self, body: Body, nest: Nest, equations: Equations, stored: set[str]) -> None:
        """The loops of a nest with all that is computed in them."""
        if not self._is_whole(nest.ids[0]):
            for id in nest.ids:
                self._by_parts(body, id, equations)
            return
        f, lanes = body.function, dict(body.scalars)
        with loops(f, nest.sizes) as registers:
            for id in nest.ids:
                (equation,) = equations[id]
                scope = self._scope(body, equation, registers, lanes)
                lanes[id] = value(equation.expression, scope)
                if id in stored:
                    self._store(f, lanes[id], body.places[id], flat(equation.target, body.places[id].sizes, scope))
        if not nest.sizes:
            body.scalars |= lanes

    def _by_parts(self, body: Body, id: str, equations: Equations) -> None:
        """A variable with several equations, or one that leaves elements out: those are NaN."""
        f, place, variable = body.function, body.places[id], self.model.variables[id]
        with f.loop(self._size(id)) as element:
            self._store(f, f.number(np.nan), place, element)
        for equation in equations[id]:
            positions = flat_positions(self.model, variable, equation)
            with loops(f, tuple(axis.size for axis in equation.axes)) as registers:
                scope = self._scope(body, equation, registers, body.scalars)
                if equation.mask is None:
                    self._store(f, value(equation.expression, scope), place, flat(equation.target, place.sizes, scope))
                else:
                    point = flat(at_hand(equation), tuple(axis.size for axis in equation.axes), scope)
                    target = f.load_one(f.module.integers(positions.tolist()), point)
                    with f.when(f.new(f"icmp sge i64 {target}, 0")):
                        self._store(f, value(equation.expression, scope), place, target)

    def _store(self, f: Function, lane: Lane, place: Place, element: "int | str") -> None:
        f.store(lane, place.base, added(f, element, place.start))

    def _scope(self, body: Body, equation: Equation, registers: Sequence[str], lanes: Mapping[str, Lane]) -> Scope:
        return Scope(
            function=body.function,
            model=self.model,
            clock=body.clock,
            places=body.places,
            lanes=lanes,
            indices=dict(zip(equation.axes, registers, strict=True)),
            left=equation.axes,
            tables=self.tables,
        )


@contextmanager
def loops(f: Function, sizes: tuple[int, ...]) -> Iterator[tuple[str, ...]]:
    """Loops in one another, the last the innermost; gives their registers."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(f.loop(size)) for size in sizes)


def _with_nets(program: Program) -> tuple[Program, Mapping[str, str], Mapping[str, str]]:
    """The program with the net flow of each stock, and what is new of what is kept, as variables of their own; their names."""
    nets = {id: f"_{id}:net" for id in program.stocks}
    news = {id: f"_{id}:new" for id in program.stepwise}
    named = {name: replace(program.model.variables[id], id=name) for id, name in (nets | news).items()}
    model = replace(program.model, variables={**program.model.variables, **named})
    running = {name: program.running[id] for id, name in nets.items()}
    running |= {name: program.remembering[id] for id, name in news.items()}
    return replace(program, model=model, running={**program.running, **running}), nets, news
