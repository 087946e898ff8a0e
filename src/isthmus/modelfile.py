"""The model file: tensors, and in the header a JSON description of them. Never any code.

One ``.safetensors`` file. The header's ``isthmus`` entry is JSON with a format version; next to it
stands a checksum over description and tensors. What the description says is the business of
`isthmus.estimators.persistence`.
"""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as tensors_of
from safetensors.numpy import save as bytes_of

from isthmus.atomic import new_file
from isthmus.checksum import checksum
from isthmus.errors import ModelFileError
from isthmus.plainjson import JsonObject
from isthmus.version import __version__

FORMAT = 1
"""Version of the layout; a file with a greater one is refused."""


def write_model_file(path: Path, about: JsonObject, tensors: dict[str, np.ndarray]) -> Path:
    """Write a description and its tensors, whole or not at all; return the path."""
    about = {"format": FORMAT, "version": __version__, **about}
    header = json.dumps(about, sort_keys=True)
    metadata = {"isthmus": header, "checksum": checksum(header, tensors)}
    with new_file(path) as partial:
        partial.write_bytes(bytes_of(tensors, metadata))
    return path


def read_model_file(path: Path) -> tuple[JsonObject, dict[str, np.ndarray]]:
    """Return the description and the tensors of a model file.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, foreign, changed, or of a newer version.
    """
    if path.exists() and not path.is_file():
        raise ModelFileError(f"{path} is not a file: give the path of a model file.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"There is no model file {path}: check the path.") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        tensors = tensors_of(content)
        length = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(
            f"{path} is not a whole .safetensors file ({len(content)} bytes): it is truncated, or "
            "something else."
        ) from error
    if "isthmus" not in metadata:
        raise ModelFileError(
            f"{path} is a .safetensors file, but not one of isthmus's: it has no isthmus header."
        )
    try:
        about = json.loads(metadata["isthmus"])
        version = about["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(f"{path} has a header that cannot be read: it was changed.") from error
    if not isinstance(version, int) or not 1 <= version <= FORMAT:
        raise ModelFileError(
            f"{path} has format {version}, written by isthmus {about.get('version')}, and this is "
            f"isthmus {__version__} with format {FORMAT}: upgrade isthmus."
        )
    if metadata.get("checksum") != checksum(metadata["isthmus"], tensors):
        raise ModelFileError(
            f"{path} does not match its checksum: it was changed or damaged after it was written."
        )
    return about, tensors
