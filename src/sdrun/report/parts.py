"""The chunks of a sweep that are done, in `.parts/<sweep id>` of the output folder, so that no computed sample is lost.

A chunk is a NetCDF file and a receipt beside it with the file's hash.  Both are written under another name, brought to the disk
and moved into place, the receipt last: a chunk counts only with a receipt that its file answers to.  So neither a kill nor a
power failure nor a full disk leaves half a chunk that counts.
"""

import json
import os
import shutil
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdrun.batches import timed_names, with_times
from sdrun.errors import OutputError, Problem
from sdrun.report.folder import PARTS
from sdrun.report.netcdf import write_netcdf
from sdrun.report.resolved import sha256

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Parts:
    """The chunks of one sweep."""

    folder: Path

    def done(self, chunk: range) -> bool:
        """Whether the chunk lies here, whole."""
        receipt, data = self._receipt(chunk), self._data(chunk)
        try:
            return (
                receipt is not None
                and data.stat().st_size == receipt["bytes"]
                and sha256(data.read_bytes()) == receipt["sha256"]
            )
        except OSError:
            return False

    def save(self, chunk: range, dataset: "xr.Dataset", about: Mapping[str, Any]) -> None:
        """Keep a chunk; `about` is what JSON can hold.  Raises OutputError where the disk refuses."""
        data = self._data(chunk)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = data.with_suffix(".part")
            write_netcdf(dataset, partial)
            content = partial.read_bytes()
            _into_place(partial, data)
            receipt = {"sha256": sha256(content), "bytes": len(content), **about}
            partial = data.with_suffix(".json.part")
            partial.write_text(json.dumps(receipt), encoding="utf-8")
            _into_place(partial, data.with_suffix(".json"))
        except OSError as error:
            with suppress(OSError):
                data.with_suffix(".part").unlink()
            what = f"cannot write to '{self.folder}': {error.strerror or error}"
            help_ = "samples that are done are kept; make room and run again"
            raise OutputError(Problem(what=what, help=help_)) from error

    def load(self, chunk: range) -> "tuple[xr.Dataset, Mapping[str, Any]]":
        """A chunk that is done."""
        import xarray as xr

        receipt = self._receipt(chunk)
        assert receipt is not None, "the chunk is done"
        return xr.load_dataset(self._data(chunk), engine="netcdf4"), receipt

    def pieces(self, chunks: Sequence[range]) -> "Iterator[xr.Dataset]":
        """All that lies in these chunks, one after the other, each with a time axis for what has one in any.

        A chunk is in memory while it is looked at.
        """
        import xarray as xr

        timed = set[Hashable]()
        for chunk in chunks:
            with xr.open_dataset(self._data(chunk), engine="netcdf4") as piece:
                timed |= timed_names(piece)
        for chunk in chunks:
            yield with_times(self.load(chunk)[0], timed)

    def forget_others(self) -> None:
        """Remove chunks of earlier, different sweeps."""
        for other in self.folder.parent.iterdir() if self.folder.parent.is_dir() else ():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)

    def forget(self) -> None:
        """Remove all chunks, and the folders that hold nothing else."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            for folder in (self.folder.parent, self.folder.parent.parent):
                folder.rmdir()

    def _data(self, chunk: range) -> Path:
        return self.folder / f"samples-{chunk.start:09d}-{chunk.stop:09d}.nc"

    def _receipt(self, chunk: range) -> Mapping[str, Any] | None:
        try:
            receipt = json.loads(self._data(chunk).with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return receipt if isinstance(receipt, dict) and {"sha256", "bytes"} <= receipt.keys() else None


def parts_of(out: Path, sweep_id: str) -> Parts:
    """The place of a sweep's chunks in an output folder."""
    return Parts(out / PARTS / sweep_id)


def remaining(parts: Parts, chunks: Sequence[range]) -> tuple[range, ...]:
    """Chunks that are yet to be computed."""
    return tuple(chunk for chunk in chunks if not parts.done(chunk))


def _into_place(partial: Path, final: Path) -> None:
    """Moved once it is on the disk itself, and the move too."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(partial, final)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
