"""Modules: which model stands where, and which input stands for which variable of another module."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sdrun.errors import Place, Problem, nearest
from sdrun.model import name_id
from sdrun.parse.formulas import names_of
from sdrun.parse.xmile.declarations import Declared, spelled
from sdrun.parse.xmile.tree import Element, File, children, is_main, models, module_nodes

MOST = 2_000
"""Models placed: modules in modules multiply."""

Path_ = tuple[str, ...]
"""Ids of modules inside each other, outermost first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A model where it stands."""

    node: Element
    path: Path_
    labels: tuple[str, ...]
    """Of the modules on the path, as written."""


def placed_models(file: File) -> tuple[list[Placed], list[Problem]]:
    """The main model and those that modules place in it; a model that no module places is a problem."""
    by_name: dict[str, Element] = {}
    problems: list[Problem] = []
    for model in models(file.root):
        if not is_main(model):
            label = spelled(model.attrib.get("name", ""))
            if by_name.setdefault(name_id(label), model) is not model:
                problems.append(_problem(file, model, f"the model '{label}' is defined twice"))
    main = [Placed(node=model, path=(), labels=()) for model in models(file.root) if is_main(model)]
    found = list(main)
    for placed in found:  # grows while it is walked along
        for module in module_nodes(placed.node):
            if len(found) + len(problems) > MOST:
                what = f"its modules stand for more than {MOST:,} models"
                return found, [*problems, _problem(file, module, what, "modules in modules multiply")]
            inner = _inner(file, placed, module, by_name)
            if isinstance(inner, Problem):
                problems.append(inner)
            else:
                found.append(inner)
    used = [placed.node for placed in found]
    for model in () if problems else by_name.values():
        if model not in used:
            problems.append(_problem(file, model, f"no <module> places the model '{spelled(model.attrib['name'])}'"))
    return found, problems


def _inner(file: File, outer: Placed, module: Element, by_name: Mapping[str, Element]) -> Placed | Problem:
    label = spelled(module.attrib.get("name", ""))
    id = name_id(label)
    if id in outer.path:
        return _problem(file, module, f"the module '{label}' stands inside itself")
    if id not in by_name:
        help = nearest(label, [spelled(model.attrib.get("name", "")) for model in by_name.values()])
        return _problem(file, module, f"the module '{label}' has no <model> of its name", help)
    return Placed(node=by_name[id], path=(*outer.path, id), labels=(*outer.labels, label))


def connections(file: File, placed: list[Placed], variables: Mapping[str, Declared]) -> tuple[dict[str, str], list[Problem]]:
    """The variable that each connected input stands for, by ids."""
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for outer in placed:
        for module in module_nodes(outer.node):
            for connect in children(module, "connect") or children(module, "connect2"):
                ends = _ends(connect, outer, module, variables)
                if isinstance(ends, str):
                    problems.append(_problem(file, connect, ends, label=spelled(module.attrib["name"])))
                elif sources.setdefault(ends[0], ends[1]) != ends[1]:
                    two = f"'{variables[sources[ends[0]]].label}' and '{variables[ends[1]].label}'"
                    what = f"'{variables[ends[0]].label}' is connected to both {two}"
                    problems.append(_problem(file, connect, what, label=spelled(module.attrib["name"])))
    return sources, problems


def _ends(connect: Element, outer: Placed, module: Element, variables: Mapping[str, Declared]) -> tuple[str, str] | str:
    """The ids of an input and of what it stands for, or what is wrong."""
    to, origin = connect.attrib.get("to", ""), connect.attrib.get("from", "")
    own = (*outer.path, name_id(spelled(module.attrib["name"])))
    target = next((id for id in _candidates(to, own, outer.path) if id in variables), None)
    source = next((id for id in _candidates(origin, outer.path, ()) if id in variables), None)
    for name, found in ((to, target), (origin, source)):
        if found is None:
            return f"the module '{spelled(module.attrib['name'])}' connects '{name}', which is not defined"
    assert target is not None and source is not None
    if target == source:
        return f"'{variables[target].label}' is connected to itself"
    if variables[target].dims != variables[source].dims:
        return f"'{variables[target].label}' and '{variables[source].label}', connected to it, differ in their dimensions"
    if variables[source].kind == "gf":
        return f"'{variables[target].label}' is connected to a graphical function: this is not supported yet"
    return target, source


def _candidates(name: str, *places: Path_) -> Iterator[str]:
    """What a name may mean, seen from each of some modules, and in the end from outside of all."""
    parts = tuple(map(name_id, names_of(name.strip())))
    if parts[:1] == ("",):
        yield ".".join(parts[1:])
        return
    for place in (*places, ()):
        yield ".".join((*place, *parts))


def _problem(file: File, node: Element, what: str, help: str | None = None, label: str = "") -> Problem:
    key = label or spelled(node.attrib.get("name", ""))
    return Problem(what=what, place=Place(path=file.path, line=file.line(node), key=key), help=help)
