"""The verbs that make examples from codes: generate and interpolate."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import consoles, models, options, output, progress
from isthmus.cli.delivery import deliver_examples
from isthmus.errors import SettingError

if TYPE_CHECKING:
    import numpy as np

_MOST_COLUMNS = 32  # of a contact sheet with a label a column


def generate(
    run: options.RunArgument,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many.")] = 16,
    given: Annotated[
        str | None,
        typer.Option(
            "--given",
            metavar="LABEL",
            help="Of a model that is told labels: of which one; else of each in turn.",
        ),
    ] = None,
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
    if sampler is None and source is not None:
        raise SettingError("--source needs --sampler, which is fitted to its codes; give both.")
    if source is None and label is not None:
        raise SettingError(
            f"--label is the column of labels of a --source; to generate by label, give --given"
            f" {label}."
        )
    estimator = models.load(run, given)
    target = output.decoded_target(out, estimator, force=force)
    if sampler is None and estimator.target_kind == "condition":
        _deliver_each_in_turn(estimator, n, seed, target, json)
        return
    generator = estimator
    if sampler is not None:
        estimator = models.under_one(estimator, "a sampler is fitted to the codes of one")
        origin = None if source is None else models.Origin(source, label, array, image_shape)
        examples = _codes_from(run, origin, estimator, given)
        generator = _generator(sampler, estimator, examples, seed)
    deliver_examples(generator.sample(n, random_state=seed), estimator, target, json)


def interpolate(
    run: options.RunArgument,
    source: options.SourceArgument,
    start: Annotated[int, typer.Option("--from", help="Index of the first example.")] = 0,
    stop: Annotated[int, typer.Option("--to", help="Index of the last example.")] = 1,
    steps: Annotated[int, typer.Option("--steps", min=2, help="Examples, both ends included.")] = 9,
    out: options.OutOption = None,
    label: options.LabelOption = None,
    given: options.GivenOption = None,
    array: options.ArrayOption = None,
    image_shape: options.ImageShapeOption = None,
    force: options.ForceOption = False,
    json: options.JsonOption = False,
) -> None:
    """Walk in a straight line from the code of one example to that of another."""
    import numpy as np

    estimator = models.load(run, given)
    target = output.decoded_target(out, estimator, force=force)
    examples, *labels = models.read_for(estimator, source, label, array, image_shape)
    ends = [models.pick(examples, start, "--from"), models.pick(examples, stop, "--to")]
    if labels:
        of_ends = {labels[0][start], labels[0][stop]}
        if len(of_ends) > 1:
            models.under_one(estimator, "these two examples have different ones")
        estimator = estimator.given(of_ends.pop())
    first, last = (estimator.transform(end) for end in ends)
    share = np.linspace(0, 1, steps, dtype=first.dtype)[:, None]
    values = estimator.inverse_transform((1 - share) * first + share * last)
    deliver_examples(values, estimator, target, json, columns=steps)


def _deliver_each_in_turn(
    estimator: Any, n: int, seed: int, target: output.Target | None, json: bool
) -> None:
    """Generate n examples of a model that is told labels, of each of them in turn."""
    import numpy as np

    count = len(estimator.classes_)
    consoles.say(
        consoles.err() if json else consoles.out(),
        f"of {count} labels in turn, {', '.join(map(str, estimator.classes_[:n][:_MOST_COLUMNS]))}"
        f"{', ...' if min(n, count) > _MOST_COLUMNS else ''}; --given LABEL makes those of one",
    )
    values = estimator.sample(random_state=seed, labels=np.resize(estimator.classes_, n))
    columns = count if count <= _MOST_COLUMNS and n > 1 else None
    deliver_examples(values, estimator, target, json, columns=columns and min(columns, n))


def _codes_from(
    run: str, origin: models.Origin | None, estimator: Any, given: str | None
) -> "np.ndarray":
    """Read the examples to whose codes a sampler is fitted: those of the label, if one is given."""
    from isthmus.cli import evaluation

    if origin is not None:
        source = origin.open()
        examples, labels = models.matching_examples(source, estimator), source.labels
    elif facts := models.run_facts(run):
        examples, labels = evaluation.own_parts(facts, estimator)["train"]
    else:
        raise SettingError(
            f"{run!r} does not say what it was fitted on, as a run folder's run.json does;"
            " name a --source for the sampler."
        )
    if given is None or labels is None:
        return examples
    chosen = labels == models.known_label(models.load(run), given)
    if not chosen.any():
        raise SettingError(f"--given is {given!r}, and the --source has no example of it.")
    return examples[chosen.nonzero()[0]]


def _generator(text: str, estimator: Any, examples: Any, seed: int) -> Any:
    """Fit a sampler to the codes of examples."""
    from isthmus import samplers
    from isthmus.cli import parsing

    sampler = parsing.specification(text, samplers.MEMBERS, "--sampler")
    with progress.stages() as stage:
        stage("fitting the sampler to the codes")
        return samplers.fit(sampler, estimator, examples, random_state=seed)
