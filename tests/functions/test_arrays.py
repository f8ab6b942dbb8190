"""Tables, shapes and times of switching."""

import doctest
import importlib
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.errors import SolveError
from sdrun.functions.arrays import assemble, common_points, interpolate, rows, spread, stack
from sdrun.functions.timed import knots, multiples
from sdrun.model import Between, Table


def read(table: Table, x: float) -> float:
    """A table at one number, point by point."""
    points = list(zip(table.x, table.y, strict=True))
    match table.between:
        case Between.STEPS:
            return next((y for at, y in reversed(points) if at <= x), points[0][1])
        case Between.FORWARD:
            return next((y for at, y in points if at >= x), points[-1][1])
        case Between.RAW:
            return dict(points).get(x, math.nan)
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    first, last = (points[:2], points[-2:]) if len(points) > 1 else (points * 2, points * 2)
    (x0, y0), (x1, y1) = first if x < points[0][0] else last
    if table.between == Between.LINEAR or x0 == x1:
        return points[0][1] if x < points[0][0] else points[-1][1]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


quarters = st.integers(-20, 20).map(lambda n: n / 4)


@st.composite
def tables(draw: st.DrawFn, between: Between) -> Table:
    xs = sorted(draw(st.sets(quarters, min_size=1, max_size=5)))
    return Table(tuple(xs), tuple(draw(st.lists(quarters, min_size=len(xs), max_size=len(xs)))), between)


@pytest.mark.parametrize("between", Between)
def test_tables(between: Between) -> None:
    """One table at numbers, samples and arrays; and tables by element on their common points, each as by itself."""

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(tables(between), min_size=2, max_size=2), st.lists(quarters, min_size=6, max_size=6))
    def check(both: list[Table], numbers: list[float]) -> None:
        x = np.array(numbers).reshape(2, 3)
        one = both[0]
        points = (np.array(one.x), np.array(one.y))
        np.testing.assert_allclose(interpolate(points, x, between), np.vectorize(lambda v: read(one, v))(x), atol=1e-12)
        np.testing.assert_allclose(interpolate(points, x[0, 0], between), read(one, x[0, 0]), atol=1e-12)
        common = common_points(both, (2,))
        by_element = [[read(table, v) for v in row] for table, row in zip(both, x, strict=True)]
        np.testing.assert_allclose(interpolate(common, x, between), by_element, atol=1e-12)
        same = [[read(table, v) for v in x[0]] for table in both]
        np.testing.assert_allclose(interpolate(common, x[0], between), same, atol=1e-12)
        np.testing.assert_allclose(
            interpolate(common, x[0, 0], between), [[read(table, x[0, 0])] for table in both], atol=1e-12
        )

    check()


def test_spread_rows_stack() -> None:
    """A number, samples, and arrays that lack axes."""
    assert spread(2.0, (2, 3)).shape == (2, 3, 1)
    assert spread(np.arange(4.0), (2,)).tolist() == [[0, 1, 2, 3]] * 2
    assert spread(np.arange(3.0)[:, None], (2, 3)).shape == (2, 3, 1)
    assert rows(np.arange(6.0).reshape(2, 3, 1), (2, 3))[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert rows(5.0, ()).tolist() == [[5]]
    assert stack(3, [(1.0, ()), (np.array([[1.0], [2.0]]), (2,)), (np.arange(3.0), ())]).tolist() == [
        [1, 1, 1], [1, 1, 1], [2, 2, 2], [0, 1, 2],
    ]  # fmt: skip
    assert stack(2, []).shape == (0, 2)


def test_assemble() -> None:
    """Parts with one sample and with two; -1 is skipped, what no part gives is NaN."""
    found = assemble((2, 2), (np.array([0, -1]), (2,), np.array([[1.0], [9.0]])), (np.array([3]), (), np.array([5.0, 6.0])))
    np.testing.assert_array_equal(found, [[[1, 1], [np.nan] * 2], [[np.nan] * 2, [5, 6]]])


def test_multiples() -> None:
    """All that fall into the run, for each sample its own; nothing comes again where there is no period."""
    found = multiples(np.array([0.5, 7.0]), np.array([2.0, 3.0]), 0.0, 10.0)
    for sample, wanted in enumerate([{0.5, 2.5, 4.5, 6.5, 8.5}, {1.0, 4.0, 7.0, 10.0}]):
        assert wanted <= {*found[:, sample]}
    for origin, period in ((1.0, 0.0), (1.0, -2.0), (1.0, math.inf), (1.0, math.nan)):
        assert {*multiples(origin, period, 0.0, 10.0)} == {1.0}
    for origin in (math.inf, math.nan):
        assert not np.isfinite(multiples(origin, 2.0, 0.0, 10.0)).any()
    mixed = multiples(np.array([1.0, 1.0]), np.array([3.0, 0.0]), 0.0, 10.0)
    assert {1.0, 4.0, 7.0, 10.0} <= {*mixed[:, 0]} and {*mixed[:, 1]} == {1.0}


def test_too_many_multiples() -> None:
    """A period of next to nothing is told, before memory is full."""
    with pytest.raises(SolveError, match=r"something switches 1e\+11 times between 0 and 100"):
        multiples(0.0, 1e-9, 0.0, 100.0)


def test_knots() -> None:
    """Times at which a line passes the points of a table."""
    np.testing.assert_allclose(knots(np.array([0.0, 4.0]), 2.0, 1.0).ravel(), [-0.5, 1.5])
    by_element = knots(np.array([0.0, 4.0]), np.array([[1.0], [2.0]]), np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(by_element[..., 0], [[0, -1], [4, 1]])


@pytest.mark.parametrize(
    "module",
    [
        "functions.pure",
        "functions.timed",
        "functions.arrays",
        "functions.calendar",
        "functions.lookups",
        "parse.chains",
        "parse.data.cells",
        "parse.data.datasets",
        "functions.stateful",
        "model",
        "errors",
        "compile.identifiers",
        "units",
    ],
)
def test_examples_in_docstrings(module: str) -> None:
    """They run, and give what they say."""
    found = doctest.testmod(importlib.import_module(f"sdrun.{module}"))
    assert found.failed == 0
    assert found.attempted > 0 or module == "functions.stateful"
