"""What is asked of the samples of a sweep, once they have run: questions and conclusions.  They change no run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdrun.errors import Place

SHAPES = ("linear", "accelerating", "saturating", "S-shaped", "uneven")
"""Of growth and decline."""

MODES: tuple[str, ...] = (
    "none",
    "constant",
    *(f"{shape} growth" for shape in SHAPES),
    *(f"{shape} decline" for shape in SHAPES),
    "overshoot and decline",
    "decline and recovery",
    "oscillation",
)
"""Modes of behaviour (`analyse.behaviour` has the rules); results hold their positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which assumptions lead to cases of interest: a metric above or below a threshold, or a mode of behaviour."""

    name: str
    of: str
    """The metric, or the variable whose mode it is about."""
    above: float | None = None
    """Cases are those with more than this."""
    below: float | None = None
    """Cases are those with less than this."""
    mode: str | None = None
    """Cases are those of this class."""
    select: Mapping[str, str] = field(default_factory=dict)
    """Element by dimension: {"index": "military"}."""
    density: float | None = None
    """Share of cases that a box is to have; None is four in five, or half-way from what all samples have to one."""
    mass: float = 0.05
    """Share of all samples that a box holds at least."""
    peel: float = 0.05
    """Share of a box that one step of PRIM takes off."""
    boxes: int = 3
    """How many are looked for at most."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """That a metric is less under one variant, or theory, than under another."""

    name: str
    metric: str
    less: tuple[str, str]
    """Whose is less, and than whose."""
    select: Mapping[str, str] = field(default_factory=dict)
    """Element by dimension."""
    place: Place | None = None
