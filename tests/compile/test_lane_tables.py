"""Tables read by lanes are those that NumPy reads, whichever way they are read: short, even, long, of several rows."""

import numpy as np
import pytest
from programs import elementwise

from sdrun.compile import lane_tables
from sdrun.compile.lane_tables import interpolated
from sdrun.functions.arrays import interpolate
from sdrun.model import Between

RNG = np.random.default_rng(11)
EVEN = {"even": lambda n: np.linspace(-0.3, 1.7, n), "uneven": lambda n: np.sort(RNG.uniform(-1, 2, n))}
POINTS = (1, 2, 3, 9, 11, 17, 18, 64, 200)


def arguments(xs: np.ndarray) -> np.ndarray:
    """All points, what lies a rounding beside them, between and beyond them."""
    beside = np.concatenate([np.nextafter(xs, -np.inf), xs, np.nextafter(xs, np.inf)])
    return np.concatenate([beside, RNG.uniform(xs[0] - 1, xs[-1] + 1, 500), [-1e300, 1e300, np.nan]])


@pytest.mark.parametrize("between", Between)
@pytest.mark.parametrize("spacing", EVEN)
@pytest.mark.parametrize("points", POINTS)
def test_a_table_is_what_numpy_reads(points: int, spacing: str, between: Between) -> None:
    xs, ys = EVEN[spacing](points), RNG.uniform(-5, 5, points)
    x = arguments(xs)
    found = elementwise(lambda f, x: interpolated(f, xs, ys, x, between), 1)(x)
    wanted = np.where(np.isnan(x), np.nan, interpolate((xs, ys), x, between))
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13 if between != Between.STEPS else 0)


@pytest.mark.parametrize("spacing", EVEN)
@pytest.mark.parametrize("points", POINTS)
def test_a_row_of_many(points: int, spacing: str) -> None:
    xs, ys = EVEN[spacing](points), RNG.uniform(-5, 5, (3, points))
    x = arguments(xs)
    for row in range(3):
        found = elementwise(lambda f, x, row=row: interpolated(f, xs, ys, x, Between.LINEAR, row), 1)(x)
        np.testing.assert_allclose(found, np.where(np.isnan(x), np.nan, np.interp(x, xs, ys[row])), rtol=1e-12, atol=1e-13)


def test_which_way_a_table_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even points of more than a few are found by division, many others by halving, and steps are never guessed."""
    ways: list[str] = []
    for way in ("_chosen", "_divided", "_search"):
        plain = getattr(lane_tables, way)
        monkeypatch.setattr(lane_tables, way, lambda *given, plain=plain, way=way: ways.append(way) or plain(*given))
    for points, spacing, between in (
        (8, "even", Between.LINEAR),
        (11, "even", Between.LINEAR),
        (11, "uneven", Between.LINEAR),
        (40, "uneven", Between.LINEAR),
        (40, "even", Between.STEPS),
    ):
        xs = EVEN[spacing](points)
        elementwise(lambda f, x, xs=xs, between=between: interpolated(f, xs, xs**2, x, between), 1)(0.5)
    assert ways == ["_chosen", "_divided", "_chosen", "_search", "_search"]
