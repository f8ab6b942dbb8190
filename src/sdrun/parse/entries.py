"""A Vensim model's text cut into its entries, each with its line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem

MOST = 50_000
"""Entries; the largest published models have some 10 000."""

DEEPEST = 8
"""Comments in comments."""


def _comment(deepest: int) -> str:
    """A comment, and comments in it; where they are not closed, as far as the first brace."""
    inner = r"\{[^{}]*+\}"
    for _ in range(deepest):
        inner = rf"\{{(?:[^{{}}]++|{inner})*+\}}"
    return rf"(?:{inner}|\{{[^}}]*+\}})"


_BRACED = _comment(DEEPEST)
_EQUATION = re.compile(rf'(?:"(?:\\"|[^"])*+"|{_BRACED}|[^~|"{{]++)*+')
"""Quoted names and comments may hold ~ and |."""
_FIELD = re.compile(r"[^~|]*+")
_COMMENT = re.compile(rf'("(?:\\"|[^"])*+")|{_BRACED}')
_END_OF_MACRO = re.compile(r":END OF MACRO:", re.IGNORECASE)
_MACRO = re.compile(r':MACRO:\s*((?:"(?:\\"|[^"])*+"|[^("])*+\([^()]*+\))', re.IGNORECASE)
_LEADING = re.compile(rf"(?:\s|{_BRACED}|:END OF MACRO:)*+", re.IGNORECASE)
_LABEL = re.compile(r'"(?:\\"|[^"])*+"|[^=:\[(<"~|]*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`equation ~ units ~ documentation |`, blanks collapsed, comments dropped."""

    equation: str
    units: str
    documentation: str
    line: int
    """Where the equation starts, 1-based."""
    group: str = ""
    """The heading that it stands below, without Vensim's dots and numbers."""
    macro: str = ""
    """`name(inputs : outputs)` of the macro that begins before it; what follows belongs to it."""
    ends_macro: bool = False
    """The macro before it ends."""

    @property
    def label(self) -> str:
        """What it defines, as far as that can be told without reading the equation."""
        match = _LABEL.match(self.equation)
        return match[0].strip() if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    fields: tuple[str, ...]
    line: int
    end: str
    """What stopped it: `|` as it should, a quote or a brace that is never closed, or nothing at the end of the text."""


def entries_of(path: Path, text: str) -> tuple[Entry, ...]:
    """All entries but headings of groups; a `ModelError` where the text is not made of entries."""
    if "~" not in text or "|" not in text:
        what = f"'{path.name}' is no Vensim model: it has no entry 'equation ~ units ~ documentation |'"
        raise ModelError(Problem(what=what, place=Place(path=path)))
    pieces = tuple(_pieces(text))
    if len(pieces) > MOST:
        what = f"the model has {len(pieces):,} entries; at most {MOST:,} are read"
        raise ModelError(Problem(what=what, place=Place(path=path, line=pieces[MOST].line)))
    flaws = tuple((piece, flaw) for piece in pieces if (flaw := _flaw(piece)))
    if flaws:
        raise ModelError(*(_problem(path, piece, flaw) for piece, flaw in flaws))
    return tuple(_entries(pieces))


def _entries(pieces: Iterable[_Piece]) -> Iterator[Entry]:
    """The equations; what stands between them begins or ends a macro, or is a heading."""
    group, ended = "", False
    for piece in pieces:
        ended = ended or _END_OF_MACRO.search(_COMMENT.sub(lambda match: match[1] or " ", piece.fields[0])) is not None
        if _is_group(piece):
            group = _cleaned(piece.fields[0]).strip("* .").lstrip("0123456789. ")
        elif len(piece.fields) > 1:
            yield _entry(piece, group, ended)
            ended = False


def _pieces(text: str) -> Iterator[_Piece]:
    line, position = 1, 0
    while position < len(text):
        fields, end = _fields(text, position)
        leading = _LEADING.match(fields[0])
        assert leading is not None
        yield _Piece(fields=fields, line=line + leading[0].count("\n"), end=text[end : end + 1])
        if text[end : end + 1] in ('"', "{"):
            end = (text + "|").index("|", end)
        line += text.count("\n", position, end)
        position = end + 1


def _fields(text: str, position: int) -> tuple[tuple[str, ...], int]:
    """What stands between the ~ up to the next |, and where that is."""
    match = _EQUATION.match(text, position)
    fields = []
    while match is not None:
        fields.append(match[0])
        position = match.end()
        match = _FIELD.match(text, position + 1) if text[position : position + 1] == "~" else None
    return tuple(fields), position


def _flaw(piece: _Piece) -> str | None:
    """What is wrong with an entry's outline, where something is."""
    blank = len(piece.fields) == 1 and not _cleaned(piece.fields[0])
    if piece.end in ('"', "{"):
        return f"a {piece.end} is never closed"
    if blank:
        return None
    if piece.end == "":
        return "the last entry does not end with '|'"
    if len(piece.fields) < 2:
        return "an entry needs a ~ at least: 'equation ~ units ~ documentation |'"
    supplement = piece.fields[3].strip() if len(piece.fields) > 3 else ""
    if len(piece.fields) > 4 or supplement[:1] not in ("", ":"):
        return "an entry has too many ~: is a '|' missing at its end?"
    return None


def _is_group(piece: _Piece) -> bool:
    return len(piece.fields) == 2 and _cleaned(piece.fields[0]).startswith("*")


def _problem(path: Path, piece: _Piece, flaw: str) -> Problem:
    label = _LABEL.match(_cleaned(piece.fields[0]))
    return Problem(what=flaw, place=Place(path=path, line=piece.line, key=label[0].strip()[:60] if label else ""))


def _entry(piece: _Piece, group: str, ends_macro: bool) -> Entry:
    equation, units, documentation = (*piece.fields, "")[:3]
    cleaned = _cleaned(equation)
    macro = _MACRO.match(cleaned)
    return Entry(
        equation=cleaned[macro.end() :].strip() if macro else cleaned,
        units=_one_line(units),
        documentation=_one_line(documentation),
        line=piece.line,
        group=group,
        macro=macro[1].strip() if macro else "",
        ends_macro=ends_macro,
    )


def _cleaned(equation: str) -> str:
    """On one line, without comments in braces and without the end of the macro before it."""
    equation = _END_OF_MACRO.sub(" ", equation)
    return _one_line(_COMMENT.sub(lambda match: match[1] or " ", equation))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\\\n", " ").split())
