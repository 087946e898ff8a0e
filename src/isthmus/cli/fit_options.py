"""The options of `isthmus fit`, each described once, in the panels that its help shows.

None stands for what the recipe, or else the estimator, takes by itself.
"""

from typing import Annotated

import typer

_MODEL, _TRAINING, _DATA, _RUN = "The model", "The training", "The data", "The run"


def complete_recipe(incomplete: str) -> list[str]:
    """Give the recipes that begin like ``incomplete``."""
    from isthmus import recipes

    return [name for name in recipes.RECIPES if name.startswith(incomplete)]


LatentDim = Annotated[
    int | None,
    typer.Option(
        "--latent-dim", "-d", metavar="D", help="Size of the code.", rich_help_panel=_MODEL
    ),
]
Recipe = Annotated[
    str | None,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="A named autoencoder to start from; see `isthmus recipes`.",
        autocompletion=complete_recipe,
        rich_help_panel=_MODEL,
    ),
]
Architecture = Annotated[
    str | None,
    typer.Option("--architecture", metavar="NAME", help="dense or conv.", rich_help_panel=_MODEL),
]
Hidden = Annotated[
    str | None,
    typer.Option(
        "--hidden",
        metavar="WIDTHS",
        help="Widths of the hidden layers: 128,64, none or auto.",
        rich_help_panel=_MODEL,
    ),
]
Channels = Annotated[
    str | None,
    typer.Option(
        "--channels",
        metavar="WIDTHS",
        help="Channels of the convolutions: 16,32.",
        rich_help_panel=_MODEL,
    ),
]
Activation = Annotated[
    str | None,
    typer.Option(
        "--activation",
        metavar="NAME",
        help="After each hidden layer, gelu for instance.",
        rich_help_panel=_MODEL,
    ),
]
BatchNorm = Annotated[
    bool,
    typer.Option("--batch-norm", help="Normalise the hidden layers.", rich_help_panel=_MODEL),
]
Dropout = Annotated[
    float | None,
    typer.Option(
        "--dropout", metavar="SHARE", help="Share of hidden units dropped.", rich_help_panel=_MODEL
    ),
]
Decoder = Annotated[
    str | None,
    typer.Option("--decoder", metavar="NAME", help="mirror or tied.", rich_help_panel=_MODEL),
]
Tied = Annotated[
    bool, typer.Option("--tied", help="Short for --decoder tied.", rich_help_panel=_MODEL)
]
Latent = Annotated[
    str | None,
    typer.Option(
        "--latent",
        metavar="SPEC",
        help="deterministic, gaussian, or deterministic:relu.",
        rich_help_panel=_MODEL,
    ),
]
Corruption = Annotated[
    str | None,
    typer.Option(
        "--corruption",
        metavar="SPEC",
        help="What the encoder's input suffers: gaussian:0.2, gaussian:0.1+masking:0.2.",
        rich_help_panel=_MODEL,
    ),
]
Likelihood = Annotated[
    str | None,
    typer.Option(
        "--likelihood",
        metavar="SPEC",
        help="auto, gaussian, bernoulli, laplace, ...; masked where entries are missing.",
        rich_help_panel=_MODEL,
    ),
]
Bound = Annotated[
    str | None,
    typer.Option(
        "--bound", metavar="SPEC", help="elbo, or with beta, elbo:4.", rich_help_panel=_MODEL
    ),
]
Beta = Annotated[
    float | None,
    typer.Option("--beta", metavar="W", help="Weight of the divergence.", rich_help_panel=_MODEL),
]
Warmup = Annotated[
    float | None,
    typer.Option(
        "--warmup", metavar="EPOCHS", help="Epochs until beta is whole.", rich_help_panel=_MODEL
    ),
]
Penalty = Annotated[
    list[str] | None,
    typer.Option(
        "--penalty", metavar="SPEC", help="l1:0.001; may be repeated.", rich_help_panel=_MODEL
    ),
]
Classifier = Annotated[
    bool,
    typer.Option(
        "--classifier", help="Learn to tell the labels from the code, too.", rich_help_panel=_MODEL
    ),
]
ClassificationWeight = Annotated[
    float | None,
    typer.Option(
        "--classification-weight",
        metavar="W",
        help="Weight of the classifier.",
        rich_help_panel=_MODEL,
    ),
]
Regressor = Annotated[
    bool,
    typer.Option(
        "--regressor",
        help="Learn to predict a quantity, the --target, from the code, too.",
        rich_help_panel=_MODEL,
    ),
]
RegressionWeight = Annotated[
    float | None,
    typer.Option(
        "--regression-weight",
        metavar="W",
        help="Weight of the regressor.",
        rich_help_panel=_MODEL,
    ),
]
Conditional = Annotated[
    bool,
    typer.Option(
        "--conditional",
        help="Tell encoder and decoder the labels, so that examples can be made by label.",
        rich_help_panel=_MODEL,
    ),
]
Scaling = Annotated[
    str | None,
    typer.Option(
        "--scaling",
        metavar="NAME",
        help="auto, none, unit, pixels, range, minmax or standard.",
        rich_help_panel=_MODEL,
    ),
]
Start = Annotated[
    str | None,
    typer.Option("--start", metavar="NAME", help="auto, pca or random.", rich_help_panel=_TRAINING),
]
Epochs = Annotated[
    int | None,
    typer.Option("--epochs", metavar="N", help="Passes over the data.", rich_help_panel=_TRAINING),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size", metavar="N", help="Examples in a step.", rich_help_panel=_TRAINING
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        "--learning-rate", metavar="X", help="Of the optimiser.", rich_help_panel=_TRAINING
    ),
]
Schedule = Annotated[
    str | None,
    typer.Option(
        "--schedule",
        metavar="NAME",
        help="cosine, constant, linear, ...",
        rich_help_panel=_TRAINING,
    ),
]
Optimizer = Annotated[
    str | None,
    typer.Option(
        "--optimizer", metavar="NAME", help="adam, adamw, nadam, ...", rich_help_panel=_TRAINING
    ),
]
GradientClip = Annotated[
    float | None,
    typer.Option(
        "--gradient-clip",
        metavar="X",
        help="Largest norm of a gradient.",
        rich_help_panel=_TRAINING,
    ),
]
Patience = Annotated[
    int | None,
    typer.Option(
        "--patience",
        metavar="N",
        min=0,
        help="Epochs without improvement before stopping; 0 never stops early and keeps the last.",
        rich_help_panel=_TRAINING,
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="N",
        min=0,
        help="Where all random numbers start.",
        rich_help_panel=_TRAINING,
    ),
]
ValidationFraction = Annotated[
    float,
    typer.Option(
        "--validation-fraction",
        metavar="SHARE",
        help="Share kept out to stop by.",
        rich_help_panel=_DATA,
    ),
]
TestFraction = Annotated[
    float,
    typer.Option(
        "--test-fraction",
        metavar="SHARE",
        help="Share kept out to test on, where the source has no test part.",
        rich_help_panel=_DATA,
    ),
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        "--target",
        metavar="COLUMN",
        help="The column of labels, or of a quantity, by name or index.",
        rich_help_panel=_DATA,
    ),
]
Array = Annotated[
    str | None,
    typer.Option(
        "--array", metavar="NAME", help="Which array of an .npz file.", rich_help_panel=_DATA
    ),
]
ImageShape = Annotated[
    str | None,
    typer.Option(
        "--image-shape",
        metavar="HxWxC",
        help="The images' shape, where stored flat.",
        rich_help_panel=_DATA,
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        metavar="N",
        min=1,
        help="Use the first N training examples.",
        rich_help_panel=_DATA,
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="RUN",
        help="The run folder; runs/NAME by itself.",
        rich_help_panel=_RUN,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the run that --out names.", rich_help_panel=_RUN)
]
CheckpointEvery = Annotated[
    int | None,
    typer.Option(
        "--checkpoint-every",
        min=1,
        metavar="N",
        help="Keep a checkpoint every N epochs.",
        rich_help_panel=_RUN,
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from the last checkpoint of --out.", rich_help_panel=_RUN),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress.", rich_help_panel=_RUN)
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print the metrics as JSON on stdout alone.", rich_help_panel=_RUN),
]
