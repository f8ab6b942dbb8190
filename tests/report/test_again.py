"""What resolved.toml promises: run anywhere, it gives the same bytes."""

import json
import shutil
from pathlib import Path

import pytest

from sdrun.pipeline import run_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("name", ["teacup", "unipole_1992"])
def test_running_the_resolved_scenario_gives_the_same_bytes(name, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first, second = tmp_path / "first", tmp_path / "second"
    run_scenario(SCENARIOS / f"{name}.toml", out=first)
    shutil.copytree(first, tmp_path / "elsewhere")
    shutil.rmtree(first)
    run_scenario(tmp_path / "elsewhere" / "resolved.toml", out=second)
    for file in ("results.nc", "summary.csv", "resolved.toml"):
        before, after = (folder / file for folder in (tmp_path / "elsewhere", second))
        assert before.read_bytes() == after.read_bytes()
    ids = [json.loads((folder / "manifest.json").read_text())["run_id"] for folder in (tmp_path / "elsewhere", second)]
    assert ids[0] == ids[1]
    assert run_scenario(tmp_path / "elsewhere" / "resolved.toml", out=second).up_to_date
