"""When and how the model runs: <sim_specs> (sections 2.3 and 3.4 of the standard)."""

from collections.abc import Iterator

from sdrun.errors import ModelError, Place, Problem, locate, nearest
from sdrun.model import Binary, Expr, Name, Number
from sdrun.parse.labels import cleaned
from sdrun.parse.statements import Definition
from sdrun.parse.xmile.declarations import Book, Declared
from sdrun.parse.xmile.equations import Written, of_auxiliary, read
from sdrun.parse.xmile.features import is_number, simulation
from sdrun.parse.xmile.tree import Element, child_text, children

METHODS = ("euler", "rk2", "rk4", "rk45", "gear")

LABELS = {"initial_time": "INITIAL TIME", "final_time": "FINAL TIME", "time_step": "TIME STEP", "saveper": "SAVEPER"}
"""Of the variables that say when the model runs; files that came from Vensim declare them as auxiliaries too."""


def controls(book: Book) -> Iterator[Definition | Problem]:
    """The four variables that say when the model runs."""
    specifications = simulation(book.file.root)
    assert specifications is not None
    own = Declared(id="", label="", kind="aux", node=specifications, line=book.file.line(specifications))
    for id, label in LABELS.items():
        try:
            yield _definition(id, label, specifications, own, book)
        except ModelError as error:
            place = Place(path=book.file.path, line=own.line, key=label)
            yield from (locate(problem, place) for problem in error.problems)


def _definition(id: str, label: str, specifications: Element, own: Declared, book: Book) -> Definition:
    declared = book.variables.get(id)
    equation = Written(variable=own, left=(), node=specifications, line=own.line)
    return Definition(
        label=declared.label if declared else label,
        own_id=id,
        ast=_value(id, specifications, equation, declared, book),
        units=specifications.attrib.get("time_units", "") or (child_text(declared.node, "units") if declared else ""),
        documentation=child_text(declared.node, "doc") if declared else "",
        line=declared.line if declared else None,
    )


def _value(id: str, specifications: Element, equation: Written, declared: Declared | None, book: Book) -> Expr:
    match id:
        case "initial_time":
            return read(child_text(specifications, "start"), equation, book)
        case "final_time":
            return read(child_text(specifications, "stop"), equation, book)
        case "time_step":
            return _step(specifications, equation, book)
    if (interval := _interval(specifications)) is not None:
        return Number(interval)
    if declared is not None and declared.kind == "aux":
        return of_auxiliary(Written(variable=declared, left=(), node=declared.node, line=declared.line), book)
    return Name("time_step")


def _step(specifications: Element, equation: Written, book: Book) -> Expr:
    """DT, 1 where nothing is said."""
    for node in children(specifications, "dt"):
        value = read(node.text or "1", equation, book)
        if node.attrib.get("reciprocal", "").lower() != "true":
            return value
        if isinstance(value, Number) and value.value:
            return Number(1.0 / value.value)
        return Binary("/", Number(1.0), value)
    return Number(1.0)


def _interval(specifications: Element) -> float | None:
    """How often results are saved: isee's attribute `save_interval`, or a tag <savestep>."""
    for name, text in [*specifications.attrib.items(), ("savestep", child_text(specifications, "savestep"))]:
        if name.rpartition("}")[2].rpartition(":")[2] in ("save_interval", "savestep") and is_number(text) and float(text) > 0:
            return float(text)
    return None


def synonyms(book: Book) -> tuple[tuple[str, ...], ...]:
    """Units that <model_units> says are the same (section 2.6 of the standard)."""
    found = (
        [unit.attrib.get("name", ""), *(alias.text or "" for alias in children(unit, "alias"))]
        for block in children(book.file.root, "model_units")
        for unit in children(block, "unit")
    )
    return tuple(tuple(name.strip() for name in names if name.strip()) for names in found)


def method(book: Book) -> str:
    """The first integration method of the list that XMILE knows; Euler's where nothing is said.

    Raises ModelError where none is known.
    """
    specifications = simulation(book.file.root)
    assert specifications is not None
    stated = cleaned(specifications.attrib.get("method", ""))
    asked = [name.strip().lower() for name in stated.split(",") if name.strip()]
    for name in asked or ["euler"]:
        if name in METHODS:
            return name
    what = f"unknown integration method '{stated}'"
    place = Place(path=book.file.path, line=book.file.line(specifications))
    raise ModelError(Problem(what=what, place=place, help=nearest(asked[0], METHODS) or f"one of {', '.join(METHODS)}"))
