"""Vensim's language, a small model for each feature: every variable `expected x` holds what `x` must be.

Expected values are closed forms, tables worked out by hand, or properties, written with nothing but arithmetic and what other
models here test.  A model that needs another method than Euler says so in its first comment: `{solver: LSODA}`.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdrun.pipeline import simulate

HERE = Path(__file__).parent
MODELS = {path.name: path for path in sorted((HERE / "vensim").glob("*.mdl"))}
BY_NUMPY_ALONE = tuple(
    f"{name}.mdl"
    for name in (
        "allocate_available",
        "allocate_by_priority",
        "delay_information",
        "delay_material",
        "gamma_ln",
        "invert_matrix",
        "missing_arrays",
    )
)
SMALL = 1e-9
"""Of a figure, or of 1."""


def found(path: Path, method: str, engine: str) -> Any:
    return simulate({"model": {"file": str(path)}, "solver": {"method": method, "engine": engine}}).dataset


def compared(path: Path, method: str, engine: str, tolerance: float) -> int:
    """How many variables are what is expected of them."""
    ds = found(path, method, engine)
    expected = [name for name in ds.data_vars if str(name).startswith("expected_")]
    for name in expected:
        own = ds[str(name).removeprefix("expected_")]
        np.testing.assert_allclose(*np.broadcast_arrays(*_aligned(own, ds[name])), tolerance, tolerance, err_msg=str(name))
    return len(expected)


def _aligned(own: Any, wanted: Any) -> tuple[Any, Any]:
    """By position along each dimension: an alias counts as its range."""
    own, wanted = (array if "time" in array.dims else array.expand_dims("time", -1) for array in (own, wanted))
    return own.values, wanted.values


def test_there_are_models_enough() -> None:
    assert len(MODELS) >= 8


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("name", MODELS)
def test_every_variable_is_what_is_expected_of_it(name: str, engine: str) -> None:
    if engine == "llvm" and name in BY_NUMPY_ALONE:
        pytest.skip("has no machine code")
    text = MODELS[name].read_text(encoding="utf-8")
    method = match[1] if (match := re.search(r"\{solver: (\w+)\}", text)) else "euler"
    assert compared(MODELS[name], method, engine, SMALL) > 0


@pytest.mark.parametrize("name", ["delay_fixed.mdl", "delay_information.mdl", "sample_if_true.mdl"])
@pytest.mark.parametrize("method", ["rk4", "LSODA", "RK45"])
def test_what_a_step_defines_is_the_same_under_other_methods(name: str, method: str) -> None:
    assert compared(MODELS[name], method, "auto", SMALL) > 0
