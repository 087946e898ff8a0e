"""How a verb declares its options: a frozen record, one field an option.

A field says everything about its option: the annotation has the type, the names, the help, the
panel and the default as a reader should see it; the field's default is what Python receives where
the option is not given. Typer's signature of a verb is made from the record, and records are put
together by inheritance, so that verbs share options without repeating them.
"""

import functools
import inspect
from collections.abc import Callable
from typing import TypeVar, get_type_hints

import typer
from typer.models import OptionInfo

Record = TypeVar("Record")
Result = TypeVar("Result")


class Setting:
    """Marks an option that sets a parameter of the estimator.

    Parameters
    ----------
    parameter
        The parameter's name; that of the field where left out.
    read
        Turns the option's value into the parameter's; the value itself where left out.
    """

    def __init__(
        self, parameter: str | None = None, read: Callable[[str], object] | None = None
    ) -> None:
        self.parameter, self.read = parameter, read


class Reads:
    """Marks an option that says how a source is read.

    Parameters
    ----------
    name
        Of the field of `isthmus.data.reading.Reading`.
    read
        Turns the option's value into the field's; the value itself where left out.
    """

    def __init__(self, name: str, read: Callable[..., object] | None = None) -> None:
        self.name, self.read = name, read


class Alias:
    """Other names by which the package's sentences call what an option sets."""

    def __init__(self, *names: str) -> None:
        self.names = names


def option(
    *names: str,
    help: str,
    panel: str | None = None,
    default: str | None = None,
    metavar: str | None = None,
    min: int | None = None,
    complete: Callable[[str], list[str]] | None = None,
) -> OptionInfo:
    """Return what typer is to know of an option.

    Parameters
    ----------
    names
        As they are typed, the long one first.
    help
        What it sets, in a sentence; square brackets are shown as they are.
    panel
        The heading that it stands under in the help of its verb.
    default
        What happens where it is not given, as a reader should see it; None shows nothing.
    metavar
        What stands for the value in the help.
    min
        Least value.
    complete
        Gives the values that begin like a word, for the shell's completion.
    """
    shown = (
        "" if default is None else f" [dim]\\[default:\N{NO-BREAK SPACE}{_escape(default)}][/dim]"
    )
    return typer.Option(
        *names,
        help=_escape(help) + shown,
        rich_help_panel=panel,
        show_default=False,
        metavar=metavar,
        min=min,
        autocompletion=complete,
    )


def _escape(text: str) -> str:
    return text.replace("[", "\\[")


def takes(record: type[Record]) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Return a decorator for a verb whose first argument is a record of its options.

    Further parameters of the verb, such as typer's context or options of its own, stay as they are.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from typing import Annotated
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Sizes:
    ...     width: Annotated[int, option("--width", help="Width.")] = 3
    >>> @takes(Sizes)
    ... def show(given: Sizes, twice: bool = False) -> int:
    ...     return given.width * (2 if twice else 1)
    >>> list(inspect.signature(show).parameters), show(width=4, twice=True)
    (['width', 'twice'], 8)
    """
    declared = inspect.signature(record, eval_str=True).parameters
    hints = get_type_hints(record, include_extras=True)
    fields = [parameter.replace(annotation=hints[name]) for name, parameter in declared.items()]

    def decorate(verb: Callable[..., Result]) -> Callable[..., Result]:
        _, *own = inspect.signature(verb, eval_str=True).parameters.values()
        own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

        @functools.wraps(verb)
        def run(**given: object) -> Result:
            options = {name: given.pop(name) for name in declared}
            return verb(record(**options), **given)

        vars(run)["aliases"] = aliases_of(record)
        vars(run)["__signature__"] = inspect.Signature([*fields, *own])
        return run

    return decorate


def settings_of(given: object) -> dict[str, object]:
    """Return the estimator's parameters that a record of options sets, by their names.

    An option that was not given (None, or an empty list) sets nothing.
    """
    settings: dict[str, object] = {}
    for name, hint in get_type_hints(type(given), include_extras=True).items():
        for mark in getattr(hint, "__metadata__", ()):
            value = getattr(given, name)
            if isinstance(mark, Setting) and value is not None and value != []:
                settings[mark.parameter or name] = mark.read(value) if mark.read else value
    return settings


def reading_of(given: object) -> dict[str, object]:
    """Return the reading options that a record of options gives, by their names."""
    reading: dict[str, object] = {}
    for name, hint in get_type_hints(type(given), include_extras=True).items():
        for mark in getattr(hint, "__metadata__", ()):
            value = getattr(given, name)
            if isinstance(mark, Reads) and value not in (None, []):
                reading[mark.name] = mark.read(value) if mark.read else value
    return reading


def aliases_of(record: type) -> dict[str, str]:
    """Return the fields of a record by the other names that sentences have for them."""
    aliases: dict[str, str] = {}
    for name, hint in get_type_hints(record, include_extras=True).items():
        for mark in getattr(hint, "__metadata__", ()):
            if isinstance(mark, Alias):
                aliases |= dict.fromkeys(mark.names, name)
            elif isinstance(mark, Setting) and mark.parameter:
                aliases[mark.parameter] = name
            elif isinstance(mark, Reads):
                aliases[mark.name] = name
    return aliases
