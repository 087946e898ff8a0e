"""The options of `isthmus fit` and `isthmus sweep`, each declared once, in the panels of the help.

None stands for what the recipe, or else the estimator, takes by itself. An option marked with a
`Setting` reaches the estimator without any further line: a new parameter of the estimator is
offered on the command line by one field here, or in `model_options.py`.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from isthmus.cli import options
from isthmus.cli.config import Config
from isthmus.cli.declaring import Alias, Setting, option
from isthmus.cli.model_options import HeadOptions, ModelOptions

_training = partial(option, panel="The training")
_data = partial(option, panel="The data")
_run = partial(option, panel="The run")


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How the model is trained."""

    start: Annotated[
        str | None,
        _training(
            "--start",
            metavar="NAME",
            help="Initial weights: pca or random.",
            default="auto: pca where latent code and networks allow it",
        ),
        Setting(),
    ] = None
    epochs: Annotated[
        int | None,
        _training(
            "--epochs",
            metavar="N",
            help="Maximum passes over the training set.",
            default="auto: about 20,000 steps in 20 to 200 epochs",
        ),
        Setting(),
    ] = None
    batch_size: Annotated[
        int | None,
        _training(
            "--batch-size",
            metavar="N",
            help="Examples per step.",
            default="auto: 64, or 32 below 1,000 examples",
        ),
        Setting(),
    ] = None
    learning_rate: Annotated[
        float | None,
        _training(
            "--learning-rate",
            metavar="X",
            help="Peak learning rate.",
            default="auto: 0.003 when training starts from PCA, else 0.001",
        ),
        Setting(),
    ] = None
    schedule: Annotated[
        str | None,
        _training(
            "--schedule",
            metavar="NAME",
            help="Learning rate schedule: constant, cosine, warmup_cosine, linear or exponential.",
            default="warmup_cosine",
        ),
        Setting(),
    ] = None
    optimizer: Annotated[
        str | None,
        _training(
            "--optimizer",
            metavar="NAME",
            help="Optimizer: adam, adamw, nadam, rmsprop, lion or sgd.",
            default="adam",
        ),
        Setting(),
    ] = None
    gradient_clip: Annotated[
        float | None,
        _training(
            "--gradient-clip",
            metavar="X",
            help="Maximum global norm of a gradient.",
            default="no clipping",
        ),
        Setting(),
    ] = None
    patience: Annotated[
        int | None,
        _training(
            "--patience",
            metavar="N",
            min=0,
            help="Epochs without a better validation loss before training stops; 0 trains all"
            " epochs and keeps the last weights.",
            default="auto: 10 or what makes 600 steps, 0 below 1,000 examples",
        ),
        Setting(),
    ] = None
    seed: Annotated[
        int,
        _training("--seed", metavar="N", min=0, help="Seed of all random numbers.", default="0"),
        Setting("random_state"),
    ] = 0


@dataclass(frozen=True, kw_only=True)
class DataOptions(options.Examples):
    """Where the examples are, and how many of them are learned from."""

    limit: Annotated[
        int | None,
        _data(
            "--limit",
            metavar="N",
            min=1,
            help="Use the first N training examples only.",
            default="all",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class FitOptions(DataOptions, TrainingOptions, HeadOptions, ModelOptions):
    """All options of `isthmus fit`."""

    validation_fraction: Annotated[
        float,
        _data(
            "--validation-fraction",
            metavar="SHARE",
            help="Share of the examples for validation, which decides when training stops.",
            default="0.1",
        ),
        Alias("validation"),
    ] = 0.1
    test_fraction: Annotated[
        float,
        _data(
            "--test-fraction",
            metavar="SHARE",
            help="Share of the examples for the test set, where the source has none of its own.",
            default="0.1",
        ),
        Alias("test"),
    ] = 0.1
    out: Annotated[
        str | None,
        _run("--out", "-o", metavar="RUN", help="Run folder to write.", default="runs/NAME"),
    ] = None
    config: Config = None
    force: Annotated[bool, _run("--force", help="Replace the run that --out names.")] = False
    live_limit: Annotated[
        float | None,
        _run(
            "--live-limit",
            metavar="MB",
            help="Largest decoder that report.html carries, to decode any code there; 0 for none.",
            default="5",
        ),
    ] = None
    checkpoint_every: Annotated[
        int | None,
        _run("--checkpoint-every", metavar="N", min=1, help="Save a checkpoint every N epochs."),
    ] = None
    resume: Annotated[
        bool, _run("--resume", help="Continue from the last checkpoint in --out.")
    ] = False
    quiet: Annotated[bool, _run("--quiet", "-q", help="Show no progress.")] = False
    json: Annotated[
        bool, _run("--json", help="Print the metrics as JSON on stdout, and nothing else there.")
    ] = False
