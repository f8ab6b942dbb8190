"""One untrusted file through `sdrun check`, watched: what the replayed corpus, Hypothesis and the campaign have in common.

A file may be valid, or refused by an error of our own whose exit code is the user's; all else is a `Flaw`: another exception, a
warning of Python's, a file read outside the folder, anything written, a process, a socket, or more time than `SECONDS`.
"""

import logging
import os
import re
import signal
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import TZPATH

from sdrun.checking import checked
from sdrun.errors import SdrunError, render
from sdrun.preparation import prepare

SECONDS = 20.0
"""Of the processor, for one small file."""

REFUSALS = (3, 4)
"""Exit codes of errors that the user's files are to blame for."""

OURS = Path(__file__).resolve().parents[2]
"""The sources, which Python reads when it imports them."""

INSTALLED = tuple({*map(os.path.realpath, (*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, *TZPATH))})

FORBIDDEN = ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "subprocess.", "socket.", "pty.", "ctypes.dlopen")
CHANGING = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "shutil.")


class Flaw(Exception):
    """Something that no file may bring about."""


class TooSlow(BaseException):
    """Time is up; no `except Exception` may keep it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file."""

    error: str
    """The class of the error; empty where the file is valid."""
    text: str
    """As the user reads it."""


def examined(path: Path) -> Outcome:
    """What `sdrun check` makes of a model, or reading and binding of a scenario; raises Flaw."""
    folder = path.parent if path.suffix != ".toml" else Path("/")  # a scenario names its models and data wherever they lie
    with _watched(folder) as seen, _limited(), warnings.catch_warnings(), _quiet():
        warnings.simplefilter("error")
        try:
            outcome = _of_scenario(path) if path.suffix == ".toml" else _of_model(path)
        except SdrunError as error:
            if error.exit_code not in REFUSALS or not error.problems:
                raise Flaw(f"{type(error).__name__} leaves with {error.exit_code}: {error}") from error
            outcome = Outcome(type(error).__name__, render(error.problems))
        except TooSlow as error:
            raise Flaw(f"more than {SECONDS:g} s: {_where(error)}") from error
        except Exception as error:
            raise Flaw(f"{type(error).__name__}: {error} {_where(error)}") from error
    if seen:
        raise Flaw(seen[0])
    if any(not character.isprintable() and character != "\n" for character in outcome.text):
        raise Flaw(f"control characters in a message: {outcome.text!r}")
    return outcome


def _of_model(path: Path) -> Outcome:
    found = checked(path)
    text = render([finding.problem for finding in found.findings])
    return Outcome("" if found.valid else "ModelError", text)


def _of_scenario(path: Path) -> Outcome:
    prepare(path)
    return Outcome("", "")


def _where(error: BaseException) -> str:
    """The innermost function of ours, so that one flaw found twice looks like one."""
    found, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}sdrun{os.sep}" in code.co_filename:
            found = f"in {Path(code.co_filename).stem}.{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def headline(flaw: Flaw) -> str:
    """What makes two flaws the same: without the numbers and names in it."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+(?=[^:]* in )", "…", str(flaw))[:160]


# ── what is watched ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _watched(folder: Path) -> Iterator[list[str]]:
    """A list that grows with all that is done and may not be."""
    seen: list[str] = []
    hook = _hook()
    hook.judge = lambda event, arguments: _judged(event, arguments, str(folder), seen)
    try:
        yield seen
    finally:
        hook.judge = None


class _Hook:
    """An audit hook cannot be taken away again: it is added once, and judges only while something is examined."""

    judge: Callable[[str, tuple[Any, ...]], None] | None = None

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.judge is not None:
            self.judge(event, arguments)


def _hook() -> _Hook:
    if not isinstance(found := getattr(sys, "_sdrun_audit", None), _Hook):
        found = sys._sdrun_audit = _Hook()  # type: ignore[attr-defined]
        sys.addaudithook(found)
    return found


def _judged(event: str, arguments: tuple[Any, ...], folder: str, seen: list[str]) -> None:
    if event.startswith((*FORBIDDEN, *CHANGING)):
        seen.append(f"{event} {arguments!r}"[:300])
        raise PermissionError(event)
    if event != "open" or isinstance(arguments[0], int):
        return
    path, mode, flags = os.path.realpath(os.fsdecode(arguments[0])), arguments[1] or "r", arguments[2] or 0
    within = path.startswith((os.path.realpath(folder), str(OURS / "src"), *INSTALLED))
    writing = set(mode) & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writing and not path.endswith(".pyc") and "__pycache__" not in path) or not within:
        seen.append(f"{'writes' if writing else 'reads'} {path}")
        raise PermissionError(path)


@contextmanager
def _limited() -> Iterator[None]:
    """`TooSlow` after `SECONDS`, where the system can tell."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the journal would print."""
    logger = logging.getLogger("sdrun")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
