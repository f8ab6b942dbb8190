"""The scenarios of base years, and the tables of their sources where those are at hand."""

import csv
import math
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    1816: "concert_1816",
    1870: "multipolar_1870",
    1913: "multipolar_1913",
    1938: "multipolar_1938",
    1950: "bipolar_1950",
    1992: "unipole_1992",
    2016: "unipole_2016",
}
CODES = {"USA": (2,), "GBR": (200,), "FRA": (220,), "DEU": (255, 260), "AUH": (300,), "ITA": (325,), "RUS": (365,)}
CODES |= {"CHN": (710,), "JPN": (740,), "IND": (750,)}
"""Correlates of War; Germany is 260 in 1955-90."""

SPAN, HALF_LIFE = 24, 20
MEAN_OF_DECAY = HALF_LIFE / (SPAN * math.log(2)) * (1 - 2 ** (-SPAN / HALF_LIFE))
"""0.679."""


def scenario(year: int) -> dict[str, Any]:
    """The tables of the scenario of a base year."""
    return tomllib.loads((ROOT / "scenarios" / f"{FILES[year]}.toml").read_text(encoding="utf-8"))


def states(year: int) -> list[str]:
    return list(scenario(year)["subscripts"]["state"])


def parameter(year: int, name: str) -> Any:
    return scenario(year)["parameters"][name]["value"]


def pairs(year: int) -> Iterator[tuple[str, str]]:
    return combinations(states(year), 2)


def entry(table: Any, one: str, other: str) -> float:
    """What a table by pair gives for two states, `*` being the rest, as the program reads it."""
    row = table.get(one, table.get("*")) if isinstance(table, Mapping) else table
    return float(row.get(other, row.get("*")) if isinstance(row, Mapping) else row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The tables that the scenarios cite: the folder that SDRUN_REFERENCE_DATA names."""

    folder: Path

    def rows(self, file: str) -> list[dict[str, str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def series(self, file: str, column: str) -> Mapping[tuple[str, int], float]:
        """By state and year, without what is missing or not known (negative)."""
        names = {code: state for state, codes in CODES.items() for code in codes}
        found = ((int(float(row["ccode"])), int(float(row["year"])), row[column]) for row in self.rows(file))
        return {
            (names[code], year): float(text)
            for code, year, text in found
            if code in names and text not in ("", "NA") and float(text) >= 0
        }

    def pairs(self, file: str, year: int, wanted: Any) -> set[frozenset[str]]:
        """Pairs of states of the base year on rows that `wanted` takes."""
        names = {code: state for state, codes in CODES.items() for code in codes if state in states(year)}
        found = [row for row in self.rows(file) if wanted(row)]
        named = ([names.get(int(float(row[key]))) for key in ("ccode1", "ccode2")] for row in found)
        return {frozenset(pair) for pair in named if None not in pair}


def reference() -> Reference:
    """The tables, or a skip where there are none: their terms forbid to ship them."""
    folder = os.environ.get("SDRUN_REFERENCE_DATA")
    if not folder:
        pytest.skip("SDRUN_REFERENCE_DATA names no folder with the tables of the Correlates of War and others")
    return Reference(folder=Path(folder))


def diffusion(gap: float) -> float:
    """Growth above the richest state's that the model explains by a gap in log income."""
    return 0.009 * (max(gap, 0) - (1 - math.exp(-max(gap, 0))))


def growth_advantage(income: Mapping[tuple[str, int], float], state: str, richest: str, start: int) -> float:
    """Growth of income per head above the richest state's and what diffusion explains, as it stood at the start of the span."""
    stop = start + SPAN
    growth = math.log(income[state, stop] / income[state, start]) - math.log(income[richest, stop] / income[richest, start])
    gaps = [math.log(income[richest, year] / income[state, year]) for year in (start, stop)]
    return (growth / SPAN - sum(diffusion(gap) for gap in gaps) / 2) / MEAN_OF_DECAY


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle between two places given by latitude and longitude in degrees, by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))
