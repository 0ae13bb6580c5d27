"""The commands of `focus-viewer`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# `environment` first: it settles what must be settled before a command loads torch.
from focus_viewer import environment  # noqa: F401
from focus_viewer.cli.commands.ablation import ablation
from focus_viewer.cli.commands.attach import attach
from focus_viewer.cli.commands.batch import batch
from focus_viewer.cli.commands.benchmark import benchmark
from focus_viewer.cli.commands.cache import cache
from focus_viewer.cli.commands.check import check
from focus_viewer.cli.commands.desktop import desktop
from focus_viewer.cli.commands.evaluate import evaluate
from focus_viewer.cli.commands.explain import explain
from focus_viewer.cli.commands.figure import figure
from focus_viewer.cli.commands.fit import fit
from focus_viewer.cli.commands.make_backbone import make_backbone
from focus_viewer.cli.commands.models import models
from focus_viewer.cli.commands.samples import samples
from focus_viewer.cli.commands.simulate import simulate
from focus_viewer.cli.commands.study import study
from focus_viewer.cli.commands.train import train
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.version import __version__

_INTERRUPTED = 130  # as shells report a program that Ctrl-C ended


_RESEARCH = ("benchmark", "ablation")
"""Commands that measure the method itself; help lists them apart."""


class _Commands(TyperGroup):
    """Commands whose errors for people are printed in a line, without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # click's Context: typer keeps a copy of click to itself
        try:
            return super().invoke(ctx)
        except FocusError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(1) from error
        except (Cancelled, KeyboardInterrupt) as error:
            typer.echo("Stopped.", err=True)
            raise typer.Exit(_INTERRUPTED) from error

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands for help, those for research in a section of their own."""
        for title, research in (("Commands", False), ("Research", True)):
            names = [name for name in self.commands if (name in _RESEARCH) == research]
            room = formatter.width - 6 - max(map(len, self.commands))
            with formatter.section(title):
                formatter.write_dl(
                    [(name, self.commands[name].get_short_help_str(room)) for name in names]
                )


app = typer.Typer(
    name="focus-viewer",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(explain)
app.command()(batch)
app.command()(study)
app.command()(check)
app.command()(cache)
app.command()(figure)
app.command()(fit)
app.command()(evaluate)
app.command()(attach)
app.command()(train)
app.command("make-backbone")(make_backbone)
app.command()(models)
app.command()(samples)
app.command()(desktop)
app.command()(simulate)
app.command()(benchmark)
app.command()(ablation)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Explain where, and at which wavelengths, a frozen Vision Transformer finds its evidence.

    focus-viewer CUBE... opens the window; focus-viewer CUBE --help lists its options.
    """
    if version:
        typer.echo(f"FOCUS Viewer {__version__}")
        raise typer.Exit


def run() -> None:
    """Run the command line (console script)."""
    app()
