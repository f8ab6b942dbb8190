"""What a person sees in the terminal: progress and messages on stderr, answers on stdout."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sdrun.errors import printable

if TYPE_CHECKING:
    from rich.console import Console

    from sdrun.pipeline import Outcome
    from sdrun.plan import Plan


class Progress:
    """One line on stderr that moves, or a line every 10 % where stderr is no terminal."""

    def __init__(self) -> None:
        self.moving = sys.stderr.isatty()
        self.last = -1

    def __call__(self, variant: str, fraction: float) -> None:
        """Tell that `fraction` of the whole is done, now in `variant`."""
        tenth, percent = int(fraction * 10), int(fraction * 100)
        if self.moving:
            filled = "█" * (percent // 4)
            end = "\n" if fraction >= 1 else ""
            sys.stderr.write(f"\r\033[K{filled:<25} {percent:3d} %  {printable(variant)}{end}")
        elif tenth > self.last:
            sys.stderr.write(f"running {printable(variant)}: {percent} %\n")
        self.last = tenth
        sys.stderr.flush()


def outcome(result: "Outcome", *, quiet: bool, verbose: bool, as_json: bool) -> None:
    """Table, warnings, and the paths written; or all of it as JSON."""
    from sdrun.report import summary_table

    for warning in result.warnings:
        sys.stderr.write(f"warning: {printable(warning)}\n")
    if verbose:
        sys.stderr.writelines(f"{stage}: {seconds:.2f} s\n" for stage, seconds in result.timings.items())
    if as_json:
        from sdrun.report import summary_rows

        summary = {"up_to_date": result.up_to_date, "paths": [str(path) for path in result.paths]}
        _json({**summary, "warnings": result.warnings, "summary": summary_rows(result.dataset), "timings": result.timings})
        return
    if not quiet:
        _console().print(summary_table(result.dataset))
    if result.up_to_date:
        sys.stderr.write("up to date: these results were there already (--fresh runs again)\n")
    for path in result.paths:
        print(path)


def plans(found: Sequence["Plan"], *, as_json: bool) -> None:
    """What running would take."""
    if as_json:
        _json([plan.as_dict() for plan in found])
        return
    for plan in found:
        print(plan.text())


def variables(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """A model's variables."""
    if as_json:
        _json(list(rows))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column in ("variable", "kind", "dims", "unit", "value", "range", "description"):
        table.add_column(column, overflow="fold", justify="right" if column in ("value", "range") else "left")
    for row in rows:
        table.add_row(*(Text(printable(str(row[column]))) for column in row))
    _console().print(table)


def finished_run(dataset: Any, *, as_json: bool) -> None:
    """The summary of a run that lies in a folder."""
    from sdrun.report import summary_rows, summary_table

    if as_json:
        _json({"attributes": dataset.attrs, "summary": summary_rows(dataset)})
        return
    _console().print(summary_table(dataset))
    print(dataset)


def _console() -> "Console":
    """Of stdout; 100 columns where that is no terminal."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 100, no_color="NO_COLOR" in os.environ, highlight=False)


def _json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, default=str))
