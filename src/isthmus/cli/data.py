"""The verbs about data: `data list`, `data get`, `data info`."""

from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, language, models, options, tables
from isthmus.cli.declaring import takes
from isthmus.cli.verbs import Command
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from isthmus.data import Source

app = typer.Typer(
    help="Data sets: list and download them, and look into any source.", no_args_is_help=True
)

_SHOWN = 12


@app.command("list", cls=Command)
def list_data(json: options.JsonOption = False) -> None:
    """List the named data sets."""
    import dataclasses

    from isthmus.data import catalogue

    entries = [dataclasses.asdict(entry) for entry in catalogue.available()]
    if json:
        consoles.print_json(entries)
        return
    shown = [entry | {"size": tables.size_words(entry["size"])} for entry in entries]
    consoles.out().print(tables.records(shown))


@app.command(cls=Command)
def get(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A name that `isthmus data list` shows.",
            autocompletion=options.complete_source,
            show_default=False,
        ),
    ],
    json: options.JsonOption = False,
) -> None:
    """Download a data set into the cache."""
    import dataclasses

    from isthmus.data import catalogue

    catalogue.get(name)
    entry = next(entry for entry in catalogue.available() if entry.name == name)
    if json:
        consoles.print_json(dataclasses.asdict(entry))
        return
    where = entry.where if entry.where == "built in" else f"in {entry.where}"
    consoles.say(consoles.out(), f"{name} is here ({where}): {entry.what}")


@app.command(cls=Command)
@takes(options.Examples)
def info(given: options.Examples, json: options.JsonOption = False) -> None:
    """Show what a source holds: its columns, and what a fit would make of them."""
    from isthmus.data import describe
    from isthmus.tables import Rules

    origin = models.origin(given)
    opened = origin.open()
    facts = describe(opened, Rules(kinds=origin.kinds))
    facts["scaling"] = _scaling(opened, infinite=bool(facts["infinite"]))
    if json:
        consoles.print_json(facts)
        return
    columns, notes = facts["columns"], facts["notes"]
    shown = facts | {
        "bytes": tables.size_words(facts["bytes"]),
        "features": None if columns else _feature_words(facts["features"]),
        "labels": _label_words(facts["labels"]),
        "columns": None,
        "notes": None,
    }
    consoles.out().print(tables.facts(shown))
    if columns:
        consoles.out().print(tables.records(columns))
    for note in notes:
        consoles.say(consoles.out(), language.translate(note))


def _scaling(source: "Source", infinite: bool) -> str:
    from isthmus.data.table_rows import TableRows
    from isthmus.scaling import SAMPLE, choose

    if infinite:
        return "none, until the infinite values are gone"
    if isinstance(source.examples, TableRows):
        return "each column by its kind"
    step = -(-len(source) // SAMPLE)
    sample = source.examples[::step]
    flat = sample.reshape(len(sample), -1)
    return choose("auto", flat, image=source.image_shape is not None).describe()


def _label_words(labels: JsonObject | None) -> str | None:
    if labels is None:
        return None
    counts = list(labels["counts"].items())
    words = ", ".join(f"{label}: {count}" for label, count in counts[:_SHOWN])
    more = f", and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
    return f"{labels['classes']} classes ({words}{more})"


def _feature_words(names: list[str] | None) -> str | None:
    if names is None:
        return None
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
