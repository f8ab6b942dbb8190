"""The noun of this stage: values by variable, element and time, wherever they come from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sdrun.model import name_id

Element = tuple[str, ...]
"""Ids of what a row is: of the variant and the sample, where there are any, and of the subscript elements."""


def identity(name: str) -> str:
    r"""The identity of a name in a table or a result: `name_id`, and the `\n` by which drawings fold a name is a blank.

    >>> identity(r'"Room\nTemperature"')
    'room_temperature'
    """
    return name_id(name.replace("\\n", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A variable."""

    label: str
    rows: Mapping[Element, int]
    """Where each element stands in `values`; `()` is a scalar's."""
    labels: tuple[str, ...]
    """Of each row: `[USA, CHN]`."""
    values: Float[np.ndarray, "rows times"]
    """NaN where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A result as rows and columns."""

    source: str
    """What it is called in messages."""
    times: Float[np.ndarray, " times"]
    rounding: Float[np.ndarray, " times"]
    """By how much each time may be off, as printed."""
    quantities: Mapping[str, Quantity]
    """By id; a variable that goes by two names stands under both."""
    digits: int | None = None
    """Significant digits of its numbers; None where they are exact."""
    gaps: bool = False
    """NaN says nothing here, as an empty cell of a table; otherwise it says that there is no number."""
