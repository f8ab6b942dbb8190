"""Arguments in, messages out; no logic.

Messages and progress go to stderr; stdout ends with the paths written, or holds the JSON summary.
"""

import json
import shlex
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import click

from sdrun.errors import Problem, SdrunError, nearest, printable, render

INTERNAL, USAGE, PARTLY_FAILED, INTERRUPTED = 1, 2, 5, 130
"""Exit codes beside those of `SdrunError`."""


SET_HELP = "Change a parameter or a setting: 'free riding=0.3', time.stop=2050."


class Verbs(click.Group):
    """A group in which `sdrun X.toml` is `sdrun run X.toml`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` first, unless a verb is named or help is asked for."""
        word = _first_word(args)
        asks = bool(args) and args[0] in ("-h", "--help", "--version")
        if args and not asks and word not in self.commands:
            if word is not None and not _looks_like_a_file(word):
                known = nearest(word, self.commands) or f"the verbs are {', '.join(self.commands)}"
                raise click.UsageError(f"'{printable(word)}' is neither a verb nor a file; {known}", ctx)
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _first_word(args: Sequence[str]) -> str | None:
    """The first argument that is neither an option nor the value of one of `run`."""
    takes = {name for param in run.params if isinstance(param, click.Option) and not param.is_flag for name in param.opts}
    pairs = zip(["", *args], args, strict=False)
    return next((arg for before, arg in pairs if not arg.startswith("-") and before not in takes), None)


def _looks_like_a_file(word: str) -> bool:
    return Path(word).exists() or "/" in word or "." in word


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sdrun", message="sdrun %(version)s")
def commands() -> None:
    """Run system-dynamics models of world politics, and compare theories.

    \b
    sdrun SCENARIO.toml    runs a scenario
    sdrun MODEL.mdl        runs a model with its own settings
    sdrun new DIR          copies the models and scenarios that come with it
    """


@commands.command()
@click.argument("source", metavar="SCENARIO|MODEL", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the results.  [default: outputs/<scenario>]")
@click.option("-s", "--set", "settings", metavar="KEY=VALUE", multiple=True, help=SET_HELP)
@click.option("--only", metavar="VARIANT", help="Run one variant.")
@click.option("--samples", type=int, metavar="N", help="Samples of a sweep: --set sweep.samples=N.")
@click.option("--seed", type=int, metavar="N", help="Seed of a sweep: --set sweep.seed=N.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes of a sweep.  [default: all processors]")
@click.option("--scheduler", metavar="ADDRESS", help="Run a sweep on the Dask cluster at this address (tcp://host:port).")
@click.option("--engine", type=click.Choice(["auto", "numpy", "llvm"]), help="What computes: --set solver.engine=ENGINE.")
@click.option("-n", "--dry-run", is_flag=True, help="Check and plan; run nothing.")
@click.option("--fresh", is_flag=True, help="Run even if the results are up to date.")
@click.option("-q", "--quiet", is_flag=True, help="Warnings and paths only: no progress, no table.")
@click.option("-v", "--verbose", is_flag=True, help="Say how long each stage took.")
@click.option("--json", "as_json", is_flag=True, help="A JSON summary on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.pass_obj
def run(
    typed: Sequence[str],
    /,
    source: Path,
    out: Path | None,
    settings: tuple[str, ...],
    only: str | None,
    samples: int | None,
    seed: int | None,
    jobs: int | None,
    scheduler: str | None,
    engine: str | None,
    dry_run: bool,
    **shown: bool,
) -> int:
    """Run a scenario (or a model with its own settings)."""
    sweep = {"samples": samples, "seed": seed}
    settings += tuple(f"sweep.{key}={value}" for key, value in sweep.items() if value is not None)
    settings += (f'solver.engine="{engine}"',) if engine else ()
    if dry_run:
        _check((source,), settings=settings, only=only, as_json=shown["as_json"])
        return 0
    from sdrun import show
    from sdrun.pipeline import failed, run_scenario

    command = shlex.join(["sdrun", *typed])
    with show.progress(quiet=shown["quiet"]) as tell:
        outcome = run_scenario(
            source,
            out=out,
            settings=settings,
            only=only,
            fresh=shown["fresh"],
            command=command,
            progress=tell,
            jobs=jobs,
            scheduler=scheduler,
        )
    show.outcome(outcome, quiet=shown["quiet"], verbose=shown["verbose"], as_json=shown["as_json"])
    return PARTLY_FAILED if failed(outcome) else 0


@commands.command()
@click.argument("files", metavar="SCENARIO|MODEL...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-s", "--set", "settings", metavar="KEY=VALUE", multiple=True, help=SET_HELP)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def check(files: tuple[Path, ...], settings: tuple[str, ...], as_json: bool, debug: bool) -> None:
    """Check files and tell what runs would take."""
    _check(files, settings=settings, only=None, as_json=as_json)


def _check(files: tuple[Path, ...], *, settings: tuple[str, ...], only: str | None, as_json: bool) -> None:
    from sdrun import show
    from sdrun.plan import plans

    show.plans(plans(files, settings=settings, only=only), as_json=as_json)


@commands.command()
@click.argument("target", metavar="MODEL|RUN", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def inspect(target: Path, as_json: bool, debug: bool) -> None:
    """List the variables of a model, or summarise a finished run."""
    from sdrun import show
    from sdrun.inspect import inspect_model, inspect_run

    if target.is_dir() or target.suffix == ".nc":
        show.finished_run(*inspect_run(target), as_json=as_json)
    else:
        show.model(inspect_model(target), as_json=as_json)


@commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def new(folder: Path, debug: bool) -> None:
    """Copy the shipped models and scenarios into a new folder."""
    from sdrun.shipped import copy_shipped

    for path in copy_shipped(folder):
        click.echo(path)


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sdrun.read import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


def main(args: list[str] | None = None) -> None:
    """Entry point of the command `sdrun`; leaves with the exit code that README lists."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without arrows is no reason to fail
    sys.exit(_guarded(sys.argv[1:] if args is None else args))


def _guarded(args: list[str]) -> int:
    try:
        return int(commands.main(args=args, prog_name="sdrun", standalone_mode=False, obj=args) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        usage = error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else None
        return _told([Problem(what=error.format_message(), help=usage)], args, USAGE)
    except SdrunError as error:
        if "--debug" in args:
            click.echo("".join(traceback.format_exception(error)), err=True)
        return _told(error.problems, args, error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what earlier runs wrote is untouched", err=True)
        return INTERRUPTED
    except Exception as error:
        return _bug(error, args)


def _told(problems: Sequence[Problem], args: Sequence[str], exit_code: int) -> int:
    """Tell people on stderr, and programs that asked for JSON on stdout too."""
    click.echo(render(problems), err=True)
    if "--json" in args:
        from dataclasses import asdict

        click.echo(json.dumps({"errors": [asdict(problem) for problem in problems]}, indent=2, default=str))
    return exit_code


def _bug(error: Exception, args: list[str]) -> int:
    """A bug of ours: the traceback goes to a file, so that it can be sent."""
    what, text = f"internal error: {type(error).__name__}: {error}", "".join(traceback.format_exception(error))
    if "--debug" in args:
        click.echo(text, err=True)
    help_ = f"this is a bug of sdrun; please report it with {_saved(text)}"
    return _told([Problem(what=what, help=help_)], args, INTERNAL)


def _saved(text: str) -> str:
    """Where the text of a traceback lies."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile("w", prefix="sdrun-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(text)
    except OSError:
        click.echo(text, err=True)
        return "the lines above"
    return file.name
