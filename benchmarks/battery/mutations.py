"""Random changes: of JSON values, of named arrays, of bytes."""

import copy
import json
import struct
from typing import Any

import numpy as np
from safetensors.numpy import load as tensors_of
from safetensors.numpy import save as bytes_of

from isthmus.checksum import checksum

Random = np.random.Generator

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 10**9, 10**18, -(10**18), 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", "x", "nan", "<U500000000", "|O", ">f4", "=1+1", "é" * 50, [], [[]], {}, [1],
    [1, 2, 3], {"tuple": []}, {"tensor": "model"}, {"class": "model.Model", "fields": {}},
)  # fmt: skip
"""Values that a file should not hold where it holds something else."""

DEEP = 5_000
"""Brackets within brackets."""


def mutated_json(value: Any, random: Random) -> Any:
    """Return a JSON value with one node changed, removed, doubled or put elsewhere."""
    value = copy.deepcopy(value)
    places = list(_places(value))
    if not places:
        return ODD[random.integers(len(ODD))]
    holder, key = places[random.integers(len(places))]
    match random.integers(7):
        case 0 | 1:
            holder[key] = copy.deepcopy(ODD[random.integers(len(ODD))])
        case 2:
            del holder[key]
        case 3:
            other, where = places[random.integers(len(places))]
            holder[key] = copy.deepcopy(other[where])
        case 4 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        case 5 if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
            factor = (-1, 2, 10, 1e30)[random.integers(4)]
            holder[key] = holder[key] * factor + int(random.integers(3))
        case 6 if isinstance(holder[key], list) and len(holder[key]) > 1:
            holder[key] = holder[key][: random.integers(len(holder[key]))]
        case _:
            holder[key] = [holder[key]]
    return value


def mutated_json_text(text: str, random: Random) -> str:
    """Return the text of a JSON file after a change of its values, or of its letters."""
    match random.integers(8):
        case 0:
            deep = "[" * DEEP + "]" * DEEP
            return text.replace(":", f': {deep}, "x":', 1) if random.integers(2) else deep
        case 1 | 2:
            content = mutated_bytes(text.encode(), random)
            return content.decode("utf-8", errors="replace")
        case _:
            return json.dumps(mutated_json(json.loads(text), random))


def mutated_tensors(tensors: dict[str, np.ndarray], random: Random) -> dict[str, np.ndarray]:
    """Return named arrays of which one has other values, another shape or type, or is gone."""
    tensors = dict(tensors)
    name = sorted(tensors)[random.integers(len(tensors))]
    array = tensors[name]
    match random.integers(9):
        case 0:
            del tensors[name]
        case 1:
            tensors[name] = array[:-1] if array.ndim else array.reshape(1)
        case 2:
            tensors[name] = array.T.copy()
        case 3:
            tensors[name] = array.reshape(-1)
        case 4:
            tensors[name] = np.concatenate([array, array]) if array.ndim else array.reshape(1, 1)
        case 5:
            spoilt = np.array(array)
            if spoilt.size and spoilt.dtype.kind == "f":
                bad = [np.nan, np.inf, -np.inf][random.integers(3)]
                spoilt.reshape(-1)[random.integers(spoilt.size)] = bad
            tensors[name] = spoilt
        case 6:
            kinds = ["float64", "float16", "int32", "uint8", "bool"]
            tensors[name] = np.nan_to_num(array).astype(kinds[random.integers(len(kinds))])
        case 7:
            tensors[name] = array[:0] if array.ndim else array
        case _:
            other = sorted(tensors)[random.integers(len(tensors))]
            tensors[name], tensors[other] = tensors[other], tensors[name]
    return tensors


def mutated_model(content: bytes, random: Random) -> bytes:
    """Return a model file changed within, its checksum computed again, or changed in its bytes."""
    if not random.integers(8):
        return mutated_bytes(content, random)
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    about, tensors = json.loads(metadata["isthmus"]), tensors_of(content)
    for _ in range(random.integers(1, 3)):
        if random.integers(3):
            about = mutated_json(about, random)
        elif tensors:
            tensors = mutated_tensors(tensors, random)
    header = json.dumps(about, sort_keys=isinstance(about, dict))
    return bytes_of(tensors, {"isthmus": header, "checksum": checksum(header, tensors)})


def mutated_bytes(content: bytes, random: Random) -> bytes:
    """Return bytes of which some are flipped, gone, doubled, zero, or a number of extremes."""
    spoilt = bytearray(content)
    for _ in range(random.integers(1, 4)):
        if not spoilt:
            break
        # Headers are where numbers announce sizes: half of the changes are made there.
        end = min(len(spoilt), 128) if random.integers(2) else len(spoilt)
        place = int(random.integers(end))
        size = int(random.integers(1, 64))
        match random.integers(7):
            case 0 | 1:
                spoilt[place] ^= 1 << int(random.integers(8))
            case 2:
                del spoilt[place : place + size]
            case 3:
                spoilt[place:place] = spoilt[place : place + size]
            case 4:
                spoilt[place : place + size] = bytes(min(size, len(spoilt) - place))
            case 5:
                order = "<>"[random.integers(2)]
                number = [2**31 - 1, 2**32 - 1, 0, 10**6][random.integers(4)]
                spoilt[place : place + 4] = struct.pack(f"{order}I", number)
            case _:
                del spoilt[place:]
    return bytes(spoilt)


def _places(value: Any) -> Any:
    """Yield (list or object, index or key) of every node within a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
