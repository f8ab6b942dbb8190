"""`Model` → `Model` in which every variable knows the ranges it extends over, each of them once."""

from dataclasses import replace
from itertools import count
from math import prod

from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Problem, nearest
from sdrun.model import Equation, Model, Range, Variable

LARGEST = 2_000_000
"""Numbers in one array, those that a sum runs over included: 16 MB."""


LARGEST_TOGETHER = 20_000_000
"""Numbers in all arrays of a model: 160 MB, which a solver holds several times over."""


def find_dimensions(model: Model) -> Model:
    """Merge the left sides of each variable's equations into its dimensions, where the file does not state them.

    Where all of them are elements of one range, twice (`x[A, range]`, `x[B, range]`), the second dimension is an alias of it:
    so that no array has two axes of one name.

    Raises ModelError where left sides differ in length, name what does not exist, or fit no range.
    """
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    ranges = dict(model.ranges)
    for id, variable in model.variables.items():
        try:
            variables[id] = replace(variable, dims=_distinct(_dims(model, variable), ranges))
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
    raise_all(problems)
    sizes = {id: prod(len(ranges[dim].elements) for dim in variable.dims) for id, variable in variables.items()}
    if (together := sum(sizes.values())) > LARGEST_TOGETHER:
        largest = variables[max(sizes, key=sizes.__getitem__)]
        what = f"the arrays of the model hold {together:,} numbers together; at most {LARGEST_TOGETHER:,} are allowed"
        raise_all([problem(model, largest, what, f"the largest is '{largest.label}'")])
    return replace(model, variables=variables, ranges=ranges)


def _distinct(dims: tuple[str, ...], ranges: dict[str, Range]) -> tuple[str, ...]:
    """The dimensions, with an alias for each that stands there already."""
    found: list[str] = []
    for dim in dims:
        found.append(_alias(dim, found, ranges) if dim in found else dim)
    return tuple(found)


def _alias(dim: str, taken: list[str], ranges: dict[str, Range]) -> str:
    """Another name of a range, which is added to `ranges` where it is new."""
    own = ranges[dim]
    for number in count(2):
        id = f"{dim}_{number}"
        new = replace(own, id=id, label=f"{own.label} {number}", alias_of=own.alias_of or dim)
        if id not in taken and ranges.setdefault(id, new).elements == own.elements:
            return id
    raise AssertionError("numbers do not end")


def _dims(model: Model, variable: Variable) -> tuple[str, ...]:
    if variable.dims:
        check_size([len(model.ranges[dim].elements) for dim in variable.dims])
        return variable.dims
    lefts = [equation.subscripts for equation in variable.equations]
    if len({len(left) for left in lefts}) > 1:
        raise Refusal("its equations have different numbers of subscripts")
    columns = [[left[position] for left in lefts] for position in range(len(lefts[0]))]
    dims = [ids[0] if len(set(ids)) == 1 and ids[0] in model.ranges else "" for ids in columns]
    for position, ids in enumerate(columns):
        dims[position] = dims[position] or _dimension(model, ids, dims)
    check_size([len(model.ranges[dim].elements) for dim in dims])
    return tuple(dims)


def check_size(sizes: list[int]) -> None:
    """Refuse arrays that no model means and no memory holds."""
    if prod(sizes) > LARGEST:
        raise Refusal(f"it takes {' x '.join(map(str, sizes))} = {prod(sizes)} numbers; at most {LARGEST} are allowed")


def _dimension(model: Model, ids: list[str], taken: list[str]) -> str:
    """The smallest range that holds all elements named at one position of the left sides; one not taken, if there is."""
    named = [id for id in dict.fromkeys(ids) if id in model.ranges]
    wanted = {element for id in ids for element in elements(model, id)}
    holders = [range_ for range_ in model.ranges.values() if wanted <= set(range_.elements)]
    if not holders:
        raise Refusal(f"no subscript range holds all of {', '.join(sorted(wanted))}")

    def fitness(range_: Range) -> tuple[bool, int, bool, bool]:
        return range_.id in taken, len(range_.elements), range_.id not in named, range_.alias_of is not None

    return min(holders, key=fitness).id


def ranges_of(model: Model, equation: Equation) -> tuple[str, ...]:
    """The left side of an equation without the elements that it names: that of a part of it with a variable of its own."""
    return tuple(id for id in equation.subscripts if id in model.ranges)


def excepts_of(model: Model, equation: Equation) -> tuple[tuple[str, ...], ...]:
    """Groups of `:EXCEPT:` that concern an equation, less what its left side names as elements."""
    pairs = [tuple(zip(equation.subscripts, ids, strict=True)) for ids in equation.excepts]
    return tuple(
        tuple(id for left, id in group if left in model.ranges)
        for group in pairs
        if all(left in model.ranges or left in elements(model, id) for left, id in group)
    )


def elements(model: Model, id: str) -> tuple[str, ...]:
    """The elements that a subscript on the left side stands for."""
    if id in model.ranges:
        return model.ranges[id].elements
    everything = {element for range_ in model.ranges.values() for element in range_.elements}
    if id not in everything:
        raise Refusal(f"subscript '{id}' is not defined", nearest(id, [*model.ranges, *everything]))
    return (id,)
