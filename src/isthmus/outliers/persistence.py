"""Fitted detectors to and from folders of safe files: numbers and JSON, nothing executable.

A detector is a folder: ``detector.safetensors`` holds settings, scores and calibration;
``autoencoder-0.safetensors`` and so on are model files, one for each fold.
"""

from pathlib import Path

import numpy as np

from isthmus.atomic import new_folder
from isthmus.errors import DataError, ModelFileError, SettingError
from isthmus.estimators.persistence import load as load_autoencoder
from isthmus.modelfile import read_model_file, write_model_file
from isthmus.outliers.detector import OutlierDetector
from isthmus.outliers.folds import Fold
from isthmus.outliers.scores import MEMBERS, AbstractScore, Combined
from isthmus.outliers.tails import Tail
from isthmus.plainjson import Facts, JsonObject
from isthmus.tables import Schema

NAME = "detector.safetensors"
KIND = "OutlierDetector"
SETTINGS = ("contamination", "calibration", "trimmed")
"""Settings that are kept; of the autoencoder and the score what was fitted is."""

CLASSES = {cls.__name__: cls for cls in (*MEMBERS.values(), Combined)}
NAMES = "feature_names_in_"
BROKEN = (DataError, LookupError, TypeError, ValueError, AttributeError)
"""What a description raises when its parts do not fit each other."""


def save(detector: OutlierDetector, path: str | Path) -> Path:
    """Write a fitted detector to a folder, whole or not at all.

    Parameters
    ----------
    detector
        Fitted.
    path
        The folder; it is replaced where it is a detector's already.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SettingError
        If the folder is something else's, or the score holds what a file cannot.
    """
    path = Path(path)
    if path.exists() and not (path / NAME).exists():
        raise SettingError(f"{path} is there and is no detector's folder: take another name.")
    tensors: dict[str, np.ndarray] = {}
    folds = [_fold_facts(f"fold{i}", fold, tensors) for i, fold in enumerate(detector.folds_)]
    names = getattr(detector, NAMES, None)
    about = {
        "estimator": KIND,
        "settings": {name: getattr(detector, name) for name in SETTINGS},
        "folds": folds,
        "contamination": detector.contamination_,
        "offset": detector.offset_,
        "features": detector.n_features_in_,
        "names": None if names is None else [str(name) for name in names],
        "schema": None if detector.schema_ is None else detector.schema_.to_plain(),
    }
    with new_folder(path) as folder:
        write_model_file(folder / NAME, about, tensors)
        for i, fold in enumerate(detector.folds_):
            fitted = getattr(fold.autoencoder, "estimator", fold.autoencoder)  # of a frozen one
            fitted.save(folder / f"autoencoder-{i}.safetensors")
    return path


def load(path: str | Path) -> OutlierDetector:
    """Read a fitted detector from its folder.

    Raises
    ------
    ModelFileError
        If the folder is missing, or a file in it is damaged, of another kind or version.
    """
    path = Path(path)
    about, tensors = read_model_file(path / NAME)
    if about.get("estimator") != KIND:
        raise ModelFileError(f"{path / NAME} holds no outlier detector: fit one.")
    try:
        return _rebuilt(path, about, tensors)
    except ModelFileError:
        raise
    except BROKEN as error:
        raise ModelFileError(
            f"{path} does not hold a consistent detector ({type(error).__name__}): fit it again."
        ) from error


def _rebuilt(path: Path, about: Facts, tensors: dict[str, np.ndarray]) -> OutlierDetector:
    detector = OutlierDetector(**{name: about["settings"][name] for name in SETTINGS})
    detector.folds_ = []
    for i, facts in enumerate(about["folds"]):
        score = _made(facts["score"])
        detector.folds_.append(
            Fold(
                load_autoencoder(path / f"autoencoder-{i}.safetensors"),
                score.restore(_fields(f"fold{i}.score", facts["numbers"], tensors)),
                Tail(*facts["tail"]),
                tensors[f"fold{i}.calibration"],
                tensors[f"fold{i}.codes"],
            )
        )
    detector.scoring = _made(about["folds"][0]["score"])
    detector.contamination_ = float(about["contamination"])
    detector.offset_ = float(about["offset"])
    detector.n_features_in_ = int(about["features"])
    schema = about.get("schema")
    detector.schema_ = None if schema is None else Schema.from_plain(schema)
    if about["names"] is not None:
        detector.feature_names_in_ = np.array(about["names"], dtype=object)
    return detector


def _fold_facts(name: str, fold: Fold, tensors: dict[str, np.ndarray]) -> JsonObject:
    tensors[f"{name}.calibration"], tensors[f"{name}.codes"] = fold.calibration, fold.codes
    numbers = {}
    for key, value in fold.score.state().items():
        if isinstance(value, np.ndarray):
            tensors[f"{name}.score.{key}"] = np.ascontiguousarray(value)
        else:
            numbers[key] = value
    tail = [fold.tail.median, fold.tail.spread]
    return {"score": _described(fold.score), "numbers": numbers, "tail": tail}


def _fields(name: str, numbers: Facts, tensors: dict[str, np.ndarray]) -> JsonObject:
    own = {k.removeprefix(f"{name}."): v for k, v in tensors.items() if k.startswith(f"{name}.")}
    return {**own, **numbers}


def _described(score: AbstractScore) -> JsonObject:
    """Return a score's class and settings as JSON."""
    if type(score).__name__ not in CLASSES:
        raise SettingError(
            f"score {type(score).__name__} is not a part of isthmus, and a file holds no code: "
            "keep this detector with joblib.dump instead."
        )
    settings = {
        name: [_described(one) for one in value] if name == "scores" else value
        for name, value in score.get_params(deep=False).items()
    }
    return {"class": type(score).__name__, "settings": settings}


def _made(described: Facts) -> AbstractScore:
    """Return an unfitted score from its description."""
    settings: JsonObject = {
        name: [_made(one) for one in value] if name == "scores" else value
        for name, value in described["settings"].items()
    }
    return CLASSES[described["class"]](**settings)
