"""TOML text -> data, with line and column of every key and value."""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdrun.errors import Place, Problem, ScenarioError, nearest

LARGEST = 1_000_000
"""Bytes; a scenario is written by hand."""

DEEPEST = 20
"""Levels of tables and lists."""

MOST_POINTS = 200
"""In one line; the time that tomllib takes for a dotted key grows with the square of its length."""

LONGEST_LINE = 10_000
"""Characters; beyond it columns are counted in bytes, as each key of the line would go through all of it."""

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a key or a value begins, and how many characters of that line it takes."""

    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The data of one file, a dict or the command line."""

    path: Path
    """Of the file; a name in `<>` for a dict."""
    folder: Path
    """What its paths are relative to."""
    data: Mapping[str, Any]
    keys: Mapping[KeyPath, Span] = field(default_factory=dict)
    values: Mapping[KeyPath, Span] = field(default_factory=dict)


def place(document: Document, at: KeyPath, *, of_value: bool = False) -> Place:
    """Where the key at `at` stands, or its value; the nearest key around it where that is not known."""
    label = table_label(at)
    for length in range(len(at), 0, -1):
        spans = document.values if of_value and length == len(at) else document.keys
        span = spans.get(at[:length]) or document.values.get(at[:length])
        if span is not None:
            return Place(path=document.path, line=span.line, column=span.column, width=span.width, key=label)
    return Place(path=document.path, key=label)


def table_label(at: KeyPath) -> str:
    """The table that the last key of `at` belongs to, for readers: `variants.waltz.parameters`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at[:-1]).lstrip(".")


def read_document(path: Path) -> Document:
    """The data of the TOML file at `path`; ScenarioError where it is no TOML."""
    text = _text(path)
    try:
        data, nodes = _parse(text)
    except ValueError as error:
        raise ScenarioError(_syntax_problem(path, text, error)) from None
    lines = text.splitlines()
    keys: dict[KeyPath, Span] = dict(_headers(lines))
    values: dict[KeyPath, Span] = {}
    for at, node in _nodes(nodes, ()):
        if "key_line" in node:
            keys[at] = _span(lines, node["key_line"], node["key_col"])
        if "value_line" in node:
            values[at] = _span(lines, node["value_line"], node["value_col"])
    return Document(path=path, folder=path.parent, data=data, keys=keys, values=values)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            what = f"'{path}' is a folder, not a file" if path.is_dir() else f"no such file: '{path}'"
            raise ScenarioError(Problem(what=what, help=_beside(path)))
        if path.stat().st_size > LARGEST:
            raise ScenarioError(Problem(what=f"'{path}' is larger than {LARGEST // 1_000_000} MB: that is no scenario"))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            Problem(what="this is not UTF-8 text", place=Place(path=path, line=line), help="save the file as UTF-8")
        ) from None
    except OSError as error:
        raise ScenarioError(f"cannot read '{path}': {error.strerror}") from None


def _beside(path: Path) -> str | None:
    folder = path if path.is_dir() else path.parent
    found = sorted(str(other) for other in folder.glob("*.toml")) if folder.is_dir() else []
    if path.is_dir():
        return f"scenarios in it: {', '.join(found[:5])}" if found else None
    return nearest(str(path), found)


def _parse(text: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Data and toml-rs's nodes; no nodes, so no carets, where toml-rs is not installed.

    toml-rs sees only what tomllib took, and nothing deep: it has no limit of its own and would take the process down.
    """
    if any(line.count(".") > MOST_POINTS for line in text.splitlines()):
        raise ValueError("a line has too many points: tables nested too deeply")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ValueError("tables or lists are nested too deeply") from None
    if _is_deep(data):
        raise ValueError("tables or lists are nested too deeply")
    if (giant := _GIANT.search(text)) and _holds_giant(data):
        line, start = text.count("\n", 0, giant.start()) + 1, text.rfind("\n", 0, giant.start())
        raise ValueError(f"a number is too large to compute with (at line {line}, column {giant.start() - start})")
    try:
        from toml_rs import load_with_metadata
    except ImportError:
        return data, {}
    return data, load_with_metadata(text, toml_version="1.0.0").meta["nodes"]


def _is_deep(data: dict[str, Any]) -> bool:
    """Whether tables and lists nest deeper than any scenario's; found level by level, as recursion would fail."""
    level: list[Any] = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


_GIANT = re.compile(r"(?<!\w)(?:0x[0-9A-Fa-f_]{250,}|0o[0-7_]{330,}|0b[01_]{1000,}|[0-9][0-9_]{300,})")


def _holds_giant(value: Any) -> bool:
    """Whether a whole number is larger than any float; TOML's have no end."""
    match value:
        case dict() | list():
            return any(map(_holds_giant, value.values() if isinstance(value, dict) else value))
        case int():
            return abs(value) > sys.float_info.max
    return False


def _nodes(node: Any, at: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Every key and list item under `node` with its path.  A node has lines that are numbers, a table of nodes has none."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _nodes(item, (*at, number))
    elif isinstance(node, dict) and any(isinstance(node.get(line), int | tuple) for line in ("key_line", "value_line")):
        yield at, node
        if isinstance(node.get("value"), dict | list):
            yield from _nodes(node["value"], at)
    elif isinstance(node, dict):
        for name, child in node.items():
            yield from _nodes(child, (*at, name))


def _span(lines: list[str], line: int | tuple[int, int], columns: int | tuple[int, int]) -> Span:
    """A span in characters from toml-rs's 1-based, inclusive columns in bytes; its first line where it has several."""
    first = line if isinstance(line, int) else line[0]
    start, stop = (columns, columns) if isinstance(columns, int) else columns
    text = lines[first - 1]
    if not isinstance(line, int):
        stop = len(text.encode())
    column = _characters(text, start - 1)
    return Span(line=first, column=column + 1, width=max(1, _characters(text, stop) - column))


def _characters(text: str, size: int) -> int:
    """How many characters the first `size` bytes of `text` hold; of a line that nobody reads, about how many."""
    if text.isascii() or len(text) > LONGEST_LINE:
        return min(size, len(text))
    return len(text.encode()[:size].decode(errors="ignore"))


def _headers(lines: list[str]) -> Iterator[tuple[KeyPath, Span]]:
    """Places of `[table]` lines, which toml-rs does not give."""
    for number, line in enumerate(lines, start=1):
        if match := re.match(r"\s*\[(?!\[)\s*([^\]]+?)\s*\]", line):
            yield _header(match[1]), Span(line=number, column=match.start(1) + 1, width=len(match[1]))


def _header(text: str) -> KeyPath:
    """The names in a header; none where the line was no header after all (in a text of several lines)."""
    try:
        node: Any = tomllib.loads(f"[{text}]")
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while node:
        ((name, node),) = node.items()
        names.append(name)
    return tuple(names)


# ── syntax errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _syntax_problem(path: Path, text: str, error: ValueError) -> Problem:
    """The parser's message with its place and, for common slips, the way out."""
    line, column = _error_position(text, error)
    lines = text.splitlines() or [""]
    row = lines[min(line, len(lines)) - 1]
    message = re.sub(r" \(at (line|end).*\)$", "", str(error))
    where = Place(path=path, line=line, column=min(column, len(row) + 1))
    return Problem(what=f"malformed TOML: {message}", place=where, help=_hint(row))


def _error_position(text: str, error: ValueError) -> tuple[int, int]:
    """Line and column, 1-based; the end of the text where the message has none."""
    found = re.search(r"line (\d+), column (\d+)", str(error))
    if found:
        return int(found[1]), int(found[2])
    lines = text.splitlines() or [""]
    return len(lines), len(lines[-1]) + 1


_SLIPS = (
    (r"[=\[,{]\s*[+-]?(\.\d+)", "a number needs a digit before its point: 0{0}"),
    (r"=\s*[+-]?(\d+),(\d+)\s*([#}].*)?$", "numbers take a decimal point: {0}.{1}"),
    (r"^\s*([^\"'=\[#{]*[^\"'=\[#{\s]\s+[^\"'=\[#{\s][^\"'=\[#{]*?)\s*=", 'a name with blanks needs quotes: "{0}"'),
    (r"^\s*([^\"'=\[#{]*[^\x00-\x7f\"'=\[#{][^\"'=\[#{]*?)\s*=", 'a name with such letters needs quotes: "{0}"'),
    (r"=\s*([A-Za-z][\w .-]*?)\s*(#.*)?$", 'a text needs quotes: "{0}"'),
)
"""What people write, and the way out with what they wrote filled in."""


def _hint(row: str) -> str | None:
    for pattern, hint in _SLIPS:
        if (found := re.search(pattern, row)) and found[1] not in ("true", "false", "inf", "nan"):
            return hint.format(*found.groups())
    return None
