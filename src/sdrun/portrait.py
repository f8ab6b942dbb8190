"""A model as a picture: its stock-and-flow diagram, with the signs that its links have in a run of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sdrun.errors import OutputError, Problem, ScenarioError, SdrunError, nearest

MOMENTS = 5
"""States of a run at which links are differentiated."""
SIGNED = 20_000
"""Elements of a model up to which its links are differentiated: seconds of work."""


def portrait(path: Path, group: str | None = None, told: Callable[[str], None] = lambda _name: None) -> str:
    """The diagram as SVG; of one group (sector) where it is named.

    Raises ModelError, and ScenarioError where there is no such group.
    """
    from sdrun.compile import compile_model
    from sdrun.draw import draw, sectors_of
    from sdrun.parse import read_model

    model = read_model(path)
    system = compile_model(model)
    sectors = [sector.name for sector in sectors_of(model, system)]
    if group is not None and group not in sectors:
        help_ = nearest(group, sectors) or f"groups: {', '.join(sectors)}"
        raise ScenarioError(Problem(what=f"'{path}' has no group '{group}'", help=help_))
    told("the signs of links, in a run")
    return draw(model, system, signs(path), group, told)


def write_portrait(path: Path, out: Path, group: str | None = None, told: Callable[[str], None] = lambda _name: None) -> None:
    """The diagram in a file, which appears all at once.

    Raises what `portrait` raises, and OutputError where it cannot be written.
    """
    if out.suffix.lower() != ".svg":
        raise OutputError(
            Problem(
                what=f"'{out}' is no .svg", help="a diagram is written as SVG, which browsers and Inkscape turn into others"
            )
        )
    svg, beside = portrait(path, group, told), out.with_name(f".{out.name}.part")
    try:
        beside.write_text(svg, encoding="utf-8", newline="\n")
        beside.replace(out)
    except OSError as error:
        raise OutputError(f"cannot write '{out}': {error.strerror}") from None


def signs(path: Path) -> dict[tuple[str, str], int] | None:
    """The signs of links by variable, where all elements agree at all moments looked at; None where the model does not run.

    A link between arrays has the sign of all links between their elements, 0 where these differ.
    """
    from sdrun.compile.links import links
    from sdrun.execution import solve
    from sdrun.preparation import prepare

    try:
        prepared = prepare(path)
        if sum(slot.size for slot in prepared.systems[0].recorded) > SIGNED:
            return None
        (run,) = solve(prepared)
    except SdrunError:
        return None
    at = np.unique(np.linspace(0, len(run.history.time) - 1, MOMENTS).round().astype(int))
    values = {slot.id: run.history.values[slot.name][..., at, 0] for slot in run.system.recorded}
    found: dict[tuple[str, str], set[float]] = {}
    for (target, _), slopes in links(prepared.models[run.case.source], {**values, "time": run.history.time[at]}).items():
        for (source, _), slope in slopes.items():
            finite = np.sign(slope[np.isfinite(slope)])
            found.setdefault((source, target), set()).update(finite[finite != 0].tolist())
    return {link: int(next(iter(kinds))) if len(kinds) == 1 else 0 for link, kinds in found.items() if kinds}
