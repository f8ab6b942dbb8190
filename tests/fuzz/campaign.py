"""The long campaign against untrusted input: libFuzzer, guided by coverage, over `mutations`, with `examination` as the judge.

    uv run --group fuzz python tests/fuzz/campaign.py --inputs 100000 --out FOLDER

Each format has a process of its own.  A flaw does not end it: the smallest file that shows it is kept in FOLDER, named by
number, and told in the report.  What takes the process down (a crash of an extension, memory) is kept by libFuzzer, and the
process is started again with another seed.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pools

SHARES = {"mdl": 0.55, "xmile": 0.25, "toml": 0.2}
"""Of the inputs, by format."""

MEGABYTES = 4000
"""Of memory, for one process."""

AFRESH = 0.5
"""Of the inputs, those that come of an original: what libFuzzer keeps as new grows ever more broken."""

INSTRUMENTED = ("parse", "read", "compile", "bind", "validate", "functions", "model", "units")


@dataclass(slots=True)
class Tally:
    """What one process has seen so far."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    messages: set[str] = field(default_factory=set)
    """Wordings of errors, without names and numbers."""
    flaws: dict[str, bytes] = field(default_factory=dict)
    """The smallest file, by headline."""
    flawed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_file: bytes = b""


# ── one process ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def worker(suffix: str, inputs: int, seed: int, out: Path, seconds: float) -> None:
    """Examine `inputs` files of one format and leave the tally in `out`."""
    import atheris

    with atheris.instrument_imports(include=[f"sdrun.{name}" for name in INSTRUMENTED], enable_loader_override=False):
        import sdrun.bind
        import sdrun.compile
        import sdrun.parse
        import sdrun.read
        import sdrun.validate  # noqa: F401
    from examination import Flaw, examined, headline
    from mutations import mutated

    remember_entries()
    originals = pools.pool(suffix)
    folder = pools.laid_out(Path(tempfile.mkdtemp()))
    path = folder / f"input.{suffix}"
    tally, began = Tally(), time.monotonic()
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1_000_000,) * 2)

    def judged(content: bytes) -> None:
        path.write_bytes(content)
        start = time.process_time()
        try:
            outcome = examined(path)
        except Flaw as flaw:
            line = headline(flaw)
            tally.flawed[line] += 1
            if line not in tally.flaws or len(content) < len(tally.flaws[line]):
                tally.flaws[line] = content
        else:
            tally.outcomes[outcome.error or "valid"] += 1
            tally.messages.update(wordings(outcome.text))
        if (took := time.process_time() - start) > tally.slowest:
            tally.slowest, tally.slowest_file = took, content
        tally.inputs += 1
        if tally.inputs % 250 == 0 or tally.inputs >= inputs:
            leave(tally, suffix, out)
        if tally.inputs >= inputs or time.monotonic() - began > seconds:
            leave(tally, suffix, out)
            sys.stderr.flush()
            os._exit(0)

    def mutator(content: bytes, largest: int, number: int) -> bytes:
        random = Random(number)
        start = random.choice(originals) if random.random() < AFRESH else content
        return mutated(start, f".{suffix}", random, originals)[:largest]

    corpus = Path(tempfile.mkdtemp())
    for number, content in enumerate(originals):
        (corpus / str(number)).write_bytes(content)
    options = [
        f"-seed={seed}",
        "-runs=-1",
        "-max_len=6000",
        "-mutate_depth=1",
        "-timeout=120",
        "-rss_limit_mb=0",
        "-len_control=0",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={out}/", str(corpus)], judged, custom_mutator=mutator)
    atheris.Fuzz()


def wordings(text: str) -> Iterator[str]:
    """The messages in what the user reads, without names and numbers."""
    for line in text.splitlines():
        if line.startswith("error: "):
            yield re.sub(r"'[^']*'?|-?\d[\w.+-]*", "…", line.removeprefix("error: "))[:70]


def remember_entries() -> None:
    """Entries of Vensim models that were read before are not read again: most of a mutated file is as it was."""
    from sdrun.parse import vensim

    read = vensim._statement

    @lru_cache(maxsize=20_000)
    def remembered(entry: Any) -> Any:
        return read(entry)

    def statement(entry: Any) -> Any:
        found = remembered(replace(entry, line=0))
        return None if found is None else replace(found, line=entry.line)

    vensim._statement = statement


def leave(tally: Tally, suffix: str, out: Path) -> None:
    """Write the tally, and the files that show flaws."""
    for number, content in enumerate(tally.flaws.values()):
        (out / f"{suffix}-{number}.{suffix}").write_bytes(content)
    (out / f"slowest.{suffix}").write_bytes(tally.slowest_file)
    report = {
        "inputs": tally.inputs,
        "outcomes": tally.outcomes,
        "messages": len(tally.messages),
        "flaws": [{"what": line, "times": tally.flawed[line]} for line in tally.flaws],
        "slowest": round(tally.slowest, 2),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }
    (out / f"{suffix}.json.new").write_text(json.dumps(report), encoding="utf-8")
    os.replace(out / f"{suffix}.json.new", out / f"{suffix}.json")


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def campaign(inputs: int, seconds: float, seed: int, out: Path) -> bool:
    """Run each format and print what came of it; whether nothing is wrong."""
    out.mkdir(parents=True, exist_ok=True)
    clean = True
    for suffix, share in SHARES.items():
        wanted, done, crashes = int(inputs * share), 0, 0
        while done < wanted and crashes < 5:
            command = [sys.executable, __file__, "--worker", suffix, "--inputs", str(wanted - done), "--out", str(out)]
            command += ["--seconds", str(seconds * share), "--seed", str(seed + crashes)]
            began = time.monotonic()
            log = out / f"{suffix}.log"
            with log.open("w", encoding="utf-8") as told:
                code = subprocess.run(command, stdout=told, stderr=told, check=False).returncode
            report = json.loads((out / f"{suffix}.json").read_text(encoding="utf-8"))
            done += report["inputs"]
            crashes += code != 0
            print(told_of(suffix, report, log.read_text(encoding="utf-8", errors="replace"), time.monotonic() - began))
            clean = clean and code == 0 and not report["flaws"]
            if code == 0:
                break
            print(f"  the process left with {code}: see {log}")
    return clean


def told_of(suffix: str, report: dict[str, Any], log: str, seconds: float) -> str:
    """A report as text."""
    edges = [int(number) for number in re.findall(r"cov: (\d+)", log)]
    covered = f"{edges[0]} -> {edges[-1]}" if edges else "not told"
    lines = [
        f"{suffix}: {report['inputs']} inputs in {seconds:.0f} s",
        "  " + ", ".join(f"{number} {name}" for name, number in sorted(report["outcomes"].items())),
        f"  {report['messages']} wordings of errors; places in the code covered: {covered}",
        f"  slowest {report['slowest']:.2f} s, at most {report['megabytes']} MB; {len(report['flaws'])} flaws",
    ]
    return "\n".join([*lines, *(f"  FLAW ({flaw['times']} times) {flaw['what']}" for flaw in report["flaws"])])


def main() -> None:
    """Read the arguments and go."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=24 * 3600, help="at most, for all formats together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("outputs") / "fuzz")
    parser.add_argument("--worker", choices=tuple(SHARES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        worker(asked.worker, asked.inputs, asked.seed, asked.out, asked.seconds)
    sys.exit(0 if campaign(asked.inputs, asked.seconds, asked.seed, asked.out) else 1)


if __name__ == "__main__":
    main()
