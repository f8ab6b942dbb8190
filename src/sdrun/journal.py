"""What happened, in order: the text of run.log, the warnings, and the seconds each stage took."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter


@dataclass(slots=True)
class Journal:
    """Kept while one command runs."""

    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, and keep what `logging.getLogger("sdrun")` is told meanwhile."""
        logger, listener = logging.getLogger("sdrun"), _Listener(self)
        began = perf_counter()
        logger.addHandler(listener)
        try:
            yield
        finally:
            logger.removeHandler(listener)
            self.timings[name] = perf_counter() - began
            self.lines.append(f"{name}: {self.timings[name]:.3f} s")

    def warn(self, message: str) -> None:
        """Keep a warning for the manifest and the log, once."""
        if message in self.warnings:
            return
        self.warnings.append(message)
        self.lines.append(f"warning: {message}")

    @property
    def text(self) -> str:
        """run.log."""
        return "\n".join([f"started {self.started}", *self.lines, ""])


@dataclass(slots=True)
class Pace:
    """How far a sweep is."""

    total: int
    ready: int
    """Samples that are done, those of earlier runs among them."""
    failed: int = 0
    began: float = field(default_factory=perf_counter)
    before: int = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.ready

    def add(self, samples: int, failed: int) -> None:
        """A chunk is done."""
        self.ready += samples
        self.failed += failed

    def told(self, more: float = 0.0) -> tuple[str, float]:
        """In words, and as a share; `more` samples of a chunk are under way."""
        ready = self.ready + more
        rate = (ready - self.before) / max(perf_counter() - self.began, 1e-9)
        left = f", {(self.total - ready) / rate:.0f} s left" if rate > 0 else ""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{ready:.0f} of {self.total} samples, {rate:.3g} a second{left}{failed}", ready / max(1, self.total)

    def interrupted(self, *, kept: bool) -> str:
        """What is said after Ctrl-C."""
        if not kept:
            return "interrupted"
        return f"interrupted; {self.ready} of {self.total} samples are done and kept: run again to go on"


class _Listener(logging.Handler):
    """Passes records of level WARNING and above to the journal's warnings, others to its lines."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.journal.warn(record.getMessage())
        else:
            self.journal.lines.append(record.getMessage())
