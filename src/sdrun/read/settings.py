"""What the tables of a scenario are made of: numbers, texts, and the forms that a setting takes."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag

NUMBER, ELEMENTS, VALUED, COLUMN = "<number>", "<by element>", "<value>", "<file>"
"""Tags of the forms a setting takes; in brackets, so that no key is mistaken for one."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Text = Annotated[str, Field(strict=True)]


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

    model_config = ConfigDict(extra="forbid", defer_build=True)  # built as parts of a whole file, not each once more alone


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
