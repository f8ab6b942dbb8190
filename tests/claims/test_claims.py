"""Every claim of the seed texts, one test each; run this file as a script to write `models/CLAIMS.md` anew."""

import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from findings import FAILS, NOT_REPRESENTABLE, Claim, Finding, claims, experiments

PAGE = Path(__file__).parents[2] / "models" / "CLAIMS.md"
CLAIMS, EXPERIMENTS = claims(), experiments()


def named(number: int) -> str:
    """The test's name: number and claim."""
    return f"{number:03d}-" + re.sub(r"\W+", "-", CLAIMS[number].quote)[:60].strip("-")


def cases() -> list[object]:
    """One per claim, those of a module on one worker, as they share runs; those known to fail are strict expected failures."""

    def marks(number: int) -> list[pytest.MarkDecorator]:
        known = [pytest.mark.xfail(strict=True, reason=FAILS[number], raises=AssertionError)] if number in FAILS else []
        return [*known, pytest.mark.xdist_group(EXPERIMENTS[number].__module__)]

    return [pytest.param(n, id=named(n), marks=marks(n)) for n in CLAIMS if n not in NOT_REPRESENTABLE]


def test_every_claim_has_its_experiment_or_a_reason() -> None:
    assert list(CLAIMS) == list(range(1, 139))
    assert set(EXPERIMENTS) | set(NOT_REPRESENTABLE) == set(CLAIMS)
    assert not set(EXPERIMENTS) & set(NOT_REPRESENTABLE)
    assert set(FAILS) <= set(EXPERIMENTS)


@pytest.mark.parametrize("number", cases())
def test_claim(number: int) -> None:
    finding = EXPERIMENTS[number]()
    written, fresh = rows()[number], row(CLAIMS[number], finding)
    if not alike(written, fresh):  # `fail` is no AssertionError: an expected failure must not hide a page that is out of date
        pytest.fail(f"the page says {written[-2:]}, the run {fresh[-2:]}")
    assert finding.holds, finding.figure


def alike(written: list[str], fresh: list[str]) -> bool:
    """The same verdict, and figures that differ by what another machine's rounding explains."""
    old, new = numbers(written[-1]), numbers(fresh[-1])
    return written[-2] == fresh[-2] and len(old) == len(new) and old == pytest.approx(new, rel=0.05, abs=0.02)


def test_the_page_lists_every_claim_and_counts_right() -> None:
    page = rows()
    assert list(page) == list(CLAIMS)
    for number, row in page.items():
        assert (row[1], row[2]) == (cell(f"“{CLAIMS[number].quote}”"), CLAIMS[number].source)
    assert summary(Counter(row[-2] for row in page.values())) in PAGE.read_text(encoding="utf-8")


def rows() -> dict[int, list[str]]:
    """The cells of the page's table by number."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    table = [[part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return {int(row[0]): row for row in table}


def numbers(figure: str) -> list[float]:
    return [float(text) for text in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", figure)]


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def summary(verdicts: Counter[str]) -> str:
    """The score in a sentence."""
    return (
        f"Of {sum(verdicts.values())} claims {verdicts['holds']} hold, {verdicts['**fails**']} fail and "
        f"{verdicts['not representable']} cannot be put to this model."
    )


def row(claim: Claim, finding: Finding | None) -> list[str]:
    verdict = "not representable" if finding is None else "holds" if finding.holds else "**fails**"
    figure = NOT_REPRESENTABLE[claim.number] if finding is None else finding.figure
    if finding is not None and not finding.holds:
        figure += f". {FAILS.get(claim.number, 'No reason is known yet')}"
    return [str(claim.number), f"“{claim.quote}”", claim.source, claim.term, claim.prediction, verdict, figure]


HEAD = """# What the model says, claim by claim

Each row is a statement of one of four texts on balancing (S0 a survey of alliance behaviour under unipolarity, S1 a case
for external balancing, S2 an encyclopaedia's account of balancing, S3 a definition), put to the flagship as an experiment:
what the row says is changed, from the model's own parameters, and the predicted sign, order or threshold must show.
`tests/claims/` has one experiment per row; running `tests/claims/test_claims.py` as a script writes this page. A known
failure is a strict expected failure of the tests.

{summary}

SIPER, the first model scored in this way, had about two thirds (Bremer 1970), on other statements. The model was revised
between a first run of these experiments and this one ([how](README.md#limits-plainly)): the score says what one set of
parameters can show at once.

| # | claim | source | what the field calls it | prediction | verdict | figure |
|---|---|---|---|---|---|---|
"""


def module_rows(module: str) -> dict[int, list[str]]:
    """The rows of the experiments of a module."""
    return {n: row(CLAIMS[n], run()) for n, run in EXPERIMENTS.items() if run.__module__ == module}


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as workers:
        parts = list(workers.map(module_rows, sorted({run.__module__ for run in EXPERIMENTS.values()})))
    table = {n: line for part in parts for n, line in part.items()} | {n: row(CLAIMS[n], None) for n in NOT_REPRESENTABLE}
    lines = [f"| {' | '.join(cell(part) for part in table[n])} |" for n in CLAIMS]
    told = HEAD.format(summary=summary(Counter(line[-2] for line in table.values())))
    PAGE.write_text(told + "\n".join(lines) + "\n", encoding="utf-8")
