"""Arguments in, messages out; no logic.

Messages and progress go to stderr; stdout ends with the paths written, or holds the JSON summary.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from sdrun.errors import Place, Problem, SdrunError, nearest, printable, render

INTERNAL, USAGE, INTERRUPTED = 1, 2, 130
"""Exit codes beside those of `SdrunError`."""


class Verbs(click.Group):
    """A group in which `sdrun X.toml` is `sdrun run X.toml`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` first, unless a verb is named or help is asked for."""
        word = next((arg for arg in args if not arg.startswith("-")), None)
        asks = bool(args) and args[0] in ("--help", "--version")
        if args and not asks and word not in self.commands:
            if word is not None and not _looks_like_a_file(word):
                known = nearest(word, self.commands) or f"the verbs are {', '.join(self.commands)}"
                raise click.UsageError(f"'{printable(word)}' is neither a verb nor a file; {known}", ctx)
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _looks_like_a_file(word: str) -> bool:
    return Path(word).exists() or "/" in word or "." in word


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sdrun", message="sdrun %(version)s")
def commands() -> None:
    """Run system-dynamics models of world politics, and compare theories.

    `sdrun SCENARIO.toml` runs a scenario; so does `sdrun MODEL.mdl` a model with its own settings.
    """


@commands.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the results.  [default: outputs/<scenario>]")
@click.option("-s", "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Change a parameter or a setting.")
@click.option("--only", metavar="VARIANT", help="Run one variant.")
@click.option("-n", "--dry-run", is_flag=True, help="Check and plan; run nothing.")
@click.option("--fresh", is_flag=True, help="Run even if the results are up to date.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no table.")
@click.option("-v", "--verbose", is_flag=True, help="Say how long each stage took.")
@click.option("--json", "as_json", is_flag=True, help="A JSON summary on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def run(source: Path, out: Path | None, settings: tuple[str, ...], only: str | None, dry_run: bool, **shown: bool) -> None:
    """Run a scenario (or a model with its own settings)."""
    if dry_run:
        _check((source,), settings=settings, only=only, as_json=shown["as_json"])
        return
    from sdrun import show
    from sdrun.pipeline import run_scenario, silent

    progress = silent if shown["quiet"] else show.Progress()
    outcome = run_scenario(
        source,
        out=out,
        settings=settings,
        only=only,
        fresh=shown["fresh"],
        command=" ".join(["sdrun", *sys.argv[1:]]),
        progress=progress,
    )
    show.outcome(outcome, quiet=shown["quiet"], verbose=shown["verbose"], as_json=shown["as_json"])


@commands.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-s", "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Change a parameter or a setting.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def check(files: tuple[Path, ...], settings: tuple[str, ...], as_json: bool, debug: bool) -> None:
    """Check scenarios or models, and tell what a run would take; run nothing."""
    _check(files, settings=settings, only=None, as_json=as_json)


def _check(files: tuple[Path, ...], *, settings: tuple[str, ...], only: str | None, as_json: bool) -> None:
    from sdrun import show
    from sdrun.plan import plan

    show.plans([plan(file, settings=settings, only=only) for file in files], as_json=as_json)


@commands.command()
@click.argument("target", metavar="MODEL|RUN", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def inspect(target: Path, as_json: bool, debug: bool) -> None:
    """List the variables of a model, or summarise a finished run."""
    from sdrun import show
    from sdrun.inspect import inspect_model, inspect_run

    if target.is_dir() or target.suffix == ".nc":
        show.finished_run(inspect_run(target), as_json=as_json)
    else:
        show.variables(inspect_model(target), as_json=as_json)


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
    sys.exit(_guarded(sys.argv[1:] if args is None else args))


def _guarded(args: list[str]) -> int:
    try:
        commands.main(args=args, prog_name="sdrun", standalone_mode=False)
        return 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except SdrunError as error:
        return _told(error, args)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; nothing half-written remains", err=True)
        return INTERRUPTED
    except Exception as error:
        return _bug(error, args)


def _told(error: SdrunError, args: list[str]) -> int:
    if "--debug" in args:
        import traceback

        traceback.print_exception(error)
    if "--json" in args:
        click.echo(json.dumps({"errors": [_as_json(problem) for problem in error.problems]}, indent=2))
    click.echo(render(error.problems), err=True)
    return error.exit_code


def _as_json(problem: Problem) -> dict[str, Any]:
    place = problem.place or Place(path=Path())
    where = {"file": str(place.path), "line": place.line, "column": place.column, "key": place.key} if problem.place else None
    return {"what": problem.what, "place": where, "help": problem.help}


def _bug(error: Exception, args: list[str]) -> int:
    """A bug of ours: the traceback goes to a file, so that it can be sent."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    if "--debug" in args:
        click.echo(text, err=True)
    with tempfile.NamedTemporaryFile("w", prefix="sdrun-traceback-", suffix=".txt", delete=False) as file:
        file.write(text)
    click.echo(f"error: internal error: {type(error).__name__}: {printable(str(error))}", err=True)
    click.echo(f"   = help: this is a bug of sdrun; please report it with {file.name}", err=True)
    return INTERNAL
