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


FAILS: Mapping[int, str] = {
    14: "Against a leader of four tenths the others pool about as much force as he has, against one of half of all "
    "force three quarters at most: allies' force counts only as far as promises are reliable and partners cohere",
    18: "Balancing does come late, but stays below a tenth of the leader's force: most majors fear a neighbour more "
    "than a distant leader, and his share then falls by growth elsewhere, which takes the reason away",
    57: "Institutions enlarge the coalition, but allies then arm less, since pacts stand in for arms: the leader's "
    "peak share and the length of unipolarity stay the same",
    59: "The small bear more than the great without a rule, because a great rival threatens them more than they "
    "threaten him; equal burdens therefore relieve them and load the leader, while total force rises",
    62: "The Soviet share is greatest in 1950 itself and falls with or without alliances: the American economy and "
    "American arms see to that, so that nothing is left for the alliance to deter",
    71: "Rivals do arm more, but pacts lower the hazard of war under defence and offence alike, since they pacify the partners",
    75: "The region arms more when the patron goes, but its strongest state gains no share: those left behind arm "
    "faster than he does",
    77: "All force set against the leader about equals his, but only part of it is pooled: pacts are bilateral, fade, "
    "and count at a discount",
    110: "Burden rises with size among the middle allies, and with free riding overall, but the leader bears least: so "
    "large a state needs little more force for its safety",
    114: "For Waltz one pole lasts least, as claimed. For Wohlforth it outlasts two poles, but no theory ends many "
    "poles within sixty years",
    136: "Arming and allying are about equally common at the model's own doubts about allies; with certain allies "
    "allying leads, and it falls behind as they grow doubtful, as claimed. Another seed says the opposite (claim "
    "84)",
}
"""Claims that the model contradicts, or that another seed contradicts, each with the reason."""

NOT_REPRESENTABLE: Mapping[int, str] = {}
"""Claims that no run of this model can show, each with the reason."""
