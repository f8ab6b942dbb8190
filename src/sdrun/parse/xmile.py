"""XMILE (.xmile, .stmx) -> `Statements`.

The tree is read and checked here (`xmile_tree`), so that PySD neither opens the file nor repairs broken XML in silence; PySD
reads the variables one by one, so that each problem has its variable and line.
"""

import warnings
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.parse.hardened import translators
from sdrun.parse.labels import cleaned
from sdrun.parse.settings import xmile_settings
from sdrun.parse.statements import Definition, RangeDefinition, Statements
from sdrun.parse.syntax import check_length, explained
from sdrun.parse.xmile_equations import normalise_equations
from sdrun.parse.xmile_features import refuse_unsupported
from sdrun.parse.xmile_tree import (
    Element,
    Lines,
    child_text,
    children,
    grandchildren,
    line_of,
    local_name,
    root_of,
    variable_nodes,
)


def xmile_statements(path: Path, content: bytes) -> Statements:
    """All variables and dimensions of an XMILE model, in order."""
    root, lines = root_of(path, content), content.split(b"\n")
    refuse_unsupported(path, lines, root)
    normalise_equations(root)
    limits = {node: _taken_limits(node) for node in variable_nodes(root)}
    section = _section(path, root)
    order = {node: position for position, node in enumerate(variable_nodes(root))}
    components = sorted(section.components, key=lambda component: order.get(_node(component), len(order)))
    definitions: list[Definition] = []
    problems: list[Problem] = []
    for component in components:
        node = _node(component)
        line = None if node is None else line_of(lines, node)
        try:
            definitions += _definitions(component, section.behaviors, limits.get(node, (None, None)), line)
        except ModelError as error:
            place = Place(path=path, line=line, key=cleaned(component.name))
            problems += [locate(problem, place) for problem in error.problems]
    ranges = tuple(_ranges(root, lines))
    return Statements(definitions=tuple(definitions), ranges=ranges, problems=tuple(problems), settings=xmile_settings(root))


def _node(component: Any) -> Element:
    """The XML node of a variable; None for the control variables, which stand in <sim_specs>."""
    return getattr(component, "node", None)


def _section(path: Path, root: Element) -> Any:
    section = translators().xmile.Section(
        name="__main__",
        path=path,
        section_type="main",
        params=[],
        returns=[],
        content_root=root,
        namespace=root.nsmap[None],
        split=False,
        views_dict=None,
    )
    try:
        section.parse(parse_all=False)
    except Exception as error:
        what = f"'{path.name}' does not follow the XMILE format: {type(error).__name__} {error}"
        raise ModelError(Problem(what=what, place=Place(path=path))) from None
    return section


def _definitions(component: Any, behaviors: Any, limits: Any, line: int | None) -> list[Definition]:
    """The equations of one variable."""
    check_length(_equation_text(component))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            component.parse(behaviors)
            element = component.get_abstract_element()
        except Exception as error:
            raise explained(error, _equation_text(component)) from None
    return [
        Definition(
            label=element.name,
            subscripts=tuple(subscript.strip() for subscript in part.subscripts[0]),
            ast=part.ast,
            is_lookup=type(part).__name__ == "AbstractLookup",
            units=element.units or "",
            limits=limits,
            documentation=element.documentation or "",
            line=line,
        )
        for part in element.components
    ]


def _equation_text(component: Any) -> str:
    node = _node(component)
    if node is None:
        return str(component.eqn)
    return child_text(node, "eqn") or " | ".join(child_text(part, "eqn") for part in children(node, "element"))


def _taken_limits(node: Element) -> tuple[float | None, float | None]:
    """The limits in <range>, or <yscale> of a table, which is taken away: PySD cannot read one that lacks a bound."""
    for part in children(node, "yscale" if local_name(node) == "gf" else "range"):
        low, high = (float(part.attrib[bound]) if part.attrib.get(bound) else None for bound in ("min", "max"))
        node.remove(part)
        return low, high
    return None, None


def _ranges(root: Element, lines: Lines) -> list[RangeDefinition]:
    return [
        RangeDefinition(
            label=dimension.attrib["name"],
            members=tuple(element.attrib["name"] for element in children(dimension, "elem")),
            line=line_of(lines, dimension),
        )
        for dimension in grandchildren(root, "dimensions", "dim")
    ]
