"""The command line in this process, a cup of tea to run, and a look at what lies on the disk."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sdrun.cli import main

ROOT = Path(__file__).parents[2]

MODEL = """{UTF-8}
cup: red, blue ~~|
other <-> cup ~~|
heat[cup, other] = 0 ~ degree/minute ~ |
temperature[cup] = INTEG(-loss[cup], start temperature[cup]) ~ degree ~ |
loss[cup] = (temperature[cup] - room temperature) / cooling time ~ degree/minute ~ |
start temperature[cup] = 180 ~ degree ~ |
room temperature = 70 ~ degree ~ Where the tea ends up. Nothing is colder. ~ |
cooling time = 10 ~ minute [1, 60] ~ |
INITIAL TIME = 0 ~ minute ~ |
FINAL TIME = 10 ~ minute ~ |
TIME STEP = 0.125 ~ minute ~ |
SAVEPER = 1 ~ minute ~ |
"""

SCENARIO = """schema = 1

[model]
file = "tea.mdl"

[time]
start = 0
stop = 10
unit = "minute"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def paths(self) -> list[Path]:
        return [Path(line) for line in self.out.splitlines()]


@pytest.fixture
def sdrun(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command in this process."""

    def run(*args: str | Path) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(arg) for arg in args])
        said = capsys.readouterr()
        return Said(code=int(left.value.code or 0), out=said.out, err=said.err)

    return run


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a small model with a range, and a scenario of it."""
    folder = tmp_path / "kitchen"
    folder.mkdir()
    (folder / "tea.mdl").write_text(MODEL, encoding="utf-8")
    (folder / "tea.toml").write_text(SCENARIO, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: the shipped models and scenarios."""
    folder = tmp_path / "shipped"
    for name in ("models", "scenarios"):
        shutil.copytree(ROOT / name, folder / name)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def disk() -> Callable[[Path], Mapping[str, bytes | None]]:
    """Tells all that lies in a folder but locks: bytes of files, None for folders."""

    def look(folder: Path) -> Mapping[str, bytes | None]:
        paths = [path for path in sorted(folder.rglob("*")) if not path.name.endswith(".lock")]
        return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}

    return look
