"""`--set KEY=VALUE` -> a layer above all others."""

import re
import tomllib
from pathlib import Path
from typing import Any

from sdrun.errors import Problem, ScenarioError, nearest
from sdrun.read.checks import setting_problems
from sdrun.read.document import Document, place
from sdrun.read.layers import SWEEP, Layer, layer_of, merged
from sdrun.read.problems import NOT_YET, table_problems
from sdrun.read.sources import Source
from sdrun.read.tables import ScenarioFile

SETTABLE = ("scenario", "model", "subscripts", "time", "solver", "parameters", "initial", "sweep", "output")


def overrides(settings: tuple[str, ...]) -> Source:
    """All `--set` settings as one layer, the last of a name above."""
    layer = Layer()
    problems: list[Problem] = []
    for setting in settings:
        try:
            document = _document(setting)
        except ScenarioError as error:
            problems += error.problems
            continue
        layer = merged(layer, layer_of(document))
        problems += table_problems(document, ScenarioFile) + setting_problems(layer_of(document))
    return Source(layer=layer, problems=tuple(problems))


def _document(setting: str) -> Document:
    key, equals, text = setting.partition("=")
    key = key.strip()
    path = Path(f"--set {setting}")
    if not equals or not key:
        raise ScenarioError(Problem(what=f"--set takes KEY=VALUE, not '{setting}'", help="such as: --set time.stop=2050"))
    table, dot, rest = key.partition(".")
    nested: Any = _value(text.strip(), setting)
    if key == "events":
        data = {"events": nested}
    elif dot and table == "variants":
        way_out = "a setting without 'variants.' holds for every variant"
        what = "a variant cannot be changed by --set"
        raise ScenarioError(Problem(what=what, place=place(_empty(path), (key,)), help=way_out))
    elif dot and table in (*SETTABLE, *NOT_YET):
        data = {table: _within(table, rest, nested)}
    elif dot and (help_ := nearest(table, SETTABLE)):
        raise ScenarioError(Problem(what=f"unknown table '{table}'", place=place(_empty(path), (key,)), help=help_))
    else:
        data = {"parameters": {_unquoted(key): nested}}
    return Document(path=path, folder=Path(), data={"schema": 1, **data})


def _within(table: str, key: str, value: Any) -> dict[str, Any]:
    """`value` at `key` of a table, or of a table in it: `sweep.parameters.free riding`."""
    inner, dot, rest = key.partition(".")
    if dot and f"{table}.{inner}" in SWEEP:
        return {inner: {_unquoted(rest): value}}
    return {_unquoted(key): value}


def _empty(path: Path) -> Document:
    return Document(path=path, folder=Path(), data={})


def _unquoted(key: str) -> str:
    key = key.strip()
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'" else key


def _value(text: str, setting: str) -> Any:
    """A TOML value; a bare word is a text."""
    try:
        found = tomllib.loads(f"value = {text}")
        if list(found) == ["value"]:
            return found["value"]
    except tomllib.TOMLDecodeError:
        if re.fullmatch(r"[^\"'\[{\n\d.,+-][^\n]*|\.{0,2}/[^\n]*", text):
            return text
    decimal = re.fullmatch(r"([+-]?)(\d*)[.,](\d+)", text)
    help_ = f"write {decimal[1]}{decimal[2] or 0}.{decimal[3]}" if decimal else 'quote a text: "..."'
    raise ScenarioError(Problem(what=f"--set {setting}: '{text}' is no TOML value", help=help_))
