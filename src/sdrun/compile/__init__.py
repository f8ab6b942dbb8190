"""Stage 2: `Model` → `System`, by named passes.

    macros       every call of a macro has variables of its own
    fold         arithmetic on literals is done
    check        every name and function is known
    tabulate     what is read from tables in a way of its own, data among them, becomes lookup variables
    expand       what has memory becomes stocks
    number_draws each random call has numbers of its own
    dimensions   every variable knows its ranges
    resolve      every name becomes a read along axes; no subscript is left
    cover        every element that is used has one equation
    elementwise  what reads other elements of itself is told apart by element
    sort_out     what is a constant, what changes, in which order it is evaluated: `Program`
    switches     the times at which something jumps
    hoist        what is constant is computed once
    source       NumPy text, readable, saved with the results
    build        the text compiled, and the map from names to rows

`links` is no pass: it gives the causal links between elements, with their derivatives at states of a run.

A pass is one function from noun to noun; what it refuses it tells as a `ModelError` with variable and line, all at once.  To
speak more of the model language, add a row to `sdrun.functions`; a pass changes only when the language gains a new kind of
node.
"""

from functools import reduce
from importlib.metadata import version

from sdrun.compile.build import build
from sdrun.compile.check import check
from sdrun.compile.cover import cover
from sdrun.compile.dimensions import find_dimensions
from sdrun.compile.elementwise import elementwise
from sdrun.compile.expand import expand
from sdrun.compile.fold import fold
from sdrun.compile.hoist import hoist
from sdrun.compile.layout import lay_out
from sdrun.compile.macros import inline_macros
from sdrun.compile.noise import number_draws
from sdrun.compile.program import sort_out
from sdrun.compile.resolve import resolve
from sdrun.compile.source import Writer
from sdrun.compile.switches import find_switches
from sdrun.compile.tables import tabulate
from sdrun.model import Model
from sdrun.system import System

PASSES = (inline_macros, fold, check, tabulate, expand, number_draws, find_dimensions, resolve, cover, elementwise)


def compile_model(model: Model) -> System:
    """The model as a system of differential equations.

    Raises ModelError naming variable, line and what cannot be compiled.
    """
    program = sort_out(reduce(lambda stated, rewritten: rewritten(stated), PASSES, model))
    switching, breaks, unsolved = find_switches(program)
    hoisted = hoist(switching)
    layout = lay_out(hoisted)
    source = Writer(hoisted, layout, breaks).module(version("sdrun"))
    return build(model, hoisted, layout, source, unsolved)
