"""From the options of `isthmus fit` to an estimator."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from isthmus.cli import parsing
from isthmus.errors import SettingError, unknown

Options = Mapping[str, Any]

_AS_THEY_ARE = (
    "latent_dim", "scaling", "start", "epochs",
    "batch_size", "learning_rate", "schedule", "optimizer", "gradient_clip", "patience",
)  # fmt: skip


def build(options: Options) -> Any:
    """Build the estimator that the options of a fit describe.

    Parameters
    ----------
    options
        Values by the options' names; None, an empty list or False where an option was not given.

    Raises
    ------
    SettingError
        If a name is unknown, or two options contradict each other.
    """
    from isthmus import Autoencoder

    estimator = Autoencoder() if options["recipe"] is None else _recipe(options["recipe"])
    if options["conditional"]:
        estimator.set_params(condition=True)
    parameters = _parameters(options, estimator.get_params(deep=False))
    estimator.set_params(**parameters, random_state=options["seed"])
    return _supervised(estimator, options)


def _supervised(estimator: Any, options: Options) -> Any:
    """Give the autoencoder what it is to learn of labels, if anything."""
    from isthmus import AutoencoderClassifier, AutoencoderRegressor

    heads = {
        "classifier": (AutoencoderClassifier, "classification_weight"),
        "regressor": (AutoencoderRegressor, "regression_weight"),
    }
    for head, (_, weight) in heads.items():
        if options[weight] is not None and not options[head]:
            name = weight.replace("_", "-")
            raise SettingError(f"--{name} needs --{head}; give both.")
    wanted = [name for name in heads if options[name]]
    conditional = estimator.target_kind == "condition"
    if len(wanted) + conditional > 1:
        conditioned = "a model conditioned on labels"
        named = [f"--{name}" for name in wanted] + [conditioned] * conditional
        both = " and ".join(named)
        raise SettingError(f"{both} do not go together; take one.")
    for head in wanted:
        kind, weight = heads[head]
        given = {} if options[weight] is None else {weight: options[weight]}
        return kind(**_shared(estimator), **given)
    return estimator


def _shared(estimator: Any) -> dict[str, Any]:
    """Return the parameters of an autoencoder that every kind of autoencoder has."""
    return {k: v for k, v in estimator.get_params(deep=False).items() if k != "condition"}


def _recipe(name: str) -> Any:
    from isthmus import recipes

    known = recipes.RECIPES
    if name.replace("-", "_") not in known:
        raise SettingError(unknown("recipe", name, known))
    return known[name.replace("-", "_")].make().as_autoencoder()


def _parameters(options: Options, present: Mapping[str, Any]) -> dict[str, Any]:
    """Give the estimator's parameters that the options set, over those ``present``."""
    from isthmus import bounds, corruption, latents, likelihoods, penalties

    slots = {
        "corruption": corruption.MEMBERS,
        "latent": latents.MEMBERS,
        "likelihood": likelihoods.MEMBERS,
        "bound": bounds.MEMBERS,
    }
    given = {name: options[name] for name in _AS_THEY_ARE if options[name] is not None}
    for slot, members in slots.items():
        text = options[slot]
        if (slot, text) == ("corruption", "none"):
            given[slot] = None
        elif (slot, text) == ("likelihood", "auto"):
            given[slot] = text
        elif text is not None:
            given[slot] = parsing.specification(text, members, f"--{slot}")
    if options["penalty"]:
        given["penalties"] = tuple(
            parsing.specification(text, penalties.MEMBERS, "--penalty")
            for text in options["penalty"]
        )
    for name in ("beta", "warmup"):
        if options[name] is not None:
            given[f"bound__{name}"] = options[name]
    if options["image_shape"] is not None:
        given["image_shape"] = parsing.image_shape(options["image_shape"])
    return given | _encoder(options, present) | _decoder(options)


def _hidden(text: str) -> tuple[int, ...] | str:
    if text == "auto":
        return text
    return () if text in ("none", "") else parsing.whole_numbers(text, "--hidden")


def _encoder(options: Options, present: Mapping[str, Any]) -> dict[str, Any]:
    """Give the encoder: by name where that says it all, else its whole specification."""
    from isthmus import networks

    own: dict[str, Any] = {"batch_norm": True} if options["batch_norm"] else {}
    if options["dropout"] is not None:
        own["dropout"] = options["dropout"]
    if options["channels"] is not None:
        own["channels"] = parsing.whole_numbers(options["channels"], "--channels")
    shared = {"activation": options["activation"]} if options["activation"] is not None else {}
    if options["hidden"] is not None:
        shared["hidden"] = _hidden(options["hidden"])
    chosen = options["architecture"] or present["encoder"]
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
        raise SettingError("--channels belongs to convolutions; give --architecture conv, too.")
    return {"encoder": dataclasses.replace(chosen, **own, **shared), "hidden": "auto"}


def _decoder(options: Options) -> dict[str, Any]:
    decoder = options["decoder"]
    if options["tied"] and decoder not in (None, "tied"):
        raise SettingError(f"--tied and --decoder {decoder} contradict each other; give one.")
    if options["tied"]:
        return {"decoder": "tied"}
    return {} if decoder is None else {"decoder": decoder}
