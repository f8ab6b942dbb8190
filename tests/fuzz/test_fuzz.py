"""Untrusted files: what once broke something, what stands for too much, and our own files with something changed in them."""

from pathlib import Path
from random import Random

import pytest
from bombs import BOMBS
from examination import Flaw, examined
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated
from pools import CORPUS, POOLS, laid_out, pool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid_out(tmp_path_factory.mktemp("fuzz"))


def outcome(folder: Path, name: str, content: bytes):
    path = folder / name
    path.write_bytes(content)
    return examined(path)


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_what_once_broke_something(folder: Path, name: str) -> None:
    outcome(folder, name, (CORPUS / name).read_bytes())


@pytest.mark.parametrize("name", BOMBS)
def test_what_stands_for_too_much(folder: Path, name: str) -> None:
    text, said = BOMBS[name]
    found = outcome(folder, name, text.encode())
    assert (said in found.text and found.error) if said else not found.error


@pytest.mark.parametrize("suffix", POOLS)
@given(data=st.data(), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_gives_a_file_or_an_error(folder: Path, suffix: str, data: st.DataObject, seed: int) -> None:
    originals = pool(suffix)
    original = data.draw(st.sampled_from(originals))
    outcome(folder, f"input.{suffix}", mutated(original, f".{suffix}", Random(seed), originals))


def test_every_original_is_there_and_most_are_valid(folder: Path) -> None:
    """Without valid originals the mutations would show nothing but how files are refused."""
    for suffix in POOLS:
        found = [outcome(folder, f"input.{suffix}", content) for content in pool(suffix)]
        assert len(found) > 5 and sum(not one.error for one in found) > len(found) / 2


@pytest.mark.parametrize(
    "text",
    [
        "x = GET DIRECT CONSTANTS('../secret.csv', ',', 'A1') ~~|\n",
        "x = GET DIRECT CONSTANTS('/etc/passwd', ',', 'A1') ~~|\n",
        """x = __import__("os").mkdir("executed") ~~|\n""",
        """t([(0,0)-(10,__import__("os").mkdir("executed"))],(0,0),(1,1)) ~~|\nx = t(Time) ~~|\n""",
    ],
)
def test_what_lies_outside_and_what_would_be_executed_is_refused(folder: Path, text: str) -> None:
    assert outcome(folder, "outside.mdl", text.encode()).error and not (folder / "executed").exists()


def test_the_watch_sees_what_it_forbids(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge itself: an error that is none of ours, a file from elsewhere, and a new one."""
    deeds = (lambda: 1 / 0, lambda: Path("/etc/hostname").read_text("utf-8"), lambda: (folder / "new").write_text("", "utf-8"))
    for deed in deeds:
        monkeypatch.setattr("examination.checked", lambda _path, deed=deed: deed())
        with pytest.raises(Flaw):
            outcome(folder, "input.mdl", b"x = 1 ~~|")
