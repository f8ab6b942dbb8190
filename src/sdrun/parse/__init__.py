"""Stage 1: a model file -> `Model`, one to one.  The only package that touches PySD.

    file ── guards ──> bytes ── vensim | xmile ──> Statements ── translate, expressions ──> Model
                                  │       └── formulas: a parser of our own
                                  └── hardened: PySD's translator, loaded as a private copy that cannot execute anything

Contract: nothing of a model is executed, nothing is written, nothing but the model file is opened.  What cannot be read, or
would be read wrongly in silence, is a `ModelError` that carries all problems at once, each with its variable and line.

What a model says comes out like this:
- Names by `name_id`; labels, units, documentation and limits as written, blanks collapsed; variables in the file's order.
- `+ - * /` and `:AND: :OR:` from left to right, `^` from right to left; a sign binds weaker than `^`, parentheses are kept.
- `Call.function` is the id of the function, lower case with underscores.  The arguments of PULSE TRAIN become (start, interval,
  width, end); XMILE's PULSE becomes `xpulse` (start, magnitude) or `xpulse_train` (start, interval, magnitude).
- Functions with memory have the same arguments whatever form was written: `STATEFUL` in `expressions` lists them.
- A lookup variable's equation is a `Table`; its call is a `Lookup` that names it.
- Calls of macros stay calls; the macros stand in `Model.macros`.

To add a file format: a module that gives `Statements`, and its row in `FORMATS`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from sdrun.model import Model
from sdrun.parse.guards import checked_bytes
from sdrun.parse.statements import Statements
from sdrun.parse.translate import model_of
from sdrun.parse.vensim import vensim_statements
from sdrun.parse.xmile import xmile_statements

FORMATS: Mapping[str, Callable[[Path, bytes], Statements]] = {
    ".mdl": vensim_statements,
    ".xmile": xmile_statements,
    ".stmx": xmile_statements,
}
"""Reader of a file's bytes, by the file's suffix."""


def read_model(path: Path) -> Model:
    """The model that `path` states; a `ModelError` where it cannot be read."""
    return _parsed(path, checked_bytes(path, suffixes=tuple(FORMATS)))


@lru_cache(maxsize=8)
def _parsed(path: Path, content: bytes) -> Model:
    """Kept by content, because parsing takes longer than most runs and a session in a notebook runs one model many times."""
    return model_of(path, FORMATS[path.suffix.lower()](path, content))
