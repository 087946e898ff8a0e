"""Model files that were changed within, their checksum computed again: refused when they load."""

import json
import os

import numpy as np
import pytest
from safetensors.numpy import load as tensors_of
from safetensors.numpy import save as bytes_of
from sklearn.datasets import load_digits

from isthmus import AutoencoderClassifier, load
from isthmus.checksum import checksum
from isthmus.errors import ModelFileError
from isthmus.recipes import RECIPES

SMALL = {"hidden": (4,), "epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """Return the content of a classifier's file, fitted to images."""
    images = load_digits().images[:40]
    labels = np.array(["a", "b", "c", "d"])[np.arange(40) % 4]
    path = tmp_path_factory.mktemp("whole") / "model.safetensors"
    return AutoencoderClassifier(**SMALL).fit(images, labels).save(path).read_bytes()


@pytest.fixture(scope="module")
def conditional(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("conditional") / "model.safetensors"
    vae = RECIPES["conditional_vae"].make(2, **SMALL)
    return vae.fit(load_digits().data[:40], np.arange(40) % 4).save(path).read_bytes()


def parts(content: bytes):
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    return json.loads(metadata["isthmus"]), tensors_of(content)


def refuse(about, tensors, path, words: str) -> None:
    header = json.dumps(about, sort_keys=True)
    metadata = {"isthmus": header, "checksum": checksum(header, tensors)}
    path.write_bytes(bytes_of(tensors, metadata))
    with pytest.raises(ModelFileError, match=words) as caught:
        load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["model.encoder", "model.heads", "model.scaling", "code_mean"])
def test_numbers_that_are_not_finite(whole, tmp_path, name, value) -> None:
    about, tensors = parts(whole)
    chosen = next(key for key in sorted(tensors) if key.startswith(name))
    spoilt = np.array(tensors[chosen])
    spoilt.reshape(-1)[0] = value
    refuse(about, tensors | {chosen: spoilt}, tmp_path / "x.safetensors", "not finite")


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("image_shape_", {"tuple": [8, 9, 1]}),
        ("image_shape_", {"tuple": [8, 8]}),
        ("image_shape_", {"tuple": [-8, -8, 1]}),
        ("_example_shape", {"tuple": [4, 8]}),
        ("_example_shape", "8x8"),
        ("n_features_in_", 63),
        ("n_features_in_", 10**12),
        ("n_parameters_", 3),
        ("n_epochs_", 7),
        ("best_epoch_", 2),
        ("best_epoch_", None),
        ("history_", {"epoch": [1, 2], "train_loss": [0.5]}),
        ("history_", {"epoch": ["one"]}),
        ("history_", []),
        ("fit_seconds_", "long"),
        ("stop_reason_", 3),
    ],
)
def test_facts_of_the_fit(whole, tmp_path, fact, value) -> None:
    about, tensors = parts(whole)
    about["fitted"][fact] = value
    refuse(about, tensors, tmp_path / "x.safetensors", r"fit( it)? again")


@pytest.mark.parametrize("added", [0, 1])
def test_labels_that_are_cut_or_doubled(whole, conditional, tmp_path, added) -> None:
    for content in (whole, conditional):
        about, tensors = parts(content)
        labels = about["arrays"]["classes_"]
        labels["values"] = labels["values"][:-1] + labels["values"][:added]
        refuse(about, tensors, tmp_path / "x.safetensors", "do not fit each other")


def test_a_size_of_the_code_that_would_fill_memory(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    about["settings"]["latent_dim"] = 10**9
    refuse(about, tensors, tmp_path / "x.safetensors", "latent_dim")


def test_labels_that_announce_more_than_their_file_holds(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    about["arrays"]["classes_"]["dtype"] = "<U500000000"
    refuse(about, tensors, tmp_path / "x.safetensors", "announces labels of type '<U500000000'")


def test_metadata_of_another_type_and_formats_that_never_were(whole, tmp_path) -> None:
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    header["__metadata__"] = None
    text = json.dumps(header).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + whole[8 + length :])
    with pytest.raises(ModelFileError, match="no isthmus header"):
        load(path)
    for number in (0, -1):
        about, tensors = parts(whole)
        refuse(about | {"format": number}, tensors, path, f"has format {number}")


def test_what_is_no_file_is_not_waited_for(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="is not a file"):
        load(tmp_path / "pipe")


@pytest.mark.parametrize(
    "spoil",
    [lambda low: low[:0], lambda low: low[:-1], lambda low: low + 1e6, lambda low: low - np.inf],
    ids=["empty", "short", "above the highest", "infinite"],
)
def test_a_range_that_the_columns_do_not_have(whole, tmp_path, spoil) -> None:
    about, tensors = parts(whole)
    changed = tensors | {"range_low": spoil(tensors["range_low"])}
    refuse(about, changed, tmp_path / "x.safetensors", "range of the columns")


def test_a_scaling_that_is_not_of_numbers(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    name = "model.scaling.scale.value"
    spoilt = tensors | {name: tensors[name].astype(bool)}
    refuse(about, spoilt, tmp_path / "x.safetensors", "not finite")


def test_an_array_where_compilation_needs_a_constant(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    array = {"tensor": "model.scaling.scale.value"}
    about["model"]["fields"]["likelihood"]["fields"]["output"] = array
    refuse(about, tensors, tmp_path / "x.safetensors", "something unknown")


def test_a_codebook_that_is_not_finite(tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    fitted = RECIPES["vq_vae"].make(2, **SMALL).fit(load_digits().data[:40])
    about, tensors = parts(fitted.save(path).read_bytes())
    name = "model.latent.codebook.value"
    refuse(about, tensors | {name: np.full_like(tensors[name], np.inf)}, path, "not finite")


def test_examples_without_axes_are_those_of_a_data_frame(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    about["fitted"]["_example_shape"] = {"tuple": []}
    refuse(about, tensors, tmp_path / "x.safetensors", "example shape")


@pytest.mark.parametrize("value", [None, 0.0, -1.0, {"tensor": "model"}])
def test_a_temperature_that_is_no_number_above_zero(whole, tmp_path, value) -> None:
    about, tensors = parts(whole)
    about["fitted"]["temperature_"] = value
    refuse(about, tensors, tmp_path / "x.safetensors", "temperature")


def test_a_scaling_whose_inverse_is_another(whole, tmp_path) -> None:
    about, tensors = parts(whole)
    name = "model.scaling.scale.value"
    refuse(about, tensors | {name: 2 * tensors[name]}, tmp_path / "x.safetensors", "scaling")
