"""Macros (section 4.8 of the standard): names in them are their own, but for dimensions and the clock."""

from collections.abc import Iterable, Iterator, Mapping

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import Expr, name_id
from sdrun.parse.expressions import checked
from sdrun.parse.formulas import formula
from sdrun.parse.statements import Definition, MacroDefinition
from sdrun.parse.syntax import check_length
from sdrun.parse.xmile.arrays import Scope
from sdrun.parse.xmile.declarations import Book, Declared, Dimension, by_id, declared, spelled
from sdrun.parse.xmile.meaning import meaning
from sdrun.parse.xmile.tree import Element, File, child_text, children, variable_nodes


def names(file: File) -> frozenset[str]:
    """Ids of the macros of a file."""
    return frozenset(name_id(spelled(macro.attrib.get("name", ""))) for macro in children(file.root, "macro"))


def books(file: File, dimensions: Mapping[str, Dimension]) -> Iterator[tuple[Element, Book, list[Problem]]]:
    """What names mean in each macro."""
    for macro in children(file.root, "macro"):
        variables, problems = declared(file, variable_nodes(macro), (), (), dimensions)
        line = file.line(macro)
        told = [
            Declared(id=name_id(label), label=label, kind="parm", line=line)
            for label in (spelled(parameter.text or "") for parameter in children(macro, "parm"))
        ]
        found, twice = by_id(file, [*told, *variables])
        yield macro, Book(file=file, dimensions=dimensions, variables=found, macros=names(file)), [*problems, *twice]


def definition_of(macro: Element, book: Book, own: Iterable[Definition]) -> MacroDefinition:
    """A macro, with the definitions of its variables; raises ModelError."""
    label, line = spelled(macro.attrib["name"]), book.file.line(macro)
    here = Declared(id=name_id(label), label=label, kind="aux", line=line)
    try:
        return MacroDefinition(
            label=label,
            parameters=tuple(_parameter(node, here, book) for node in children(macro, "parm")),
            definitions=tuple(own),
            value=_read(child_text(macro, "eqn"), here, book),
            line=line,
        )
    except ModelError as error:
        place = Place(path=book.file.path, line=line, key=label)
        raise ModelError(*(locate(problem, place) for problem in error.problems)) from None


def _parameter(node: Element, here: Declared, book: Book) -> tuple[str, Expr | None]:
    default = node.attrib.get("default", "")
    return spelled(node.text or ""), _read(default, here, book) if default.strip() else None


def _read(text: str, here: Declared, book: Book) -> Expr:
    check_length(text)
    return checked(meaning(formula(text), Scope(book=book, own=here)))
