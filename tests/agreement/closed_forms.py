"""What columns of the models in `models` must be, where an engine differs: written out with NumPy alone, at the times saved."""

from collections.abc import Callable

import numpy as np

TIMES = np.arange(21.0)
STEP = 0.25
Values = np.ndarray


def expected(model: str) -> dict[str, Values]:
    """By column; empty for models that nobody reads otherwise."""
    return MODELS[model]() if model in MODELS else {}


def _euler(flow: Callable[[float, float], float], start: float) -> Values:
    """A stock by its flow of time and level."""
    grid, level, found = np.arange(TIMES[-1] / STEP + 1) * STEP, start, []
    for time in grid:
        found.append(level)
        level += STEP * flow(time, level)
    return np.array(found)[:: round(1 / STEP)]


def _memory() -> dict[str, Values]:
    """Delays by shifting the time; `ordered` and `arrived` by their recurrence."""

    def given(t: Values) -> Values:
        return 2 + 3 * (t >= 4) + np.sin(t)

    def late(t: Values) -> Values:
        return np.where(t < 3, 1.5, given(t - 3))

    found = {"late": late(TIMES), "chained": np.where(TIMES < 1.25, 0.5, late(TIMES - 1.25) + 1)}
    for name, lag in (("north", 1.0), ("south", 2.5), ("east", 6.0)):
        found[f"later[{name}]"] = np.where(TIMES < 2, lag, given(TIMES - 2) * lag)
    ordered, steps = [4.0], round(2.5 / STEP)
    for k in range(81):
        arrived = ordered[max(k - steps, 0)] / 3
        ordered.append(ordered[-1] + STEP * (float(given(np.array(k * STEP))) - arrived))
    at = np.arange(0, 81, 4)
    return {**found, "ordered": np.array(ordered)[at], "arrived": np.array(ordered)[np.maximum(at - steps, 0)] / 3}


def _vectors() -> dict[str, Values]:
    """By sorting; products, least and most of elements times weights."""
    found: dict[str, Values] = {}
    for number, group, values in ((1, "x", (3.5, 1, 4, 2)), (2, "y", (10, 40, 20.5, 30))):

        def moving(t: Values | float, values: tuple[float, ...] = values, number: int = number) -> list[Values]:
            return [value + 2 * np.sin(np.asarray(t) * item + number) for item, value in enumerate(values, 1)]

        rows = np.array(moving(TIMES))
        for row, item in enumerate("abcd"):
            found[f"first_up[{group},{item}]"] = 1.0 + (rows < rows[row]).sum(axis=0)
            found[f"first_down[{group},{item}]"] = 1.0 + (rows > rows[row]).sum(axis=0)
        weighted = np.array([rows[0], 2 * rows[2], rows[3]])
        found[f"total[{group}]"], found[f"product[{group}]"] = weighted.sum(axis=0), weighted.prod(axis=0)
        found[f"lowest[{group}]"], found[f"highest[{group}]"] = weighted.min(axis=0), weighted.max(axis=0)

        def flow(t: float, level: float, moving: Callable[[float], list[Values]] = moving) -> float:
            a, _, c, d = moving(t)
            return float(a + 2 * c + d) - level / 4

        found[f"stock[{group}]"] = _euler(flow, 1.0)
    return found


def _joint() -> dict[str, Values]:
    """Each takes its request evenly from half a width above its priority to half a width below, all down to one level."""
    request, priority = np.array([6.0, 4.0, 10.0]), np.array([1.0, 3.0, 2.0])
    supply = 1 + 6 * (1 + np.sin(TIMES))
    bends = np.sort(np.r_[priority - 0.75, priority + 0.75])[::-1]
    taken = np.array([request * np.clip((priority + 0.75 - level) / 1.5, 0, 1) for level in bends])
    levels = np.interp(supply, taken.sum(axis=1), bends)
    shares = request[:, None] * np.clip((priority[:, None] + 0.75 - levels) / 1.5, 0, 1)
    return {f"by_priority[{name}]": row for name, row in zip("abc", shares, strict=True)}


def _logic() -> dict[str, Values]:
    """Vensim's MODULO and INTEGER cut off towards zero, and so does QUANTUM."""
    x = 5 * np.sin(TIMES / 3)
    return {"f": np.fmod(x, 2) + 0.5 * np.trunc(x / 0.5) + np.trunc(x)}


MODELS: dict[str, Callable[[], dict[str, Values]]] = {
    "models/joint.mdl": _joint,
    "models/logic.mdl": _logic,
    "models/memory.mdl": _memory,
    "models/vectors.mdl": _vectors,
}
