"""Small models, one per part of the language, against values worked out by hand.

Beside each model stands a table of the same name: `[values]` at the times that are saved, `[constant]` at all of them.  Both
engines run it, by the method that the file asks for.
"""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from sdrun.compile import compile_model
from sdrun.parse import read_model
from sdrun.scenario import METHODS_OF_MODELS
from sdrun.simulation import Setup
from sdrun.solve import integrate

HERE = Path(__file__).parent
MODELS = {str(path.relative_to(HERE)): path for path in sorted(HERE.glob("*/*.xmile"))}


def found(path: Path, engine: str, method: str | None = None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Times, and values by `label[element, element]`."""
    model = read_model(path)
    system = compile_model(model)
    with np.errstate(all="ignore"):
        controls = system.outputs(0.0, 0.0, 0.0, *_start(system))
    start, stop, step, every = (
        float(controls[name][..., 0]) for name in ("initial_time", "final_time", "time_step", "saveper")
    )
    times = start + np.arange(round((stop - start) / every) + 1) * every
    method = method or METHODS_OF_MODELS[model.method or "euler"]
    history = integrate(system, Setup(parameters=system.defaults, times=times, step=step, method=method, engine=engine))
    assert history.engine == engine
    values: dict[str, np.ndarray] = {}
    for slot in system.recorded:
        labels = [system.dimensions[dim].labels for dim in slot.dims]
        for place in np.ndindex(slot.shape):
            elements = ", ".join(names[position] for names, position in zip(labels, place, strict=True))
            label = f"{slot.label}[{elements}]" if elements else slot.label
            values[label] = history.values[slot.name][(*place, slice(None), 0)]
    return history.time, values


def _start(system):  # type: ignore[no-untyped-def]
    y, held = system.initial(0.0, 0.0, 0.0, system.defaults)
    return y, system.constants(system.defaults, held)


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("name", MODELS)
def test_values_worked_out_by_hand(name: str, engine: str) -> None:
    wanted = tomllib.loads(MODELS[name].with_suffix(".toml").read_text(encoding="utf-8"))
    times, values = found(MODELS[name], engine)
    np.testing.assert_allclose(times, wanted.get("times", times), rtol=1e-12)
    constant = {label: [value] * len(times) for label, value in wanted.get("constant", {}).items()}
    expected = {**wanted.get("values", {}), **constant}
    assert expected and expected.keys() <= values.keys()
    for label, numbers in expected.items():
        assert len(numbers) == len(times)
        np.testing.assert_allclose(values[label], numbers, rtol=1e-12, atol=1e-12, err_msg=label)


@pytest.mark.parametrize("method", ["rk4", "RK45", "LSODA"])
def test_nothing_is_lost_where_stocks_hold_back(method: str) -> None:
    """By any method: no stock below zero, and what leaves one arrives in the next."""
    times, values = found(HERE / "xmile" / "non_negative.xmile", "numpy", method)
    everything = values["store"] + values["shop"] + values["bin"]
    np.testing.assert_allclose(everything, 10 + times, rtol=1e-5)
    assert all((values[stock] >= -1e-9).all() for stock in ("store", "shop", "pool", "late", "cycle"))
    assert values["store"][-1] < 0.3 and values["late"][-1] < 0.3


def test_there_are_models_enough() -> None:
    assert len(MODELS) >= 12
