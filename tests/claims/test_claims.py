"""Every claim of the seed texts, one test each; run this file as a script to write `models/CLAIMS.md` anew."""

import re
from collections import Counter
from pathlib import Path

import pytest
from findings import FAILS, NOT_REPRESENTABLE, Claim, Finding, claims, experiments

PAGE = Path(__file__).parents[2] / "models" / "CLAIMS.md"
CLAIMS, EXPERIMENTS = claims(), experiments()


def named(number: int) -> str:
    """The test's name: number and claim."""
    return f"{number:03d}-" + re.sub(r"\W+", "-", CLAIMS[number].quote)[:60].strip("-")


def cases() -> list[object]:
    """One per claim; those known to fail are strict expected failures."""
    marks = {n: [pytest.mark.xfail(strict=True, reason=FAILS[n], raises=AssertionError)] if n in FAILS else [] for n in CLAIMS}
    return [pytest.param(n, id=named(n), marks=marks[n]) for n in CLAIMS if n not in NOT_REPRESENTABLE]


def test_every_claim_has_its_experiment_or_a_reason() -> None:
    assert list(CLAIMS) == list(range(1, 139))
    assert set(EXPERIMENTS) | set(NOT_REPRESENTABLE) == set(CLAIMS)
    assert not set(EXPERIMENTS) & set(NOT_REPRESENTABLE)
    assert set(FAILS) <= set(EXPERIMENTS)


@pytest.mark.parametrize("number", cases())
def test_claim(number: int) -> None:
    finding = EXPERIMENTS[number]()
    page = rows()
    assert numbers(page[number][-1]) == pytest.approx(numbers(finding.figure), rel=0.05, abs=0.02)
    assert page[number][-2] == ("holds" if finding.holds else "**fails**")
    assert finding.holds, finding.figure


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


if __name__ == "__main__":
    table = [row(claim, EXPERIMENTS[n]() if n in EXPERIMENTS else None) for n, claim in CLAIMS.items()]
    print(summary(Counter(line[-2] for line in table)))
