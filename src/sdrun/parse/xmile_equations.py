"""XMILE equations as PySD's grammar wants them, saying what they said: no comments, words and wildcards translated."""

import re
from collections.abc import Mapping

from sdrun.model import name_id
from sdrun.parse.xmile_tree import Element, children, grandchildren, local_name, variable_nodes

WORDS: Mapping[str, str] = {
    "if": "IF",
    "then": "THEN",
    "else": "ELSE",
    "mod": "mod",
    "dt": "time_step",
    "starttime": "initial_time",
    "stoptime": "final_time",
}
"""Words of XMILE, which may have any case, and what PySD takes for them."""

Dimensions = Mapping[str, list[str]]
"""The dimensions of each variable, by its id."""

_TOKEN = re.compile(r'("(?:\\"|[^"])*")|\{[^}]*\}|\b(\w+)\b|\\n|\s+')
_SUBSCRIPTED = re.compile(r'("(?:\\"|[^"])*"|\w+)\s*\[([^\[\]]*\*[^\[\]]*)\]')


def normalise_equations(root: Element) -> None:
    """Rewrite the equations of a tree, subscript the flows of arrayed stocks, name the elements of sized dimensions."""
    nodes = variable_nodes(root)
    dimensions = {name_id(node.attrib["name"].replace("\\n", " ")): _dimensions(node) for node in nodes}
    words = {word: meaning for word, meaning in WORDS.items() if word not in dimensions}
    for node in nodes:
        for equation in node.iter(f"{{{root.nsmap[None]}}}eqn"):
            equation.text = _without_wildcards(_normalised(equation.text or "", words), dimensions)
        if local_name(node) == "stock":
            _subscript_flows(node, dimensions)
    for dimension in grandchildren(root, "dimensions", "dim"):
        _name_elements(dimension)


def _normalised(equation: str, words: Mapping[str, str]) -> str:
    def token(match: re.Match[str]) -> str:
        quoted, word = match[1], match[2]
        if quoted:
            return quoted.replace("\\n", " ")
        return words.get(word.lower(), word) if word else " "

    return _TOKEN.sub(token, equation).strip()


def _without_wildcards(equation: str, dimensions: Dimensions) -> str:
    """`sales[*]` as `sales[region!]`: the function around it runs over the dimension."""

    def subscripted(match: re.Match[str]) -> str:
        own, subscripts = dimensions.get(name_id(match[1]), []), match[2].split(",")
        if len(own) != len(subscripts):
            return match[0]
        named = (f"{dim}!" if subscript.strip() == "*" else subscript for subscript, dim in zip(subscripts, own, strict=True))
        return f"{match[1]}[{','.join(named)}]"

    return _SUBSCRIPTED.sub(subscripted, equation)


def _dimensions(node: Element) -> list[str]:
    names = (dimension.attrib.get("name", "") for dimension in grandchildren(node, "dimensions", "dim"))
    return [re.sub(r"\s+", "_", name.strip()) for name in names]


def _subscript_flows(stock: Element, dimensions: Dimensions) -> None:
    """`<inflow>births</inflow>` of a stock by region means `births[region]`; a name may hold signs, as `in/out`."""
    own = _dimensions(stock)
    for flow in (*children(stock, "inflow"), *children(stock, "outflow")):
        subscripts = f"[{', '.join(own)}]" if own and dimensions.get(name_id(flow.text)) else ""
        name = flow.text.strip()
        quoted = name if re.fullmatch(r'\w+|".*"', name) else f'"{name}"'
        flow.text = quoted + subscripts


def _name_elements(dimension: Element) -> None:
    if children(dimension, "elem"):
        return
    for number in range(1, int(dimension.attrib["size"]) + 1):
        tag = f"{{{dimension.nsmap[None]}}}elem"
        dimension.append(dimension.makeelement(tag, {"name": str(number)}, dimension.nsmap))
