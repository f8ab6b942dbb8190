"""The tables of a scenario and of a theory as pydantic models, and their JSON Schema.

Cross-field rules stand in `checks`: pydantic skips them where another field of the table is wrong, and users would see their
mistakes in two rounds.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag

from sdrun.scenario import ADAPTIVE_METHODS, FIXED_STEP_METHODS

NUMBER, ELEMENTS, VALUED, COLUMN = "<number>", "<by element>", "<value>", "<file>"
"""Tags of the forms a setting takes; in brackets, so that no key is mistaken for one."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Text = Annotated[str, Field(strict=True)]
Method = Literal[*ADAPTIVE_METHODS, *FIXED_STEP_METHODS]  # type: ignore[valid-type]  # the nouns' own lists, once


def number_or_table(value: object) -> str:
    """The tag of a number or a table by element."""
    return ELEMENTS if isinstance(value, Mapping) else NUMBER


def setting_form(value: object) -> str:
    """The tag of a setting: `value` and `file`, or a text under one of their companions, tell it from a table by element."""
    if not isinstance(value, Mapping):
        return NUMBER
    texts = {key for key, inner in value.items() if isinstance(inner, str)}
    if "file" in value or texts & {"column", "actor", "time"}:
        return COLUMN
    return VALUED if "value" in value or texts & {"unit", "source", "note"} else ELEMENTS


class ByElement(RootModel[Any]):
    """Numbers by subscript element, nested for more dimensions; `*` stands for the rest."""

    root: Annotated[
        dict[
            str,
            Annotated[Annotated[Number, Tag(NUMBER)] | Annotated["ByElement", Tag(ELEMENTS)], Discriminator(number_or_table)],
        ],
        Field(min_length=1),
    ]


Amount = Annotated[Annotated[Number, Tag(NUMBER)] | Annotated[ByElement, Tag(ELEMENTS)], Discriminator(number_or_table)]


class Table(BaseModel):
    """A table that takes its own keys only."""

    model_config = ConfigDict(extra="forbid")


class ValuedTable(Table):
    """A value with what is known about it."""

    value: Amount
    unit: Text | None = Field(None, description="Compared with the model's unit.")
    source: Text | None = Field(None, description="Citation.")
    range: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = Field(
        None, description="Plausible [low, high]; the value lies inside."
    )
    note: Text | None = None


class ColumnTable(Table):
    """A value read from a CSV file."""

    file: Text = Field(description="Relative to the file that states it.")
    column: Text
    actor: Text | None = Field(None, description="Column that holds the subscript element.")
    time: Text | None = Field(None, description="Column that holds the time.")
    at: Number | None = Field(None, description="The time whose row is taken.")
    unit: Text | None = None
    source: Text | None = None
    note: Text | None = None


SettingValue = Annotated[
    Annotated[Number, Tag(NUMBER)]
    | Annotated[ByElement, Tag(ELEMENTS)]
    | Annotated[ValuedTable, Tag(VALUED)]
    | Annotated[ColumnTable, Tag(COLUMN)],
    Discriminator(setting_form),
]
Settings = dict[str, SettingValue]


class ScenarioTable(Table):
    """What the scenario is about."""

    title: Text | None = None
    description: Text | None = None
    authors: list[Text] | None = None
    cite: Text | None = Field(None, description="DOI or URL.")


class ModelTable(Table):
    """The model and the theory that sets its parameters."""

    file: Text | None = Field(None, description=".mdl, .xmile or .stmx; relative to this file.")
    theory: Text | None = Field(None, description="NAME of theories/NAME.toml beside the model.")


class TimeTable(Table):
    """When the model runs; what is left out, the model says."""

    start: Number | None = None
    stop: Number | None = None
    unit: Text | None = None
    save_every: Positive | None = Field(None, description="In the unit of time; default: the model's SAVEPER.")


class SolverTable(Table):
    """How it is integrated."""

    method: Method | None = None
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

    variables: list[Text] | None = Field(None, description="Default: everything.")
    formats: list[Literal["nc", "csv"]] | None = None
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
