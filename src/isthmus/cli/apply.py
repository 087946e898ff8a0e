"""The verbs that take examples through a model, from `encode` to `predict`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, models, options, output, parsing
from isthmus.cli.declaring import option, takes
from isthmus.cli.delivery import deliver_blocks, deliver_decoded, filled_in, with_columns
from isthmus.cli.progress import map_blocks
from isthmus.fitted import column_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from pyarrow import Table

    from isthmus.annotations import Examples
    from isthmus.estimators.conditional import AnyAutoencoder


@dataclass(frozen=True, kw_only=True)
class Encode(options.Apply):
    """Examples that are encoded, and what is written with their codes."""

    keep: Annotated[
        str | None,
        option(
            "--keep",
            metavar="COLUMN,...",
            help="Columns of the source to write before the codes, such as an identifier or the"
            " label.",
        ),
    ] = None


@takes(Encode)
def encode(given: Encode) -> None:
    """Compute the latent codes of examples."""
    target = output.maybe_target(given.out, force=given.force, images=False)
    estimator = models.load(given.run, given.condition)
    read = models.read(estimator, given, quiet=given.quiet)
    names = list(estimator.get_feature_names_out())
    codes = map_blocks("encoding", estimator.transform, *read, quiet=given.quiet)
    if given.keep is not None:
        kept = models.kept_columns(models.origin(given), parsing.words(given.keep))
        codes = with_columns(codes, kept, names)
    deliver_blocks(codes, len(read[0]), names, target, given.json)


@dataclass(frozen=True, kw_only=True)
class Codes(options.Output, options.Model):
    """Codes that are decoded by a model."""

    codes: Annotated[
        str, typer.Argument(metavar="CODES", help="A table of codes.", show_default=False)
    ]
    condition: options.GivenOption = None
    quiet: options.QuietOption = False


@takes(Codes)
def decode(given: Codes) -> None:
    """Decode latent codes into examples, in the data's own units."""
    from isthmus.errors import DataError

    loaded = models.load(given.run, given.condition)
    estimator = models.under_one(loaded, "a table of codes has none")
    images = estimator.image_shape_ is not None
    target = output.maybe_target(given.out, force=given.force, images=images)
    table = models.Origin(given.codes).open()
    if table.examples.shape[1:] != (estimator.latent_dim,):
        raise DataError(
            f"{table.name} has shape {table.examples.shape}; the model's codes have"
            f" {estimator.latent_dim} columns."
        )
    decoder = estimator.inverse_transform
    values = map_blocks("decoding", decoder, table.examples, quiet=given.quiet)
    deliver_decoded(values, len(table.examples), estimator, target, given.json)


@takes(options.Apply)
def reconstruct(given: options.Apply) -> None:
    """Encode and decode examples."""
    estimator = models.load(given.run, given.condition)
    target = _decoded(given, estimator)
    read = models.read(estimator, given, quiet=given.quiet)
    values = map_blocks("reconstructing", estimator.reconstruct, *read, quiet=given.quiet)
    deliver_decoded(values, len(read[0]), estimator, target, given.json)


@takes(options.Apply)
def denoise(
    given: options.Apply,
    corrupt: Annotated[
        bool,
        option("--corrupt", help="Add the noise of the fit first, where SOURCE is clean."),
    ] = False,
    seed: options.SeedOption = 0,
) -> None:
    """Remove noise from examples."""
    estimator = models.load(given.run, given.condition)
    target = _decoded(given, estimator)
    if estimator.model_.corruption is None:
        consoles.warn(
            "this model was fitted without corruption, so it has not learned to remove noise; fit"
            " one with --corruption gaussian:0.2 or --recipe denoising"
        )
    read = models.read(estimator, given, quiet=given.quiet)
    if corrupt:
        read = (estimator.corrupt(read[0][:], seed=seed), *read[1:])
    values = map_blocks("denoising", estimator.reconstruct, *read, quiet=given.quiet)
    deliver_decoded(values, len(read[0]), estimator, target, given.json)


@takes(options.Apply)
def impute(given: options.Apply) -> None:
    """Fill in missing entries, and leave the others, and all other columns, as they are."""
    estimator = models.load(given.run, given.condition)
    estimator.need_masked()
    target = _decoded(given, estimator)
    read = models.read(estimator, given, quiet=given.quiet)
    values = map_blocks("imputing", estimator.impute, *read, quiet=given.quiet)
    names = column_names(estimator)
    whole = None if target is not None and target.form == "npy" else _whole(given, names, read[0])
    if whole is None:
        deliver_decoded(values, len(read[0]), estimator, target, given.json)
    else:
        filled = filled_in(values, whole, names)
        deliver_blocks(filled, len(read[0]), whole.column_names, target, given.json)


def _decoded(given: options.Apply, estimator: "AnyAutoencoder") -> "output.Target | None":
    """Check where decoded examples go; a table of text is written as SOURCE is."""
    like = models.read_like(models.origin(given), given.run)
    return output.decoded_target(given.out, estimator, force=given.force, like=like)


def _whole(given: options.Apply, names: "Sequence[str]", examples: "Examples") -> "Table | None":
    """Return all columns of SOURCE, or None for what is no table, or too large for memory."""
    import numpy as np

    from isthmus.data.table_rows import TableRows

    if not isinstance(examples, np.ndarray | TableRows):
        return None
    return models.every_column(models.read_like(models.origin(given), given.run), names)


@takes(options.Apply)
def score(given: options.Apply) -> None:
    """Compute each example's mean squared error (scaled) and log-likelihood (nats)."""
    import numpy as np

    target = output.maybe_target(given.out, force=given.force, images=False)
    estimator = models.load(given.run, given.condition)
    read = models.read(estimator, given, quiet=given.quiet)

    def both(*block: "np.ndarray") -> "np.ndarray":
        errors = estimator.measure(*block)["errors"]
        return np.stack([errors, estimator.score_samples(*block)], axis=1)

    values = map_blocks("scoring", both, *read, quiet=given.quiet)
    deliver_blocks(values, len(read[0]), ["mse", "log_likelihood"], target, given.json)


@takes(options.Predict)
def predict(
    given: options.Predict,
    probabilities: Annotated[
        bool, option("--probabilities", help="Write a classifier's probability of every label.")
    ] = False,
) -> None:
    """Predict the labels, or the quantity, that --classifier or --regressor learned."""
    from isthmus.errors import SettingError

    target = output.maybe_target(given.out, force=given.force, images=False)
    estimator = models.load(given.run)
    kind, wanted = estimator.target_kind, "predict_proba" if probabilities else "predict"
    if probabilities and kind == "quantities":
        raise SettingError("this model predicts a quantity: leave out --probabilities.")
    if kind not in ("classes", "quantities"):
        head = "--classifier" if probabilities else "--classifier or --regressor"
        raise SettingError(f"this model has no head to predict with; fit one with {head}.")
    read = models.read(estimator, given, quiet=given.quiet)
    predicted = map_blocks("predicting", getattr(estimator, wanted), *read, quiet=given.quiet)
    names = [f"p({one})" for one in estimator.classes_] if probabilities else ["prediction"]
    deliver_blocks(predicted, len(read[0]), names, target, given.json)
