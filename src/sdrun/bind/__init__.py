"""Stage 3: what the scenario sets, put to the model's names: (Case, Model) -> Model, (Case, System) -> `Setup`.

    subscripts  before compiling: [subscripts] against the model's ranges, `check_case`; the model with them, `with_subscripts`
    names       a name in the scenario -> a slot; what it is instead, where it is none
    values      a number or a table by element -> an array in the shape of a slot
    columns     a column of a CSV file -> the same
    settings    [parameters] and [initial] -> p
    samples     the samples of a sweep -> columns of p
    events      [[events]] -> jumps of rows
    methods     before compiling: the method of a case that states none is its model's, `with_method`
    times       [time] and [solver] -> step and the times to save at; the model with them, `with_controls`
    setup       `bind`, which joins them

Every function gives what it found with the problems on its way, so that all are told at once.

To bind something new: a function that takes the case and the system, and its line in `setup.bind`.
"""

from sdrun.bind.methods import with_method
from sdrun.bind.setup import bind, with_drawn_variants, with_samples
from sdrun.bind.subscripts import check_case, with_subscripts
from sdrun.bind.times import with_controls

__all__ = ["bind", "check_case", "with_controls", "with_drawn_variants", "with_method", "with_samples", "with_subscripts"]
