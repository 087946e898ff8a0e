"""The options of the model: its slots and their sizes, and what it learns from labels.

None stands for what the recipe, or else the estimator, takes by itself. `settings.py` composes
those that belong to the encoder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Annotated

from isthmus.cli import parsing
from isthmus.cli.declaring import Setting, option

_model = partial(option, panel="The model")


def complete_recipe(incomplete: str) -> list[str]:
    """Return the recipes that begin like ``incomplete``."""
    from isthmus import recipes

    return [name for name in recipes.RECIPES if name.startswith(incomplete)]


def _member(slot: str, text: str, words: Mapping[str, object] | None = None) -> object:
    """Read a member of a slot, or one of the words that stand for something else."""
    named = words or {}
    if text in named:
        return named[text]
    module = slot if slot in ("corruption", "penalties") else f"{slot}s"
    option = "--penalty" if slot == "penalties" else f"--{slot}"
    return parsing.specification(text, import_module(f"isthmus.{module}").MEMBERS, option)


def _penalties(texts: str) -> object:
    return tuple(_member("penalties", text) for text in texts)


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """The slots of the autoencoder and their sizes."""

    latent_dim: Annotated[
        int | None,
        _model("--latent-dim", "-d", metavar="D", help="Size of the latent code.", default="2"),
        Setting(),
    ] = None
    recipe: Annotated[
        str | None,
        _model(
            "--recipe",
            metavar="NAME",
            help="Named autoencoder to start from, see `isthmus recipes`; its settings replace the"
            " defaults shown here, and other options replace its settings.",
            complete=complete_recipe,
        ),
    ] = None
    architecture: Annotated[
        str | None,
        _model(
            "--architecture",
            metavar="NAME",
            help="Kind of encoder: dense, or conv for images.",
            default="dense",
        ),
    ] = None
    hidden: Annotated[
        str | None,
        _model(
            "--hidden",
            metavar="WIDTHS",
            help="Widths of the encoder's dense hidden layers, such as 128,64; none for no layer.",
            default="auto: one or two layers, 32 to 512 wide, wider for more examples and features",
        ),
    ] = None
    channels: Annotated[
        str | None,
        _model(
            "--channels",
            metavar="WIDTHS",
            help="Channels of the convolutions, for --architecture conv.",
            default="16,32",
        ),
    ] = None
    activation: Annotated[
        str | None,
        _model(
            "--activation",
            metavar="NAME",
            help="Activation of the hidden layers, such as relu or tanh.",
            default="gelu",
        ),
    ] = None
    batch_norm: Annotated[
        bool, _model("--batch-norm", help="Batch normalisation in the hidden layers.")
    ] = False
    dropout: Annotated[
        float | None,
        _model(
            "--dropout",
            metavar="SHARE",
            help="Share of hidden units dropped in training.",
            default="0",
        ),
    ] = None
    decoder: Annotated[
        str | None,
        _model(
            "--decoder",
            metavar="NAME",
            help="mirror (the encoder's layers in reverse) or tied (its weights transposed).",
            default="mirror",
        ),
        Setting(),
    ] = None
    tied: Annotated[bool, _model("--tied", help="Short for --decoder tied.")] = False
    latent: Annotated[
        str | None,
        _model(
            "--latent",
            metavar="SPEC",
            help="Kind of latent code, such as gaussian, vector_quantised or deterministic:relu.",
            default="deterministic",
        ),
        Setting(read=partial(_member, "latent")),
    ] = None
    corruption: Annotated[
        str | None,
        _model(
            "--corruption",
            metavar="SPEC",
            help="Noise on the encoder's input in training: gaussian:0.2, masking:0.3, or a sum"
            " such as gaussian:0.1+masking:0.2.",
            default="none",
        ),
        Setting(read=partial(_member, "corruption", words={"none": None})),
    ] = None
    likelihood: Annotated[
        str | None,
        _model(
            "--likelihood",
            metavar="SPEC",
            help="Reconstruction likelihood: gaussian, bernoulli, laplace, poisson, ...; masked"
            " where entries are missing.",
            default="auto: bernoulli for bits, and for values in [0, 1] under a stochastic code;"
            " else gaussian",
        ),
        Setting(read=partial(_member, "likelihood", words={"auto": "auto"})),
    ] = None
    bound: Annotated[
        str | None,
        _model(
            "--bound",
            metavar="SPEC",
            help="Variational bound: elbo, free_bits, importance_weighted, ...; elbo:4 sets beta.",
            default="elbo",
        ),
        Setting(read=partial(_member, "bound")),
    ] = None
    beta: Annotated[
        float | None,
        _model("--beta", metavar="W", help="Weight of the KL divergence.", default="1"),
        Setting("bound__beta"),
    ] = None
    warmup: Annotated[
        float | None,
        _model(
            "--warmup",
            metavar="EPOCHS",
            help="Epochs over which beta rises from 0 to its value.",
            default="0",
        ),
        Setting("bound__warmup"),
    ] = None
    penalty: Annotated[
        list[str] | None,
        _model(
            "--penalty",
            metavar="SPEC",
            help="Penalty added to the loss, such as l1:0.001; may be repeated.",
            default="auto: weight decay below 10,000 examples, else none",
        ),
        Setting("penalties", _penalties),
    ] = None
    scaling: Annotated[
        str | None,
        _model(
            "--scaling",
            metavar="NAME",
            help="Scaling of the input: none, unit, pixels, range, minmax or standard.",
            default="auto: to [0, 1] for pixels and values of one range, else standard",
        ),
        Setting(),
    ] = None


@dataclass(frozen=True, kw_only=True)
class HeadOptions:
    """What the model learns from labels."""

    classifier: Annotated[
        bool, _model("--classifier", help="Train a classifier of the labels on the code as well.")
    ] = False
    classification_weight: Annotated[
        float | None,
        _model(
            "--classification-weight",
            metavar="W",
            help="Weight of the classifier's loss.",
            default="1, and 10 where some examples have no label",
        ),
    ] = None
    regressor: Annotated[
        bool,
        _model("--regressor", help="Train a regressor of the --target on the code as well."),
    ] = False
    regression_weight: Annotated[
        float | None,
        _model(
            "--regression-weight",
            metavar="W",
            help="Weight of the regressor's loss.",
            default="1, and 10 where some examples have no label",
        ),
    ] = None
    labelled: Annotated[
        int | None,
        _model(
            "--labelled",
            metavar="N",
            min=1,
            help="Learn from the labels of N training examples alone, spread evenly over the"
            " classes and drawn by --seed; the rest, and the validation set, count as unlabelled.",
            default="all that the source has",
        ),
    ] = None
    conditional: Annotated[
        bool,
        _model(
            "--conditional",
            help="Condition encoder and decoder on the labels, so that `isthmus generate --given"
            " LABEL` makes examples of one label.",
        ),
    ] = False
