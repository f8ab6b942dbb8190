"""Macros of a Vensim model: which entries belong to them, what they take and what they give.

https://www.vensim.com/documentation/macros.html.  Names in a macro are its own; with a `$` behind them they are the model's.  A
call may name outputs behind a colon, `SSTATS(x, y : mean error, bias)`: they become variables of the model.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sdrun.model import name_id
from sdrun.parse.entries import Entry
from sdrun.parse.labels import label_of
from sdrun.parse.statements import Definition, MacroDefinition

_QUOTED = r'"(?:\\"|[^"])*+"'
_OF_THE_MODEL = re.compile(rf"({_QUOTED})|\$(?!\w)")
_KEYWORD = re.compile(rf"{_QUOTED}|:[A-Za-z ]+:")
"""Colons that are no ends of inputs: `:AND:`, `:NA:`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroEntries:
    """A macro as it stands in the file."""

    label: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    entries: tuple[Entry, ...]
    line: int

    @property
    def id(self) -> str:
        """Of its name."""
        return name_id(self.label)


def told_apart(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[MacroEntries, ...]]:
    """The entries of the model, and those of its macros."""
    own: list[Entry] = []
    macros: list[MacroEntries] = []
    inside = False
    for entry in entries:
        inside = (inside and not entry.ends_macro) or bool(entry.macro)
        if entry.macro:
            macros.append(_begun(entry))
        if inside:
            inner = replace(entry, equation=_OF_THE_MODEL.sub(lambda match: match[1] or "", entry.equation))
            macros[-1] = replace(macros[-1], entries=(*macros[-1].entries, inner))
        else:
            own.append(entry)
    return tuple(own), tuple(macros)


def _begun(entry: Entry) -> MacroEntries:
    name, _, arguments = entry.macro.removesuffix(")").rpartition("(")
    inputs, _, outputs = arguments.partition(":")
    return MacroEntries(
        label=label_of(name), inputs=tuple(_names(inputs)), outputs=tuple(_names(outputs)), entries=(), line=entry.line
    )


def _names(listed: str) -> Iterator[str]:
    return (name.strip() for name in listed.split(",") if name.strip())


def definition_of(macro: MacroEntries, definitions: tuple[Definition, ...]) -> MacroDefinition:
    """A macro with its equations as they were read."""
    return MacroDefinition(
        label=macro.label,
        parameters=tuple((name, None) for name in macro.inputs),
        definitions=definitions,
        outputs=macro.outputs,
        line=macro.line,
    )


def outputs_as_arguments(equation: str, with_outputs: frozenset[str]) -> str:
    """Calls of macros with outputs as calls whose last arguments are the names of outputs, which PySD's grammar can read."""
    if not with_outputs or ":" not in equation:
        return equation
    plain = _KEYWORD.sub(lambda match: " " * len(match[0]), equation)
    text = list(equation)
    for opening in (match.start() for match in re.finditer(r"\(", plain)):
        name = re.split(r"[-+*/^=(),<>\[\]]", plain[:opening])[-1]
        if name_id(name) in with_outputs and (colon := _colon(plain, opening)) is not None:
            text[colon] = ","
    return "".join(text)


def _colon(plain: str, opening: int) -> int | None:
    """Where in a call the outputs begin."""
    depth = 0
    for position in range(opening, len(plain)):
        depth += (plain[position] == "(") - (plain[position] == ")")
        if depth == 0:
            return None
        if depth == 1 and plain[position] == ":":
            return position
    return None
