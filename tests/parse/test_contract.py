"""What we rely on in PySD: a new version that changes it fails here, not in a model."""

import ast
import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sdrun.model import CONTROLS, Model, walk
from sdrun.parse import read_model
from sdrun.parse.expressions import STATEFUL, STRUCTURES
from sdrun.parse.hardened import COPY, literal, translators
from sdrun.parse.statements import Definition, Statements
from sdrun.parse.translate import model_of

MODELS = sorted(path for path in (Path(__file__).parent / "models").iterdir() if path.suffix in (".mdl", ".xmile"))


def module(name: str) -> Any:
    """A module of the private copy."""
    translators()
    return importlib.import_module(f"{COPY}.{name}")


def test_every_structure_of_pysd_is_translated() -> None:
    structures = module("structures.abstract_expressions")
    known = {name for name, item in vars(structures).items() if isinstance(item, type) and name.endswith("Structure")}
    assert known - {"SubscriptsReferenceStructure"} == (set(STRUCTURES) | set(STATEFUL)) - {"ndarray"}


@pytest.mark.parametrize("name", STATEFUL)
def test_structures_have_the_fields_that_are_read(name: str) -> None:
    structure = getattr(module("structures.abstract_expressions"), name)
    assert set(STATEFUL[name][1]) <= {field.name for field in fields(structure)}


def test_shapes_of_syntax_trees() -> None:
    structures, element = module("structures.abstract_expressions"), module("vensim.vensim_element")

    def tree(text: str) -> Any:
        component = element.Element(f"x[a] :EXCEPT: [b] = {text}", "m [0,1]", "doc").parse()
        component.parse()
        return component.get_abstract_component().ast

    reference, arithmetic = structures.ReferenceStructure, structures.ArithmeticStructure
    assert tree("a + 2 - 3") == arithmetic(["+", "-"], (reference("a"), 2.0, 3.0))
    assert tree("a^2^3") == arithmetic(["^", "^"], (reference("a"), 2.0, 3.0))
    assert tree("-a") == arithmetic(["negative"], (reference("a"),))
    assert tree(":NOT: a") == structures.LogicStructure([":NOT:"], (reference("a"),))
    assert tree("f(a[b!])") == structures.CallStructure(
        reference("f"), (reference("a", structures.SubscriptsReferenceStructure(["b!"])),)
    )
    assert tree("INTEG(a, 2)") == structures.IntegStructure(reference("a"), 2.0, False)


# ── our readers against PySD's own, which reads the whole file at once and has `eval` ────────────────────────────────────────


def definitions_of_pysd(path: Path) -> Iterator[Definition]:
    """The definitions as PySD gives them where nobody interferes; only for models that we wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".mdl":
            file = importlib.import_module("pysd.translators.vensim.vensim_file").VensimFile(path)
        else:
            file = importlib.import_module("pysd.translators.xmile.xmile_file").XmileFile(path)
        file.parse()
        (section,) = file.get_abstract_model().sections
    for element in section.elements:
        for component in element.components:
            subscripts, excepts = component.subscripts
            is_lookup = type(component).__name__ == "AbstractLookup"
            yield Definition(
                label=element.name,
                subscripts=tuple(subscripts),
                excepts=tuple(tuple(group) for group in excepts),
                ast=component.ast,
                is_lookup=is_lookup,
                units=element.units,
                limits=tuple(element.limits or (None, None))[:2],
                documentation=element.documentation,
            )


def said(model: Model) -> dict[str, Any]:
    """What a model says of its variables, as text: NaN is not equal to itself."""
    return {
        id: repr(
            (
                *(variable.units, variable.description, variable.limits),
                *((equation.subscripts, equation.excepts, equation.expression) for equation in variable.equations),
            )
        )
        for id, variable in model.variables.items()
    }


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_same_as_pysd_on_whole_files(path: Path) -> None:
    """But for signs before powers and, of XMILE, subscripts of flows, functions with a name of their own, the unit of time."""
    ours, theirs = said(read_model(path)), said(model_of(path, Statements(definitions=tuple(definitions_of_pysd(path)))))
    differing = {id for id in theirs if ours.get(id) != theirs[id]}
    assert set(ours) == set(theirs) and len(ours) >= 10
    assert (
        differing
        == {".mdl": {"hostility:_a_to_b"}, ".xmile": {"stock_of_goods", "price", "production", *CONTROLS}}[path.suffix]
    )


def test_models_hold_many_kinds_of_nodes() -> None:
    """So that the comparison above compares something."""
    nodes = {
        type(node).__name__
        for path in MODELS
        for variable in read_model(path).variables.values()
        for equation in variable.equations
        for node in walk(equation.expression)
    }
    assert nodes == {"Number", "Array", "Name", "Unary", "Binary", "Call", "Table", "Lookup"}


# ── what could execute something ─────────────────────────────────────────────────────────────────────────────────────────────


def calls_in_translators() -> Iterator[tuple[str, str]]:
    """(module, name) of every call of a bare name in PySD's translators."""
    package = find_spec("pysd")
    assert package is not None and package.submodule_search_locations
    for path in (Path(package.submodule_search_locations[0]) / "translators").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path.stem, node.func.id


def test_only_two_modules_call_eval() -> None:
    dangerous = {"eval", "exec", "compile", "__import__", "open", "getattr", "setattr", "globals", "locals", "vars", "input"}
    found = sorted({call for call in calls_in_translators() if call[1] in dangerous})
    assert found == [("vensim_element", "eval"), ("xmile_element", "eval")]  # of which we load the first


def test_pysd_itself_stays_as_it_is(tmp_path: Path, vensim: Callable[[str], Model]) -> None:
    vensim("x = 1 ~~|")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = importlib.import_module("pysd.translators.vensim.vensim_element")
    assert "eval" not in vars(theirs)
    assert vars(module("vensim.vensim_element"))["eval"] is literal and f"{COPY}.xmile.xmile_element" not in sys.modules
    assert theirs.EquationVisitor is not module("vensim.vensim_element").EquationVisitor
