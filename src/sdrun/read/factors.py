"""A leaf of [sweep.parameters] -> `Factor`."""

from collections.abc import Iterator, Sequence

from sdrun.errors import Problem
from sdrun.model import name_id
from sdrun.read.layers import Leaf
from sdrun.sweep import CHOICES, DISTRIBUTIONS, GRID, LIST, MORRIS, RANDOM_DESIGNS, THEORY, VALUES, VARIANT, Factor

STRUCTURES = {THEORY: ("theory", "theories"), VARIANT: ("variant", "variants")}
"""What the factors that are no parameters choose among: one, many."""

MOST_STEPS = 1_000_000
"""Of one factor."""


def factor_of(leaf: Leaf, method: str) -> Factor:
    """The factor that a leaf without problems states."""
    table = leaf.value
    name = name_id(leaf.name) if name_id(leaf.name) in STRUCTURES else leaf.name
    kind = str(table.get("dist", "uniform"))
    stated = table.get(VALUES, table.get(CHOICES))
    about = {"unit": table.get("unit"), "source": table.get("source"), "place": leaf.place()}
    if stated is not None:
        kind = VALUES if VALUES in table or method == GRID else CHOICES
        values = tuple(value if isinstance(value, str) else float(value) for value in stated)
        return Factor(name=name, kind=kind, values=values, **about)
    if "steps" in table:
        values = _steps(float(table["low"]), float(table["high"]), table["steps"], logarithmic=kind == "loguniform")
        return Factor(name=name, kind=VALUES, values=values, **about)
    defaults = {"low": 0.0, "high": 1.0} if kind == "beta" else {}
    arguments = {key: float(table.get(key, defaults.get(key))) for key in DISTRIBUTIONS[kind]}
    return Factor(name=name, kind=kind, arguments=arguments, **about)


def _steps(low: float, high: float, steps: int, *, logarithmic: bool) -> tuple[float, ...]:
    """Both ends and what lies evenly between, without the noise of rounding."""
    shares = [step / (steps - 1) for step in range(1, steps - 1)]
    between = [low * (high / low) ** share if logarithmic else low + (high - low) * share for share in shares]
    return (low, *(float(f"{value:.12g}") for value in between), high)


def factor_problems(leaf: Leaf, method: str) -> Iterator[Problem]:
    """What does not fit the design, or does not go together."""
    table, where = leaf.value, leaf.place()
    values = table.get(VALUES, table.get(CHOICES))
    yield from _kinds(leaf, values)
    if VALUES in table and method in RANDOM_DESIGNS:
        yield Problem(
            what=f"'{leaf.name}' has values, which {method} does not draw from", place=where, help="choices = [...] does"
        )
    elif method in (GRID, LIST) and values is None and not (method == GRID and "steps" in table):
        needs = "values = [...], or low, high and steps" if method == GRID else "values = [...], one per sample"
        yield Problem(what=f"'{leaf.name}' has no points for a {method}", place=where, help=f"give {needs}")
    elif method == LIST and CHOICES in table:
        yield Problem(what=f"'{leaf.name}' has choices, of which a list draws none", place=where, help="give values = [...]")
    if table.get("steps", 0) > MOST_STEPS:
        yield Problem(what=f"'{leaf.name}' has more than {MOST_STEPS:,} steps", place=leaf.place("steps", of_value=True))
    if "steps" in table and method != GRID:
        yield Problem(what=f"'{leaf.name}' has steps, which are those of a grid", place=leaf.place("steps"))
    if method == MORRIS:
        yield from _steps_nowhere(leaf)
    if values is None:
        yield from _span(leaf)


def _kinds(leaf: Leaf, values: Sequence[object] | None) -> Iterator[Problem]:
    """Whether values are names where names are needed, and numbers elsewhere."""
    one, many = STRUCTURES.get(name_id(leaf.name), ("", ""))
    if values is None:
        if one:
            help_ = f'"{leaf.name}" = {{ choices = ["waltz", ...] }}'
            yield Problem(what=f"{many} lie on no scale", place=leaf.place(), help=help_)
        return
    wrong = next((number for number, value in enumerate(values) if isinstance(value, str) != bool(one)), None)
    if wrong is not None:
        needed = f"a name of a {one}" if one else "a number"
        inside = leaf.place(next(key for key in (VALUES, CHOICES) if key in leaf.value))
        yield Problem(what=f"item {wrong + 1} of '{leaf.name}' must be {needed}", place=inside)


def _steps_nowhere(leaf: Leaf) -> Iterator[Problem]:
    """What Morris's trajectories need: ends to step between, or choices."""
    if leaf.value.get("dist") == "normal":
        help_ = 'dist = "truncated normal" with low and high'
        what = f"'{leaf.name}' is normal, without the ends between which {MORRIS} steps"
        yield Problem(what=what, place=leaf.place("dist", of_value=True), help=help_)
    elif len(leaf.value.get(CHOICES, (0, 1))) < 2:
        yield Problem(what=f"'{leaf.name}' has one choice, and {MORRIS} steps from one to another", place=leaf.place(CHOICES))


def _span(leaf: Leaf) -> Iterator[Problem]:
    """Whether the numbers that describe a distribution, or steps, go together."""
    table = leaf.value
    kind, low, high, mode = (table.get(key) for key in ("dist", "low", "high", "mode"))
    if low is None or high is None:
        return
    if not low < high:
        yield Problem(
            what=f"'{leaf.name}' runs from {low:g} to {high:g}: low must be below high", place=leaf.place("low", of_value=True)
        )
    elif kind == "loguniform" and not low > 0:
        yield Problem(
            what=f"'{leaf.name}' has no logarithm at {low:g}: low must be above 0", place=leaf.place("low", of_value=True)
        )
    elif mode is not None and not low <= mode <= high:
        yield Problem(
            what=f"the mode of '{leaf.name}', {mode:g}, lies outside {low:g} to {high:g}",
            place=leaf.place("mode", of_value=True),
        )
