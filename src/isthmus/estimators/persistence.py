"""Fitted estimators to and from model files."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from isthmus.errors import ModelFileError, SettingError
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.classifier import AutoencoderClassifier
from isthmus.estimators.conditional import ConditionalAutoencoder
from isthmus.estimators.consistency import check_consistent, short_array
from isthmus.estimators.regressor import AutoencoderRegressor
from isthmus.model import Model
from isthmus.modelfile import read_model_file, write_model_file
from isthmus.scaling import Choice
from isthmus.treecodec import decode_tree, encode_tree

CLASSES = (Autoencoder, AutoencoderClassifier, AutoencoderRegressor, ConditionalAutoencoder)
ESTIMATORS = {cls.__name__: cls for cls in CLASSES}

PLAIN = (
    "n_features_in_", "image_shape_", "_example_shape", "history_", "best_epoch_", "n_epochs_",
    "stop_reason_", "fit_seconds_", "n_parameters_", "n_trainable_parameters_",
)  # fmt: skip
"""Fitted attributes that are JSON as they are (tuples come back as tuples)."""

ARRAYS = ("feature_names_in_", "classes_", "target_mean_", "target_scale_")
"""Fitted attributes that are short arrays of numbers or words."""

OF_THE_MACHINE = ("devices",)
"""Settings that say where a fit ran, which is no business of whoever loads it."""

INCONSISTENT = (
    LookupError, TypeError, ValueError, AttributeError, AssertionError, ArithmeticError,
    RuntimeError, MemoryError,
)  # fmt: skip
"""What a description raises, on the way to a model, when its parts do not fit each other."""


def save(estimator: Any, path: str | Path) -> Path:
    """Write a fitted estimator, atomically.

    Parameters
    ----------
    estimator
        A fitted `isthmus.Autoencoder`, `isthmus.AutoencoderClassifier`,
        `isthmus.AutoencoderRegressor` or `isthmus.ConditionalAutoencoder`.
    path
        Where to; conventionally ``.safetensors``.

    Returns
    -------
    Path
        Where it lies.

    Raises
    ------
    SettingError
        If the model has modules of the user's own, which a file without code cannot hold, or
        ``latent_dim`` is no longer that of the fit.
    """
    check_is_fitted(estimator)
    kind = type(estimator).__name__
    if isinstance(estimator, ConditionalAutoencoder):  # is kept as what it fitted, and the labels
        labels, estimator = estimator.classes_, copy.copy(estimator.autoencoder_)
        estimator.classes_ = labels
    if estimator.latent_dim != estimator.model_.latent_dim:
        raise SettingError(
            f"latent_dim has been set to {estimator.latent_dim} since a code of "
            f"{estimator.model_.latent_dim} was fitted: fit again, or set it back."
        )
    tensors: dict[str, np.ndarray] = {
        "code_mean": np.atleast_1d(estimator.code_mean_),
        "code_covariance": np.atleast_2d(estimator.code_covariance_),
    }
    about = {
        "estimator": kind,
        "settings": _encode_settings(estimator, tensors),
        "scaling": {"kind": estimator.scaling_.kind, "reason": estimator.scaling_.reason},
        "fitted": {name: _encode_plain(getattr(estimator, name)) for name in PLAIN},
        "arrays": {
            name: {"values": values.tolist(), "dtype": values.dtype.str}
            for name in ARRAYS
            if (values := getattr(estimator, name, None)) is not None
        },
        "model": encode_tree(estimator.model_, tensors),
    }
    return write_model_file(Path(path), about, tensors)


def load(path: str | Path) -> Any:
    """Read a fitted estimator from a model file.

    Parameters
    ----------
    path
        The ``.safetensors`` file that `save` wrote, or the folder of a run.

    Returns
    -------
    Autoencoder, AutoencoderClassifier, AutoencoderRegressor or ConditionalAutoencoder
        Fitted, with the settings that it was fitted with.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, foreign, changed, or of a newer version.
    """
    path = Path(path)
    path = path / "model.safetensors" if path.is_dir() else path
    about, tensors = read_model_file(path)
    try:
        return _rebuilt(about, tensors, path.stat().st_size)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from error
    except INCONSISTENT as error:
        raise ModelFileError(
            f"{path} does not hold a consistent model ({type(error).__name__}): fit it again."
        ) from error


def _rebuilt(about: dict[str, Any], tensors: dict[str, np.ndarray], file_size: int) -> Any:
    if about["estimator"] not in ESTIMATORS:
        raise ModelFileError(f"it holds an unknown estimator, {about['estimator']!r}.")
    settings = {name: decode_tree(v, tensors) for name, v in about["settings"].items()}
    kind = ESTIMATORS[about["estimator"]]
    estimator: Any = (Autoencoder if kind is ConditionalAutoencoder else kind)(**settings)
    model = decode_tree(about["model"], tensors)
    if not isinstance(model, Model):
        raise ModelFileError("it holds no model.")
    estimator.model_ = model
    estimator.likelihood_ = model.likelihood
    estimator.scaling_ = Choice(about["scaling"]["kind"], about["scaling"]["reason"], model.scaling)
    for name in PLAIN:
        setattr(estimator, name, _decode_plain(about["fitted"][name]))
    for name, array in about["arrays"].items():
        if name in ARRAYS:
            setattr(estimator, name, short_array(array, file_size))
    estimator.code_mean_ = tensors["code_mean"]
    estimator.code_covariance_ = tensors["code_covariance"]
    check_consistent(estimator)
    return _around(estimator) if kind is ConditionalAutoencoder else estimator


def _around(fitted: Any) -> ConditionalAutoencoder:
    """Return a conditional autoencoder around what it fitted."""
    unfitted: Any = clone(fitted)
    conditional = ConditionalAutoencoder(unfitted)
    conditional.classes_ = vars(fitted).pop("classes_")
    conditional.autoencoder_ = fitted
    return conditional


def _encode_settings(estimator: Any, tensors: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the settings as JSON; what only a program can hold falls back to its default."""
    settings = estimator.get_params(deep=False)
    defaults = type(estimator)().get_params(deep=False)
    encoded = {}
    for name, value in settings.items():
        value = defaults[name] if name in OF_THE_MACHINE else value
        try:
            encoded[name] = encode_tree(value, tensors, f"settings.{name}")
        except SettingError:
            encoded[name] = encode_tree(defaults[name], tensors, f"settings.{name}")
    return encoded


def _encode_plain(value: Any) -> Any:
    return {"tuple": list(value)} if isinstance(value, tuple) else value


def _decode_plain(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"tuple"}:
        return tuple(value["tuple"])
    return value
