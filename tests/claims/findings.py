"""What a claim's test finds, and the claims themselves as the seeds state them."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether the model does what a claim predicts."""

    holds: bool
    """The sign, ordering or threshold of the prediction is there, with a margin that a wrong sign cannot pass."""
    figure: str
    """The numbers that say so, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row of the claims table."""

    number: int
    quote: str
    source: str
    """The seed text, S0 to S3."""
    term: str
    """What the field calls it."""
    prediction: str
    """The behaviour that shows it."""


def claims() -> Mapping[int, Claim]:
    """All claims by number."""
    tables: list[dict[str, Any]] = tomllib.loads((HERE / "claims.toml").read_text(encoding="utf-8"))["claim"]
    return {table["number"]: Claim(**table) for table in tables}


def experiments() -> Mapping[int, Callable[[], Finding]]:
    """The functions `claim_NNN_...` of the modules `rows_*.py`, by number."""
    modules = [import_module(path.stem) for path in sorted(HERE.glob("rows_*.py"))]
    found = [(name, function) for module in modules for name, function in vars(module).items() if name.startswith("claim_")]
    numbers = [int(name.split("_")[1]) for name, _ in found]
    assert len(set(numbers)) == len(numbers), "two functions for one claim"
    return dict(sorted(zip(numbers, (function for _, function in found), strict=True)))


FAILS: Mapping[int, str] = {}
"""Claims that the model contradicts, or that another seed contradicts, each with the reason."""

NOT_REPRESENTABLE: Mapping[int, str] = {}
"""Claims that no run of this model can show, each with the reason."""
