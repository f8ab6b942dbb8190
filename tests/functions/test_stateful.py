"""Functions with memory: their stocks integrated by plain arithmetic, and the closed forms of Vensim's manual."""

from collections.abc import Callable, Sequence
from math import exp, factorial

import pytest

from sdrun.functions import STATEFUL
from sdrun.functions.stateful import Memory
from sdrun.model import Binary, Call, Expr, Name, Number

MORE = {"npv": 2, "npve": 2}
"""Stocks of functions that are no smooth, delay or trend."""

OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def value(expr: Expr, scope: dict[str, float]) -> float:
    match expr:
        case Number(number):
            return number
        case Name(id, _):
            return scope[id]
        case Binary(op, a, b):
            return OPERATIONS[op](value(a, scope), value(b, scope))
        case Call("abs", (a,)):
            return abs(value(a, scope))
        case Call("zidz", (a, b)):
            return value(a, scope) / value(b, scope)
    raise AssertionError(expr)


def followed(name: str, args: Sequence[float], order: int, stop: float, dt: float = 1e-3) -> tuple[float, float]:
    """What a call is worth at the start, and at `stop` by Heun's method; its first argument is `1 + growth * time`."""
    growth, *rest = args
    names = [f"arg{k}" for k in range(len(rest))]
    memory: Memory = STATEFUL[name].expand(lambda k: Name(f"stock{k}"), [Name("input"), *map(Name, names)], order)
    scope = dict(zip(names, rest, strict=True)) | {"input": 1.0}
    equations = [(call.args[0], call.args[1]) for call in memory.hidden if call.function == "integ"]
    kept = {f"stock{k}": value(call.args[1], scope) for k, call in enumerate(memory.hidden) if call.function == "remember"}
    stocks = [value(initial, scope) for _, initial in equations]

    def at(t: float, levels: list[float]) -> dict[str, float]:
        return scope | kept | {"input": 1 + growth * t} | {f"stock{k}": level for k, level in enumerate(levels)}

    first = value(memory.value, at(0, stocks))
    for step in range(round(stop / dt)):
        before = [value(flow, at(step * dt, stocks)) for flow, _ in equations]
        guess = [level + dt * change for level, change in zip(stocks, before, strict=True)]
        after = [value(flow, at((step + 1) * dt, guess)) for flow, _ in equations]
        stocks = [level + dt / 2 * (a + b) for level, a, b in zip(stocks, before, after, strict=True)]
    return first, value(memory.value, at(stop, stocks))


def erlang(share: float, order: int) -> float:
    """How much of a step has come through `order` equal stages after `share` of their time."""
    x = order * share
    return 1 - exp(-x) * sum(x**k / factorial(k) for k in range(order))


@pytest.mark.parametrize("name", ["smooth", "smooth_n", "delay", "delay_n"])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_answer_to_a_step(name: str, order: int) -> None:
    """From 0.25 to 1 by Erlang's distribution: https://www.vensim.com/documentation/delay-n.html"""
    first, last = followed(name, (0.0, 4.0, 0.25), order, 3.0)
    assert first == pytest.approx(0.25)
    assert last == pytest.approx(0.25 + 0.75 * erlang(3 / 4, order), abs=1e-6)


def test_order_is_the_number_of_stocks() -> None:
    for name, row in STATEFUL.items():
        args = [Name(f"a{k}") for k in range(row.arity)]
        memory = row.expand(lambda k: Name(f"s{k}"), args, 4)
        stocks = [call for call in memory.hidden if call.function == "integ"]
        stepwise = {call.function for call in memory.hidden} - {"integ"}
        assert len(stocks) == (4 if row.ordered else MORE.get(name, 1 - bool(stepwise))), name


@pytest.mark.parametrize("name", ["smooth", "delay"])
def test_a_line_is_followed_late(name: str) -> None:
    """Both lag behind a line by their whole time."""
    _, last = followed(name, (0.5, 2.0, 1.0), 3, 20.0, dt=5e-3)
    assert last == pytest.approx(1 + 0.5 * (20 - 2), abs=1e-4)


def test_trend() -> None:
    """It starts at the trend given; of a line it is (x - s) / (T |s|), s that is smoothed."""
    first, last = followed("trend", (0.5, 2.0, 0.1), 1, 4.0)
    assert first == pytest.approx(0.1)
    began = 1 / (1 + 0.1 * 2)
    smoothed = 1 + 0.5 * (4 - 2) + (began - (1 - 0.5 * 2)) * exp(-4 / 2)
    assert last == pytest.approx((3 - smoothed) / (2 * smoothed), abs=1e-6)


def test_forecast() -> None:
    """The input carried on by its trend: x (1 + (x - s) / (T s) * horizon)."""
    first, last = followed("forecast", (0.5, 2.0, 3.0, 0.0), 1, 4.0)
    assert first == pytest.approx(1)
    smoothed = 1 + 0.5 * (4 - 2) + (1 - (1 - 0.5 * 2)) * exp(-4 / 2)
    assert last == pytest.approx(3 * (1 + (3 - smoothed) / (2 * smoothed) * 3), abs=1e-5)
