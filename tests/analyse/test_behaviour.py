"""Modes of behaviour: closed forms of each class, and what must not change them."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.analyse.behaviour import behaviour, mode_problems, with_modes
from sdrun.questions import MODES

T = np.linspace(0.0, 10.0, 101)

CLOSED = {
    "constant": [np.full_like(T, 3.0), np.zeros_like(T)],
    "linear growth": [2 * T, T + 0.1 * np.sin(T)],
    "accelerating growth": [np.exp(0.3 * T), np.exp(0.06 * T), np.exp(T), T**2, 1 / (11 - T), 1 / (1 + np.exp(10 - T))],
    "saturating growth": [1 - np.exp(-0.3 * T), np.log(1 + T), 1 - np.exp(-5 * T), 1 / (1 + np.exp(-T))],
    "S-shaped growth": [
        1 / (1 + np.exp(-(T - 5))),
        1 / (1 + np.exp(-3 * (T - 3))),
        np.exp(-5 * np.exp(-0.8 * T)),
        np.tanh(T - 5),
    ],
    "uneven growth": [(T - 5) ** 3, np.sinh(T - 5)],
    "overshoot and decline": [T * np.exp(-T), np.exp(-((T - 5) ** 2)), np.exp(-T) - np.exp(-3 * T), np.sin(T * np.pi / 10)],
    "decline and recovery": [(T - 3) ** 2, -T * np.exp(-T)],
    "oscillation": [np.sin(T), np.exp(-0.3 * T) * np.cos(3 * T), np.exp(0.2 * T) * np.sin(3 * T), T + 3 * np.sin(2 * T)],
}
"""Growth; declines are the same upside down."""

UPSIDE_DOWN = {
    **{mode: mode.replace("growth", "decline") for mode in MODES if "growth" in mode},
    **{mode: mode.replace("decline", "growth") for mode in MODES if mode.endswith(" decline") and "over" not in mode},
    "overshoot and decline": "decline and recovery",
    "decline and recovery": "overshoot and decline",
}

EVERY = [(mode, x) for mode, curves in CLOSED.items() for x in curves]


def of(x: np.ndarray, times: np.ndarray = T) -> str:
    return MODES[int(behaviour(times, x[None])[0])]


@pytest.mark.parametrize(("mode", "x"), EVERY)
def test_closed_forms(mode: str, x: np.ndarray) -> None:
    assert of(x) == mode
    assert of(-x) == UPSIDE_DOWN.get(mode, mode)


def test_every_class_has_a_closed_form() -> None:
    assert {"none", *CLOSED, *(UPSIDE_DOWN.get(mode, mode) for mode in CLOSED)} == {*MODES}
    assert of(np.where(T < 9.85, np.nan, T)) == "none" and of(np.full_like(T, np.nan)) == "none"


@pytest.mark.parametrize(("mode", "x"), EVERY)
@settings(max_examples=10, deadline=None)
@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-1e2, 1e2), clock=st.floats(1e-2, 1e2), start=st.floats(-1e2, 1e2))
def test_neither_unit_nor_origin_nor_clock_matters(
    mode: str, x: np.ndarray, scale: float, shift: float, clock: float, start: float
) -> None:
    spread = np.ptp(x)
    assert of(scale * (x + shift * spread), start + clock * T) == mode


@pytest.mark.parametrize("mode", [mode for mode in CLOSED if mode not in ("constant", "uneven growth")])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_times_need_not_be_even_and_small_noise_is_no_turn(mode: str, seed: int) -> None:
    """Saved at other times, and with noise of a fiftieth of the range (5 % is a swing), a clear curve stays what it is."""
    rng = np.random.default_rng(seed)
    times = np.unique(np.r_[0.0, rng.uniform(0, 10, 300), 10.0])
    x = np.interp(times, T, CLOSED[mode][0])
    assert of(x, times) == mode
    noise = rng.uniform(-1, 1, len(x)) * 0.002 * np.ptp(x)
    assert of(x + noise, times) == mode


def test_gaps_and_ends_are_left_out() -> None:
    x = 1 / (1 + np.exp(-(T - 5)))
    x[[3, 40, 41]] = np.nan
    assert of(x) == "S-shaped growth"
    padded = np.where(T > 6, np.nan, np.exp(T))
    assert of(padded) == "accelerating growth"


def test_many_series_at_once_are_each_by_itself() -> None:
    every = np.array([x for _, x in EVERY] * 2).reshape(2, len(EVERY), len(T))
    assert behaviour(T, every).tolist() == [[MODES.index(mode) for mode, _ in EVERY]] * 2


def test_a_result_gets_a_variable_per_mode() -> None:
    about = {"long_name": "Teacup Temperature", "units": "K", "sd_type": "stock"}
    values = np.array([np.exp(-T), np.sin(T)])
    ds = xr.Dataset({"teacup_temperature": (("sample", "time"), values, about)}, coords={"sample": [0, 1], "time": T})
    found = with_modes(ds, ["Teacup Temperature"])["teacup_temperature_mode"]
    assert found.dims == ("sample",) and found.dtype == np.int8 and found.attrs["role"] == "mode"
    meanings = found.attrs["flag_meanings"].split()
    assert [meanings[int(mode)] for mode in found] == ["saturating_decline", "oscillation"]
    ds["k"] = ("sample", [1.0, 2.0], {"long_name": "k"})
    said = [(problem.what, problem.help) for problem in mode_problems(ds, ["k", "Teacup Temprature", "teacup_temperature"])]
    assert said == [
        ("'k' does not change with time, so it has no mode of behaviour", None),
        ("unknown variable 'Teacup Temprature'", "did you mean 'Teacup Temperature'?"),
    ]
