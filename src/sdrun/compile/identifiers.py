"""Names of variables in the result and in the generated source: snake_case, unique, and safe in Python and NetCDF."""

import keyword
import re
from collections.abc import Iterable, Mapping

RESERVED = ("time", "variant", "sample", "status")
"""Names that the result uses itself."""


def snake_case(label: str) -> str:
    """Letters, digits and underscores only, beginning with a letter.

    >>> snake_case("GDP (per head)")
    'gdp_per_head'
    """
    name = re.sub(r"[^0-9a-z]+", "_", label.lower()).strip("_")
    return name if name[:1].isalpha() else f"v_{name}".rstrip("_")


def identifiers(labels: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A name for every variable, by id; hidden variables, whose id begins with `_`, keep that mark."""
    used = {*RESERVED, *keyword.kwlist, *keyword.softkwlist, *taken}
    names: dict[str, str] = {}
    for id, label in labels.items():
        hidden = id.startswith("_")
        wanted = f"_{snake_case(id)}" if hidden else snake_case(label)
        name, count = wanted, 1
        while name in used:
            count += 1
            name = f"{wanted}_{count}"
        used.add(name)
        names[id] = name
    return names
