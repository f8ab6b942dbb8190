"""What XMILE files hold that would be read wrongly, or not at all: refused by name, all at once."""

import re
from collections.abc import Iterator

from sdrun.errors import ModelError, Place, Problem
from sdrun.model import name_id
from sdrun.parse.formulas import is_blank
from sdrun.parse.xmile.declarations import spelled
from sdrun.parse.xmile.tree import (
    Element,
    File,
    child_text,
    children,
    declared_nodes,
    grandchildren,
    is_main,
    local_name,
    models,
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


def refuse_unsupported(file: File) -> None:
    """Raise a `ModelError` that lists everything in the file that cannot be read faithfully."""
    found = [*_structure(file.root), *_simulation(file.root), *_dimensions(file.root)]
    for holder in (*models(file.root), *children(file.root, "macro")):
        for node in variable_nodes(holder):
            found += _variable(node)
    if found:
        raise ModelError(*(_problem(file, node, what) for node, what in found))


def _problem(file: File, node: Element, what: str) -> Problem:
    return Problem(what=what, place=Place(path=file.path, line=file.line(node), key=spelled(node.attrib.get("name", ""))))


def _structure(root: Element) -> Iterator[Finding]:
    if not models(root):
        yield root, "the file has no <model>"
    for model in models(root):
        name = spelled(model.attrib.get("name", ""))
        if not is_main(model) and not name_id(name):
            yield model, "the file has two models without a name"
        if not is_main(model) and children(model, "sim_specs"):
            yield model, f"the module '{name}' has <sim_specs> of its own: this is not supported yet"
        if any(attribute.rpartition("}")[2].startswith("encrypt") for attribute in model.attrib):
            yield model, f"the model '{name}' is encrypted"
        yield from _modules(model)
    for macro in children(root, "macro"):
        yield from _macro(macro)


def _modules(holder: Element) -> Iterator[Finding]:
    for node in (*declared_nodes(holder), holder):
        if "resource" in node.attrib:
            yield node, f"'{spelled(node.attrib.get('name', ''))}' stands in another file: this is not supported yet"
        if local_name(node) == "module" and not name_id(spelled(node.attrib.get("name", ""))):
            yield node, "a <module> has no name"


def _macro(macro: Element) -> Iterator[Finding]:
    name = spelled(macro.attrib.get("name", ""))
    if not name_id(name):
        yield macro, "a <macro> has no name"
    if "filter" in macro.attrib:
        yield macro, f"macros that filter stocks or flows are not supported yet: '{name}'"
    if children(macro, "sim_specs"):
        yield macro, f"the macro '{name}' has <sim_specs> of its own: this is not supported yet"
    if any(local_name(node) == "module" for node in declared_nodes(macro)):
        yield macro, f"modules inside macros are not supported yet: '{name}'"
    if is_empty(child_text(macro, "eqn")):
        yield macro, f"the macro '{name}' has no equation"
    if any(not name_id(spelled(parameter.text or "")) for parameter in children(macro, "parm")):
        yield macro, f"a <parm> of the macro '{name}' has no name"


def _simulation(root: Element) -> Iterator[Finding]:
    specifications = simulation(root)
    if specifications is None:
        yield root, "the file has no <sim_specs>: it does not say when the model runs"
        return
    for name in ("start", "stop"):
        if not child_text(specifications, name).strip():
            yield specifications, f"<sim_specs> lacks <{name}>"
    for run in children(specifications, "run"):
        if run.attrib.get("by", "all").strip().lower() != "all":
            yield specifications, f"runs by {run.attrib['by']} are not supported yet: the whole model runs, or nothing"


def simulation(root: Element) -> Element | None:
    """The <sim_specs> of the whole: of the file, or of its main model."""
    holders = (root, *(model for model in models(root) if is_main(model)))
    return next((node for holder in holders for node in children(holder, "sim_specs")), None)


def _dimensions(root: Element) -> Iterator[Finding]:
    for dimension in grandchildren(root, "dimensions", "dim"):
        if not name_id(spelled(dimension.attrib.get("name", ""))):
            yield dimension, "a dimension has no name"
        elements = children(dimension, "elem")
        if any(not name_id(spelled(element.attrib.get("name", ""))) for element in elements):
            yield dimension, "an element of the dimension has no name"
        if not elements and not _is_size(dimension.attrib.get("size", "")):
            yield dimension, f"the dimension has neither elements nor a size from 1 to {LARGEST_DIMENSION}"


def _is_size(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", text) is not None and 0 < int(text) <= LARGEST_DIMENSION


def _variable(node: Element) -> Iterator[Finding]:
    if not name_id(spelled(node.attrib.get("name", ""))):
        yield node, f"a <{local_name(node)}> has no name"
    for part in node.iterchildren():
        if local_name(part) in UNSUPPORTED_PARTS:
            yield node, UNSUPPORTED_PARTS[local_name(part)]
    for flow in (*children(node, "inflow"), *children(node, "outflow")):
        if not name_id(spelled(flow.text or "")):
            yield node, f"an <{local_name(flow)}> has no name"
    for part in children(node, "range"):
        if any(not is_number(part.attrib[bound]) for bound in ("min", "max") if part.attrib.get(bound)):
            yield node, "its <range> is not given by numbers"
    tables = [node] if local_name(node) == "gf" else [*children(node, "gf"), *grandchildren(node, "element", "gf")]
    for table in tables:
        yield from ((node, flaw) for flaw in _table_flaws(table))


def is_empty(equation: str) -> bool:
    """Whether an equation is still to be written: nothing, a comment, or the marks that Stella shows."""
    return is_blank(equation) or equation.strip() == "???"


def _table_flaws(table: Element) -> Iterator[str]:
    """What is wrong with a graphical function; one inside a variable may name another instead of giving points."""
    if not children(table, "ypts") and table.attrib.get("name") and local_name(table.getparent()) not in ("variables", "model"):
        return
    ys, xs = numbers(table, "ypts"), numbers(table, "xpts")
    scales = children(table, "xscale")
    if not ys:
        yield "its graphical function has no <ypts>, or not only numbers there"
    if xs is None and scales and not all(is_number(scales[0].attrib.get(bound, "")) for bound in ("min", "max")):
        yield "its graphical function has an <xscale> without numbers min and max"
    if (children(table, "xpts") or not scales) and (xs is None or len(xs) != len(ys or [])):
        yield "its graphical function has not as many <xpts> as <ypts>"
    for scale in children(table, "yscale"):
        if not all(is_number(scale.attrib.get(bound, "")) for bound in ("min", "max")):
            yield "its graphical function has a <yscale> without numbers min and max"
    if table.attrib.get("type", "continuous") not in ("continuous", "extrapolate", "discrete"):
        yield f"its graphical function has an unknown type '{table.attrib['type']}'"


def numbers(table: Element, name: str) -> list[float] | None:
    """The numbers listed in a tag; None where there is none, or something else stands in it."""
    for points in children(table, name):
        parts = (points.text or "").strip().split(points.attrib.get("sep", ",") or ",")
        return [float(part) for part in parts] if all(is_number(part) for part in parts) else None
    return None


def is_number(text: str) -> bool:
    """Whether a text is a number and nothing else."""
    return re.fullmatch(r"\s*+[+-]?(\d++\.?+\d*+|\.\d++)([eE][+-]?\d++)?+\s*+", text, re.ASCII) is not None
