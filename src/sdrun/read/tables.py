"""The tables of a scenario and of a theory as pydantic models, and their JSON Schema.

Cross-field rules stand in `checks` and `sweeps`: pydantic skips them where another field of the table is wrong, and users would
see their mistakes in two rounds.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from sdrun.read.settings import Amount, Number, Positive, Settings, Table, Text
from sdrun.read.sweep_tables import SweepTable
from sdrun.scenario import ADAPTIVE_METHODS, ENGINES, FIXED_STEP_METHODS

Method = Literal[*ADAPTIVE_METHODS, *FIXED_STEP_METHODS]  # type: ignore[valid-type]  # the nouns' own lists, once


class ScenarioTable(Table):
    """What the scenario is about."""

    title: Text | None = None
    description: Text | None = None
    authors: list[Text] | None = None
    cite: Text | None = Field(None, description="DOI or URL.")


class ModelTable(Table):
    """The model and the theory that sets its parameters."""

    file: Text | None = Field(None, description=".mdl, .xmile or .stmx; relative to this file.")
    data: Text | list[Text] | None = Field(
        None, description="Values of data variables without an equation: .csv, .tab or .dat; the last that has one counts."
    )
    theory: Text | None = Field(None, description="NAME of theories/NAME.toml beside the model.")


class TimeTable(Table):
    """When the model runs; what is left out, the model says."""

    start: Number | None = None
    stop: Number | None = None
    unit: Text | None = None
    save_every: Positive | None = Field(None, description="In the unit of time; default: the model's SAVEPER.")


class SolverTable(Table):
    """How it is integrated."""

    method: Method | None = Field(None, description="Default: the one that the model file states; LSODA where it states none.")
    engine: Literal[*ENGINES] | None = Field(  # type: ignore[valid-type]
        None, description="What computes: numpy, llvm (machine code), or auto, the faster one for the size of the run."
    )
    rtol: Positive | None = Field(None, description="Relative tolerance of adaptive methods; default 1e-6.")
    atol: Positive | None = Field(None, description="Absolute tolerance of adaptive methods; default 1e-9.")
    step: Positive | None = Field(
        None, description="The model's TIME STEP: the step of euler and rk4, and what TIME STEP means in equations."
    )
    max_step: Positive | None = Field(None, description="Longest step of adaptive methods.")


class EventTable(Table):
    """A change at an exact time; exactly one of value, multiply and add."""

    at: Number
    target: Text = Field(description="A constant, or a stock.")
    value: Amount | None = None
    multiply: Amount | None = None
    add: Amount | None = None
    until: Number | None = Field(None, description="When a constant returns to what it was.")
    actor: Text | None = Field(None, description="Element of the target's first subscript; all where left out.")
    label: Text | None = None


class OutputTable(Table):
    """What is kept."""

    variables: list[Text] | None = Field(
        None, description="Default: everything; of a sweep, stocks. Indicators and metrics are always kept."
    )
    formats: list[Literal["nc", "zarr", "csv"]] | None = None
    precision: Literal["float64", "float32"] | None = None


class VariantTable(Table):
    """What this variant changes."""

    title: Text | None = None
    extends: Text | list[Text] | None = Field(None, description="Scenario files that this variant builds on: another world.")
    use: list[Text] | None = Field(None, description="Other variants that this one builds on.")
    model: ModelTable | None = None
    subscripts: dict[str, list[Text]] | None = None
    time: TimeTable | None = None
    solver: SolverTable | None = None
    parameters: Settings | None = None
    initial: Settings | None = None
    events: list[EventTable] | None = None


class ScenarioFile(Table):
    """A scenario of sdrun."""

    model_config = ConfigDict(extra="forbid", title="sdrun scenario")

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    extends: Text | list[Text] | None = Field(None, description="Scenario files that this one builds on.")
    scenario: ScenarioTable | None = None
    model: ModelTable | None = None
    subscripts: dict[str, list[Text]] | None = Field(None, description="Elements of the model's ranges.")
    time: TimeTable | None = None
    solver: SolverTable | None = None
    parameters: Settings | None = Field(None, description="Constants, by their names in the model or in snake_case.")
    initial: Settings | None = Field(None, description="Initial values of stocks.")
    events: list[EventTable] | None = None
    variants: dict[str, VariantTable] | None = None
    sweep: SweepTable | None = Field(None, description="One run per sample of the factors.")
    output: OutputTable | None = None


class TheoryTable(Table):
    """Whose theory it is."""

    title: Text | None = None
    references: list[Text] | None = None


class TheoryFile(Table):
    """A theorist as parameters."""

    theory: TheoryTable
    parameters: Settings | None = None


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors."""
    schema = ScenarioFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
