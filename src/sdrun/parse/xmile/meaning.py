"""What a formula says where it stands: syntax trees -> `Expr`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sdrun.errors import SHOWN_AT_MOST, ModelError, Problem, nearest
from sdrun.model import Binary, Call, Expr, Lookup, Name, Number, Subscript, Unary, name_id
from sdrun.parse.formulas import Application, Literal, Operation, Reference, Syntax
from sdrun.parse.xmile.arrays import Scope, position, read_array
from sdrun.parse.xmile.declarations import Declared, Dimension
from sdrun.parse.xmile.functions import BUILTINS, OF_ARRAYS, OF_TABLES, WORDS, is_self
from sdrun.parse.xmile.tables import has_table, table_variable


def meaning(tree: Syntax, scope: Scope) -> Expr:
    """The expression; raises ModelError for names and subscripts that mean nothing."""
    match tree:
        case Literal(value):
            return Number(value)
        case Operation(operator, operands):
            return _operation(operator, tuple(meaning(operand, scope) for operand in operands))
        case Application():
            return _application(tree, scope)
        case Reference():
            return _reference(tree, scope)


def _operation(operator: str, operands: tuple[Expr, ...]) -> Expr:
    match operator, operands:
        case "if", _:
            return Call("if_then_else", operands)
        case "-", (Number(value),):
            return Number(-value)
        case "+", (operand,):
            return operand
        case _, (operand,):
            return Unary(operator, operand)
        case "mod", _:
            return Call("mod", operands)
        case "//", (a, b):
            return Call("safediv", (a, b, Number(0.0)))
        case _, (a, b):
            return Binary(operator, a, b)
    raise AssertionError(f"no operator: {operator}")


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reference(reference: Reference, scope: Scope) -> Expr:
    if is_self(reference):
        return _variable(scope.own, reference, scope)
    found = _named(reference.parts, scope)
    if isinstance(found, Declared):
        return _variable(found, reference, scope)
    if reference.subscripts is not None or reference.transposed:
        raise ModelError(f"'{'.'.join(reference.parts)}' is no variable: it takes no subscripts")
    return position(found, scope) if isinstance(found, Dimension) else found


def _variable(variable: Declared, reference: Reference, scope: Scope) -> Expr:
    if variable.kind == "gf":
        raise ModelError(f"the graphical function '{variable.label}' is used without an argument")
    if variable.dims or reference.subscripts is not None:
        return read_array(variable, reference, scope, meaning)
    return Name(variable.id)


def _named(parts: tuple[str, ...], scope: Scope) -> Declared | Dimension | Expr:
    """What a name means: a variable of the same module, of another one, a dimension, an element, or a word."""
    book, ids = scope.book, tuple(map(name_id, parts))
    for id in _candidates(ids, scope):
        if id in book.variables:
            return book.variables[id]
    if len(ids) == 1:
        if ids[0] in book.dimensions:
            return book.dimensions[ids[0]]
        if ids[0] in WORDS:
            return WORDS[ids[0]]
    if len(ids) == 2 and ids[0] in book.dimensions and ids[1] in book.dimensions[ids[0]].elements:
        return Name(ids[0], (Subscript(ids[1]),))
    raise ModelError(Problem(what=f"'{'.'.join(parts)}' is not defined", help=_help(parts, scope)))


def _candidates(ids: tuple[str, ...], scope: Scope) -> Iterator[str]:
    if ids[0] == "":
        yield ".".join(ids[1:])
        return
    yield ".".join((*scope.own.path, *ids))
    if len(ids) > 1:
        yield ".".join(ids)


def _help(parts: tuple[str, ...], scope: Scope) -> str | None:
    holders = [dim.label for dim in scope.book.dimensions.values() if name_id(parts[-1]) in dim.elements]
    if holders and len(parts) == 1:
        return f"outside of brackets, an element is named with its dimension: {holders[0]}.{parts[0]}"
    book, path = scope.book, scope.own.path
    asked = (*path, parts[-1])
    if asked not in book.nearest and len(book.nearest) < SHOWN_AT_MOST:  # it costs more than all else
        known = [variable.label.rpartition(".")[2] for variable in book.variables.values() if variable.path == path]
        book.nearest[asked] = nearest(parts[-1], [*known, *(dim.label for dim in book.dimensions.values()), *WORDS])
    return book.nearest.get(asked)


# ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _application(call: Application, scope: Scope) -> Expr:
    parts = call.function.parts
    if len(parts) == 2 and name_id(parts[0]) == "std":
        parts = parts[1:]
    id = name_id(parts[-1])
    if len(parts) == 1 and id in scope.book.macros:
        return Call(id, tuple(meaning(arg, scope) for arg in call.args))
    is_builtin = len(parts) == 1 and id in {*BUILTINS, *OF_ARRAYS, *OF_TABLES}
    for candidate in _candidates(tuple(map(name_id, parts)), scope):
        variable = scope.book.variables.get(candidate)
        if variable is not None and (has_table(variable) or not is_builtin):
            return _of_variable(variable, call, scope)
    if len(parts) > 1 or call.function.subscripts is not None:
        raise ModelError(f"'{'.'.join(parts)}' is called as a function, but is none that is known")
    return _builtin(id, call, scope)


def _of_variable(variable: Declared, call: Application, scope: Scope) -> Expr:
    """A graphical function at an argument, or an array's element by its number."""
    if variable.kind == "parm":
        return Call(variable.id, tuple(meaning(arg, scope) for arg in call.args))
    if len(call.args) != 1:
        raise ModelError(f"'{variable.label}' takes one argument, not {len(call.args)}")
    if has_table(variable):
        return _lookup(variable, call.function, call.args[0], scope)
    if len(variable.dims) == 1 and call.function.subscripts is None:
        return read_array(variable, replace(call.function, subscripts=call.args), scope, meaning)
    raise ModelError(f"'{variable.label}' is given an argument, but it is no graphical function")


def _lookup(variable: Declared, reference: Reference, argument: Syntax, scope: Scope) -> Expr:
    table = table_variable(variable, scope.book)
    name = read_array(table, reference, scope, meaning) if table.dims or reference.subscripts is not None else Name(table.id)
    if not isinstance(name, Name):
        raise ModelError(f"which graphical function of '{variable.label}' is meant must not change during the run")
    return Lookup(name, meaning(argument, scope))


def _builtin(id: str, call: Application, scope: Scope) -> Expr:
    args = call.args
    if id in OF_TABLES and len(args) == 2:
        return _of_table(id, args, scope)
    if id in WORDS and not args:
        return WORDS[id]
    if id in OF_ARRAYS:
        counts, build = OF_ARRAYS[id]
        _check_count(id, len(args), counts)
        return build(args, scope, meaning)
    values = tuple(meaning(arg, scope) for arg in args)
    if id not in BUILTINS:
        return Call(id, values)
    _check_count(id, len(values), BUILTINS[id])
    return BUILTINS[id][len(values)](*values)


def _check_count(id: str, count: int, allowed: Mapping[int, object] | range | tuple[int, ...]) -> None:
    if count not in allowed:
        raise ModelError(f"{id.upper()} does not take {count} arguments")


def _of_table(id: str, args: tuple[Syntax, ...], scope: Scope) -> Expr:
    read = _lookup_by_name(id, args, scope)
    if not OF_TABLES[id]:
        return read
    if not isinstance(read, Lookup) or not isinstance(read.table, Name):
        raise ModelError(f"{id.upper()} takes a graphical function, not the parameter of a macro")
    return Call(OF_TABLES[id], (read.table, read.argument))


def _lookup_by_name(id: str, args: tuple[Syntax, ...], scope: Scope) -> Expr:
    """`LOOKUP(table, x)`."""
    if not isinstance(args[0], Reference):
        raise ModelError(f"{id.upper()} takes the name of a graphical function, and a value")
    variable = _named(args[0].parts, scope)
    if isinstance(variable, Declared) and variable.kind == "parm":
        return Call(variable.id, (meaning(args[1], scope),))
    if not isinstance(variable, Declared) or not has_table(variable):
        raise ModelError(f"'{'.'.join(args[0].parts)}' is no graphical function")
    return _lookup(variable, args[0], args[1], scope)
