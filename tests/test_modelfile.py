"""One safe file: what goes in comes out to the last bit, and nothing else comes in."""

import builtins
import json
import pickle
import subprocess
import sys

import equinox as eqx
import jax
import numpy as np
import optax
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as tensors_of
from safetensors.numpy import save as bytes_of
from sklearn.base import clone
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier, load
from isthmus.checksum import checksum
from isthmus.corruption import Gaussian, Masking
from isthmus.errors import ModelFileError, SettingError
from isthmus.recipes import RECIPES
from isthmus.specifications import NotInFile

SMALL = {"hidden": (8,), "epochs": 1, "random_state": 0}
UNTRAINED = SMALL | {"epochs": 0, "validation_fraction": 0}
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data[:100]


@pytest.fixture(scope="module")
def whole(digits, tmp_path_factory) -> bytes:
    """Return the content of a model file."""
    path = tmp_path_factory.mktemp("whole") / "model.safetensors"
    return Autoencoder(**SMALL).fit(digits).save(path).read_bytes()


@pytest.fixture
def load_bytes(tmp_path):
    """Return a function that loads what it is given as a file."""

    def load_content(content: bytes):
        path = tmp_path / "given.safetensors"
        path.write_bytes(content)
        return load(path)

    return load_content


def same_tree(a, b) -> bool:
    first, second = jax.tree.leaves(a), jax.tree.leaves(b)
    pairs = zip(first, second, strict=True)
    return jax.tree.structure(a) == jax.tree.structure(b) and all(
        np.asarray(u).tobytes() == np.asarray(v).tobytes() for u, v in pairs
    )


def changed(content: bytes, change) -> bytes:
    """Return the file with its description changed, and a checksum that fits again."""
    length = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["isthmus"])
    tensors = tensors_of(content)
    change(about, tensors)
    header = json.dumps(about, sort_keys=True)
    return bytes_of(tensors, {"isthmus": header, "checksum": checksum(header, tensors)})


TOLD = {"conditional_vae"}  # it is fitted to labels too: tests/estimators/test_conditional.py


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in TOLD])
def test_a_recipe_comes_back_to_the_last_bit(name, digits, tmp_path) -> None:
    own = {} if name != "convolutional" else {"channels": (4,), "hidden": "auto"}
    images = digits.reshape(-1, 8, 8)
    fitted = RECIPES[name].make(3, **UNTRAINED | own).fit(images)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert same_tree(found.model_, fitted.model_)
    assert found.get_params(deep=False) == fitted.get_params(deep=False)
    assert np.array_equal(found.transform(images), fitted.transform(images))


def test_every_fact_of_a_fit_comes_back(digits, tmp_path) -> None:
    images = digits.reshape(-1, 8, 8)
    fitted = Autoencoder(**SMALL).fit(images)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert len(found.history_["epoch"]) == 1
    for fact in (
        "history_", "best_epoch_", "n_epochs_", "stop_reason_", "fit_seconds_", "image_shape_",
        "n_features_in_", "n_parameters_", "n_trainable_parameters_", "likelihood_",
    ):  # fmt: skip
        assert getattr(found, fact) == getattr(fitted, fact)
    assert found.scaling_.describe() == fitted.scaling_.describe()
    assert found.reconstruct(images).shape == images.shape
    assert np.array_equal(found.reconstruct(images), fitted.reconstruct(images))
    assert np.array_equal(found.sample(4, random_state=1), fitted.sample(4, random_state=1))


@pytest.mark.parametrize("labels", [np.arange(100) % 3, np.array(["b", "a", "ü"] * 34)[:100]])
def test_a_classifier_comes_back_with_its_classes(labels, digits, tmp_path) -> None:
    fitted = AutoencoderClassifier(**UNTRAINED).fit(digits, labels)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert isinstance(found, AutoencoderClassifier)
    assert found.classes_.dtype == fitted.classes_.dtype
    assert np.array_equal(found.classes_, fitted.classes_)
    assert np.array_equal(found.predict_proba(digits), fitted.predict_proba(digits))


def test_feature_names_come_back(digits, tmp_path) -> None:
    frame = pd.DataFrame(digits[:, 20:24], columns=["a", "b c", "ß", "d"])
    fitted = Autoencoder(**UNTRAINED).fit(frame)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert found.feature_names_in_.tolist() == ["a", "b c", "ß", "d"]
    assert found.feature_names_in_.dtype == object
    with pytest.raises(ValueError, match="feature names should match"):
        found.transform(frame[["d", "ß", "b c", "a"]])


def test_a_loaded_estimator_learns_on(digits, tmp_path) -> None:
    fitted = AutoencoderClassifier(**SMALL).fit(digits, np.arange(100) % 3)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert found.partial_fit(digits, np.arange(100) % 3).n_epochs_ == 2


def test_a_run_folder_is_loaded_by_its_name(whole, digits, tmp_path) -> None:
    (tmp_path / "model.safetensors").write_bytes(whole)
    assert load(tmp_path).transform(digits).shape == (100, 2)


def test_it_loads_in_a_fresh_process(whole, digits, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(whole)
    np.save(tmp_path / "x.npy", digits)
    program = (
        "import sys, numpy as np, isthmus;"
        "x = np.load(sys.argv[2]); np.save(sys.argv[3], isthmus.load(sys.argv[1]).transform(x))"
    )
    arguments = [str(tmp_path / name) for name in ("model.safetensors", "x.npy", "z.npy")]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)
    assert np.array_equal(np.load(tmp_path / "z.npy"), load(path).transform(digits))


def test_settings_that_only_a_program_holds_are_not_in_the_file(digits, tmp_path) -> None:
    fitted = Autoencoder(**UNTRAINED, callbacks=[print], schedule=abs, corruption=Gaussian(0.1))
    fitted.set_params(callbacks=[lambda record: None]).fit(digits)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert (found.callbacks, found.schedule) == ((), NotInFile("builtin_function_or_method"))
    assert found.corruption == Gaussian(0.1)


def test_composed_members_come_back(digits, tmp_path) -> None:
    both = Gaussian(0.1) + Masking(0.2)
    fitted = Autoencoder(**UNTRAINED, corruption=both).fit(digits)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert found.corruption == found.model_.corruption == both


def test_a_module_of_the_users_own_is_refused_with_a_remedy(digits, tmp_path) -> None:
    key = jax.random.key(0)
    encoder, decoder = eqx.nn.Linear(64, 2, key=key), eqx.nn.Linear(2, 64, key=key)
    fitted = Autoencoder(encoder=encoder, decoder=decoder, epochs=0, start="random").fit(digits)
    words = r"Linear, which is not a part of isthmus.*cloudpickle\.dump"
    with pytest.raises(SettingError, match=words):
        fitted.save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_an_unfitted_estimator_is_not_saved(tmp_path) -> None:
    with pytest.raises(ValueError, match="not fitted yet"):
        Autoencoder().save(tmp_path / "model.safetensors")


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(ModelFileError, match=r"There is no model file .*nowhere\.safetensors"):
        load(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"not a whole \.safetensors file \(0 bytes\)"),
        (b"x,y\n1,2\n", r"not a whole \.safetensors file"),
        (bytes_of({"w": np.ones(3)}), "not one of isthmus's"),
        (bytes_of({"w": np.ones(3)}, {"isthmus": "{"}), "header that cannot be read"),
        (bytes_of({"w": np.ones(3)}, {"isthmus": "[1]"}), "header that cannot be read"),
        (bytes_of({"w": np.ones(3)}, {"isthmus": "[" * 10**5}), "header that cannot be read"),
    ],
    ids=["empty", "text", "foreign", "no json", "a list", "deep"],
)
def test_what_is_no_model_file_is_refused(content, words, load_bytes) -> None:
    with pytest.raises(ModelFileError, match=words) as caught:
        load_bytes(content)
    assert "\n" not in str(caught.value)


def test_a_pickle_is_refused_and_not_run(load_bytes) -> None:
    class Harmful:
        def __reduce__(self):
            return pytest.fail, ("a pickle was run",)

    with pytest.raises(ModelFileError, match="not a whole"):
        load_bytes(pickle.dumps(Harmful()))


def test_a_newer_format_asks_for_an_upgrade(whole, load_bytes) -> None:
    def newer(about, _):
        about.update(format=2, version="9.0")

    with pytest.raises(ModelFileError, match=r"format 2, written by isthmus 9\.0.*upgrade isthmus"):
        load_bytes(changed(whole, newer))


@MANY
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(whole, load_bytes, share) -> None:
    with pytest.raises(ModelFileError):
        load_bytes(whole[: int(share * len(whole))])


@MANY
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused(whole, load_bytes, share, bit) -> None:
    content = bytearray(whole)
    content[int(share * len(content))] ^= 1 << bit
    with pytest.raises(ModelFileError):
        load_bytes(bytes(content))


@MANY
@given(place=st.integers(0, 4000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_header_is_refused(whole, load_bytes, place, bit) -> None:
    content = bytearray(whole)
    content[place] ^= 1 << bit
    with pytest.raises(ModelFileError):
        load_bytes(bytes(content))


def test_bytes_at_the_end_are_refused(whole, load_bytes) -> None:
    with pytest.raises(ModelFileError):
        load_bytes(whole + b"\0")


def test_a_changed_header_does_not_match_its_checksum(whole, load_bytes) -> None:
    old, new = b'\\"latent_dim\\": 2', b'\\"latent_dim\\": 3'
    assert whole.count(old) >= 1
    with pytest.raises(ModelFileError, match="does not match its checksum"):
        load_bytes(whole.replace(old, new))


def test_the_change_of_nothing_still_loads(whole, load_bytes) -> None:
    load_bytes(changed(whole, lambda about, tensors: None))


def renamed_class(about, tensors):
    about["model"]["class"] = "os.system"


def other_class(about, tensors):
    about["model"]["fields"]["encoder"] = about["model"]["fields"]["likelihood"]


def abstract_class(about, tensors):
    about["model"]["fields"]["bound"] = {"class": "bounds.AbstractBound", "fields": {}}


def no_model(about, tensors):
    about["model"] = about["model"]["fields"]["likelihood"]


def other_fields(about, tensors):
    about["model"]["fields"]["secret"] = 1


def missing_tensor(about, tensors):
    del tensors[next(name for name in tensors if name.endswith("weight"))]


def missing_moment(about, tensors):
    del tensors["code_mean"]


def cropped_tensor(about, tensors):
    name = next(name for name in tensors if name.endswith("weight"))
    tensors[name] = tensors[name][:-1]


def cropped_moment(about, tensors):
    tensors["code_covariance"] = tensors["code_covariance"][:1, :1]


def empty_chain(about, tensors):
    network = about["model"]["fields"]["encoder"]["fields"]["network"]["fields"]
    network["affines"] = network["finishes"] = {"tuple": []}


def other_features(about, tensors):
    about["fitted"]["n_features_in_"] = 63


def other_example_shape(about, tensors):
    about["fitted"]["_example_shape"] = {"tuple": [8, 9]}


def features_that_are_no_number(about, tensors):
    about["fitted"]["n_features_in_"] = "many"


def other_latent_dim(about, tensors):
    about["model"]["fields"]["latent_dim"] = 3


def unknown_estimator(about, tensors):
    about["estimator"] = "Pipeline"


def unknown_setting(about, tensors):
    about["settings"]["volume"] = 11


def unknown_setting_value(about, tensors):
    about["settings"]["corruption"] = {"call": "print"}


def no_settings(about, tensors):
    del about["settings"]


def lists_for_objects(about, tensors):
    about["fitted"] = ["n_features_in_"]


def labels_of_objects(about, tensors):
    about["arrays"]["classes_"] = {"values": [1], "dtype": "M8[s]"}


def out_of_range(about, tensors):
    about["model"]["fields"]["likelihood"]["fields"]["scale"] = -1.0


@pytest.mark.parametrize(
    "change",
    [
        renamed_class, other_class, abstract_class, no_model, other_fields, missing_tensor,
        missing_moment, cropped_tensor, cropped_moment, empty_chain, other_features,
        other_example_shape, features_that_are_no_number, other_latent_dim, unknown_estimator,
        unknown_setting, unknown_setting_value, no_settings, lists_for_objects,
        labels_of_objects, out_of_range,
    ],
)  # fmt: skip
def test_a_description_that_does_not_hold_together_is_refused(change, whole, load_bytes) -> None:
    with pytest.raises(ModelFileError, match=r"given\.safetensors") as caught:
        load_bytes(changed(whole, change))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_classes_that_do_not_fit_the_head_are_refused(digits, load_bytes, tmp_path) -> None:
    fitted = AutoencoderClassifier(**SMALL).fit(digits, np.arange(100) % 3)
    content = fitted.save(tmp_path / "model.safetensors").read_bytes()

    def one_more(about, tensors):
        about["arrays"]["classes_"]["values"].append(3)

    with pytest.raises(ModelFileError, match="do not fit each other"):
        load_bytes(changed(content, one_more))


CHECKERS = ("beartype.", "jaxtyping.")
"""Packages that check shapes in the tests, and compile what they check with."""


def test_loading_neither_unpickles_nor_imports(whole, load_bytes, digits, monkeypatch) -> None:
    load_bytes(whole).transform(digits)  # whatever is imported on first use is there now

    run = builtins.exec

    def fail(*arguments, **more):
        if sys._getframe(1).f_globals["__name__"].startswith(CHECKERS):
            return run(*arguments, **more)
        pytest.fail(f"called with {arguments[:1]}")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, fail)
    for name in ("eval", "exec"):
        monkeypatch.setattr(builtins, name, fail)
    monkeypatch.setattr("importlib.import_module", fail)
    load_bytes(whole)
    with pytest.raises(ModelFileError, match=r"names 'os\.system'"):
        load_bytes(changed(whole, renamed_class))


def test_a_write_replaces_the_old_file_whole(digits, whole, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    Autoencoder(**SMALL).fit(digits).save(path)
    assert load(path).transform(digits).shape == (100, 2)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("call", ["pathlib.Path.write_bytes", "pathlib.Path.replace"])
def test_a_write_that_fails_leaves_the_old_file(load_bytes, whole, call, tmp_path, monkeypatch):
    fitted = load_bytes(whole)
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "model.safetensors"
    path.write_bytes(b"old")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call, fail)
    with pytest.raises(OSError, match="No space left"):
        fitted.save(path)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(folder.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named_by_the_path_asked_for(load_bytes, whole, tmp_path):
    path = tmp_path / "no" / "model.safetensors"
    with pytest.raises(FileNotFoundError) as caught:
        load_bytes(whole).save(path)
    assert caught.value.filename == str(path)


def test_the_file_is_as_readable_as_any_other(whole, load_bytes, tmp_path) -> None:
    (tmp_path / "other").touch()
    path = load_bytes(whole).save(tmp_path / "model.safetensors")
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_loaded_model_does_not_claim_another_optimiser_than_its_own(tmp_path):
    x = np.random.default_rng(0).normal(size=(30, 4))
    small = {"hidden": (3,), "epochs": 1, "random_state": 0}
    seen = []
    fitted = Autoencoder(2, optimizer=optax.sgd(1e-3), callbacks=[seen.append], **small).fit(x)
    assert fitted.history_["learning_rate"] == [None] == [seen[0].learning_rate]
    path = fitted.save(tmp_path / "model.safetensors")
    loaded = load(path)
    assert repr(loaded.optimizer) == (
        "<GradientTransformationExtraArgs of your own, which the model file does not hold>"
    )
    np.testing.assert_array_equal(loaded.transform(x), fitted.transform(x))
    assert repr(load(loaded.save(path)).optimizer) == repr(loaded.optimizer)
    assert repr(clone(loaded).optimizer) == repr(loaded.optimizer)
    with pytest.raises(SettingError, match=r"give it again.*set_params\(optimizer=...\)"):
        loaded.fit(x)
    loaded.set_params(optimizer="adam", callbacks=()).fit(x)
    own = Autoencoder(2, schedule=optax.constant_schedule(0.5), **small).fit(x)
    assert "of your own" in repr(load(own.save(path)).schedule)
