import io
import subprocess
import sys

import numpy as np
import pytest

from isthmus import figures

RNG = np.random.default_rng(0)
GREY = RNG.random((12, 8, 8))
COLOUR = RNG.random((12, 8, 6, 3))
HISTORY = {
    "epoch": [1, 2, 3],
    "train_loss": [30.0, 20.0, 1.0],
    "validation_loss": [31.0, 22.0, 25.0],
}


def draw_all():
    labels = np.array(["<script>", "$x", "2"] * 4)
    steps = np.linspace(-2, 2, 6)
    return {
        "loss": figures.loss_curves(HISTORY, best_epoch=2),
        "loss_alone": figures.loss_curves({"epoch": [1], "train_loss": [-3.0]}),
        "loss_gaps": figures.loss_curves(HISTORY | {"validation_loss": [None] * 3}),
        "grey": figures.reconstructions({"best": (GREY, GREY), "worst": (GREY[:3], GREY[:3])}),
        "colour": figures.reconstructions({"best": (COLOUR, COLOUR)}),
        "codes": figures.code_scatter(RNG.random((12, 2)), labels),
        "plain_codes": figures.code_scatter(RNG.random((12, 2)), axis_names=("code", "error")),
        "grid": figures.decoded_grid(COLOUR, np.arange(4.0), np.arange(3.0)),
        "traversals": figures.traversals(GREY.reshape(2, 6, 8, 8), steps, ["code 1", "$2"]),
        "filters": figures.filters(GREY - 0.5),
        "no_filters": figures.filters(np.zeros((2, 3, 3))),
        "corruption": figures.corruption(GREY, GREY, GREY[..., None][..., 0]),
        "samples": figures.samples(COLOUR[..., :1]),
        "columns": figures.column_errors(["a_b", "$c"], np.array([1, 2.0]), np.array([2, 1.0])),
        "table": figures.image_table({"in": GREY, "$out": GREY}, columns=range(12)),
        "colour_table": figures.image_table({"in": COLOUR}),
        "curves": figures.curves(
            {"$a": ([1, 2], [0.1, 0.2], [0.01, 0.02]), "b": ([1, 2], [0.3, 0.2])},
            x_label="latent size",
            y_label="error",
            log_y=True,
        ),
        "bars": figures.bars({"a": [1, 2], "b": [2, 1]}, ["x", "$y"], y_label="error"),
        "letters": figures.labelled_points(RNG.random((3, 2)), ["a", "$", "|"]),
        "confusion": figures.matrix(np.eye(3, dtype=int), "abc", "abc", row_label="true"),
        "correlation": figures.matrix(RNG.random((20, 20)) - 0.5, range(20), range(20)),
    }


@pytest.mark.parametrize("name", draw_all())
def test_every_figure_is_written_as_png(name):
    buffer = io.BytesIO()
    draw_all()[name].savefig(buffer, format="png", dpi=40)
    assert buffer.getvalue().startswith(b"\x89PNG")


def test_charts_name_their_axes_and_units():
    drawn = draw_all()
    assert drawn["loss"].axes[0].get_ylabel() == "loss (nats per example)"
    assert drawn["loss"].axes[0].get_yscale() == "log"
    assert drawn["loss_alone"].axes[0].get_yscale() == "linear"
    for name in ("loss", "codes", "grid", "columns", "curves", "letters"):
        assert drawn[name].axes[0].get_xlabel(), name


def test_the_epoch_that_was_kept_is_marked():
    (axes,) = figures.loss_curves(HISTORY, best_epoch=2).axes
    assert [text.get_text() for text in axes.texts] == ["epoch 2 was kept"]


def test_filters_are_centred_at_zero():
    drawn = figures.filters(np.array([[[0.1, -0.4]]])).axes[0].images[0]
    assert drawn.get_clim() == (-0.4, 0.4)


def test_mosaic_lays_images_row_by_row_and_leaves_gaps_empty():
    canvas = figures.mosaic(np.arange(1, 4)[:, None, None] * np.ones((3, 2, 2)), columns=2)
    assert canvas[0, 0] == 1
    assert canvas[0, 3] == 2
    assert canvas[3, 0] == 3
    assert np.isnan(canvas[2]).all()
    assert np.isnan(canvas[3:, 3:]).all()


@pytest.mark.parametrize("n", [1, 10, 26, 62])
def test_every_class_has_its_own_colour(n):
    colours = figures.class_colours(n)
    assert len(set(colours)) == n
    assert all(len(colour) == 7 for colour in colours)


def test_importing_figures_does_not_import_matplotlib():
    code = "import sys, isthmus.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
