"""CPU seconds of whole commands: `--help`, and `check` on the flagship scenario."""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "sdrun --help": (["--help"], 0.2),
    "sdrun check scenarios/waltz_vs_mearsheimer.toml": (["check", "scenarios/waltz_vs_mearsheimer.toml"], 2.0),
}
"""Arguments, and the CPU seconds to reach."""


def cpu_seconds(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("sdrun")), *arguments]
    # Bytecode is kept from the first call on, as on any machine that is not told otherwise.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    print("| command | CPU s, median of 7 | to reach |\n|---|---|---|")
    for name, (arguments, goal) in COMMANDS.items():
        cpu_seconds(arguments)
        median = statistics.median(cpu_seconds(arguments) for _ in range(7))
        print(f"| `{name}` | {median:.2f} | {goal} |")


if __name__ == "__main__":
    main()
