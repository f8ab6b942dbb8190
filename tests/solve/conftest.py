"""Systems written by hand, so that solvers are tested without a compiler."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from sdrun.simulation import Jump, Setup
from sdrun.system import Dimension, Kind, Slot, System

Array = np.ndarray


def _no_breaks(_p: Array) -> tuple[Array, ...]:
    """A right-hand side that never switches."""
    return ()


def _system_of(
    rhs: Callable[[Any, Any, float, Array, Array], Any],
    start: Callable[[Array], Any],
    *,
    stocks: int = 1,
    breaks: Callable[[Array], Sequence[Any]] = _no_breaks,
    watched: Callable[[Any, Any, float, Array, Array], Any] | None = None,
    slots: tuple[Slot, ...] | None = None,
    **fields: Any,
) -> System:
    """A system with rows `rhs(t, mode, dt, y, p)`, from rows `start(p)`; it records its stocks as `y`, `watched` as `w`."""

    def outputs(t: Any, mode: Any, dt: float, y: Array, constants: tuple[Array, ...]) -> dict[str, Array]:
        found = {"y": y}
        if watched is not None:
            found["w"] = np.atleast_1d(watched(t, mode, dt, y, constants[0]))
        return found

    stock = Slot(id="y", name="y", label="y", dims=("i",), shape=(stocks,), kind=Kind.STOCK, inputs=("w",))
    w = Slot(id="w", name="w", label="w", inputs=("y",))
    labels = tuple(f"y{i}" for i in range(stocks))
    return System(
        **{
            "stocks": slots or (stock,),
            "parameters": (),
            "initials": (),
            "recorded": (stock,) if watched is None else (stock, w),
            "dimensions": {"i": Dimension(id="i", name="i", elements=labels, labels=labels)},
            "defaults": np.empty((0, 1)),
            "non_negative": (),
            "source": "",
            "constants": lambda p, held: (p, held),
            "initial": lambda t, mode, dt, p: (_rows(start(p), p), np.empty((0, 1))),
            "rhs": lambda t, mode, dt, y, constants: _rows(rhs(t, mode, dt, y, constants[0]), y),
            "outputs": outputs,
            "breaks": lambda constants, start, stop: tuple(np.atleast_1d(times) for times in breaks(constants[0])),
            **fields,
        }
    )


def _rows(values: Any, like: Array) -> Array:
    """Rows of numbers or of one value per sample, as one array as wide as `like`."""
    return np.array([np.broadcast_to(value, like.shape[-1:]) for value in values], dtype=float)


def _setup_of(method: str, p: Any, times: Any, *, jumps: Sequence[Jump] = (), **fields: Any) -> Setup:
    """A setup with one row of p per parameter."""
    parameters = np.array([np.atleast_1d(row) for row in p], dtype=float)
    if not parameters.size:
        parameters = np.empty((0, 1))
    fields = {"step": 0.125, "rtol": 1e-8, "atol": 1e-10, **fields}
    return Setup(parameters=parameters, times=np.asarray(times, dtype=float), method=method, jumps=tuple(jumps), **fields)


def _jump(at: float, vector: str, operation: str, amount: float, until: float | None = None, row: int = 0) -> Jump:
    """A jump of one row."""
    return Jump(at=at, vector=vector, rows=(row,), operation=operation, amounts=(amount,), until=until)


@pytest.fixture
def system_of() -> Callable[..., System]:
    """Makes a system of a right-hand side; see `_system_of`."""
    return _system_of


@pytest.fixture
def setup_of() -> Callable[..., Setup]:
    """Makes a setup of a method, rows of p and times; see `_setup_of`."""
    return _setup_of


@pytest.fixture
def jump() -> Callable[..., Jump]:
    """Makes a jump of one row; see `_jump`."""
    return _jump
