"""A sweep and what is asked of it -> answers: which assumptions lead to what, and whether conclusions survive.

A stage: it reads a result, whether fresh or from a file, and knows no run.

    factors      what differs between rows (a row is a sample under a variant)
    cases        a question -> which rows are cases, and of which it is not known
    boxes, prim  boxes in which cases are dense
    tree         the same as a regression tree, by scikit-learn (the extra "discovery")
    answers      a question -> boxes and tree, judged by samples that had no part in finding them
    conclusions  how often a metric is less under one variant or theory than under another
    modes        in which share of the samples a variable behaves in which way
    tables       all of it as a dataset;  rules   in words;  figures   for JSON
    checks       what is wrong with what is asked

TO ASK SOMETHING ELSE of a row, give `Question` a field and `cases.told` a line; what it leads to needs no change.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sdrun.answer.answers import answer
from sdrun.answer.checks import check_extra, problems
from sdrun.answer.conclusions import verdict
from sdrun.answer.factors import factors, independent
from sdrun.answer.figures import figures
from sdrun.answer.modes import mode_shares
from sdrun.answer.rules import summary, text
from sdrun.answer.tables import conclusion_table, question_table
from sdrun.errors import InputError
from sdrun.questions import Conclusion, Question

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["check_extra", "checked", "discover", "figures", "problems", "text"]


def discover(
    ds: "xr.Dataset", questions: Sequence[Question] = (), conclusions: Sequence[Conclusion] = (), seed: int = 0
) -> "xr.Dataset | None":
    """The dataset of `tables`, in words too as its attribute `summary`; None where nothing is asked and no mode was taken.

    Of the designs morris and saltelli the first sample of each block is taken: the others are no samples of their own, and
    neither halves nor intervals would be what they say.  Raises InputError where scikit-learn is needed and not installed.
    """
    import xarray as xr

    ds = independent(ds)
    varied, shares = factors(ds), mode_shares(ds)
    answers = [answer(ds, question, seed) for question in questions]
    verdicts = [one for conclusion in conclusions if (one := verdict(ds, conclusion)) is not None]
    if not (answers or verdicts or shares):
        return None
    parts = [question_table(answers, varied)] if answers else []
    parts += [conclusion_table(verdicts)] if verdicts else []
    found = xr.merge([*parts, xr.Dataset(shares)], join="outer", combine_attrs="no_conflicts")
    title, run_id = (str(ds.attrs.get(name, "")) for name in ("title", "run_id"))
    source = "PRIM after Friedman & Fisher 1999; tree after Breiman et al. 1984" if answers else "sdrun"
    return found.assign_attrs(
        title=f"Discovery: {title}", summary=summary(answers, verdicts, shares, varied), source=source, run_id=run_id
    )


def checked(ds: "xr.Dataset", questions: Sequence[Question] = (), conclusions: Sequence[Conclusion] = ()) -> "xr.Dataset":
    """The same of a result that nobody has checked the questions against.

    Raises InputError where it cannot answer them.
    """
    wrong = problems(ds, questions, conclusions)
    if wrong:
        raise InputError(*wrong)
    seed = str(ds.attrs.get("seed", ""))
    found = discover(ds, questions, conclusions, int(seed) if seed.isdigit() else 0)
    if found is None:
        raise InputError("the result does not hold both sides of the conclusion: they are variants, or theories of the sweep")
    return found
