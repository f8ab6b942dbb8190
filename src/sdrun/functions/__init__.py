"""The built-ins of the model language, as tables.

A function is one function and one row:

- `PURE`: of its arguments alone (`pure.py`, `calendar.py`, or NumPy's own); element by element.
- `TIMED`: switches with time (`timed.py`); its row says which times, so that adaptive solvers stop there.
- `STATEFUL`: has memory (`stateful.py`); its row gives the stocks, and what else it stands for.
- `REDUCTIONS`: runs over subscripts marked with `!` (`arrays.py`).
- `RANDOM`: a draw, and the function of `PURE` that makes a distribution of it (`noise.py`).
- `JOINT`: of all elements along the last axes at once (`joint.py`); by NumPy alone.
- `TABULAR`: reads a lookup or a data variable in a way of its own (`lookups.py`, `tables.py`); its row gives the read that it
  stands for.
- `WINDOWED`: of the points of a data variable in a window of time (`tables.py`).

`SPECIAL` are those that the compiler itself understands.  A call that is in no table is an error when the model is compiled.
Ids are those of the parser: lower case, underscores for blanks.  One that begins with an underscore is ours: no model can name
it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdrun.functions import calendar, joint, lookups, noise, pure, stateful, tables, timed
from sdrun.functions.arrays import REDUCTIONS
from sdrun.model import Between, Expr

__all__ = [
    "DATA",
    "JOINT",
    "PURE",
    "RANDOM",
    "REDUCTIONS",
    "SPECIAL",
    "STATEFUL",
    "TABULAR",
    "TIMED",
    "WINDOWED",
    "Pure",
    "Stateful",
    "Tabular",
    "Timed",
    "known",
]


@dataclass(frozen=True, slots=True)
class Pure:
    """A function of its arguments alone."""

    function: Callable[..., Any]
    arity: int
    lanes: bool = True
    """Machine code can be made of it; otherwise NumPy alone runs a model that uses it."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A function that switches with time."""

    function: Callable[..., Any]
    breaks: Callable[..., list[Any]]
    arity: int
    when: tuple[int, ...]
    """Which arguments decide when it switches."""
    clock: str = "mode"
    """Its first argument: `mode` where it jumps, `t` where it is continuous."""


@dataclass(frozen=True, slots=True)
class Stateful:
    """A function with memory."""

    expand: Callable[[Callable[[int], Expr], Sequence[Expr], int], stateful.Memory]
    arity: int
    """Without the order."""
    ordered: bool = False
    """Its last argument is the number of stocks."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A function of all elements along the last axes."""

    function: Callable[..., Any]
    arity: int
    """As the modeller writes it."""
    axes: int


@dataclass(frozen=True, slots=True)
class Tabular:
    """A function of a table; its first argument names it."""

    expand: Callable[[tables.Read, Sequence[Expr]], Expr]
    arity: int
    of: str = "lookup"
    """`lookup` or `data`."""


PURE: dict[str, Pure] = {
    "abs": Pure(np.abs, 1),
    "arccos": Pure(np.arccos, 1),
    "arcsin": Pure(np.arcsin, 1),
    "arctan": Pure(np.arctan, 1),
    "cos": Pure(np.cos, 1),
    "cosh": Pure(np.cosh, 1),
    "exp": Pure(np.exp, 1),
    "floor": Pure(np.floor, 1),
    "gamma_ln": Pure(pure.gamma_ln, 1, lanes=False),
    "if_then_else": Pure(pure.if_then_else, 3),
    "integer": Pure(pure.integer, 1),
    "ln": Pure(np.log, 1),
    "log": Pure(pure.log, 2),
    "log10": Pure(pure.log10, 1),
    "max": Pure(np.maximum, 2),
    "min": Pure(np.minimum, 2),
    "mod": Pure(np.mod, 2),
    "modulo": Pure(pure.modulo, 2),
    "power": Pure(np.power, 2),
    "quantum": Pure(pure.quantum, 2),
    "round": Pure(pure.round_half_away, 1),
    "safediv": Pure(pure.safediv, 3),
    "sign": Pure(pure.sign, 1),
    "sin": Pure(np.sin, 1),
    "sinh": Pure(np.sinh, 1),
    "sqrt": Pure(np.sqrt, 1),
    "tan": Pure(np.tan, 1),
    "tanh": Pure(np.tanh, 1),
    "xidz": Pure(pure.xidz, 3),
    "zidz": Pure(pure.zidz, 2),
    "_day": Pure(calendar.day, 1),
    "_given": Pure(pure.given, 2),
    "_month": Pure(calendar.month, 1),
    "_steps": Pure(pure.steps, 2),
    "_year": Pure(calendar.year, 1),
    "_beta": Pure(noise.beta, 7, lanes=False),
    "_binomial": Pure(noise.binomial, 7, lanes=False),
    "_exponential": Pure(noise.exponential, 5),
    "_gamma": Pure(noise.gamma, 6, lanes=False),
    "_negative_binomial": Pure(noise.negative_binomial, 7, lanes=False),
    "_normal": Pure(noise.normal, 5),
    "_normal_cdf": Pure(noise.normal_cdf, 1),
    "_normal_quantile": Pure(noise.normal_quantile, 1),
    "_poisson": Pure(noise.poisson, 6, lanes=False),
    "_triangular": Pure(noise.triangular, 6),
    "_uniform": Pure(noise.uniform, 3),
    "_weibull": Pure(noise.weibull, 6),
}

TIMED: dict[str, Timed] = {
    "_draw": Timed(timed.draw, timed.draw_breaks, 6, (0,)),
    "_moment": Timed(timed.moment, timed.moment_breaks, 2, (0, 1)),
    "pulse": Timed(timed.pulse, timed.pulse_breaks, 2, (0, 1)),
    "pulse_train": Timed(timed.pulse_train, timed.pulse_train_breaks, 4, (0, 1, 2, 3)),
    "ramp": Timed(timed.ramp, timed.ramp_breaks, 3, (1, 2), clock="t"),
    "step": Timed(timed.step, timed.step_breaks, 2, (1,)),
    "xpulse": Timed(timed.xpulse, timed.xpulse_breaks, 2, (0,)),
    "xpulse_train": Timed(timed.xpulse_train, timed.xpulse_train_breaks, 3, (0, 1)),
    "xramp": Timed(timed.xramp, timed.xramp_breaks, 2, (1,), clock="t"),
}

STATEFUL: dict[str, Stateful] = {
    "delay": Stateful(stateful.delay, 3, ordered=True),
    "delay_fixed": Stateful(stateful.delay_fixed, 3),
    "delay_information": Stateful(stateful.delay_information, 3),
    "delay_material": Stateful(stateful.delay_material, 4),
    "delay_n": Stateful(stateful.delay_n, 3, ordered=True),
    "forecast": Stateful(stateful.forecast, 4),
    "npv": Stateful(stateful.npv, 4),
    "npve": Stateful(stateful.npve, 4),
    "random_pink_noise": Stateful(stateful.random_pink_noise, 4),
    "sample_if_true": Stateful(stateful.sample_if_true, 3),
    "smooth": Stateful(stateful.smooth, 3, ordered=True),
    "smooth_n": Stateful(stateful.smooth, 3, ordered=True),
    "trend": Stateful(stateful.trend, 3),
}

RANDOM: dict[str, str] = {
    "random_0_1": "_uniform",
    "random_beta": "_beta",
    "random_binomial": "_binomial",
    "random_exponential": "_exponential",
    "random_gamma": "_gamma",
    "random_negative_binomial": "_negative_binomial",
    "random_normal": "_normal",
    "random_poisson": "_poisson",
    "random_triangular": "_triangular",
    "random_uniform": "_uniform",
    "random_weibull": "_weibull",
}
"""Random functions -> what makes them of a draw.

They take what that takes but the draw, and a stream, last; RANDOM 0 1, which takes nothing, has the limits 0 and 1.
"""

JOINT: dict[str, Joint] = {
    "allocate_available": Joint(joint.allocate_available, 3, axes=1),
    "allocate_by_priority": Joint(joint.allocate_by_priority, 5, axes=1),
    "invert_matrix": Joint(joint.invert_matrix, 2, axes=2),
}
TABULAR: dict[str, Tabular] = {
    "get_data_at_time": Tabular(tables.get_data_at_time, 2, of="data"),
    "get_data_between_times": Tabular(tables.get_data_between_times, 3, of="data"),
    "get_data_first_time": Tabular(tables.get_data_first_time, 1, of="data"),
    "get_data_last_time": Tabular(tables.get_data_last_time, 1, of="data"),
    "lookup_area": Tabular(lookups.lookup_area, 3),
    "lookup_backward": Tabular(lookups.lookup_backward, 2),
    "lookup_extrapolate": Tabular(lookups.lookup_extrapolate, 2),
    "lookup_forward": Tabular(lookups.lookup_forward, 2),
    "lookup_invert": Tabular(lookups.lookup_invert, 2),
    "lookup_slope": Tabular(lookups.lookup_slope, 3),
    "time_shift": Tabular(tables.time_shift, 2, of="data"),
}

WINDOWED: dict[str, Callable[[tables.Over], Expr]] = {
    "get_data_max": tables.get_data_max,
    "get_data_mean": tables.get_data_mean,
    "get_data_min": tables.get_data_min,
}
"""Functions of a data variable, and of the first and the last time that count."""

DATA = {f"_{between}": between for between in Between if between != Between.EXTRAPOLATE}
"""What a data variable that is computed from others is called by, and how it goes on between their points."""

SPECIAL: dict[str, int] = {
    "active_initial": 2,
    "elmcount": 1,
    "get_time_value": 3,
    "initial": 1,
    "integ": 2,
    "integ_non_negative": 2,
    "time_base": 2,
    "vector_elm_map": 2,
    "vector_lookup": 5,
    "vector_rank": 2,
    "vector_reorder": 2,
    "vector_select": 5,
    "vector_sort_order": 2,
}
"""Arity of what the compiler itself understands."""


UNSPOKEN: dict[str, str] = {
    "a_function_of": "it stands where an equation has still to be written",
    "alloc_p": "use ALLOCATE AVAILABLE",
    "counter": "write it with TIME and MOD",
    "cumulate": "data are not summed before a run: use INTEG",
    "cumulatef": "data are not summed before a run: use INTEG",
    "delay_batch": "batches are not told apart: use DELAY MATERIAL",
    "delay_conveyor": "its manual leaves open what a new speed does to what lies on the belt: use DELAY MATERIAL",
    "delay_profile": "use DELAY N, of the order that comes next to the profile",
    "delayp": "use DELAY3, and a stock of what went in and has not come out",
    "demand_at_price": "use ALLOCATE AVAILABLE, or a stock for the price",
    "depreciate_by_schedule": "use an aging chain of stocks",
    "depreciate_straightline": "use DELAY FIXED for what is written off",
    "derivn": "use TREND, or the flows of the stock",
    "endval": "a run knows nothing of the one before: give the value as a parameter",
    "find_market_price": "use ALLOCATE AVAILABLE, or a stock for the price",
    "find_zero": "nothing is searched for within a step: use a stock that follows the difference",
    "get_data_stdv": "use GET DATA MEAN, GET DATA MIN and GET DATA MAX",
    "history": "use DELAY",
    "internal_rate_of_return": "use NPV at several rates: sweep the rate",
    "marketp": "use ALLOCATE AVAILABLE, or a stock for the price",
    "queue_age_average": "single items are not told apart: use DELAY MATERIAL",
    "queue_fifo": "single items are not told apart: use DELAY MATERIAL",
    "random_lookup": "use RANDOM UNIFORM(0, 1, 0) in a lookup, the inverse of the distribution",
    "reinitial": "nobody plays during a run: use INITIAL",
    "sample_until": "use SAMPLE IF TRUE(Time <= last time, input, initial value)",
    "shift_if_true": "it changes stocks that have equations of their own: use flows from each to the next, times a PULSE TRAIN",
    "simultaneous": "circles are not solved within a step: put a stock or a delay into them",
    "sshape": "use a lookup",
    "supply_at_price": "use ALLOCATE AVAILABLE, or a stock for the price",
}
"""Functions of Vensim and Stella that are refused, and what to do instead."""


def known() -> dict[str, int]:
    """Every function of the language, and how many arguments it takes; ours among them."""
    pure_and_timed = {name: row.arity for table in (PURE, TIMED) for name, row in table.items()}
    with_memory = {name: row.arity + row.ordered for name, row in STATEFUL.items()}
    joint_ = {name: row.arity for name, row in JOINT.items()}
    random = {name: PURE[made].arity if name != "random_0_1" else 0 for name, made in RANDOM.items()}
    of_tables = {name: row.arity for name, row in TABULAR.items()} | dict.fromkeys(WINDOWED, 3)
    more = with_memory | joint_ | random | of_tables | SPECIAL
    return pure_and_timed | more | dict.fromkeys((*REDUCTIONS, *DATA), 1)
