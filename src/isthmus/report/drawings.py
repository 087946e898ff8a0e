"""Which figures a fit gets: the facts handed to matplotlib."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from isthmus import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(facts: Mapping[str, Any]) -> Iterator[tuple[str, "Figure"]]:
    """Yield each figure that applies to a fit, with the name of its file.

    Parameters
    ----------
    facts : mapping
        What `collect` returned.

    Yields
    ------
    (str, Figure)
    """
    limits = facts["limits"]
    scatter = facts["scatter"]
    if len(facts["history"]["epoch"]):  # the start alone has no curve
        yield "loss", figures.loss_curves(facts["history"], facts["best_epoch"])
    yield (
        "code",
        figures.code_scatter(scatter["points"], scatter["labels"], axis_names=scatter["axes"]),
    )
    if (groups := facts["reconstructions"]) is not None:
        pairs = {name: (group["original"], group["rebuilt"]) for name, group in groups.items()}
        yield "reconstructions", figures.reconstructions(pairs, limits)
    if (grid := facts["grid"]) is not None:
        yield "decoded_grid", figures.decoded_grid(grid["images"], grid["xs"], grid["ys"], limits)
    if (walk := facts["traversals"]) is not None:
        rows = walk["images"], walk["steps"], walk["names"]
        yield "traversals", figures.traversals(*rows, limits)
    if facts["filters"] is not None:
        yield "filters", figures.filters(facts["filters"])
    if (noisy := facts["corruption"]) is not None:
        rows = noisy["clean"], noisy["corrupted"], noisy["denoised"]
        yield "corruption", figures.corruption(*rows, limits)
    if facts["samples"] is not None:
        yield "samples", figures.samples(facts["samples"], limits=limits)
    if (rows := facts["under_labels"]) is not None:
        yield "under_labels", figures.image_table(rows, limits=limits)
    if (columns := facts["columns"]) is not None:
        bars = columns["names"], columns["autoencoder"], columns["pca"]
        yield "column_errors", figures.column_errors(*bars)
