"""Emitted code is the tree-walking evaluator: random models with subscripts, sub-ranges, aliases, EXCEPT, sums, IFs,
lookups, data, INITIAL and ACTIVE INITIAL.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_walker import Walker

from sdrun.compile import compile_model
from sdrun.model import (
    Array,
    Between,
    Binary,
    Call,
    Equation,
    Lookup,
    Model,
    Name,
    Number,
    Range,
    Subscript,
    Table,
    Unary,
    Variable,
)
from sdrun.system import System

RANGES = {
    "state": Range(id="state", label="state", elements=("a", "b", "c"), labels=("A", "B", "C")),
    "other": Range(id="other", label="other", elements=("a", "b", "c"), labels=("A", "B", "C"), alias_of="state"),
    "pair": Range(id="pair", label="pair", elements=("c", "a"), labels=("C", "A")),
    "sector": Range(id="sector", label="sector", elements=("x", "y"), labels=("X", "Y")),
}
LEFTS = [(), ("state",), ("sector",), ("state", "other"), ("sector", "state"), ("state", "sector", "other")]
MEMBERS = {"state": ["state", "other", "pair"], "other": ["state", "other", "pair"], "sector": ["sector"]}
TABLE = Table((-1.0, 0.0, 0.5, 2.0), (0.0, 1.0, -1.0, 3.0))
BETWEEN = [Between.LINEAR, Between.EXTRAPOLATE, Between.STEPS, Between.FORWARD]
SERIES = Table(
    (-1.0, 0.5, 2.0), (0.0, 1.0, -1.0, 3.0, 2.0, -0.5, 1.5, -2.0, 0.5, 0.0, 1.0, 4.0, 2.5, -3.0, 1.0, 2.0, 0.0, -1.0)
)
"""By state and sector."""
CURVES = {
    "curve": (Equation(expression=Table((-2.0, 1.0, 1.5), (1.0, 0.0, 2.0))),),
    "curves": (
        Equation(subscripts=("pair",), expression=Table((0.0, 1.0), (2.0, -1.0))),
        Equation(subscripts=("b",), expression=TABLE),
    ),
}
numbers = st.integers(-8, 8).map(lambda n: n / 4)


def subscript(dim: str, left: tuple[str, ...], bang: bool) -> st.SearchStrategy[Subscript]:
    """Something that may stand where a variable has `dim`, in an equation with the left side `left`."""
    elements = [Subscript(e) for e in RANGES[dim].elements]
    ranges = [Subscript(r) for r in MEMBERS[dim] if r in left]
    banged = [Subscript(r, True) for r in MEMBERS[dim]] if bang else []
    return st.sampled_from(elements + ranges * 3 + banged * 3)


@st.composite
def expression(draw, known: dict[str, tuple[str, ...]], left: tuple[str, ...], depth: int, bang: bool = False):
    """An expression over `known` variables (id -> dims)."""
    choice = draw(st.integers(0, 12 if depth else 3))
    if choice == 0:
        return Number(draw(numbers))
    if choice == 1 and left:
        return Name(draw(st.sampled_from([*left, "b", "y", "time"])))
    if choice <= 3 and known:
        id = draw(st.sampled_from(sorted(known)))
        return Name(id, tuple(draw(subscript(dim, left, bang)) for dim in known[id]))
    inner = expression(known, left, max(depth - 1, 0), bang)
    if choice <= 5:
        return Binary(draw(st.sampled_from("+-*")), draw(inner), draw(inner))
    if choice == 6:
        op = draw(st.sampled_from(["<", ">=", "=", "<>", "and", "or"]))
        condition = Binary(op, draw(inner), draw(inner))
        return Call("if_then_else", (draw(st.sampled_from([condition, Unary("not", condition)])), draw(inner), draw(inner)))
    if choice == 7:
        return Call(draw(st.sampled_from(["min", "max"])), (draw(inner), draw(inner)))
    if choice == 8:
        return Lookup(replace(TABLE, between=draw(st.sampled_from(BETWEEN))), draw(inner))
    if choice == 10:
        curves = Name("curves", (draw(subscript("state", left, bang)),))
        return Lookup(draw(st.sampled_from([curves, Name("curve")])), draw(inner))
    if choice >= 11 and not bang:
        return Call("initial", (draw(inner),)) if choice == 11 else Call("active_initial", (draw(inner), draw(inner)))
    ids = [id for id, dims in known.items() if dims]
    if not ids:
        return Unary("-", draw(inner))
    id = draw(st.sampled_from(sorted(ids)))
    first, *rest = known[id]
    certain = Name(
        id, (Subscript(draw(st.sampled_from(MEMBERS[first])), True), *(draw(subscript(d, left, True)) for d in rest))
    )
    body = Binary(draw(st.sampled_from("+*")), certain, draw(expression(known, left, max(depth - 1, 0), True)))
    return Call(draw(st.sampled_from(["sum", "prod", "vmin", "vmax"])), (body,))


@st.composite
def equations(draw, known: dict[str, tuple[str, ...]], left: tuple[str, ...]) -> tuple[Equation, ...]:
    """One equation for all elements, or several for parts of them."""
    if not left or left[0] != "state" or draw(st.booleans()):
        return (Equation(subscripts=left, expression=draw(expression(known, left, 3))),)
    if draw(st.booleans()):
        parts = [("pair", *left[1:]), ("b", *left[1:])]
        return tuple(Equation(subscripts=part, expression=draw(expression(known, part, 2))) for part in parts)
    hole = ("b", *left[1:])
    return (
        Equation(subscripts=left, excepts=(hole,), expression=draw(expression(known, left, 2))),
        Equation(subscripts=hole, expression=draw(expression(known, hole, 2))),
    )


@st.composite
def models(draw) -> Model:
    """A few parameters and stocks, then auxiliaries that build on them, then the stocks' flows."""
    variables = {id: Variable(id=id, label=id, equations=equations) for id, equations in CURVES.items()}
    known: dict[str, tuple[str, ...]] = {}
    for k in range(draw(st.integers(1, 3))):
        left = draw(st.sampled_from(LEFTS))
        size = int(np.prod([len(RANGES[dim].elements) for dim in left]))
        values = tuple(draw(st.lists(numbers, min_size=size, max_size=size)))
        literal = Array(values) if left else Number(values[0])
        known[f"p{k}"] = left
        variables[f"p{k}"] = Variable(id=f"p{k}", label=f"p{k}", equations=(Equation(subscripts=left, expression=literal),))
    known["d0"] = ("state", "sector")
    data = Lookup(replace(SERIES, between=draw(st.sampled_from(BETWEEN))), Name("time"))
    variables["d0"] = Variable(id="d0", label="d0", equations=(Equation(subscripts=known["d0"], expression=data),))
    stocks = {f"s{k}": draw(st.sampled_from(LEFTS)) for k in range(draw(st.integers(1, 2)))}
    known |= stocks
    for k in range(draw(st.integers(1, 4))):
        left = draw(st.sampled_from(LEFTS))
        variables[f"x{k}"] = Variable(id=f"x{k}", label=f"x{k}", equations=draw(equations(dict(known), left)))
        known[f"x{k}"] = left
    for id, left in stocks.items():
        flow = draw(expression(known, left, 3))
        equation = Equation(subscripts=left, expression=Call("integ", (flow, Number(1.0))))
        variables[id] = Variable(id=id, label=id, equations=(equation,))
    return Model(path=Path("random.mdl"), variables=variables, ranges=RANGES)


def points(dims: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All elements, row by row."""
    from itertools import product

    return list(product(*(RANGES[dim].elements for dim in dims)))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(models(), st.integers(0, 2**32 - 1))
def test_emitted_code_equals_tree_walker(model: Model, seed: int) -> None:
    """dy/dt and every variable, three samples at once, against one sample and one element at a time."""
    system = compile_model(model)
    rng = np.random.default_rng(seed)
    rows = max(slot.stop for slot in system.stocks)
    y = rng.integers(-6, 6, (rows, 3)) / 4
    t = 1.25
    check(model, system, y, t)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(models(), st.integers(0, 2**32 - 1))
def test_machine_code_equals_tree_walker(model: Model, seed: int) -> None:
    """The same of the functions for lanes."""
    from sdrun.solve.lanes.accelerated import accelerated

    system = compile_model(model)
    y = np.random.default_rng(seed).integers(-6, 6, (max(slot.stop for slot in system.stocks), 3)) / 4
    check(model, accelerated(system, system.recorded), y, 1.25)


def check(model: Model, system: System, y: np.ndarray, t: float) -> None:
    """dy/dt and every variable against the tree walker's."""
    with np.errstate(all="ignore"):
        _, held = system.initial(t, t, 0.0, system.defaults)
        constants = system.constants(system.defaults, held)
        dy = system.rhs(t, t, 0.0, y, constants)
        outputs = system.outputs(t, t, 0.0, y, constants)
    for sample in range(3):
        stocks = {
            slot.id: dict(zip(points(slot.dims), y[slot.start : slot.stop, sample], strict=True)) for slot in system.stocks
        }
        ones = {slot.id: dict.fromkeys(points(slot.dims), 1.0) for slot in system.stocks}
        walker = Walker(model, t, stocks, started=Walker(model, t, ones))
        for slot in system.stocks:
            wanted = [walker.variable(slot.id, at, flow=True) for at in points(slot.dims)]
            np.testing.assert_allclose(dy[slot.start : slot.stop, sample], wanted, rtol=1e-9, atol=1e-9)
        for slot in system.recorded:
            found = np.broadcast_to(outputs[slot.name], (*slot.shape, 3))[..., sample].ravel()
            wanted = [walker.variable(slot.id, at) for at in points(slot.dims)]
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)
