"""Small programs on lanes, compiled and called."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sdrun.lanes.machine import compiled
from sdrun.lanes.text import Function, Module


def elementwise(write: Callable[..., Any], operands: int, width: int = 8, **options: Any) -> Callable[..., np.ndarray]:
    """What `write(f, x, ...)` gives, as a function of arrays."""
    module = Module(width)
    f, names = Function(module, **options), "uvwxyz"[-operands:]
    with f.loop(f.load_one("%count")) as index:
        f.store(f.as_number(write(f, *(f.load(f"%{name}", index) for name in names))), "%result", index)
    f.finish("program", dict.fromkeys(("count", *names, "result"), "ptr"), attributes="")
    machine = compiled(module)
    program = machine.function("program", operands + 2)

    def call(*arrays: Any) -> np.ndarray:
        given = np.broadcast_arrays(*arrays)
        size = given[0].size
        padded = [np.ascontiguousarray(np.pad(array.ravel().astype(float), (0, -size % width))) for array in given]
        result, count = np.empty_like(padded[0]), np.array([padded[0].size // width])
        program(count.ctypes.data, *(array.ctypes.data for array in padded), result.ctypes.data)
        assert machine is not None  # lives as long as its functions
        return result[:size].reshape(given[0].shape)

    return call
