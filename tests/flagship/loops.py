"""The table of feedback loops: read from its page, and judged by the derivatives of the model's equations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations

import numpy as np
import xarray as xr

from sdrun.compile.links import Element, Links
from sdrun.model import Model, name_id

ROLES = "ijk"
SIGNS = {"+": {1.0}, "−": {-1.0}}
POLARITY = {"R": 1.0, "B": -1.0}
ROW = re.compile(r"^\| ([BR]\d+) \| ([^|]*) \|[^|]*\| ([^|]*→[^|]*?)(?:, where ([^|]*))? \|$", re.MULTILINE)
TERM = re.compile(r"([\d.]+)? ?(.*)")
STEP = re.compile(r"([^\[\]]+)(?:\[([^\[\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Step:
    """A variable on a path, at roles (`i`, `j`, `k`) and elements."""

    id: str
    subscripts: tuple[str, ...]

    def at(self, states: Mapping[str, str]) -> Element:
        return self.id, tuple(states.get(subscript, subscript) for subscript in self.subscripts)

    def __str__(self) -> str:
        return f"{self.id}[{','.join(self.subscripts)}]"

    def exchanged(self) -> "Step":
        return Step(self.id, tuple({"i": "j", "j": "i"}.get(subscript, subscript) for subscript in self.subscripts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A row of the table."""

    name: str
    says: str
    steps: tuple[Step, ...]
    signs: tuple[str, ...]
    """As written on the arrows."""
    where: str = ""
    """The condition under which it is spoken of: `leader share < 0.5 balancing onset share + 0.2`."""

    @property
    def exchanges(self) -> bool:
        """It closes only when i and j have changed places."""
        return self.steps[-1] != self.steps[0]

    def casts(self, states: Sequence[str]) -> Iterator[dict[str, str]]:
        """Every way in which different states can play its roles."""
        roles = sorted({subscript for step in self.steps for subscript in step.subscripts if subscript in ROLES})
        return (dict(zip(roles, chosen, strict=True)) for chosen in permutations(states, len(roles)))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The links among some states at some moments."""

    states: tuple[str, ...]
    links: Links = field(repr=False)
    values: Mapping[str, np.ndarray] = field(repr=False)
    """Of every variable by id, shape (*its elements, moments)."""

    def along(self, loop: Loop, cast: Mapping[str, str]) -> np.ndarray:
        """The sign of every arrow at every moment: 0 where it is not at work, or no link."""
        elements = [step.at(cast) for step in loop.steps]
        slopes = [self.links.get(target, {}).get(source, 0.0) for source, target in pairwise(elements)]
        return np.nan_to_num(np.sign(np.broadcast_arrays(*slopes, self.values["time"])[:-1])) * self.meant(loop.where)

    def meant(self, where: str) -> np.ndarray:
        """The moments at which a condition holds."""
        if not where:
            return np.ones_like(self.values["time"])
        less, more = map(self.sum_of, where.split("<"))
        return np.where(less < more, 1.0, 0.0)

    def sum_of(self, text: str) -> np.ndarray:
        """Scalar variables and numbers, each perhaps with a factor, added up."""
        terms = [TERM.fullmatch(term.strip()) for term in text.split("+")]
        return sum(float(term[1] or 1) * (self.values[name_id(term[2])] if term[2] else 1) for term in terms)


def read_loops(text: str) -> dict[str, Loop]:
    """The rows of a page, by name."""
    return {row[1]: _loop(row) for row in ROW.finditer(text)}


def _loop(row: re.Match[str]) -> Loop:
    first, *rest = re.split(r"→([+−±?]?)", row[3])
    steps = tuple(map(_step, [first, *rest[1::2]]))
    return Loop(name=row[1], says=row[2], steps=steps, signs=tuple(rest[::2]), where=row[4] or "")


def _step(text: str) -> Step:
    found = STEP.fullmatch(text.strip())
    assert found is not None, text
    subscripts = found[2].split(",") if found[2] else []
    return Step(name_id(found[1]), tuple(map(name_id, subscripts)))


def values(model: Model, ds: xr.Dataset, times: Sequence[float]) -> dict[str, np.ndarray]:
    """Every variable of one run by id, shape (*its elements, times)."""
    at = ds.sel(time=list(times))
    arrays = {id: at[id].broadcast_like(at["time"]).transpose(..., "time") for id in model.variables}
    return {"time": np.asarray(times, float)} | {id: array.values for id, array in arrays.items()}


def together(runs: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The moments of several runs, one after the other."""
    return {id: np.concatenate([run[id] for run in runs], axis=-1) for id in runs[0]}


def found_signs(loop: Loop, worlds: Sequence[World]) -> list[set[float]]:
    """For every arrow, the signs that it has anywhere at work."""
    found: list[set[float]] = [set() for _ in loop.signs]
    for world in worlds:
        for cast in loop.casts(world.states):
            for signs, row in zip(found, world.along(loop, cast), strict=True):
                signs |= {*row.tolist()} - {0.0}
    return found


def found_polarities(loop: Loop, worlds: Sequence[World]) -> set[float]:
    """The polarities of all closed walks along the loop that are at work, from element to element."""
    found: set[float] = set()
    for world in worlds:
        for cast in loop.casts(world.states):
            signs = world.along(loop, cast)
            if loop.exchanges:
                signs = np.concatenate([signs, world.along(loop, {**cast, "i": cast["j"], "j": cast["i"]})])
            found |= {*np.prod(signs, axis=0).tolist()} - {0.0}
    return found


def faults(loop: Loop, worlds: Sequence[World]) -> list[str]:
    """What the table says of a loop and the equations do not."""
    told: list[str] = []
    first, last = loop.steps[0], loop.steps[-1]
    if last not in (first, first.exchanged()):
        told.append(f"it ends at '{last}', not at '{first}'")
    for (source, target), sign, found in zip(pairwise(loop.steps), loop.signs, found_signs(loop, worlds), strict=True):
        if found != SIGNS.get(sign):
            told.append(f"'{source} →{sign} {target}': found {sorted(found) or 'no link at work'}")
    if (found := found_polarities(loop, worlds)) != {POLARITY[loop.name[0]]}:
        told.append(f"as a whole: found {sorted(found) or 'no closed walk at work'}")
    return told


def with_signs(text: str, worlds: Sequence[World]) -> str:
    """The page with its arrows signed as the equations have it, `±` where they have both signs and `?` where neither."""
    spelled = {(1.0,): "+", (-1.0,): "−", (-1.0, 1.0): "±", (): "?"}

    def signed(row: re.Match[str]) -> str:
        found = iter(found_signs(_loop(row), worlds))
        return re.sub("→[+−±?]?", lambda _: f"→{spelled[tuple(sorted(next(found)))]}", row[0])

    return ROW.sub(signed, text)
