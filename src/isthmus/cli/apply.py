"""The verbs that take examples through a model, from `encode` to `predict`."""

from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, models, options, output
from isthmus.cli.delivery import deliver_blocks, deliver_decoded
from isthmus.cli.progress import map_blocks

if TYPE_CHECKING:
    import numpy as np


def encode(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Turn examples into codes."""
    target = output.maybe_target(out, force=force, images=False)
    estimator = models.load(run, given)
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)
    names = list(estimator.get_feature_names_out())
    codes = map_blocks("encoding", estimator.transform, *read, quiet=quiet)
    deliver_blocks(codes, len(read[0]), names, target, json)


def decode(
    run: options.RunArgument,
    codes: Annotated[
        str, typer.Argument(metavar="CODES", help="A table of codes.", show_default=False)
    ],
    out: options.OutOption = None,
    given: options.GivenOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Turn codes back into examples, in the data's own units."""
    from isthmus.errors import DataError

    estimator = models.under_one(models.load(run, given), "a table of codes has none")
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    table = models.Origin(codes).open()
    if table.examples.shape[1:] != (estimator.latent_dim,):
        raise DataError(
            f"{table.name} has shape {table.examples.shape}; the model's codes have"
            f" {estimator.latent_dim} columns."
        )
    values = map_blocks("decoding", estimator.inverse_transform, table.examples, quiet=quiet)
    deliver_decoded(values, len(table.examples), estimator, target, json)


def reconstruct(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Pass examples through the code and back."""
    estimator = models.load(run, given)
    target = output.decoded_target(out, estimator, force=force)
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)
    values = map_blocks("reconstructing", estimator.reconstruct, *read, quiet=quiet)
    deliver_decoded(values, len(read[0]), estimator, target, json)


def denoise(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    corrupt: Annotated[
        bool,
        typer.Option(
            "--corrupt", help="SOURCE is clean: corrupt it first, as the examples of the fit were."
        ),
    ] = False,
    seed: options.SeedOption = 0,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Clean noisy examples."""
    estimator = models.load(run, given)
    target = output.decoded_target(out, estimator, force=force)
    if estimator.model_.corruption is None:
        consoles.warn(
            "this model was fitted without corruption, so it reconstructs but was never taught to"
            " clean; fit one with --corruption gaussian:0.2 or --recipe denoising"
        )
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)
    if corrupt:
        read = (estimator.corrupt(read[0][:], seed=seed), *read[1:])
    values = map_blocks("denoising", estimator.reconstruct, *read, quiet=quiet)
    deliver_decoded(values, len(read[0]), estimator, target, json)


def impute(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Fill in missing entries, and leave the others as they are."""
    estimator = models.load(run, given)
    estimator.need_masked()
    target = output.decoded_target(out, estimator, force=force)
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)
    values = map_blocks("imputing", estimator.impute, *read, quiet=quiet)
    deliver_decoded(values, len(read[0]), estimator, target, json)


def score(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Give each example's squared error (an element's, scaled) and log likelihood (nats)."""
    import numpy as np

    target = output.maybe_target(out, force=force, images=False)
    estimator = models.load(run, given)
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)

    def both(*block: "np.ndarray") -> "np.ndarray":
        errors = estimator.measure(*block)["errors"]
        return np.stack([errors, estimator.score_samples(*block)], axis=1)

    values = map_blocks("scoring", both, *read, quiet=quiet)
    deliver_blocks(values, len(read[0]), ["mse", "log_likelihood"], target, json)


def predict(
    run: options.RunArgument,
    source: options.SourceArgument,
    probabilities: Annotated[
        bool,
        typer.Option("--probabilities", help="A classifier's probability of every label."),
    ] = False,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Tell the labels, or the quantity, that --classifier or --regressor learned."""
    from isthmus.errors import SettingError

    target = output.maybe_target(out, force=force, images=False)
    estimator = models.load(run)
    kind, wanted = estimator.target_kind, "predict_proba" if probabilities else "predict"
    if probabilities and kind == "quantities":
        raise SettingError("this model predicts a quantity: leave out --probabilities.")
    if kind not in ("classes", "quantities"):
        head = "--classifier" if probabilities else "--classifier or --regressor"
        raise SettingError(f"this model has no head to predict with; fit one with {head}.")
    read = models.read_for(estimator, source, label, array, image_shape, quiet=quiet)
    predicted = map_blocks("predicting", getattr(estimator, wanted), *read, quiet=quiet)
    names = [f"p({one})" for one in estimator.classes_] if probabilities else ["prediction"]
    deliver_blocks(predicted, len(read[0]), names, target, json)
