"""How a case is integrated where it does not say so itself: as its model asks."""

import logging
from dataclasses import replace

from sdrun.model import Model
from sdrun.scenario import METHOD, METHODS_OF_MODELS, NEAREST_METHODS, Case


def with_method(case: Case, model: Model) -> Case:
    """The case with its method: its own, that of the model, or `METHOD`; tells where the model's is only approached."""
    if case.solver.method is not None:
        return case
    found = METHODS_OF_MODELS[model.method] if model.method is not None else METHOD
    if model.method in NEAREST_METHODS:
        asked = f"{model.path.name} asks for {model.method}"
        logging.getLogger("sdrun").warning("%s, which sdrun does not have: '%s' runs by %s", asked, case.name, found)
    return replace(case, solver=replace(case.solver, method=found))
