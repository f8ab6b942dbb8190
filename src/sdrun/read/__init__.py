"""Stage 1: a scenario file, a dict with the same tables, or a bare model file -> `Scenario`.

    document   TOML text -> data, with line and column of every key and value
    settings   numbers, texts and the forms of a setting as pydantic models;  values   a leaf of that form -> `Setting`
    tables     the tables of a scenario and of a theory as pydantic models, and their JSON Schema
    problems   what pydantic found -> problems with their place
    layers     what one file states, as leaves that know where they stand; merging: tables merge, everything else replaces
    sources    a file, or a variant, with all that it extends -> one layer; theories
    overrides  `--set KEY=VALUE` -> a layer
    checks     what takes two keys to judge: stop after start, one operation per event
    sweeps     [sweep] of a merged layer -> `Sweep`: sweep_tables, factors, sample_files, questions, theories to choose among
    cases      merged layers -> `Case`, one per variant
    scenario   `read_scenario`, which joins them

Precedence: theory < extends < file < variant < `--set`; within a variant, what it extends < what it uses < what it says itself.
A theory is looked up after everything is merged, so the theory that a variant names lies below the scenario's own [parameters].
A setting of a parameter is a leaf: it replaces an earlier one of the same name (compared by `name_id`) whole, units and tables
by element included.

To add a key: a field of a model in `tables`, a field of a noun in `scenario.py`, and the line in `cases` that hands it over;
then `sdrun schema > schemas/scenario-1.json`.
"""

from sdrun.read.scenario import read_scenario
from sdrun.read.tables import scenario_schema

__all__ = ["read_scenario", "scenario_schema"]
