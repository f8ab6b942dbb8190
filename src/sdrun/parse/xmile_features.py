"""What XMILE files hold that would be read wrongly, or not at all: refused by name, all at once."""

import re
from collections.abc import Iterator
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem
from sdrun.parse.labels import cleaned
from sdrun.parse.xmile_tree import (
    Element,
    Lines,
    child_text,
    children,
    declared_nodes,
    grandchildren,
    line_of,
    local_name,
    variable_nodes,
)

UNSUPPORTED_PARTS = {
    "conveyor": "conveyors are not supported yet",
    "queue": "queues are not supported yet",
    "oven": "ovens are not supported yet",
    "leak": "leakage flows of conveyors are not supported yet",
    "overflow": "overflows of queues are not supported yet",
}
"""Child tags of a variable that change what it means."""

LARGEST_DIMENSION = 10_000
"""Elements of a dimension that is given by its size."""

Finding = tuple[Element, str]
"""Where, and what."""


def refuse_unsupported(path: Path, lines: Lines, root: Element) -> None:
    """Raise a `ModelError` that lists everything in the file that cannot be read faithfully."""
    found = [*_structure(root), *_simulation(root), *_dimensions(root)]
    for node in variable_nodes(root):
        found += _variable(node)
    if found:
        raise ModelError(*(_problem(path, lines, node, what) for node, what in found))


def _problem(path: Path, lines: Lines, node: Element, what: str) -> Problem:
    return Problem(what=what, place=Place(path=path, line=line_of(lines, node), key=cleaned(node.attrib.get("name", ""))))


def _structure(root: Element) -> Iterator[Finding]:
    models = children(root, "model")
    if not models:
        yield root, "the file has no <model>"
    if len(models) > 1:
        names = ", ".join(f"'{model.attrib.get('name') or 'the main model'}'" for model in models)
        yield models[1], f"models of several modules are not supported yet; this one has {names}"
    for macro in children(root, "macro"):
        yield macro, f"macros are not supported yet: '{macro.attrib.get('name', '')}'"
    for node in declared_nodes(root):
        if local_name(node) == "module":
            yield node, f"modules are not supported yet: '{node.attrib.get('name', '')}'"


def _simulation(root: Element) -> Iterator[Finding]:
    specifications = children(root, "sim_specs")
    if not specifications:
        yield root, "the file has no <sim_specs>: it does not say when the model runs"
    for specification in specifications[:1]:
        for name in ("start", "stop", "dt"):
            if not child_text(specification, name).strip():
                yield specification, f"<sim_specs> lacks <{name}>"


def _dimensions(root: Element) -> Iterator[Finding]:
    for dimension in grandchildren(root, "dimensions", "dim"):
        if not dimension.attrib.get("name", "").strip():
            yield dimension, "a dimension has no name"
        elements = children(dimension, "elem")
        if any(not element.attrib.get("name", "").strip() for element in elements):
            yield dimension, "an element of the dimension has no name"
        if not elements and not _is_size(dimension.attrib.get("size", "")):
            yield dimension, f"the dimension has neither elements nor a size from 1 to {LARGEST_DIMENSION}"


def _is_size(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", text) is not None and 0 < int(text) <= LARGEST_DIMENSION


def _variable(node: Element) -> Iterator[Finding]:
    if not node.attrib.get("name", "").strip():
        yield node, f"a <{local_name(node)}> has no name"
    for part in node.iterchildren():
        if local_name(part) in UNSUPPORTED_PARTS:
            yield node, UNSUPPORTED_PARTS[local_name(part)]
    yield from _equations(node)
    for part in children(node, "range"):
        if any(not _is_number(part.attrib[bound]) for bound in ("min", "max") if part.attrib.get(bound)):
            yield node, "its <range> is not given by numbers"
    tables = [node] if local_name(node) == "gf" else children(node, "gf")
    for table in tables:
        yield from ((node, flaw) for flaw in _table_flaws(table))


def _equations(node: Element) -> Iterator[Finding]:
    kind, parts = local_name(node), children(node, "element")
    if kind == "stock" and parts:
        yield node, "stocks with an initial value for each element are not supported yet: put the values into an auxiliary"
    if any(children(part, "gf") for part in parts):
        yield node, "graphical functions for each element are not supported yet"
    if kind != "gf" and any(_is_empty(text) for part in parts or [node] for text in _equation_texts(part)):
        yield node, f"'{cleaned(node.attrib.get('name', ''))}' has no equation yet"
    for flow in (*children(node, "inflow"), *children(node, "outflow")):
        if not (flow.text or "").strip():
            yield node, f"an <{local_name(flow)}> has no name"


def _equation_texts(node: Element) -> list[str]:
    return [equation.text or "" for equation in children(node, "eqn")] or [""]


def _is_empty(equation: str) -> bool:
    return re.sub(r"\{[^}]*\}", "", equation).strip() in ("", "???")


def _table_flaws(table: Element) -> Iterator[str]:
    """What is wrong with a graphical function; NumPy would read it as far as it goes."""
    ys, xs = _numbers(table, "ypts"), _numbers(table, "xpts")
    scales = children(table, "xscale")
    if not ys:
        yield "its graphical function has no <ypts>, or not only numbers there"
    if scales and not all(_is_number(scales[0].attrib.get(bound, "")) for bound in ("min", "max")):
        yield "its graphical function has an <xscale> without numbers min and max"
    if not scales and (xs is None or len(xs) != len(ys or [])):
        yield "its graphical function has not as many <xpts> as <ypts>"
    for scale in children(table, "yscale"):
        if not all(_is_number(scale.attrib.get(bound, "")) for bound in ("min", "max")):
            yield "its graphical function has a <yscale> without numbers min and max"
    if table.attrib.get("type", "continuous") not in ("continuous", "extrapolate", "discrete"):
        yield f"its graphical function has an unknown type '{table.attrib['type']}'"


def _numbers(table: Element, name: str) -> list[float] | None:
    for points in children(table, name):
        parts = (points.text or "").strip().split(points.attrib.get("sep", ",") or ",")
        return [float(part) for part in parts] if all(_is_number(part) for part in parts) else None
    return None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text, re.ASCII) is not None
