"""From the options of `isthmus fit` to an estimator."""

import dataclasses
from typing import TYPE_CHECKING

from isthmus.cli import parsing
from isthmus.cli.declaring import settings_of
from isthmus.cli.fit_options import FitOptions
from isthmus.cli.model_options import HeadOptions, ModelOptions
from isthmus.errors import SettingError, unknown
from isthmus.plainjson import Facts

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder


def build(given: FitOptions) -> "AbstractAutoencoder":
    """Build the estimator that the options of a fit describe.

    Parameters
    ----------
    given
        The options; None, an empty list or False where one was not given.

    Raises
    ------
    SettingError
        If a name is unknown, or two options contradict each other.
    """
    return _supervised(autoencoder(given), given)


def autoencoder(given: ModelOptions) -> "AbstractAutoencoder":
    """Build the autoencoder that options describe, which its recipe may condition on labels."""
    from isthmus import Autoencoder

    estimator = Autoencoder() if given.recipe is None else _recipe(given.recipe)
    present = estimator.get_params(deep=False)
    estimator.set_params(**(settings_of(given) | _encoder(given, present) | _tied(given)))
    return estimator


def _supervised(estimator: "AbstractAutoencoder", given: HeadOptions) -> "AbstractAutoencoder":
    """Return the estimator that learns what the options say from labels, if anything."""
    from isthmus import AutoencoderClassifier, AutoencoderRegressor

    heads = {
        "classifier": (given.classifier, AutoencoderClassifier, "classification_weight"),
        "regressor": (given.regressor, AutoencoderRegressor, "regression_weight"),
    }
    for head, (chosen, _, weight) in heads.items():
        if getattr(given, weight) is not None and not chosen:
            name = weight.replace("_", "-")
            raise SettingError(f"--{name} needs --{head}; give both.")
    conditional = given.conditional or estimator.target_kind == "condition"
    wanted = [name for name, (chosen, *_) in heads.items() if chosen]
    if len(wanted) + conditional > 1:
        named = [f"--{name}" for name in wanted]
        both = [*named, "a model conditioned on labels"] if conditional else named
        raise SettingError(f"{' and '.join(both)} do not go together; choose one.")
    if conditional:
        return estimator.set_params(condition=True)
    for head in wanted:
        _, kind, weight = heads[head]
        value = getattr(given, weight)
        own = {} if value is None else {weight: value}
        shared = estimator.get_params(deep=False)
        del shared["condition"]
        return kind(**shared, **own)
    return estimator


def _recipe(name: str) -> "AbstractAutoencoder":
    from isthmus import recipes

    known = recipes.RECIPES
    if name.replace("-", "_") not in known:
        raise SettingError(unknown("recipe", name, known))
    return known[name.replace("-", "_")].make().as_autoencoder()


def _hidden(text: str) -> tuple[int, ...] | str:
    if text == "auto":
        return text
    return () if text in ("none", "") else parsing.whole_numbers(text, "--hidden")


def _encoder(given: ModelOptions, present: Facts) -> dict[str, object]:
    """Return the encoder: by name where that says it all, else its whole specification."""
    from isthmus import networks

    own: dict[str, object] = {"batch_norm": True} if given.batch_norm else {}
    if given.dropout is not None:
        own["dropout"] = given.dropout
    if given.channels is not None:
        own["channels"] = parsing.whole_numbers(given.channels, "--channels")
    shared: dict[str, object] = {}
    if given.activation is not None:
        shared["activation"] = given.activation
    if given.hidden is not None:
        shared["hidden"] = _hidden(given.hidden)
    chosen = given.architecture or present["encoder"]
    if isinstance(chosen, str):
        if chosen not in networks.MEMBERS:
            raise SettingError(unknown("architecture", chosen, networks.MEMBERS))
        if not own:
            return {"encoder": chosen, **shared}
        shared = {"activation": present["activation"], **shared}
        if present["hidden"] != "auto":
            shared = {"hidden": present["hidden"], **shared}
        chosen = networks.MEMBERS[chosen]()
    if "channels" in own and not hasattr(chosen, "channels"):
        raise SettingError("--channels is for convolutions; give --architecture conv as well.")
    return {"encoder": dataclasses.replace(chosen, **own, **shared), "hidden": "auto"}


def _tied(given: ModelOptions) -> dict[str, object]:
    if not given.tied:
        return {}
    if given.decoder not in (None, "tied"):
        raise SettingError(f"--tied and --decoder {given.decoder} contradict each other; give one.")
    return {"decoder": "tied"}
