"""Two results laid upon each other, against differences worked out by hand."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from sdrun.collate import collate, dataset_columns, variant_of
from sdrun.collate.columns import Columns, Quantity
from sdrun.errors import DataError

NAN, INF = float("nan"), float("inf")


def columns(times: list[float], digits: int | None = None, gaps: bool = False, **values: Any) -> Columns:
    """A result of scalars, or of elements where values are given by element."""
    quantities = {}
    for name, given in values.items():
        by_element = given if isinstance(given, dict) else {(): given}
        rows = {element: row for row, element in enumerate(by_element)}
        labels = tuple(f"[{', '.join(element)}]" if element else "" for element in by_element)
        quantities[name] = Quantity(
            label=name, rows=rows, labels=labels, values=np.array(list(by_element.values()), dtype=float)
        )
    found = np.array(times, dtype=float)
    return Columns(source="r", times=found, rounding=np.zeros(len(found)), quantities=quantities, digits=digits, gaps=gaps)


def test_the_worst_point_is_told() -> None:
    found = collate(columns([0, 1, 2], x=[1, 2.2, 4]), columns([0, 1, 2], x=[1, 2, 4.1]), rtol=0.05, atol=0.0)
    (x,) = found.differences
    assert (x.time, x.value, x.reference, x.beyond, x.compared) == (1, 2.2, 2, 1, 3)
    assert (x.absolute, x.relative, x.excess) == pytest.approx((0.2, 0.1, 2))
    assert not found.within and found.beyond == (x,)
    assert collate(columns([0, 1, 2], x=[1, 2.2, 4]), columns([0, 1, 2], x=[1, 2, 4.1]), rtol=0.11, atol=0.0).within


def test_variables_come_worst_first_and_gaps_are_told() -> None:
    result = columns([0, 1, 3], a=[1, 1, 1], b=[1, 1, 1], own=[0, 0, 0], m={("x",): [1, 1, 1], ("y",): [2, 2, 2]})
    reference = columns([0, 1, 2], a=[1, 1.1, 1], b=[1, 1.3, 1], other=[0, 0, 0], m={("y",): [2, 2, 2], ("z",): [3, 3, 3]})
    found = collate(result, reference)
    assert [(d.variable, d.compared) for d in found.differences] == [("b", 2), ("a", 2), ("m", 2)]
    assert found.only_result == ("own", "m[x]") and found.only_reference == ("other", "m[z]")
    assert (found.times, found.only_result_times, found.only_reference_times) == (2, (3.0,), (2.0,))
    assert found.compared == 6 and len(found.gaps()) == 4


def test_tolerances() -> None:
    """rtol is of the reference; atol of nothing said is a millionth of the largest size; print is rounded."""
    assert collate(columns([0, 1], x=[1e6, 0.9]), columns([0, 1], x=[1e6, 0.0])).within
    assert not collate(columns([0, 1], x=[1e6, 1.1]), columns([0, 1], x=[1e6, 0.0])).within
    assert not collate(columns([0, 1], x=[1e6, 0.9]), columns([0, 1], x=[1e6, 0.0]), atol=0.5).within
    exact, printed = columns([0], x=[1.2345649]), columns([0], x=[1.23456], digits=6)
    assert (
        collate(exact, printed, rtol=0.0, atol=0.0).within
        and not collate(exact, columns([0], x=[1.23456]), rtol=0.0, atol=0.0).within
    )
    assert not collate(columns([0], x=[1.2345661]), printed, rtol=0.0, atol=0.0).within


@pytest.mark.parametrize(
    ("value", "reference", "gaps", "within", "compared"),
    [
        (NAN, NAN, False, True, 1),
        (NAN, 1.0, False, False, 2),
        (1.0, NAN, False, False, 2),
        (1.0, NAN, True, True, 1),
        (NAN, 1.0, True, False, 2),
        (INF, INF, False, True, 2),
        (INF, -INF, False, False, 2),
        (INF, 1.0, False, False, 2),
        (1.0, INF, False, False, 2),
        (0.0, 0.0, False, True, 2),
    ],
)
def test_what_is_no_number(value: float, reference: float, gaps: bool, within: bool, compared: int) -> None:
    found = collate(columns([0, 1], x=[1, value]), columns([0, 1], gaps=gaps, x=[1, reference]))
    assert (found.within, found.compared) == (within, compared)


def test_times_are_one_but_for_their_rounding() -> None:
    result = columns([0.0, 0.03125, 0.0625], x=[1, 2, 3])
    reference = Columns(
        source="t",
        times=np.array([0, 0.031, 0.0625]),
        rounding=np.full(3, 5e-4),
        quantities=columns([0, 1, 2], x=[1, 2, 3]).quantities,
    )
    found = collate(result, reference)
    assert found.within and found.times == 3
    assert collate(columns([2.0, 0.0], x=[3, 1]), columns([0.0, 2.0], x=[1, 3])).within, "in any order"


def test_nothing_in_common() -> None:
    for other, what in (
        (columns([0], y=[1]), "no variable"),
        (columns([5], x=[1]), "no time"),
        (columns([0], x=[NAN], gaps=True), "no number"),
    ):
        with pytest.raises(DataError, match=f"have {what} in common"):
            collate(columns([0], x=[1]), other)


def dataset() -> xr.Dataset:
    """Two variants, a dimension of the model, a constant, an indicator, a text."""
    ds = xr.Dataset(
        {
            "power": (
                ("variant", "state", "time"),
                np.arange(8.0).reshape(2, 2, 2),
                {"long_name": "Power", "sd_type": "stock"},
            ),
            "rate_": ((), 0.5, {"long_name": "rate", "sd_type": "constant"}),
            "poles": (("variant", "time"), np.ones((2, 2)), {"long_name": "effective poles", "role": "indicator"}),
            "leader": (("variant", "time"), np.array([["USA", "USA"]] * 2), {"long_name": "leader", "role": "indicator"}),
        },
        coords={"variant": ["a", "b"], "state": ["USA", "CHN"], "time": [0.0, 1.0]},
    )
    return ds


def test_a_dataset_as_columns() -> None:
    found = dataset_columns(dataset(), "d")
    assert set(found.quantities) == {"power", "rate", "poles"}
    power = found.quantities["power"]
    assert power.rows[("variant=b", "chn")] == 3 and power.labels[3] == "[CHN] (variant b)"
    assert power.values[3].tolist() == [6, 7] and found.quantities["rate"].values.tolist() == [[0.5, 0.5]]
    one = dataset_columns(variant_of(dataset(), "b", "d"), "d")
    assert one.quantities["power"].rows == {("usa",): 0, ("chn",): 1} and one.quantities["power"].values[0].tolist() == [4, 5]
    assert one.quantities["power"].labels == ("[USA]", "[CHN]")
    with pytest.raises(DataError, match="'d' has no variant 'c'") as caught:
        variant_of(dataset(), "c", "d")
    assert caught.value.problems[0].help == "variants: a, b"


def test_variants_are_compared_by_name() -> None:
    turned = dataset().isel(variant=[1, 0])
    assert collate(dataset_columns(dataset(), "d"), dataset_columns(turned, "t"), rtol=0.0, atol=0.0).within
    other = dataset().assign_coords(variant=["a", "c"])
    found = collate(dataset_columns(dataset(), "d"), dataset_columns(other, "o"), rtol=0.0, atol=0.0)
    assert found.only_result[0] == "Power[USA] (variant b)" and found.within
