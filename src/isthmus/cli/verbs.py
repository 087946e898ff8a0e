"""The verbs of the command line, a row each; a verb's module is imported when it is needed."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from isthmus.cli import language
from isthmus.errors import SettingError, unknown

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand
    from typer._click import Context


class Verb(NamedTuple):
    """A verb of the command line.

    Parameters
    ----------
    name
        As it is typed.
    place
        ``module:function``, or ``module:app`` for a group of verbs. What the module imports at its
        top is paid by every ``isthmus --help``, so numpy, JAX and the like are imported within.
    panel
        The heading that it stands under in ``isthmus --help``.
    """

    name: str
    place: str
    panel: str


_FIT, _USE, _LOOK, _MORE = "Fit models", "Use a model", "Look into a model", "Data and more"

VERBS = (
    Verb("fit", "isthmus.cli.fit:fit", _FIT),
    Verb("map", "isthmus.cli.map:map", _FIT),
    Verb("sweep", "isthmus.cli.sweep:sweep", _FIT),
    Verb("recipes", "isthmus.cli.recipes:recipes", _FIT),
    Verb("encode", "isthmus.cli.apply:encode", _USE),
    Verb("decode", "isthmus.cli.apply:decode", _USE),
    Verb("reconstruct", "isthmus.cli.apply:reconstruct", _USE),
    Verb("denoise", "isthmus.cli.apply:denoise", _USE),
    Verb("impute", "isthmus.cli.apply:impute", _USE),
    Verb("score", "isthmus.cli.apply:score", _USE),
    Verb("predict", "isthmus.cli.apply:predict", _USE),
    Verb("label", "isthmus.cli.label:label", _USE),
    Verb("generate", "isthmus.cli.generate:generate", _USE),
    Verb("interpolate", "isthmus.cli.generate:interpolate", _USE),
    Verb("export", "isthmus.cli.export:export", _USE),
    Verb("push", "isthmus.cli.export:push", _USE),
    Verb("evaluate", "isthmus.cli.inspect:evaluate", _LOOK),
    Verb("compare", "isthmus.cli.compare:compare", _LOOK),
    Verb("view", "isthmus.cli.view:view", _LOOK),
    Verb("info", "isthmus.cli.inspect:info", _LOOK),
    Verb("outliers", "isthmus.cli.outliers:outliers", _USE),
    Verb("doctor", "isthmus.cli.doctor:doctor", _LOOK),
    Verb("data", "isthmus.cli.data:app", _MORE),
    Verb("reproduce", "isthmus.cli.reproduce:reproduce", _MORE),
    Verb("selftest", "isthmus.cli.selftest:selftest", _MORE),
)
"""All verbs, in the order of the help. To add one: its file, and a row here."""


class Command(TyperCommand):
    """A verb whose errors and warnings name its options."""

    def invoke(self, ctx: "Context") -> object:
        """Run the verb."""
        with language.speaking(lambda: words_of("fit") | _words(self)):
            return super().invoke(ctx)


class Verbs(TyperGroup):
    """The group of all verbs; it imports a verb's module when it is asked for the verb."""

    def list_commands(self, ctx: "Context") -> list[str]:
        """Return the names, in the order of the help."""
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: "Context", cmd_name: str) -> "AnyCommand | None":
        """Return a verb, or None where there is none of that name."""
        return next((command(verb) for verb in VERBS if verb.name == cmd_name), None)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, AnyCommand | None, list[str]]":
        """Find the verb that is called, or name the nearest."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise SettingError(unknown("verb", args[0], names))
        return super().resolve_command(ctx, args)


def command(verb: Verb) -> "AnyCommand":
    """Return a verb as typer runs it."""
    module, _, name = verb.place.partition(":")
    found = getattr(import_module(module), name)
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False)
        found.command(verb.name, cls=Command)(function)
    made = typer.main.get_command(found)
    made.name = verb.name
    vars(made)["rich_help_panel"] = verb.panel  # a group made by itself has no other way to it
    return made


def words_of(name: str) -> dict[str, str]:
    """Return the options of a verb by the names of their parameters."""
    return _words(command(next(verb for verb in VERBS if verb.name == name)))


def _words(command: "AnyCommand") -> dict[str, str]:
    options = {
        param.name: next((name for name in param.opts if name.startswith("--")), param.opts[0])
        for param in command.params
        if param.param_type_name == "option" and param.name is not None
    }
    aliases: dict[str, str] = getattr(command.callback, "aliases", {})
    return options | {alias: options[name] for alias, name in aliases.items()}
