"""What the user chose: the scenario file, its theories and variants, merged and defaulted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Union

from sdrun.errors import Place
from sdrun.sweep import VARIANT, Sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """Values to be read from a CSV: one column, rows chosen by actor and time."""

    file: Path
    column: str
    actor: str | None = None
    """Column that holds the subscript element."""
    time: str | None = None
    """Column that holds the time."""
    at: float | None = None


ByElement = Mapping[str, Union[float, "ByElement"]]
"""Numbers by subscript element, nested for more dimensions; `*` stands for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value given to a constant or to a stock's initial value."""

    name: str
    """As the user wrote it."""
    value: float | ByElement | DataColumn
    unit: str | None = None
    source: str | None = None
    """Citation."""
    range: tuple[float, float] | None = None
    """Within which the value is plausible."""
    place: Place | None = None
    element_places: Mapping[str, Place] = field(default_factory=dict)
    """Where each element of a table by element is first named, as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change at an exact time: of a constant until further notice, or of a stock at once."""

    at: float
    target: str
    operation: str
    """`value`, `multiply` or `add`."""
    amount: float | ByElement
    until: float | None = None
    """When a constant returns to what it was."""
    actor: str | None = None
    """Element of the target's first dimension; all where None."""
    label: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """When the model runs; None leaves it to the model."""

    start: float | None = None
    stop: float | None = None
    unit: str | None = None
    save_every: float | None = None
    place: Place | None = None


ADAPTIVE_METHODS = ("LSODA", "RK45", "RK23", "DOP853", "Radau", "BDF")
FIXED_STEP_METHODS = ("euler", "rk4")
ENGINES = ("auto", "numpy", "llvm")
METHOD = "LSODA"
"""Where neither the scenario nor its model says how to integrate."""
METHODS_OF_MODELS: Mapping[str, str] = {
    "euler": "euler",
    "rk4": "rk4",
    "rk45": "RK45",
    "gear": "BDF",
    "difference": "euler",
    "rk2": "rk4",
    "rk2 auto": "RK23",
    "rk4 auto": "RK45",
}
"""What Vensim and XMILE call methods -> the method that runs; XMILE itself puts rk4 in the place of rk2."""
NEAREST_METHODS = ("difference", "rk2", "rk2 auto", "rk4 auto")
"""Those among them in whose place another method runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """How it is integrated."""

    method: str | None = None
    """None is the one that the model asks for; a case that is ready to run has one."""
    engine: str = "auto"
    """A row of `ENGINES`."""
    rtol: float = 1e-6
    atol: float = 1e-9
    step: float | None = None
    """Of fixed-step methods; None is the model's TIME STEP."""
    max_step: float | None = None
    """Of adaptive methods."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is kept."""

    variables: tuple[str, ...] | None = None
    """None keeps everything; of a sweep, the stocks."""
    formats: tuple[str, ...] = ("nc", "csv")
    """`nc`, `zarr`, `csv`."""
    precision: str = "float64"
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theory:
    """A theorist as parameters: `models/theories/*.toml`."""

    name: str
    title: str = ""
    references: tuple[str, ...] = ()
    path: Path | None
    """None where the scenario states it."""
    parameters: tuple[Setting, ...] = ()
    """Of a theory that a sweep chooses; elsewhere they are merged into those of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run to do: the scenario with one variant merged in."""

    name: str
    """Of the variant; the scenario's stem where there are no variants."""
    title: str = ""
    model: Path
    data: tuple[Path, ...] = ()
    """Files with values of the model's data variables; the last that holds one counts."""
    data_files: Mapping[Path, str] = field(default_factory=dict)
    """Those and the files that the model itself names, each with its SHA-256; known once the model is parsed."""
    theory: Theory | None = None
    subscripts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By range as the user wrote it."""
    subscript_places: Mapping[str, Place] = field(default_factory=dict)
    time: TimeSpan = field(default_factory=TimeSpan)
    solver: Solver = field(default_factory=Solver)
    parameters: tuple[Setting, ...] = ()
    initial: tuple[Setting, ...] = ()
    events: tuple[Event, ...] = ()
    theories: Mapping[str, Theory] = field(default_factory=dict)
    """Those that the sweep chooses among, by name."""

    @property
    def source(self) -> tuple[Path, ...]:
        """What its model is read from: the model file and the data that it is given."""
        return (self.model, *self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario file, read, merged and checked as far as that goes without the model."""

    path: Path | None
    """None where it came as a dict or a bare model."""
    stem: str
    """Name of its output folder."""
    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    cite: str = ""
    cases: tuple[Case, ...]
    """One per variant, in the file's order, of a sweep that draws among them those it draws; a single one without variants."""
    has_variants: bool = False
    sweep: Sweep | None = None
    """What differs from sample to sample; None where each case is one run."""
    output: Output = field(default_factory=Output)
    files: tuple[Path, ...] = ()
    """Every file read: the scenario, what it extends, theories."""

    @property
    def draws_variants(self) -> bool:
        """Whether each sample of a sweep is one of the variants, instead of all of them."""
        return self.sweep is not None and any(factor.name == VARIANT for factor in self.sweep.factors)

    @property
    def side_by_side(self) -> bool:
        """Whether the result has a dimension for variants."""
        return self.has_variants and not self.draws_variants


def drawn_case(scenario: Scenario) -> Case:
    """The one run that stands for all variants where a sweep draws among them: what they share."""
    return replace(scenario.cases[0], name=scenario.stem, title=scenario.title, theory=None, parameters=(), initial=())
