"""Settings from a TOML file, by the names of the options; the command line wins."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from isthmus.errors import SettingError, unknown

_ONLY_ON_THE_COMMAND_LINE = {"config", "help"}


def read(path: str, options: Mapping[str, bool]) -> dict[str, object]:
    """Read settings, with underscores in their names as Python has them.

    Parameters
    ----------
    path
        A TOML file of plain ``name = value`` lines; names as the options', with - or _.
    options
        Whether an option may be repeated, by the option's name.

    Raises
    ------
    SettingError
        If the file is missing or no TOML, or a name is unknown.
    """
    try:
        settings = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingError(f"--config {path!r} does not exist; give a TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"--config {path!r} is not TOML ({error}); correct that line.") from None
    named = {}
    for key, value in settings.items():
        name = key.replace("-", "_")
        if name not in options:
            raise SettingError(f"--config {path!r}: {unknown('option', name, sorted(options))}")
        named[name] = _as_option(value, repeated=options[name])
    return named


def _as_option(value: object, *, repeated: bool) -> object:
    """Write a value as it is typed after the option: [128, 64] is 128,64."""
    if repeated:
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return value


def _apply(context: typer.Context, path: str | None) -> str | None:
    if path is not None and not context.resilient_parsing:
        options = {
            param.name: param.multiple
            for param in context.command.params
            if param.param_type_name == "option" and param.name not in _ONLY_ON_THE_COMMAND_LINE
        }
        context.default_map = {**(context.default_map or {}), **read(path, options)}
    return path


Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        callback=_apply,
        is_eager=True,
        help="TOML file of settings by the names of the options; options typed here replace them.",
        rich_help_panel="The run",
    ),
]
