"""The verbs that make examples from codes: generate and interpolate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from isthmus.cli import consoles, models, options, output, progress
from isthmus.cli.declaring import option, takes
from isthmus.cli.delivery import deliver_examples
from isthmus.errors import SettingError

if TYPE_CHECKING:
    from isthmus.annotations import Examples
    from isthmus.estimators.base import AbstractAutoencoder
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.samplers import Generator

_MOST_COLUMNS = 32
"""Most columns of a contact sheet that has a label per column."""


@dataclass(frozen=True, kw_only=True)
class Generate(options.Output, options.Model):
    """What is generated, and how."""

    n: Annotated[
        int, option("--n", "-n", metavar="N", min=1, help="Number of examples.", default="16")
    ] = 16
    condition: Annotated[
        str | None,
        option(
            "--given",
            metavar="LABEL",
            help="Label to condition on. Without it, a conditional model generates examples of"
            " every label in turn.",
        ),
    ] = None
    seed: options.SeedOption = 0
    sampler: Annotated[
        str | None,
        option(
            "--sampler",
            metavar="SPEC",
            help="Distribution to fit to the codes and draw from: normal, mixture:20,"
            " kernel_density, two_stage, maf, prior, or autoregressive for quantised codes.",
            default="the latent's prior, or normal where it has none",
        ),
    ] = None
    source: Annotated[
        str | None,
        option(
            "--source",
            metavar="SOURCE",
            help="Examples to whose codes the sampler is fitted.",
            default="the run's own training set",
            complete=options.complete_source,
        ),
    ] = None
    means: Annotated[
        bool,
        option(
            "--means",
            help="Give the decoder's means of a table's columns, rather than rows drawn from them.",
        ),
    ] = False
    label: options.LabelOption = None
    array: options.ArrayOption = None
    image_shape: options.ImageShapeOption = None


@takes(Generate)
def generate(given: Generate) -> None:
    """Generate new examples."""
    if given.sampler is None and given.source is not None:
        raise SettingError("--source needs --sampler, which is fitted to its codes; give both.")
    if given.source is None and given.label is not None:
        raise SettingError(
            f"--label is the column of labels of a --source; to generate by label, give --given"
            f" {given.label}."
        )
    estimator = models.load(given.run, given.condition)
    like = models.own_origin(given.run)
    target = output.decoded_target(given.out, estimator, force=given.force, like=like)
    if given.sampler is None and estimator.target_kind == "condition":
        _deliver_each_in_turn(estimator, given.n, given.seed, target, given.json)
        return
    generator = estimator
    if given.sampler is not None:
        estimator = models.under_one(estimator, "a sampler is fitted to the codes of one")
        examples = _codes_from(given, estimator)
        generator = _generator(given.sampler, estimator, examples, given.seed)
    if given.means:
        codes = generator.sample_codes(given.n, random_state=given.seed)
        values = estimator.inverse_transform(codes)
    else:
        values = generator.sample(given.n, random_state=given.seed)
    deliver_examples(values, estimator, target, given.json)


@dataclass(frozen=True, kw_only=True)
class Interpolate(options.Output, options.Examples, options.Model):
    """Between which examples codes are interpolated."""

    start: Annotated[
        int,
        option("--from", metavar="INDEX", help="Index of the first example.", default="0"),
    ] = 0
    stop: Annotated[
        int, option("--to", metavar="INDEX", help="Index of the last example.", default="1")
    ] = 1
    steps: Annotated[
        int,
        option("--steps", metavar="N", min=2, help="Examples, both ends included.", default="9"),
    ] = 9
    condition: options.GivenOption = None


@takes(Interpolate)
def interpolate(given: Interpolate) -> None:
    """Decode points on the straight line between the codes of two examples."""
    import numpy as np

    estimator = models.load(given.run, given.condition)
    like = models.read_like(models.origin(given), given.run)
    target = output.decoded_target(given.out, estimator, force=given.force, like=like)
    examples, *labels = models.read(estimator, given)
    ends = [
        models.pick(examples, index, option)
        for index, option in ((given.start, "--from"), (given.stop, "--to"))
    ]
    if labels:
        of_ends = {labels[0][given.start], labels[0][given.stop]}
        if len(of_ends) > 1:
            models.under_one(estimator, "these two examples have different ones")
        estimator = estimator.given(of_ends.pop())
    first, last = (estimator.transform(end) for end in ends)
    share = np.linspace(0, 1, given.steps, dtype=first.dtype)[:, None]
    values = estimator.inverse_transform((1 - share) * first + share * last)
    deliver_examples(values, estimator, target, given.json, columns=given.steps)


def _deliver_each_in_turn(
    estimator: "AnyAutoencoder", n: int, seed: int, target: output.Target | None, json: bool
) -> None:
    """Generate n examples of a conditional model, of each label in turn."""
    import numpy as np

    count = len(estimator.classes_)
    consoles.say(
        consoles.err() if json else consoles.out(),
        f"of {count} labels in turn, {', '.join(map(str, estimator.classes_[:n][:_MOST_COLUMNS]))}"
        f"{', ...' if min(n, count) > _MOST_COLUMNS else ''}; --given LABEL makes one only",
    )
    values = estimator.sample(random_state=seed, labels=np.resize(estimator.classes_, n))
    columns = count if count <= _MOST_COLUMNS and n > 1 else None
    deliver_examples(values, estimator, target, json, columns=columns and min(columns, n))


def _codes_from(given: Generate, estimator: "AnyAutoencoder") -> "Examples":
    """Read the examples to whose codes a sampler is fitted: those of the label, if one is given."""
    from isthmus.cli import evaluation

    if given.source is not None:
        origin = models.Origin(given.source, given.label, given.array, given.image_shape)
        source = origin.open()
        examples, labels = models.matching_examples(source, estimator), source.labels
    elif facts := models.run_facts(given.run):
        examples, labels = evaluation.own_parts(facts, estimator)["train"]
    else:
        raise SettingError(
            f"{given.run!r} does not say what it was fitted on, as a run folder's run.json does;"
            " name a --source for the sampler."
        )
    if given.condition is None or labels is None:
        return examples
    chosen = labels == models.known_label(models.load(given.run), given.condition)
    if not chosen.any():
        raise SettingError(f"--given is {given.condition!r}, and the --source has no such example.")
    return examples[chosen.nonzero()[0]]


def _generator(
    text: str, estimator: "AbstractAutoencoder", examples: "Examples", seed: int
) -> "Generator":
    """Fit a sampler to the codes of examples."""
    from isthmus import samplers
    from isthmus.cli import parsing

    sampler = parsing.specification(text, samplers.MEMBERS, "--sampler")
    with progress.stages() as stage:
        stage("fitting the sampler to the codes")
        return samplers.fit(sampler, estimator, examples, random_state=seed)
