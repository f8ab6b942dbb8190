"""Stage 1: a model file -> `Model`, one to one.  The only package that touches PySD.

    file ── guards ──> bytes ── vensim | xmile ──> Statements ── translate, expressions ──> Model
                                  │       │                      └── data: files that it names -> numbers, tables, ranges
                                  │       └── formulas: a parser of our own
                                  └── hardened: PySD's translator, loaded as a private copy that cannot execute anything

Contract: nothing of a model is executed, nothing is written, nothing is opened but the model file, the data files it names in
its own folder or below, and those that it is given.  What cannot be read, or would be read wrongly in silence, is a
`ModelError` that carries all problems at once, each with its variable and line.

What a model says comes out like this:
- Names by `name_id`; labels, units, documentation and limits as written, blanks collapsed; variables in the file's order.
- `+ - * /` and `:AND: :OR:` from left to right, `^` from right to left; a sign binds weaker than `^`, parentheses are kept.
- `Call.function` is the id of the function, lower case with underscores.  The arguments of PULSE TRAIN become (start, interval,
  width, end); XMILE's PULSE becomes `xpulse` (start, magnitude) or `xpulse_train` (start, interval, magnitude).
- Functions with memory have the same arguments whatever form was written: `STATEFUL` in `expressions` lists them.
- A lookup variable's equation is a `Table`; its call is a `Lookup` that names it.
- Constants from a file are numbers and arrays like others; data are a `Lookup` of a `Table` at the time.  A data variable that
  is computed from others is a call of its keyword, `_interpolate`, `_look_forward`, `_hold_backward` or `_raw`.
- Calls of macros stay calls; the macros stand in `Model.macros`.

To add a file format: a module that gives `Statements`, and its row in `FORMATS`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from sdrun.model import Model
from sdrun.parse.data.external import named_files
from sdrun.parse.data.files import DataFiles
from sdrun.parse.guards import checked_bytes
from sdrun.parse.statements import Statements
from sdrun.parse.translate import model_of
from sdrun.parse.vensim import vensim_statements


def _xmile_statements(path: Path, content: bytes) -> Statements:
    """The reader of XMILE, imported once a file asks for it."""
    from sdrun.parse.xmile import xmile_statements

    return xmile_statements(path, content)


FORMATS: Mapping[str, Callable[[Path, bytes], Statements]] = {
    ".mdl": vensim_statements,
    ".xmile": _xmile_statements,
    ".stmx": _xmile_statements,
}
"""Reader of a file's bytes, by the file's suffix."""


def read_model(path: Path, data: tuple[Path, ...] = ()) -> Model:
    """The model that `path` states; `data` hold the values of data variables without an equation.

    Raises ModelError where it, or a data file that it names, cannot be read.
    """
    content = checked_bytes(path, suffixes=tuple(FORMATS))
    return _parsed(path, content, data, named_files(path, _statements(path, content), data))


@lru_cache(maxsize=8)
def _statements(path: Path, content: bytes) -> Statements:
    """Kept by content, because parsing takes longer than most runs and a session in a notebook runs one model many times."""
    return FORMATS[path.suffix.lower()](path, content)


@lru_cache(maxsize=4)
def _parsed(path: Path, content: bytes, data: tuple[Path, ...], contents: tuple[tuple[Path, bytes], ...]) -> Model:
    """Kept by the content of all its files."""
    statements = _statements(path, content)
    files = DataFiles(folder=path.parent, tags=statements.file_tags, given=data, contents=dict(contents))
    return model_of(path, statements, files)
