"""All that keeps a model from compiling, of all passes at once."""

from pathlib import Path

from written import write

from sdrun.compile.diagnosis import diagnosis
from sdrun.parse import read_model


def told(folder: Path, text: str) -> list[tuple[str, int | None]]:
    problems = diagnosis(read_model(write(folder, text)))
    return [(problem.what, problem.place.line) for problem in problems if problem.place is not None]


def test_nothing_of_a_model_that_compiles(tmp_path: Path) -> None:
    assert told(tmp_path, "x = 1\ny = x * 2") == []


def test_all_passes_are_heard(tmp_path: Path) -> None:
    text = """
        r: A, B
        a = b + 1
        b = a
        c = frunk
        d = FROBNICATE(a)
        e = INTEG(1, f)
        f = e
        g[zzz] = 3
        h[r] = g[r] + i[r]
        i[A] = 4
        k = h[A] + SUM(h[r])
        frank = 1
    """
    assert told(tmp_path, text) == [
        ("variables depend on each other in a circle with no stock in it: 'a' -> 'b' -> 'a'", 3),
        ("'c' uses 'frunk', which is not defined", 5),
        ("'d' uses FROBNICATE, which is not supported", 6),
        ("initial values depend on each other in a circle: 'e' -> 'f' -> 'e'", 7),
        ("'g': subscript 'zzz' is not defined", 9),
        ("'k': SUM needs a subscript marked with '!'", 12),
    ]


def test_circles_are_told_with_all_their_variables(tmp_path: Path) -> None:
    text = """
        a = b + x
        b = c
        c = a + d
        d = c + e
        e = d
        p = q
        q = p
        x = 1
    """
    found = told(tmp_path, text)
    circle = "variables depend on each other in a circle with no stock in it: "
    assert found[0] == (circle + "'a' -> 'c' -> 'b' -> 'a'; circles with these too: 'd', 'e'", 2)
    assert (circle + "'p' -> 'q' -> 'p'", 7) in found
    assert {what.removeprefix(circle) for what, _ in found[1:]} == {
        "'c' -> 'd' -> 'c'; circles with these too: 'e'",
        "'d' -> 'e' -> 'd'",
        "'p' -> 'q' -> 'p'",
    }
