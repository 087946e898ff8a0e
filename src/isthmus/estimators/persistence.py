"""Fitted estimators to and from model files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from isthmus.errors import ModelFileError, SettingError
from isthmus.estimators.consistency import check_consistent, short_array
from isthmus.estimators.number_columns import MOST_DECIMALS, NumberColumns
from isthmus.estimators.registry import ESTIMATORS
from isthmus.estimators.units import Range
from isthmus.model import Model
from isthmus.modelfile import read_model_file, write_model_file
from isthmus.plainjson import Facts, JsonObject
from isthmus.scaling import Choice
from isthmus.specifications import NotInFile
from isthmus.tables import Schema
from isthmus.treecodec import decode_tree, encode_tree

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder
    from isthmus.estimators.conditional import AnyAutoencoder

OF_THE_MACHINE = ("devices",)
"""Settings that say where a fit ran, which is no business of whoever loads it."""

OF_TRAINING = ("optimizer", "schedule")
"""Settings that may be programs, and that the fitted model does not contain."""

INCONSISTENT = (
    LookupError, TypeError, ValueError, AttributeError, AssertionError, ArithmeticError,
    RuntimeError, MemoryError,
)  # fmt: skip
"""What a description raises, on the way to a model, when its parts do not fit each other."""


def save(estimator: "AbstractAutoencoder", kind: str, path: str | Path) -> Path:
    """Write a fitted estimator, atomically.

    Parameters
    ----------
    estimator
        Fitted; its ``_plain`` and ``_arrays`` name the fitted attributes to write.
    kind
        The name, in the registry, of the class that reads the file again.
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
    if kind not in ESTIMATORS:
        raise SettingError(
            f"{kind} is not known to model files: decorate the class with "
            "isthmus.estimators.registered, and import it before its files are loaded."
        )
    if estimator.latent_dim != estimator.model_.latent_dim:
        raise SettingError(
            f"latent_dim has been set to {estimator.latent_dim} since a code of "
            f"{estimator.model_.latent_dim} was fitted: fit again, or set it back."
        )
    tensors: dict[str, np.ndarray] = {
        "code_mean": np.atleast_1d(estimator.code_mean_),
        "code_covariance": np.atleast_2d(estimator.code_covariance_),
    }
    if estimator.range_ is not None:
        tensors |= {"range_low": estimator.range_.low, "range_high": estimator.range_.high}
    if estimator.number_columns_ is not None:
        columns = estimator.number_columns_
        tensors |= {"column_std": columns.std, "column_decimals": columns.decimals}
    about = {
        "estimator": kind,
        "settings": _encode_settings(estimator, tensors),
        "scaling": {"kind": estimator.scaling_.kind, "reason": estimator.scaling_.reason},
        "fitted": {name: _encode_plain(getattr(estimator, name)) for name in estimator._plain},
        "arrays": {
            name: {"values": values.tolist(), "dtype": values.dtype.str}
            for name in estimator._arrays
            if (values := getattr(estimator, name, None)) is not None
        },
        "model": encode_tree(estimator.model_, tensors),
    }
    if estimator.schema_ is not None:
        about["schema"] = estimator.schema_.to_plain()
    return write_model_file(Path(path), about, tensors)


def load(path: str | Path) -> "AnyAutoencoder":
    """Read a fitted estimator from a model file.

    Parameters
    ----------
    path
        The ``.safetensors`` file that `save` wrote, or the folder of a run.

    Returns
    -------
    estimator
        Of the class that was saved, fitted, with the settings that it was fitted with.

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


def _rebuilt(about: Facts, tensors: dict[str, np.ndarray], file_size: int) -> "AnyAutoencoder":
    if about["estimator"] not in ESTIMATORS:
        raise ModelFileError(f"it holds an unknown estimator, {about['estimator']!r}.")
    settings = {name: decode_tree(v, tensors) for name, v in about["settings"].items()}
    model = decode_tree(about["model"], tensors)
    if not isinstance(model, Model):
        raise ModelFileError("it holds no model.")

    def restore(estimator: "AbstractAutoencoder") -> None:
        estimator.model_ = model
        estimator.likelihood_ = model.likelihood
        scaling = about["scaling"]
        estimator.scaling_ = Choice(scaling["kind"], scaling["reason"], model.scaling)
        for name in estimator._plain:
            if name in about["fitted"] or not hasattr(type(estimator), name):  # a later one has
                setattr(estimator, name, _decode_plain(about["fitted"][name]))  # a default
        for name in estimator._arrays:
            if name in about["arrays"]:
                setattr(estimator, name, short_array(about["arrays"][name], file_size))
        schema = about.get("schema")
        estimator.schema_ = None if schema is None else Schema.from_plain(schema)
        if "range_low" in tensors:
            estimator.range_ = Range(tensors["range_low"], tensors["range_high"])
        if "column_std" in tensors:
            estimator.number_columns_ = _number_columns(tensors)
        estimator.code_mean_ = tensors["code_mean"]
        estimator.code_covariance_ = tensors["code_covariance"]
        check_consistent(estimator)

    return ESTIMATORS[about["estimator"]]._restored(settings, restore)


def _number_columns(tensors: Mapping[str, np.ndarray]) -> NumberColumns:
    """Return what columns were like; before version 0.3 it was known of whole numbers alone."""
    if "column_decimals" in tensors:
        decimals = np.clip(tensors["column_decimals"], -1, MOST_DECIMALS)
    else:
        decimals = np.where(tensors["column_whole"], 0, -1)
    return NumberColumns(tensors["column_std"], decimals)


def _encode_settings(
    estimator: "AbstractAutoencoder", tensors: dict[str, np.ndarray]
) -> JsonObject:
    """Return the settings as JSON; what only a program can hold is named or left out.

    How a model was trained is named, so that a loaded estimator does not say that its default did.
    """
    settings = estimator.get_params(deep=False)
    defaults = type(estimator)().get_params(deep=False)
    encoded = {}
    for name, value in settings.items():
        value = defaults[name] if name in OF_THE_MACHINE else value
        try:
            encoded[name] = encode_tree(value, tensors, f"settings.{name}")
        except SettingError:
            trains = name in OF_TRAINING and not isinstance(value, str)
            other = NotInFile(type(value).__name__) if trains else defaults[name]
            encoded[name] = encode_tree(other, tensors, f"settings.{name}")
    return encoded


def _encode_plain(value: object) -> object:
    return {"tuple": list(value)} if isinstance(value, tuple) else value


def _decode_plain(value: object) -> object:
    if isinstance(value, dict) and value.keys() == {"tuple"}:
        return tuple(value["tuple"])
    return value
