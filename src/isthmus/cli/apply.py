"""The verbs that put a model to use, from `encode` to `score`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import consoles, models, options, output
from isthmus.cli.delivery import deliver_blocks, deliver_decoded, deliver_examples

if TYPE_CHECKING:
    import numpy as np


def encode(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Turn examples into codes."""
    target = output.maybe_target(out, force=force, images=False)
    estimator = models.load(run)
    examples = _examples(estimator, models.Origin(source, label, array, image_shape), quiet)
    names = list(estimator.get_feature_names_out())
    codes = _blocks("encoding", estimator.transform, examples, quiet)
    deliver_blocks(codes, len(examples), names, target, json)


def decode(
    run: options.RunArgument,
    codes: Annotated[
        str, typer.Argument(metavar="CODES", help="A table of codes.", show_default=False)
    ],
    out: options.OutOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Turn codes back into examples, in the data's own units."""
    from isthmus.errors import DataError

    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    table = models.Origin(codes).open()
    if table.examples.shape[1:] != (estimator.latent_dim,):
        raise DataError(
            f"{table.name} has shape {table.examples.shape}; the model's codes have"
            f" {estimator.latent_dim} columns."
        )
    values = _blocks("decoding", estimator.inverse_transform, table.examples, quiet)
    deliver_decoded(values, len(table.examples), estimator, target, json)


def reconstruct(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Pass examples through the code and back."""
    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    examples = _examples(estimator, models.Origin(source, label, array, image_shape), quiet)
    values = _blocks("reconstructing", estimator.reconstruct, examples, quiet)
    deliver_decoded(values, len(examples), estimator, target, json)


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
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Clean noisy examples."""
    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    if estimator.get_params(deep=False)["corruption"] is None:
        consoles.warn(
            "this model was fitted without corruption, so it reconstructs but was never taught to"
            " clean; fit one with --corruption gaussian:0.2 or --recipe denoising"
        )
    examples = _examples(estimator, models.Origin(source, label, array, image_shape), quiet)
    if corrupt:
        examples = estimator.corrupt(examples[:], seed=seed)
    values = _blocks("denoising", estimator.reconstruct, examples, quiet)
    deliver_decoded(values, len(examples), estimator, target, json)


def impute(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Fill in missing entries, and leave the others as they are."""
    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    examples = _examples(estimator, models.Origin(source, label, array, image_shape), quiet)
    values = _blocks("imputing", estimator.impute, examples, quiet)
    deliver_decoded(values, len(examples), estimator, target, json)


def generate(
    run: options.RunArgument,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many.")] = 16,
    seed: options.SeedOption = 0,
    sampler: Annotated[
        str | None,
        typer.Option(
            "--sampler",
            help="What to fit to the codes and draw from: normal, mixture:20, kernel_density,"
            " two_stage, maf, prior, or autoregressive for quantised codes; without it the latent's"
            " prior, or normal where it has none.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Whose codes the sampler is fitted to; by default the run's own training part.",
            autocompletion=options.complete_source,
        ),
    ] = None,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
) -> None:
    """Make new examples."""
    from isthmus.errors import SettingError

    if sampler is None and source is not None:
        raise SettingError("--source needs --sampler, which is fitted to its codes; give both.")
    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    generator = estimator
    if sampler is not None:
        origin = None if source is None else models.Origin(source, label, array, image_shape)
        generator = _generator(sampler, estimator, run, origin, seed)
    deliver_examples(generator.sample(n, random_state=seed), estimator, target, json)


def interpolate(
    run: options.RunArgument,
    source: options.SourceArgument,
    start: Annotated[int, typer.Option("--from", help="Index of the first example.")] = 0,
    stop: Annotated[int, typer.Option("--to", help="Index of the last example.")] = 1,
    steps: Annotated[int, typer.Option("--steps", min=2, help="Examples, both ends included.")] = 9,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
) -> None:
    """Walk in a straight line from the code of one example to that of another."""
    import numpy as np

    estimator = models.load(run)
    target = output.maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    examples = _examples(estimator, models.Origin(source, label, array, image_shape))
    first = estimator.transform(models.pick(examples, start, "--from"))
    last = estimator.transform(models.pick(examples, stop, "--to"))
    share = np.linspace(0, 1, steps, dtype=first.dtype)[:, None]
    values = estimator.inverse_transform((1 - share) * first + share * last)
    deliver_examples(values, estimator, target, json, columns=steps)


def score(
    run: options.RunArgument,
    source: options.SourceArgument,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Give each example's squared error (an element's, scaled) and log likelihood (nats)."""
    import numpy as np

    target = output.maybe_target(out, force=force, images=False)
    estimator = models.load(run)
    examples = _examples(estimator, models.Origin(source, label, array, image_shape), quiet)

    def both(block: "np.ndarray") -> "np.ndarray":
        errors = estimator.measure(block)["errors"]
        return np.stack([errors, estimator.score_samples(block)], axis=1)

    values = _blocks("scoring", both, examples, quiet)
    deliver_blocks(values, len(examples), ["mse", "log_likelihood"], target, json)


def _generator(text: str, estimator: Any, run: str, origin: models.Origin | None, seed: int) -> Any:
    """Fit a sampler to the codes of a source, or of the run's own training part."""
    from isthmus import samplers
    from isthmus.cli import evaluation, parsing
    from isthmus.errors import SettingError

    sampler = parsing.specification(text, samplers.MEMBERS, "--sampler")
    if origin is not None:
        examples = _examples(estimator, origin)
    elif facts := models.run_facts(run):
        examples = evaluation.own_parts(facts, estimator)["train"][0]
    else:
        raise SettingError(
            f"{run!r} does not say what it was fitted on, as a run folder's run.json does;"
            " name a --source for the sampler."
        )
    return samplers.fit(sampler, estimator, examples, random_state=seed)


def _examples(estimator: Any, origin: models.Origin, quiet: bool = True) -> Any:
    return models.matching_examples(origin.open(quiet=quiet), estimator)


def _blocks(what: str, function: Any, given: Any, quiet: bool) -> Iterator["np.ndarray"]:
    from isthmus.cli.progress import map_blocks

    return map_blocks(what, function, given, quiet=quiet)
