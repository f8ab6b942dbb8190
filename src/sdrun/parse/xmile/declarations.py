"""What a file declares: dimensions, variables of all its modules, and the variables that stand for those of other modules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sdrun.errors import ModelError, Place, Problem, nearest
from sdrun.model import name_id
from sdrun.parse.labels import label_of
from sdrun.parse.statements import Definition, RangeDefinition
from sdrun.parse.xmile.tree import Element, File, children, grandchildren, local_name

MOST_TOGETHER = 200_000
"""Elements of all dimensions."""


def spelled(name: str) -> str:
    """A name in an attribute as people read it.

    >>> spelled("wom\\\\nmultiplier")
    'wom multiplier'
    """
    return label_of(name.replace("\\n", " ").replace('\\"', '"').replace("\\\\", "\\"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A dimension of arrays."""

    id: str
    label: str
    elements: tuple[str, ...]
    """Ids."""
    labels: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A variable as it is declared, before its equation is read."""

    id: str
    """With the modules it stands in: `hares.births`."""
    label: str
    kind: str
    """The name of its tag; of what a macro is told, `parm`."""
    path: tuple[str, ...] = ()
    """Ids of the modules it stands in, outermost first."""
    dims: tuple[str, ...] = ()
    node: Element = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that names can mean in one file, or in one macro; and what the reader adds while it reads equations."""

    file: File
    dimensions: Mapping[str, Dimension]
    variables: Mapping[str, Declared]
    sources: Mapping[str, str] = field(default_factory=dict)
    """The variable of another module that an input stands for, by ids."""
    macros: frozenset[str] = frozenset()
    """Ids."""
    added: dict[str, list[Definition]] = field(default_factory=dict)
    """Variables that no modeller wrote; grows."""
    nearest: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    """The help for names that are not defined, as many as are shown; grows."""
    ranges: dict[str, RangeDefinition] = field(default_factory=dict)
    """Aliases and parts of dimensions, by id; grows."""

    def again(self, dimension: str, occurrence: int) -> str:
        """The range that stands for a dimension where it occurs once more: an array over X by X extends over X and X 2."""
        if occurrence == 1:
            return dimension
        label = f"{self.dimensions[dimension].label} {occurrence}"
        while name_id(label) in {*self.dimensions, *self.variables}:
            label += " again"
        self.ranges.setdefault(name_id(label), RangeDefinition(label=label, alias_of=self.dimensions[dimension].label))
        return name_id(label)

    def dimension_of(self, range_: str) -> str:
        """The dimension that a range stands for.

        Raises ModelError where it is a part of one.
        """
        if range_ in self.dimensions:
            return range_
        alias = self.ranges[range_].alias_of
        if alias is None:
            raise ModelError("a part of an array cannot stand here: this is not supported yet")
        return name_id(alias)

    def part(self, dimension: str, ends: tuple[int, int], occurrence: int) -> str:
        """The range of the elements from one to another, counted from 1; a range of its own for each occurrence."""
        first, last = ends
        label = f"{self.dimensions[dimension].label} {first} to {last}" + (f", {occurrence}" if occurrence > 1 else "")
        while name_id(label) in {*self.dimensions, *self.variables}:
            label += " again"
        members = self.dimensions[dimension].labels[first - 1 : last]
        self.ranges.setdefault(name_id(label), RangeDefinition(label=label, members=members))
        return name_id(label)


def dimensions_of(file: File) -> tuple[dict[str, Dimension], list[Problem]]:
    """The dimensions by id, and what is wrong with them."""
    found: dict[str, Dimension] = {}
    problems: list[Problem] = []
    for node in grandchildren(file.root, "dimensions", "dim"):
        if sum(len(dimension.elements) for dimension in found.values()) > MOST_TOGETHER:
            what = f"the dimensions have more than {MOST_TOGETHER:,} elements together"
            place = Place(path=file.path, line=file.line(node), key=spelled(node.attrib["name"]))
            return found, [*problems, Problem(what=what, place=place)]
        label = spelled(node.attrib["name"])
        elements = [spelled(element.attrib["name"]) for element in children(node, "elem")]
        labels = tuple(elements or (str(number) for number in range(1, int(node.attrib["size"]) + 1)))
        dimension = Dimension(
            id=name_id(label), label=label, elements=tuple(map(name_id, labels)), labels=labels, line=file.line(node)
        )
        problems += _twice(file, dimension)
        if found.setdefault(dimension.id, dimension) is not dimension:
            problems.append(_problem(file, dimension, f"the dimension '{label}' is defined twice"))
    for dimension in found.values():
        problems += [
            _problem(file, dimension, f"the element '{element}' of '{dimension.label}' has the name of a dimension")
            for element in dimension.elements
            if element in found
        ]
    return found, problems


def _twice(file: File, dimension: Dimension) -> Iterator[Problem]:
    seen: set[str] = set()
    for id, label in zip(dimension.elements, dimension.labels, strict=True):
        if id in seen:
            yield _problem(file, dimension, f"the dimension '{dimension.label}' has '{label}' twice")
        seen.add(id)


def _problem(file: File, of: Dimension | Declared, what: str, help: str | None = None) -> Problem:
    return Problem(what=what, place=Place(path=file.path, line=of.line, key=of.label), help=help)


def declared(
    file: File, nodes: Iterable[Element], path: tuple[str, ...], labels: tuple[str, ...], dimensions: Mapping[str, Dimension]
) -> tuple[list[Declared], list[Problem]]:
    """The variables that `nodes` declare in the module at `path`, whose labels are `labels`."""
    found: list[Declared] = []
    problems: list[Problem] = []
    for node in nodes:
        label = spelled(node.attrib["name"])
        variable = Declared(
            id=".".join((*path, name_id(label))),
            label=".".join((*labels, label)),
            kind=local_name(node),
            path=path,
            dims=tuple(name_id(spelled(dim.attrib.get("name", ""))) for dim in grandchildren(node, "dimensions", "dim")),
            node=node,
            line=file.line(node),
        )
        found += _named_tables(variable)
        unknown = [dim for dim in variable.dims if dim not in dimensions]
        for dim in unknown:
            what = f"'{variable.label}' extends over '{dim}', which is no dimension"
            problems.append(_problem(file, variable, what, nearest(dim, dimensions)))
        if not unknown:
            found.append(variable)
    return found, problems


def _named_tables(variable: Declared) -> list[Declared]:
    """Graphical functions inside a variable that have a name of their own."""
    named = (table for table in children(variable.node, "gf") if children(table, "ypts"))
    labels = ((table, spelled(table.attrib.get("name", ""))) for table in named)
    return [
        replace(variable, id=".".join((*variable.path, name_id(label))), label=label, kind="gf", dims=(), node=table)
        for table, label in labels
        if name_id(label) and name_id(label) != variable.id.rpartition(".")[2]
    ]


def by_id(file: File, variables: Iterable[Declared]) -> tuple[dict[str, Declared], list[Problem]]:
    """The variables by id, and those that have the name of another."""
    found: dict[str, Declared] = {}
    problems: list[Problem] = []
    for variable in variables:
        first = found.setdefault(variable.id, variable)
        if first is not variable:
            same = f"'{variable.label}' and '{first.label}' are the same variable"
            what = f"'{variable.label}' is defined twice" if variable.label == first.label else same
            where = f" in line {first.line}" if first.line else ""
            problems.append(_problem(file, variable, what, f"the other definition is '{first.label}'{where}"))
    return found, problems
