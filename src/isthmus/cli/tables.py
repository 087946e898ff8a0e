"""The tables that people read."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from isthmus.plainjson import Facts

_ROWS = (
    ("mean squared error", "mse", "{:.5f}"),
    ("  in the input's units", "mse_input", "{:.5g}"),
    ("  nats per example", "nats", "{:.4g}"),
    ("  variance explained", "explained_variance", "{:.1%}"),
)
_HEADS = {"accuracy": ("accuracy", "{:.1%}"), "r2": ("R² of the target", "{:.3f}")}


def comparison(metrics: Facts) -> Table:
    """Compare the autoencoder with PCA of equal code size, one column per part of the data.

    Parameters
    ----------
    metrics
        What ``metrics.json`` holds.
    """
    own, linear, floor = metrics["reconstruction"], metrics["pca"], metrics["floor"]
    table = Table("", *own, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    size = metrics["latent"]["dim"]
    _add_group(table, f"autoencoder, code of {size}", own)
    if any(part["nats"] is not None for part in floor.values()):
        table.add_row("  lower bound, nats", *_cells(own, floor, "nats", "{:.4g}"))
    if (head := metrics.get("head")) is not None:
        scores = {split: {"score": head.get(split)} for split in own}
        words, form = _HEADS[head["kind"]]
        table.add_row(f"  {words}", *_cells(own, scores, "score", form))
    table.add_section()
    if linear:
        blind = ", without the labels" if metrics["model"]["condition_labels"] else ""
        _add_group(table, f"PCA, code of {metrics['model']['pca_components']}{blind}", linear)
    return table


def columns(metrics: Facts) -> Table | None:
    """Compare the columns of a table under the autoencoder, PCA and a constant guess.

    Parameters
    ----------
    metrics
        What ``metrics.json`` holds.

    Returns
    -------
    Table or None
        None for what is no table of several kinds of columns.
    """
    compared = metrics.get("table")
    if not compared:
        return None
    table = Table("column", "kind", "measure", "autoencoder", "PCA", "constant guess")
    for one in table.columns[3:]:
        one.justify = "right"
    for row in compared["columns"]:
        form = "{:.3f}" if row["unit"] == "sd" else "{:.1%}"
        words = "error, sd" if row["unit"] == "sd" else "accuracy"
        scores = (row["autoencoder"], row["pca"], row["constant"])
        cells = ("" if score is None else form.format(score) for score in scores)
        table.add_row(row["column"], row["kind"], words, *cells)
    return table


def _add_group(table: Table, name: str, parts: Mapping[str, Facts]) -> None:
    splits = [str(column.header) for column in table.columns[1:]]
    for i, (words, key, form) in enumerate(_ROWS):
        if any(key in part for part in parts.values()):
            label = f"{name}: {words}" if i == 0 else words
            table.add_row(label, *_cells(splits, parts, key, form))


def _cells(
    splits: Sequence[str] | Facts,
    parts: Mapping[str, Facts],
    key: str,
    form: str,
) -> list[str]:
    values = [parts.get(split, {}).get(key) for split in splits]
    return ["" if value is None else form.format(value) for value in values]


def records(entries: Sequence[Mapping[str, object]]) -> Table:
    """Show records with the same keys, one per row."""
    table = Table(*(str(key).replace("_", " ") for key in entries[0]))
    for entry in entries:
        table.add_row(*(words(value) for value in entry.values()))
    return table


def facts(values: Mapping[str, object]) -> Table:
    """Show names and values, one per row; unknown values (None) are left out."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in values.items():
        if value is not None:
            table.add_row(name.replace("_", " "), words(value))
    return table


def words(value: object) -> str:
    """Write a value for a person.

    Examples
    --------
    >>> words([28, 28, 1]), words(0.123456789), words({"a": 1}), words(True)
    ('28, 28, 1', '0.12346', 'a: 1', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {words(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(words(item) for item in value)
    return "" if value is None else str(value)


def size_words(count: int) -> str:
    """Write a number of bytes for a person.

    Examples
    --------
    >>> size_words(1120), size_words(11_594_722)
    ('1.1 kB', '11.6 MB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
