"""What pydantic found wrong with a document -> problems with their place, in the words of the format."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sdrun.errors import Problem, nearest
from sdrun.read.document import Document, KeyPath, place
from sdrun.read.sweep_tables import FACTOR_FORMS

EXPECTED = {
    "float_type": "a number",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "greater_than": "above 0",
    "int_type": "a whole number",
}
"""pydantic's type of error -> what must be there."""

SIZES = {"range": "two numbers: [low, high]", "between": "two factors", "less": "two names"}
"""What lists of a given length must hold."""

NOT_YET = ("calibrate",)
"""Tables of the format that this version cannot run."""


def table_problems(document: Document, shape: type[BaseModel]) -> list[Problem]:
    """Everything in `document` that does not fit `shape`, in the order of the file."""
    try:
        shape.model_validate(document.data)
    except ValidationError as error:
        return sorted(_problems(document, shape, error), key=lambda problem: (problem.place and problem.place.line) or 0)
    return []


def _problems(document: Document, shape: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    found: dict[KeyPath, list[Mapping[str, Any]]] = {}
    for detail in error.errors(include_url=False):
        at = _path(document.data, detail["loc"], missing=detail["type"] == "missing")
        found.setdefault(at, []).append(detail)
    for at, details in found.items():
        yield _problem(document, shape, at, details)


def _path(data: Any, loc: Sequence[str | int], *, missing: bool) -> KeyPath:
    """`loc` without the tags of unions."""
    at: list[str | int] = []
    for part in loc:
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif not (missing and part is loc[-1]):
            continue
        at.append(part)
    return tuple(at)


def _problem(document: Document, shape: type[BaseModel], at: KeyPath, details: Sequence[Mapping[str, Any]]) -> Problem:
    detail, name = details[0], at[-1] if at else ""
    match detail["type"]:
        case "extra_forbidden" if len(at) == 1 and name in NOT_YET:
            return Problem(what=f"[{name}] is not supported yet", place=place(document, at), help="leave the table out")
        case "extra_forbidden":
            return Problem(
                what=f"unknown key '{name}'",
                place=place(document, at),
                help=nearest(str(name), _siblings(shape, detail["loc"])),
            )
        case "missing":
            return _missing(document, at)
        case "too_short" | "too_long":
            size = SIZES.get(str(name), "something")
            return Problem(what=f"'{name}' must hold {size}", place=place(document, at, of_value=True))
        case "literal_error":
            choices = str(detail["ctx"]["expected"])
            return Problem(
                what=f"{_called(at)} must be {choices}, not {described(detail['input'])}",
                place=place(document, at, of_value=True),
                help=nearest(str(detail["input"]), choices.replace("'", "").replace(" or ", ", ").split(", ")),
            )
        case _:
            expected = " or ".join(dict.fromkeys(_expected(other) for other in details))
            return Problem(
                what=f"{_called(at)} must be {expected}, not {described(detail['input'])}",
                place=place(document, at, of_value=True),
            )


def _expected(detail: Mapping[str, Any]) -> str:
    """What must be there."""
    bounds = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le"), "less_than": ("below", "lt")}
    if detail["type"] in bounds:
        word, limit = bounds[detail["type"]]
        return f"{word} {detail['ctx'][limit]:g}"
    return EXPECTED.get(detail["type"], str(detail["msg"]))


def _missing(document: Document, at: KeyPath) -> Problem:
    help_ = f"begin the file with: {at[0]} = 1" if at == ("schema",) else None
    where = f" in '{at[-2]}'" if len(at) > 1 and isinstance(at[-2], str) else ""
    return Problem(what=f"'{at[-1]}' is missing{where}", place=place(document, at), help=help_)


def _called(at: KeyPath) -> str:
    """The value at `at`, for readers."""
    if at and isinstance(at[-1], int):
        return f"item {at[-1] + 1} of '{at[-2]}'" if len(at) > 1 else f"item {at[-1] + 1}"
    return f"'{at[-1]}'" if at else "the file"


def described(value: object) -> str:
    """A value in the words of the format.

    >>> described("2092"), described(True), described([1])
    ("the text '2092'", 'true', 'a list')
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"the text '{value if len(value) <= 40 else value[:37] + '...'}'"
        case int() | float():
            return f"{value:g}"
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def _siblings(shape: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys that the table around `loc` takes."""
    found: Any = shape
    for part in loc[:-1]:
        found = _inside(found, part)
    tables = [table for table in _tables(found) if part_of(table, loc)]
    return sorted({field.alias or name for table in tables for name, field in table.model_fields.items()})


def part_of(table: type[BaseModel], loc: Sequence[str | int]) -> bool:
    """Whether the tag in `loc`, if it ends in one, chose `table`."""
    tag = loc[-2] if len(loc) > 1 else ""
    forms = {"<value>": "ValuedTable", "<file>": "ColumnTable", **{form: own.__name__ for form, own in FACTOR_FORMS.items()}}
    return forms.get(str(tag), table.__name__) == table.__name__


def _inside(shape: Any, part: str | int) -> Any:
    """The annotation of what stands at `part` of `shape`; `shape` itself for a tag."""
    if isinstance(part, str) and part.startswith("<"):
        return shape
    for table in _tables(shape):
        for name, field in table.model_fields.items():
            if (field.alias or name) == part:
                return field.annotation
    for option in _options(shape):
        if get_origin(option) in (dict, list):
            return get_args(option)[-1]
    return Any


def _options(shape: Any) -> Iterator[Any]:
    """The alternatives of a union, bare of Annotated."""
    origin = get_origin(shape)
    if origin in (dict, list, Literal) or not get_args(shape):
        yield shape
        return
    members = get_args(shape)[:1] if hasattr(shape, "__metadata__") else get_args(shape)
    for member in members:
        yield from _options(member)


def _tables(shape: Any) -> list[type[BaseModel]]:
    return [option for option in _options(shape) if isinstance(option, type) and issubclass(option, BaseModel)]
