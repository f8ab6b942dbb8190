"""The worlds of 1816 to 2016: whole, as history has them, and, where the tables of the sources are at hand, as those say.

Set SDRUN_REFERENCE_DATA to a folder with the tables to check the figures against them; without it those tests are skipped.
"""

import math
import tomllib
from collections.abc import Mapping

import pytest
import xarray as xr
from base_years import (
    CODES,
    FILES,
    ROOT,
    SPAN,
    Reference,
    entry,
    growth_advantage,
    kilometres,
    pairs,
    parameter,
    reference,
    scenario,
    states,
)

from sdrun.model import name_id
from sdrun.pipeline import simulate

every_year = pytest.mark.parametrize("year", FILES)

STARTS = {
    1816: {"military": "GBR multipolar", "economy": "RUS multipolar", "economy x income": "GBR multipolar"},
    1870: {"military": "FRA multipolar", "economy": "USA multipolar", "economy x income": "GBR bipolar"},
    1913: {"military": "DEU multipolar", "economy": "USA multipolar", "economy x income": "USA near-unipolar"},
    1938: {"military": "DEU bipolar", "economy": "USA multipolar", "economy x income": "USA unipolar"},
    1950: {"military": "RUS bipolar", "economy": "USA near-unipolar", "economy x income": "USA unipolar"},
    1992: {"military": "USA unipolar", "economy": "USA multipolar", "economy x income": "USA unipolar"},
    2016: {"military": "USA unipolar", "economy": "CHN bipolar", "economy x income": "USA unipolar"},
}
"""Who leads at the start, and in what kind of system, by index of power."""

TWO_LARGEST = {1816: "GBR RUS", 1870: "FRA GBR", 1913: "DEU RUS", 1938: "DEU RUS", 1950: "RUS USA"}
TWO_LARGEST |= {1992: "USA RUS", 2016: "USA CHN"}
"""In military capability."""

DEAD_LETTERS = {1938: [{"GBR", "RUS"}], 1950: [{"GBR", "RUS"}, {"FRA", "RUS"}]}
"""Defence pacts of ATOP that the scenarios leave out, and say so."""


@pytest.fixture(scope="module")
def first_years() -> Mapping[int, xr.Dataset]:
    """The first year of every world."""
    return {
        year: simulate(ROOT / "scenarios" / f"{file}.toml", settings=[f"time.stop={year + 1}"]).dataset
        for year, file in FILES.items()
    }


@pytest.fixture(scope="module")
def tables() -> Reference:
    return reference()


# ── always ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@every_year
def test_the_start_is_as_history_has_it(first_years: Mapping[int, xr.Dataset], year: int) -> None:
    start = first_years[year].sel(time=year)
    kinds = start["polarity"].attrs["flag_meanings"].split()
    for index, expected in STARTS[year].items():
        at = start.sel(index=index)
        assert f"{at['leader'].item()} {kinds[int(at['polarity'])]}" == expected, index
    shares = start["power_index"].sel(index="military").sortby(start["power_index"].sel(index="military"), ascending=False)
    assert " ".join(shares["state"].values[:2]) == TWO_LARGEST[year]


@pytest.mark.parametrize("year", [year for year in FILES if year != 1992])
def test_burdens_sustain_the_spending(first_years: Mapping[int, xr.Dataset], year: int) -> None:
    """But for those above the highest burden of peacetime; 1992, a year of transition, takes medians of the era."""
    start = first_years[year].sel(time=year)
    sustained = start["initial_military_spending"] / (start["economy"] * start["force_quality"])
    assert start["burden"].values == pytest.approx(sustained.clip(max=0.1).values, rel=0.03, abs=0.0006)
    growth = first_years[year]["military_capability"].isel(time=1) / first_years[year]["military_capability"].isel(time=0) - 1
    assert (growth.where(sustained < 0.1, 0) > -0.01).all() and (growth < 0.02).all()


@every_year
def test_tables_are_whole_and_name_their_sources(year: int) -> None:
    names = set(states(year))
    for name, table in scenario(year)["parameters"].items():
        assert table["unit"] and len(table["source"]) > 20, name
        if name.startswith("initial") and name not in ("initial pacts", "initial hostility"):
            assert set(table["value"]) == names, name
        if isinstance(table["value"], dict):
            rows = [row for row in table["value"].values() if isinstance(row, dict)]
            assert {key for row in [table["value"], *rows] for key in row} <= {*names, "*"}, name
    assert set(parameter(year, "distance")) == names


@every_year
def test_tables_by_pair_are_symmetric(year: int) -> None:
    for name in ("initial pacts", "initial hostility", "distance", "sea"):
        table = parameter(year, name)
        for one, other in pairs(year):
            assert entry(table, one, other) == entry(table, other, one), (name, one, other)
    assert all(0 < entry(parameter(year, "distance"), one, other) < 20038 for one, other in pairs(year))
    assert all(entry(parameter(year, name), state, state) == 0 for name in ("distance", "sea") for state in states(year))


def test_base_years_leave_the_dials_of_the_theories_alone() -> None:
    """What a scenario states lies above the theory: a dial set here would be the same for all."""
    theories = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "models/theories").glob("*.toml")]
    dials = {name_id(name) for theory in theories for name in theory["parameters"]}
    stated = {(year, name_id(name)) for year in FILES for name in scenario(year)["parameters"]}
    assert len(dials) > 10 and {(year, name) for year, name in stated if name in dials} == set()


def test_polarity_runs_each_theory_in_each_base_year_for_sixty_years() -> None:
    variants = tomllib.loads((ROOT / "scenarios" / "polarity.toml").read_text(encoding="utf-8"))["variants"]
    theories = list(dict.fromkeys(variant["model"]["theory"] for variant in variants.values()))
    assert {"waltz", "mearsheimer", "growth_only"} <= set(theories)
    assert set(variants) == {f"{theory}_{year}" for theory in theories for year in FILES}
    for name, variant in variants.items():
        theory, _, year = name.rpartition("_")
        assert (variant["model"]["theory"], variant["extends"]) == (theory, f"{FILES[int(year)]}.toml")
        span = {**scenario(int(year))["time"], **variant.get("time", {})}
        assert (span["start"], span["stop"]) == (int(year), int(year) + 60)


# ── against the tables of the sources ────────────────────────────────────────────────────────────────────────────────────────


def shares(values: Mapping[str, float]) -> dict[str, float]:
    return {state: value / sum(values.values()) for state, value in values.items()}


def span_of(year: int, state: str) -> int:
    """First year of the span that growth is taken from."""
    return 1992 if year == 2016 else 1889 if (year, state) == (1913, "AUH") else year


@every_year
def test_shares_are_those_of_the_tables(tables: Reference, year: int) -> None:
    output, people = (dict(tables.series("gdp_population.csv", column)) for column in ("pwtrgdp", "pwtpop"))
    prussia = tables.series("nmc_v6_1816_2016.csv", "tpop")["DEU", 1816] / 1000  # output and people are those of all Germany
    output["DEU", 1816] *= prussia / people["DEU", 1816]
    people["DEU", 1816] = prussia
    spending = tables.series("nmc_v6_1816_2016.csv", "milex")
    taken = {state: 1817 if (year, state) == (1816, "AUH") else 1869 if year == 1870 else year for state in states(year)}
    for name, values in {
        "initial economy": {state: output[state, year] for state in states(year)},
        "initial population": {state: people[state, year] for state in states(year)},
        "initial military spending": {state: spending[state, taken[state]] for state in states(year)},
    }.items():
        assert shares(parameter(year, name)) == pytest.approx(shares(values), abs=0.003), name
    for state in states(year):
        assert parameter(year, "initial economy")[state] == pytest.approx(output[state, year] / 1000, rel=0.002)
        assert parameter(year, "initial population")[state] == pytest.approx(people[state, year], rel=0.005)


@every_year
def test_growth_is_that_of_the_tables(tables: Reference, year: int) -> None:
    output, people = (tables.series("gdp_population.csv", column) for column in ("pwtrgdp", "pwtpop"))
    income = {key: value / people[key] for key, value in output.items()}
    fading = scenario(year)["parameters"]["demographic transition time"]["value"]
    mean = fading / SPAN * (1 - math.exp(-SPAN / fading))
    left, left_of_people = (2 ** (-SPAN / 20), math.exp(-SPAN / fading)) if year == 2016 else (1, 1)
    for state in states(year):
        start = span_of(year, state)
        richest = max((other for other in states(year) if (other, start) in income), key=lambda other: income[other, start])
        found = parameter(year, "initial growth advantage")[state]
        assert found == pytest.approx(left * growth_advantage(income, state, richest, start), abs=0.0025), state
        growth = math.log(people[state, start + SPAN] / people[state, start]) / SPAN
        assert parameter(year, "initial population growth")[state] == pytest.approx(left_of_people * growth / mean, abs=0.0003)


@pytest.mark.parametrize("year", [year for year in FILES if "frontier growth" in scenario(year)["parameters"]])
def test_the_frontier_grows_as_the_richest_state_did(tables: Reference, year: int) -> None:
    output, people = (tables.series("gdp_population.csv", column) for column in ("pwtrgdp", "pwtpop"))
    richest = max(states(year), key=lambda state: output[state, year] / people[state, year])
    start, stop = (output[richest, when] / people[richest, when] for when in (year, year + SPAN))
    drag = 0.1 * parameter(year, "initial burden")[richest]
    assert parameter(year, "frontier growth") == pytest.approx(math.log(stop / start) / SPAN + drag, abs=0.0006)


@every_year
def test_pacts_are_those_of_atop(tables: Reference, year: int) -> None:
    in_force = tables.pairs(
        "atop_directed_dyadyear.csv", year, lambda row: float(row["year"]) == year and row["atop_defense"].startswith("1")
    )
    pacts = {frozenset(pair) for pair in pairs(year) if entry(parameter(year, "initial pacts"), *pair) == 1}
    assert pacts == in_force - {frozenset(pair) for pair in DEAD_LETTERS.get(year, [])}


@every_year
def test_rivals_are_hostile_and_partners_are_not(tables: Reference, year: int) -> None:
    rivals = tables.pairs(
        "tss_rivalries_1494_2020.csv", year, lambda row: float(row["start"]) <= year <= float(row["end"] or 2020)
    )
    for pair in pairs(year):
        partners = entry(parameter(year, "initial pacts"), *pair) == 1
        expected = 0.2 if partners == (frozenset(pair) in rivals) else 0.05 if partners else 0.5
        assert entry(parameter(year, "initial hostility"), *pair) == expected, pair


@every_year
def test_distances_are_those_between_the_capitals(tables: Reference, year: int) -> None:
    capitals = {
        int(float(row["ccode"])): (float(row["lat"]), float(row["lng"]))
        for row in tables.rows("cow_capitals.csv")
        if row["stdate"] <= f"{year}-07-01" <= row["enddate"]
    }
    for one, other in pairs(year):
        expected = kilometres(capitals[CODES[one][0]], capitals[CODES[other][0]])
        assert entry(parameter(year, "distance"), one, other) == pytest.approx(expected, rel=0.005, abs=5), (one, other)
