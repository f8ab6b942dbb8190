"""A leaf of [sweep.metrics] -> `Metric`."""

from collections.abc import Iterator

from sdrun.errors import Problem
from sdrun.read.layers import Leaf
from sdrun.sweep import Metric


def metric_of(leaf: Leaf) -> Metric:
    """The metric that a leaf without problems states."""
    table = leaf.value
    own = ("indicator", "variable", "at")
    return Metric(
        name=leaf.name,
        of=str(table.get("indicator", table.get("variable", ""))),
        is_indicator="indicator" in table,
        at=float(table["at"]) if table.get("at") is not None else None,
        select={key: value for key, value in table.items() if key not in own},
        place=leaf.place(),
    )


def metric_problems(leaf: Leaf) -> Iterator[Problem]:
    """What does not go together, or cannot be a name."""
    given = [key for key in ("indicator", "variable") if key in leaf.value]
    if len(given) != 1:
        what = f"metric '{leaf.name}' has {' and '.join(given)}" if given else f"metric '{leaf.name}' is of nothing"
        yield Problem(what=what, place=leaf.place(), help="give exactly one of indicator and variable")
    if not leaf.name.replace("_", "a").isalnum() or not leaf.name.isascii() or leaf.name[0].isdigit():
        help_ = "a name takes letters, digits and '_', the first no digit"
        yield Problem(what=f"'{leaf.name}' cannot name a metric", place=leaf.place(), help=help_)
