"""[sweep] and its tables as pydantic models."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from sdrun.questions import MODES
from sdrun.read.settings import Number, Positive, Settings, Table, Text
from sdrun.sweep import DESIGNS, DISTRIBUTIONS

Values = Annotated[list[Number | Text], Field(min_length=1)]
Share = Annotated[float, Field(strict=True, gt=0, le=1)]
Part = Annotated[float, Field(strict=True, gt=0, lt=0.5)]


class FactorTable(Table):
    """What is known about any factor; what holds its values comes on top."""

    unit: Text | None = Field(None, description="Compared with the model's unit.")
    source: Text | None = Field(None, description="Citation.")
    note: Text | None = None


class ValuesTable(FactorTable):
    """The points of a grid; of a list, one value per sample."""

    values: Values


class ChoicesTable(FactorTable):
    """One of these, each as likely as the others; for model.theory names of theories, for variant names of variants."""

    choices: Values


class SpanTable(FactorTable):
    """From low to high: evenly, or evenly in the logarithm."""

    dist: Literal["uniform", "loguniform"] = "uniform"
    low: Number
    high: Number
    steps: Annotated[int, Field(strict=True, ge=2)] | None = Field(None, description="Points of a grid, both ends included.")


class TheoryTable(FactorTable):
    """Uniform over the range that the sample's theory states, from low to high where it states none."""

    dist: Literal["theory"]
    low: Number
    high: Number


class NormalTable(FactorTable):
    """A normal distribution."""

    dist: Literal["normal"]
    mean: Number
    sd: Positive


class TruncatedNormalTable(FactorTable):
    """A normal distribution without what lies outside low and high."""

    dist: Literal["truncated normal"]
    mean: Number
    sd: Positive
    low: Number
    high: Number


class TriangularTable(FactorTable):
    """A triangular distribution."""

    dist: Literal["triangular"]
    low: Number
    mode: Number
    high: Number


class BetaTable(FactorTable):
    """A beta distribution from low to high."""

    dist: Literal["beta"]
    alpha: Positive
    beta: Positive
    low: Number = 0.0
    high: Number = 1.0


class UnknownTable(Table):
    """A distribution that there is not: only here to name those that there are."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"not": {}})

    dist: Literal[*DISTRIBUTIONS]  # type: ignore[valid-type]


FACTOR_FORMS: Mapping[str, type[Table]] = {
    "<values>": ValuesTable,
    "<choices>": ChoicesTable,
    "<span>": SpanTable,
    "<theory>": TheoryTable,
    "<normal>": NormalTable,
    "<truncated normal>": TruncatedNormalTable,
    "<triangular>": TriangularTable,
    "<beta>": BetaTable,
    "<unknown>": UnknownTable,
}
"""By the tag of a factor's form."""


def factor_form(value: object) -> str:
    """The tag of a factor: by `values` or `choices`, else by its distribution."""
    if not isinstance(value, Mapping) or not {"values", "choices", "dist"} & value.keys():
        return "<span>"
    named = next((f"<{key}>" for key in ("values", "choices") if key in value), f"<{value.get('dist')}>")
    return "<span>" if named in ("<uniform>", "<loguniform>") else named if named in FACTOR_FORMS else "<unknown>"


FactorValue = Annotated[
    Annotated[ValuesTable, Tag("<values>")]
    | Annotated[ChoicesTable, Tag("<choices>")]
    | Annotated[SpanTable, Tag("<span>")]
    | Annotated[TheoryTable, Tag("<theory>")]
    | Annotated[NormalTable, Tag("<normal>")]
    | Annotated[TruncatedNormalTable, Tag("<truncated normal>")]
    | Annotated[TriangularTable, Tag("<triangular>")]
    | Annotated[BetaTable, Tag("<beta>")]
    | Annotated[UnknownTable, Tag("<unknown>")],
    Discriminator(factor_form),
]


class CorrelationTable(Table):
    """How factors go together; a Gaussian copula, so that each keeps its distribution."""

    between: Annotated[list[Text], Field(min_length=2)] = Field(description="Two factors, or more: then each two of them.")
    value: Annotated[Number, Field(ge=-1, le=1)] = Field(
        description="Correlation of their normal scores; rank correlations are 6/pi arcsin(value/2), nearly the same."
    )


class MetricTable(Table):
    """A figure per sample; other keys are dimensions and take an element: index = "military"."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text]

    indicator: Text | None = Field(None, description="An indicator: unipolar_duration.")
    variable: Text | None = Field(None, description="A variable of the model.")
    at: Number | None = Field(None, description="The time, for what changes with it.")


class QuestionTable(Table):
    """Which assumptions lead to it; other keys are dimensions of the metric and take an element: index = "military"."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text]

    metric: Text | None = Field(None, description="A metric of this sweep, with above or below.")
    above: Number | None = None
    below: Number | None = None
    mode: Text | None = Field(None, description="A variable named under modes, with is.")
    is_: Literal[*MODES[1:]] | None = Field(None, alias="is", description="A mode of behaviour.")  # type: ignore[valid-type]
    density: Share | None = Field(
        None, description="Share of cases that a box is to have; default 0.8, or more where most are."
    )
    mass: Part | None = Field(None, description="Share of the samples that a box holds at least; default 0.05.")
    peel: Part | None = Field(None, description="Share of a box that one step takes off; default 0.05.")
    boxes: Annotated[int, Field(strict=True, ge=1, le=20)] | None = Field(None, description="Boxes at most; default 3.")


class ConclusionTable(Table):
    """How often a metric is less under one variant or theory than under another; other keys are dimensions of the metric."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text]

    metric: Text = Field(description="A metric of this sweep.")
    less: Annotated[list[Text], Field(min_length=2, max_length=2)] = Field(
        description='Two variants, or theories of the sweep: ["waltz", "mearsheimer"].'
    )


class SweptTheoryTable(Table):
    """A theory stated here, not in a file."""

    title: Text | None = None
    references: list[Text] | None = None
    parameters: Settings | None = None


class SweepTable(Table):
    """Many runs: a design, its factors, and the figures to take from each."""

    method: Literal[*DESIGNS] | None = Field(None, description="The design.")  # type: ignore[valid-type]
    samples: Annotated[int, Field(strict=True, ge=2)] | None = Field(
        None, description="Of a design that draws, all runs counted; of morris and saltelli whole blocks."
    )
    seed: Annotated[int, Field(strict=True, ge=0)] | None = Field(None, description="Of a design that draws; default 0.")
    file: Text | None = Field(None, description="Of a list: a CSV with a column per factor and a row per sample.")
    parameters: dict[str, FactorValue] | None = Field(
        None, description="Factors: parameters, elements of them ('initial economy[USA]'), 'model.theory' and 'variant'."
    )
    correlations: list[CorrelationTable] | None = Field(None, description="Between factors that have a distribution.")
    metrics: dict[str, MetricTable] | None = None
    modes: list[Text] | None = Field(None, description="Variables whose mode of behaviour is told, by sample.")
    discover: dict[str, QuestionTable] | None = Field(
        None, description="Which assumptions lead to what, by name of the question."
    )
    conclusions: dict[str, ConclusionTable] | None = None
    theories: dict[str, SweptTheoryTable] | None = Field(None, description="Theories to choose among, beside those in files.")
