"""Functions with memory, as the stocks that they stand for.

Each takes the names under which its stocks can be read, then its arguments, and gives `(flow, initial value)` of every stock
and the expression that the call is worth.  Order of operations follows the definitions in Vensim's manual; where several are
equal on paper, the one that agrees with PySD to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sdrun.model import Binary, Call, Expr, Number


@dataclass(frozen=True, slots=True)
class Memory:
    """The stocks of one call, and its value."""

    stocks: tuple[tuple[Expr, Expr], ...]
    """(flow, initial value)."""
    value: Expr


Read = Callable[[int], Expr]
"""The k-th stock of the call, by number."""


def smooth(stock: Read, args: Sequence[Expr], order: int) -> Memory:
    """Exponential smoothing, SMOOTH, SMOOTH3 ...: https://www.vensim.com/documentation/fn_smooth.html"""
    inflow, time, initial = args
    targets = [inflow, *(stock(k) for k in range(order - 1))]
    flows = [
        Binary("/", Binary("*", Binary("-", target, stock(k)), Number(float(order))), time) for k, target in enumerate(targets)
    ]
    return Memory(tuple((flow, initial) for flow in flows), stock(order - 1))


def delay(stock: Read, args: Sequence[Expr], order: int) -> Memory:
    """Material delay, DELAY1, DELAY3 ...: https://www.vensim.com/documentation/fn_delay3.html

    A stock holds `order` times what is in its stage, so that its outflow is stock / delay time.
    """
    inflow, time, initial = args
    outflows = [Binary("/", stock(k), time) for k in range(order)]
    inflows = [inflow, *outflows[:-1]]
    flows = [
        Binary("*", Binary("-", enters, leaves), Number(float(order))) for enters, leaves in zip(inflows, outflows, strict=True)
    ]
    return Memory(tuple((flow, Binary("*", initial, time)) for flow in flows), outflows[-1])


def trend(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Fractional growth rate per time, TREND: https://www.vensim.com/documentation/fn_trend.html"""
    inflow, time, initial_trend = args
    gap = Binary("-", inflow, stock(0))
    initial = Binary("/", inflow, Binary("+", Number(1.0), Binary("*", initial_trend, time)))
    value = Call("zidz", (gap, Binary("*", time, Call("abs", (stock(0),)))))
    return Memory(((Binary("/", gap, time), initial),), value)


def forecast(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Trend carried on to a horizon, FORECAST: https://www.vensim.com/documentation/fn_forecast.html"""
    inflow, time, horizon, initial_trend = args
    gap = Binary("-", inflow, stock(0))
    growth = Binary("*", Call("zidz", (gap, Binary("*", time, stock(0)))), horizon)
    initial = Binary("/", inflow, Binary("+", Number(1.0), initial_trend))
    return Memory(((Binary("/", gap, time), initial),), Binary("*", inflow, Binary("+", Number(1.0), growth)))
