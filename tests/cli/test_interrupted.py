"""A run on its way: nobody else may write to its folder, and Ctrl-C leaves nothing behind.  In a process of its own."""

import os
import signal
import subprocess
import sys

import pytest

from sdrun import report

START = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from sdrun.cli import main; main()"

LONG = ("-s", "time.stop=2000", "-s", "time.save_every=1000", "-s", "solver.max_step=0.001")
"""Two million steps of LSODA: minutes."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_in_the_middle(kitchen, sdrun, disk):
    assert sdrun("tea.toml", "-q").code == 0
    before = disk(kitchen)
    command = [sys.executable, "-c", START, "tea.toml", *LONG]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        first = running.stderr.readline()
        assert first.split() == ["10", "%", "tea"], "it is in the middle"
        other = sdrun("tea.toml", "-s", "cooling time=3")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert other.code == 3 and "another run is writing to" in other.err and "wait for it" in other.err
    assert running.returncode == 130
    assert err.splitlines()[-1] == "interrupted; what earlier runs wrote is untouched" and "Traceback" not in err
    assert out == ""
    assert disk(kitchen) == before, "no staging folder, no file half written, the earlier results as they were"
    assert sdrun("tea.toml").code == 0, "the folder is free again"


@pytest.mark.parametrize("signal_from", ["a writer", "the last move"])
def test_ctrl_c_while_files_are_written(signal_from, kitchen, sdrun, disk, monkeypatch):
    assert sdrun("tea.toml", "-q").code == 0
    before = disk(kitchen)

    def half(_dataset, path):
        path.write_text("variant,ti", encoding="utf-8")
        raise KeyboardInterrupt

    def all_but_the_last(source, target, move=os.replace):
        if target.name == "manifest.json" and source.parent.suffix == ".part":
            raise KeyboardInterrupt
        move(source, target)

    if signal_from == "a writer":
        monkeypatch.setitem(report.FORMATS, "csv", ("summary.csv", half))
    else:
        monkeypatch.setattr("sdrun.report.folder.os.replace", all_but_the_last)
    said = sdrun("tea.toml", "-q", "-s", "cooling time=20")
    assert said.code == 130 and said.out == ""
    assert disk(kitchen) == before


def test_a_run_that_was_killed_leaves_nothing_after_the_next(kitchen, sdrun):
    """Nobody can clean up after SIGKILL but the next run."""
    stale = kitchen / "outputs" / ".tea.abc.part"
    stale.mkdir(parents=True)
    (stale / "results.nc").write_bytes(b"half")
    assert sdrun("tea.toml", "-q").code == 0
    assert not stale.exists() and (kitchen / "outputs" / "tea" / "manifest.json").exists()
