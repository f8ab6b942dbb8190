"""PySD's translators of Vensim's language as a private copy that executes nothing of a model and keeps the signs it was given.

PySD calls `eval` on pieces of a model (limits and points of lookups, numbers, strings): a model file could run any Python.
The translators are therefore loaded a second time, under a name of ours, and `eval` in that copy is `literal`.  PySD as others
import it stays untouched: there is nothing to restore and nothing that threads could disturb.  And what PySD imports to run
models (pandas, xarray) is never loaded.
"""

import importlib
import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from sdrun.errors import SdrunError

COPY = "_sdrun_translators"
"""Name of the private copy among the loaded modules."""

STRUCTURES_NOT_FUNCTIONS = frozenset(
    "reference subscripts_ref arithmetic logic with_lookup inline_lookup call lookup data stock negative".split()
)
"""Keys of PySD's table of structures that are no functions of the language, though PySD would call them as such."""

ARRAY = (
    'array = (raw_number _ ("," / ";")? _)+ !~r"."',
    'array = raw_number _ (("," / ";") _ raw_number _)* (";" _)? !~r"."',
)
"""Without this, `10-3-2` is an array of three numbers, which PySD then hands to `eval`."""

LEXEMES = (
    (r'id_continue = id_start / ~r"[0-9\'\$\s\_]"', r'id_continue = ~r"[\w0-9\'\$\s\_]+"IU'),
    (r'"\"" ( "\\\"" / ~r"[^\"]" )* "\""', r'"\"" ( "\\\"" / ~r"[^\"\\]+" / ~r"[^\"]" )* "\""'),
    (r'(~r"[^\']"IU)*', r'(~r"[^\']+"IU)*'),
)
"""Names and strings are read in one go; by characters, each of them is three nodes of a tree, and most of the time."""

GRAMMARS = ("element_object", "components", "lookups")
"""PySD's files of rules."""

_LOADING = RLock()


class MalformedError(ValueError):
    """A piece of an equation that PySD's grammar lets pass but that says nothing; the message is for the modeller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translators:
    """The modules of the private copy."""

    vensim: ModuleType
    """`vensim_element`"""


@cache
def translators() -> Translators:
    """The private copy, loaded and patched once."""
    with _LOADING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # chardet's and numpy's, at import
        if COPY not in sys.modules:
            _load_package()
        vensim = importlib.import_module(f"{COPY}.vensim.vensim_element")
        if vensim.__dict__.get("eval") is not literal:
            _mend_grammars(vensim.vu.Grammar)
            vensim.Element._parse_units = _units_untouched
            _harden(vensim)
        return Translators(vensim=vensim)


def _load_package() -> None:
    pysd = find_spec("pysd")
    assert pysd is not None and pysd.submodule_search_locations
    folder = Path(pysd.submodule_search_locations[0]) / "translators"
    spec = spec_from_file_location(COPY, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None and spec.loader is not None
    package = module_from_spec(spec)
    sys.modules[COPY] = package
    spec.loader.exec_module(package)


def _harden(module: Any) -> None:
    module.eval = literal
    visitor = module.EquationVisitor
    visitor.visit_neg_expr = _visit_neg_expr
    visitor.visit_call = _checked_call(visitor.visit_call)
    visitor.visit_arguments = _checked_arguments(visitor.visit_arguments)


def _mend_grammars(grammar: Any) -> None:
    """Make `grammar` read its files with some rules replaced.

    A version of PySD that writes LEXEMES otherwise is slower, and nothing else.
    """
    texts = {name: grammar._read_grammar(name) for name in GRAMMARS}
    rule, better = ARRAY
    if rule not in texts["components"]:
        raise SdrunError(f"this version of PySD has another grammar: it lacks `{rule}`")
    texts["components"] = texts["components"].replace(rule, better)
    for rule, better in LEXEMES:
        texts = {name: text.replace(rule, better) for name, text in texts.items()}
    grammar._read_grammar = texts.__getitem__


# ── what stands in for eval ──────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = r"[+-]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PAIR = rf"\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)"
_PAIRS = re.compile(rf"\[?\s*{_PAIR}(?:\s*[-,]?\s*{_PAIR})*\s*,?\s*\]?")


def literal(text: str) -> float | str | tuple[tuple[float, float], ...]:
    """The number, the quoted text or the points that `text` is; nothing else, and nothing is executed.

    >>> literal("-1.5e3"), literal("'data.xlsx'"), literal("[(0,0)-(10,1)]")
    (-1500.0, 'data.xlsx', ((0.0, 0.0), (10.0, 1.0)))
    """
    stripped = text.strip()
    if re.fullmatch(_NUMBER, stripped):
        return _number(stripped)
    if len(stripped) >= 2 and stripped[0] == stripped[-1] == "'":
        return stripped[1:-1]
    if _PAIRS.fullmatch(stripped):
        return tuple((_number(x), _number(y)) for x, y in re.findall(_PAIR, stripped))
    raise MalformedError(f"'{shortened(stripped)}' is neither a number nor a list of points")


def _number(text: str) -> float:
    return float(re.sub(r"\s", "", text))


def shortened(text: str, length: int = 60) -> str:
    """`text` on one line, cut where it is longer than `length`."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


# ── what replaces methods of PySD ────────────────────────────────────────────────────────────────────────────────────────────


def _units_untouched(_self: Any, text: str) -> tuple[str, None]:
    """Units and limits are split by `vensim`, which can tell the variable where they are wrong."""
    return text, None


def _visit_neg_expr(self: Any, _node: Any, children: Any) -> str:
    """A sign, left to the exponential around it: PySD folds it into a literal at once, and takes `(-2)^2` for `-2^2`."""
    value = self.elements[children[2]]
    negative = children[0] == "-"
    if isinstance(value, float) and value < 0:  # the second of two signs, as in `- -2`: literals have none of their own
        value, negative = -value, not negative
    operand: str = self.add_element(value)
    if negative:
        self.negatives.add(operand)
    return operand


def _checked_call(visit_call: Callable[..., Any]) -> Callable[..., Any]:
    def checked(self: Any, node: Any, children: Any) -> Any:
        function = self.elements[children[0]]
        if function.reference in STRUCTURES_NOT_FUNCTIONS:
            call = sys.modules[type(self).__module__].__dict__["structures"]["call"]
            return self.add_element(call(function, self.elements[children[4]]))
        try:
            return visit_call(self, node, children)
        except (TypeError, KeyError):
            name = function.reference.replace("_", " ").upper()
            raise MalformedError(f"{name} does not take {len(self.elements[children[4]])} arguments") from None

    return checked


def _checked_arguments(visit_arguments: Callable[..., Any]) -> Callable[..., Any]:
    def checked(self: Any, node: Any, children: Any) -> Any:
        """PySD's grammar takes every comma between arguments for optional."""
        if any(argument.endswith(",") != (i < len(children)) for i, argument in enumerate(children, start=1)):
            raise MalformedError(f"a comma is missing or left over in '({shortened(node.text)})'")
        return visit_arguments(self, node, children)

    return checked
