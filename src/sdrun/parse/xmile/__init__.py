"""XMILE (.xmile, .stmx) -> `Statements`, after the OASIS standard 1.0: http://docs.oasis-open.org/xmile/xmile/v1.0/

    tree          the XML, read strictly
    features      what is refused by name
    declarations  dimensions, variables, and what names mean: `Book`
    modules       which model stands where, and which input is which variable of another
    equations     formulas -> expressions       by meaning, arrays, functions, tables
    stocks        what flows in and out         outflows, dependence: non-negative stocks hold it back
    macros        settings

Variables of modules are called `module.variable`.  Where the standard leaves a choice, the module that takes it says so.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import CONTROLS
from sdrun.parse.statements import Definition, MacroDefinition, RangeDefinition, Statements
from sdrun.parse.xmile import macros
from sdrun.parse.xmile.declarations import Book, Declared, Dimension, by_id, declared, dimensions_of
from sdrun.parse.xmile.equations import definitions, of_auxiliary
from sdrun.parse.xmile.features import refuse_unsupported
from sdrun.parse.xmile.modules import connections, placed_models
from sdrun.parse.xmile.outflows import Outflows
from sdrun.parse.xmile.settings import controls, method, synonyms
from sdrun.parse.xmile.stocks import of_flow, of_stock
from sdrun.parse.xmile.tree import File, file_of, variable_nodes

RIGHT_SIDES = {"stock": of_stock, "flow": of_flow, "aux": of_auxiliary, "gf": of_auxiliary}


def xmile_statements(path: Path, content: bytes) -> Statements:
    """All variables and dimensions of an XMILE model, in order."""
    file = file_of(path, content)
    refuse_unsupported(file)
    book, problems = _book(file)
    found: list[Definition] = []
    told: list[MacroDefinition] = []
    ranges = list(map(_range, book.dimensions.values()))
    try:
        found += _held_back(book, problems, apart=CONTROLS)
        found += _sorted_out(controls(book), problems)
        for macro, own, wrong in macros.books(file, book.dimensions):
            problems += wrong
            told.append(macros.definition_of(macro, own, _held_back(own, problems)))
            ranges += own.ranges.values()
        asked = method(book)
    except ModelError as error:
        place = Place(path=path)
        raise ModelError(*problems, *(locate(problem, place) for problem in error.problems)) from None
    ranges += book.ranges.values()
    return Statements(
        definitions=tuple(found),
        ranges=tuple({range_.label: range_ for range_ in ranges}.values()),
        macros=tuple(told),
        synonyms=synonyms(book),
        method=asked,
        problems=tuple(problems),
    )


def _book(file: File) -> tuple[Book, list[Problem]]:
    """What names mean in the models of the file."""
    dimensions, problems = dimensions_of(file)
    placed, misplaced = placed_models(file)
    variables: list[Declared] = []
    for model in placed:
        own, wrong = declared(file, variable_nodes(model.node), model.path, model.labels, dimensions)
        variables += own
        problems += wrong
    found, twice = by_id(file, variables)
    sources, unconnected = connections(file, placed, found)
    problems += [*misplaced, *twice, *unconnected]
    return Book(file=file, dimensions=dimensions, variables=found, sources=sources, macros=macros.names(file)), problems


def _held_back(book: Book, problems: list[Problem], apart: tuple[str, ...] = ()) -> list[Definition]:
    """The definitions of all variables but those `apart`; `problems` grows."""
    before = len(problems)
    found: Mapping[str, list[Definition]] = {
        id: list(_sorted_out(definitions(variable, book, RIGHT_SIDES[variable.kind]), problems))
        for id, variable in book.variables.items()
        if variable.kind in RIGHT_SIDES and id not in apart
    }
    if len(problems) == before:
        found = Outflows(found, book).held_back()
    return [one for group in (*found.values(), *book.added.values()) for one in group]


def _sorted_out(found: Iterator[Definition | Problem], problems: list[Problem]) -> Iterator[Definition]:
    for one in found:
        if isinstance(one, Problem):
            problems.append(one)
        else:
            yield one


def _range(dimension: Dimension) -> RangeDefinition:
    return RangeDefinition(label=dimension.label, members=dimension.labels, line=dimension.line)
