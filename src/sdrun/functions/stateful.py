"""Functions with memory, as the hidden variables that they stand for.

Each takes the names under which its hidden variables can be read, then its arguments, and gives the equation of every one and
the expression that the call is worth.  What is hidden is a stock (`integ`: flow, initial value) or, of functions that a time
step defines, something kept from one TIME STEP to the next:

    remember   (new value, initial value)      the value that was new one step ago
    pipeline   (input, initial value, steps)   the input of so many steps ago; the initial value before
    material   (input, initial value, steps at first, steps, missing value)
                                               all inputs that arrive now, each as many steps late as it was told when it left
    message    (input, initial value, steps)   the latest input that has arrived by now

Order of operations follows the definitions in Vensim's manual; where several are
equal on paper, the one that agrees with PySD to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sdrun.model import Binary, Call, Expr, Name, Number, Unary


@dataclass(frozen=True, slots=True)
class Memory:
    """What one call hides, and its value."""

    hidden: tuple[Call, ...]
    """Equations."""
    value: Expr


Read = Callable[[int], Expr]
"""The k-th hidden variable of the call, by number."""


def _stock(flow: Expr, initial: Expr) -> Call:
    return Call("integ", (flow, initial))


def smooth(stock: Read, args: Sequence[Expr], order: int) -> Memory:
    """Exponential smoothing, SMOOTH, SMOOTH3 ...: https://www.vensim.com/documentation/fn_smooth.html"""
    inflow, time, initial = args
    targets = [inflow, *(stock(k) for k in range(order - 1))]
    flows = [
        Binary("/", Binary("*", Binary("-", target, stock(k)), Number(float(order))), time) for k, target in enumerate(targets)
    ]
    return Memory(tuple(_stock(flow, initial) for flow in flows), stock(order - 1))


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
    return Memory(tuple(_stock(flow, Binary("*", initial, time)) for flow in flows), outflows[-1])


def delay_n(hidden: Read, args: Sequence[Expr], order: int) -> Memory:
    """Material delay whose delay time changes, DELAY N: https://www.vensim.com/documentation/fn_delay_n.html

    What is on its way keeps its pace: stage k goes by the delay time of k steps ago, and the outflow is shown by that of the
    last step, as Vensim's published results have it.  Where the delay time is constant it is `delay`.
    """
    inflow, time, initial = args
    lags = [hidden(order + k) for k in range(max(1, order - 1))]
    outflows = [Binary("/", hidden(k), pace) for k, pace in enumerate([time, *lags][:order])]
    inflows = [inflow, *outflows[:-1]]
    stocks = [
        _stock(Binary("*", Binary("-", enters, leaves), Number(float(order))), Binary("*", initial, time))
        for enters, leaves in zip(inflows, outflows, strict=True)
    ]
    remembered = [Call("remember", (before, time)) for before in [time, *lags][: len(lags)]]
    return Memory((*stocks, *remembered), Binary("/", hidden(order - 1), lags[0]))


def trend(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Fractional growth rate per time, TREND: https://www.vensim.com/documentation/fn_trend.html"""
    inflow, time, initial_trend = args
    gap = Binary("-", inflow, stock(0))
    initial = Binary("/", inflow, Binary("+", Number(1.0), Binary("*", initial_trend, time)))
    value = Call("zidz", (gap, Binary("*", time, Call("abs", (stock(0),)))))
    return Memory((_stock(Binary("/", gap, time), initial),), value)


def forecast(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Trend carried on to a horizon, FORECAST: https://www.vensim.com/documentation/fn_forecast.html"""
    inflow, time, horizon, initial_trend = args
    gap = Binary("-", inflow, stock(0))
    growth = Binary("*", Call("zidz", (gap, Binary("*", time, stock(0)))), horizon)
    initial = Binary("/", inflow, Binary("+", Number(1.0), initial_trend))
    return Memory((_stock(Binary("/", gap, time), initial),), Binary("*", inflow, Binary("+", Number(1.0), growth)))


def npv(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Net present value of a stream, NPV: https://www.vensim.com/documentation/fn_npv.html"""
    return _present_value(stock, args, Number(1.0))


def npve(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """The same where it is paid at the end of each step, NPVE: https://www.vensim.com/documentation/fn_npve.html"""
    return _present_value(stock, args, Binary("/", Number(1.0), _over_a_step(args[1])))


def _present_value(stock: Read, args: Sequence[Expr], worth_at_first: Expr) -> Memory:
    """Stocks: the value so far, and what a unit of the stream is worth by now."""
    stream, rate, initial, factor = args
    flow = Binary("*", stream, stock(1))
    discounting = Binary("/", Binary("*", Unary("-", stock(1)), rate), _over_a_step(rate))
    now = Binary("+", stock(0), Binary("*", Binary("*", stream, Name("time_step")), stock(1)))
    return Memory((_stock(flow, initial), _stock(discounting, worth_at_first)), Binary("*", now, factor))


def _over_a_step(rate: Expr) -> Expr:
    return Binary("+", Number(1.0), Binary("*", rate, Name("time_step")))


def random_pink_noise(stock: Read, args: Sequence[Expr], _order: int) -> Memory:
    """Noise with a memory of the correlation time, normal whatever the step, RANDOM PINK NOISE:
    https://www.vensim.com/documentation/random_pink_noise.html, after E. Anderson.
    """
    mean, sd, time, stream = args
    white = Call("random_normal", (Number(-6.0), Number(6.0), Number(0.0), Number(1.0), stream))
    share = Binary("/", Name("time_step"), time)
    wide = Call("sqrt", (Binary("/", Binary("-", Number(2.0), share), share),))
    target = Binary("+", mean, Binary("*", Binary("*", sd, wide), white))
    initial = Binary("+", mean, Binary("*", sd, white))
    return Memory((_stock(Binary("/", Binary("-", target, stock(0)), time), initial),), stock(0))


def sample_if_true(last: Read, args: Sequence[Expr], _order: int) -> Memory:
    """The input while the condition holds, then its last value, SAMPLE IF TRUE:
    https://www.vensim.com/documentation/fn_sample_if_true.html
    """
    condition, inflow, initial = args
    value = Call("if_then_else", (condition, inflow, last(0)))
    return Memory((Call("remember", (value, initial)),), value)


def delay_fixed(hidden: Read, args: Sequence[Expr], _order: int) -> Memory:
    """The input of a delay time ago, DELAY FIXED: https://www.vensim.com/documentation/fn_delay_fixed.html

    The delay time is that of the start, rounded to whole steps, one at least.
    """
    inflow, time, initial = args
    steps = Call("initial", (Call("_steps", (time, Name("time_step"))),))
    return Memory((steps, Call("pipeline", (inflow, initial, hidden(0)))), hidden(1))


def delay_material(hidden: Read, args: Sequence[Expr], _order: int) -> Memory:
    """All input that arrives now, of a delay time that may change, DELAY MATERIAL:
    https://www.vensim.com/documentation/fn_delay_material.html

    What arrives together is summed; where nothing does, the missing value is given.
    """
    inflow, time, initial, missing = args
    steps = Call("_steps", (time, Name("time_step")))
    at_first, now, none = Call("initial", (steps,)), Call("remember", (steps, steps)), Call("remember", (missing, missing))
    return Memory((at_first, now, none, Call("material", (inflow, initial, *map(hidden, range(3))))), hidden(3))


def delay_information(hidden: Read, args: Sequence[Expr], _order: int) -> Memory:
    """The latest input that has arrived, of a delay time that may change, DELAY INFORMATION:
    https://www.vensim.com/documentation/fn_delay_information.html

    What is overtaken by a later input is discarded; where nothing arrives, the last value is held.
    """
    inflow, time, initial = args
    steps = Call("_steps", (time, Name("time_step")))
    return Memory((Call("remember", (steps, steps)), Call("message", (inflow, initial, hidden(0)))), hidden(1))
