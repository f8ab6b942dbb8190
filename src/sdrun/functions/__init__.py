"""The built-ins of the model language, as tables.

A function is one function and one row:

- `PURE`: of its arguments alone (`pure.py`, or NumPy's own); element by element.
- `TIMED`: switches with time (`timed.py`); its row says which times, so that adaptive solvers stop there.
- `STATEFUL`: has memory (`stateful.py`); its row gives the stocks it stands for.
- `REDUCTIONS`: runs over subscripts marked with `!` (`arrays.py`).
- `TABULAR`: reads a lookup or a data variable in a way of its own (`tables.py`); its row gives the read that it stands for.
- `WINDOWED`: of the points of a data variable in a window of time (`tables.py`).

`SPECIAL` are those that the compiler itself understands.  A call that is in no table is an error when the model is compiled.
Ids are those of the parser: lower case, underscores for blanks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdrun.functions import pure, stateful, tables, timed
from sdrun.functions.arrays import REDUCTIONS
from sdrun.model import Between, Expr

__all__ = [
    "DATA",
    "PURE",
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
    "given": Pure(pure.given, 2),
    "if_then_else": Pure(pure.if_then_else, 3),
    "integer": Pure(pure.integer, 1),
    "ln": Pure(np.log, 1),
    "log": Pure(pure.log, 2),
    "max": Pure(np.maximum, 2),
    "min": Pure(np.minimum, 2),
    "modulo": Pure(pure.modulo, 2),
    "power": Pure(np.power, 2),
    "quantum": Pure(pure.quantum, 2),
    "sin": Pure(np.sin, 1),
    "sinh": Pure(np.sinh, 1),
    "sqrt": Pure(np.sqrt, 1),
    "tan": Pure(np.tan, 1),
    "tanh": Pure(np.tanh, 1),
    "xidz": Pure(pure.xidz, 3),
    "zidz": Pure(pure.zidz, 2),
}

TIMED: dict[str, Timed] = {
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
    "delay_n": Stateful(stateful.delay, 3, ordered=True),
    "forecast": Stateful(stateful.forecast, 4),
    "smooth": Stateful(stateful.smooth, 3, ordered=True),
    "smooth_n": Stateful(stateful.smooth, 3, ordered=True),
    "trend": Stateful(stateful.trend, 3),
}

TABULAR: dict[str, Tabular] = {
    "get_data_at_time": Tabular(tables.get_data_at_time, 2, of="data"),
    "get_data_between_times": Tabular(tables.get_data_between_times, 3, of="data"),
    "get_data_first_time": Tabular(tables.get_data_first_time, 1, of="data"),
    "get_data_last_time": Tabular(tables.get_data_last_time, 1, of="data"),
    "lookup_backward": Tabular(tables.lookup_backward, 2),
    "lookup_extrapolate": Tabular(tables.lookup_extrapolate, 2),
    "lookup_forward": Tabular(tables.lookup_forward, 2),
    "lookup_invert": Tabular(tables.lookup_invert, 2),
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
}
"""Arity of what the compiler itself understands."""


def known() -> dict[str, int]:
    """Every function of the language, and how many arguments it takes."""
    pure_and_timed = {name: row.arity for table in (PURE, TIMED) for name, row in table.items()}
    with_memory = {name: row.arity + row.ordered for name, row in STATEFUL.items()}
    of_tables = {name: row.arity for name, row in TABULAR.items()} | dict.fromkeys(WINDOWED, 3)
    return pure_and_timed | with_memory | of_tables | SPECIAL | dict.fromkeys((*REDUCTIONS, *DATA), 1)
