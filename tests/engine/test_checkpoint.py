"""Killed anywhere, a run goes on to the very same end."""

import jax
import numpy as np
import optax
import pytest

from isthmus.corruption import Gaussian, Masking
from isthmus.engine import Checkpoint, checkpoint
from isthmus.errors import ModelFileError, SettingError


class Killed(BaseException):
    """What no code of ours catches."""


def kill_after(epoch: int):
    def kill(record) -> None:
        if record.epoch == epoch:
            raise Killed

    return kill


def outcome(fitted):
    history = {k: v for k, v in fitted.history_.items() if k != "seconds"}
    leaves = [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(fitted.model_)]
    return leaves, history, fitted.best_epoch_, fitted.stop_reason_


def kill(estimator, x, folder, epoch: int, every: int) -> None:
    estimator.set_params(callbacks=[kill_after(epoch)])
    with pytest.raises(Killed):
        estimator.fit(x, checkpoint=Checkpoint(folder, every=every))
    estimator.set_params(callbacks=())


@pytest.mark.parametrize("settings", [{}, {"validation_fraction": 0}], ids=["held out", "all"])
@pytest.mark.parametrize(("epoch", "every"), [(1, 1), (3, 1), (5, 2), (2, 3)])
def test_a_resumed_run_is_bit_identical(make, digits, tmp_path, settings, epoch, every) -> None:
    estimator = make(epochs=6, corruption=Gaussian(0.1), **settings)
    whole = outcome(estimator.fit(digits))
    kill(estimator, digits, tmp_path, epoch, every)
    resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, every=every, resume=True))
    assert outcome(resumed) == whole


def test_a_run_may_be_killed_twice(make, digits, tmp_path) -> None:
    estimator = make(epochs=6, corruption=Gaussian(0.1))
    whole = outcome(estimator.fit(digits))
    kill(estimator, digits, tmp_path, 2, 1)
    estimator.set_params(callbacks=[kill_after(4)])
    with pytest.raises(Killed):
        estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    estimator.set_params(callbacks=())
    resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert outcome(resumed) == whole


def test_the_best_epoch_is_remembered_over_a_resume(make, digits, tmp_path) -> None:
    estimator = make(epochs=6, learning_rate=3.0)
    whole = outcome(estimator.fit(digits))
    kill(estimator, digits, tmp_path, 3, 1)
    resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert resumed.best_epoch_ == 0
    assert outcome(resumed) == whole


def test_a_run_that_had_ended_is_not_trained_on(make, digits, tmp_path) -> None:
    estimator = make(epochs=6, patience=2, learning_rate=3.0)
    ended = outcome(estimator.fit(digits, checkpoint=Checkpoint(tmp_path)))
    assert ended[-1] == "patience"
    again = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert outcome(again) == ended


def test_with_no_checkpoint_there_it_starts_anew(make, digits, tmp_path) -> None:
    folder = tmp_path / "not" / "yet"
    fitted = make().fit(digits, checkpoint=Checkpoint(folder, every=2, resume=True))
    assert outcome(fitted) == outcome(make().fit(digits))
    assert sorted(path.name for path in folder.iterdir()) == [
        "epoch-000002.safetensors",
        "epoch-000004.safetensors",
    ]


def test_only_the_newest_two_stay(make, digits, tmp_path) -> None:
    make(epochs=5).fit(digits, checkpoint=Checkpoint(tmp_path))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["epoch-000004.safetensors", "epoch-000005.safetensors"]


@pytest.fixture(scope="module")
def begun(make, digits, tmp_path_factory):
    """Return the folder of a run of four epochs that was killed in its second."""
    folder = tmp_path_factory.mktemp("begun")
    kill(make(corruption=Gaussian(0.1)), digits, folder, 2, 1)
    return folder


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"epochs": 5}, "epochs = 4, and this one has epochs = 5"),
        ({"learning_rate": 0.5}, "learning_rate = 'auto', and this one has learning_rate = 0.5"),
        ({"random_state": 1}, "random_state = 0, and this one has random_state = 1"),
        ({"corruption": Gaussian(0.2)}, "corruption = 'Gaussian.scale=0.1.', and"),
        ({"corruption": Masking(0.1)}, "corruption = 'Gaussian.*corruption = 'Masking"),
        ({"latent_dim": 3}, "latent_dim = 2, and this one has latent_dim = 3"),
    ],
)
def test_other_settings_are_refused_by_name(make, digits, begun, changed, words) -> None:
    changed = {"corruption": Gaussian(0.1)} | changed
    with pytest.raises(SettingError, match=words):
        make(**changed).fit(digits, checkpoint=Checkpoint(begun, resume=True))


def test_other_data_is_refused(make, digits, begun) -> None:
    with pytest.raises(SettingError, match=r"examples = .*180, 64.*examples = .*90, 64"):
        make(corruption=Gaussian(0.1)).fit(digits[:100], checkpoint=Checkpoint(begun, resume=True))


def test_what_does_not_change_the_result_may_change(make, digits, begun, tmp_path) -> None:
    for path in begun.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    estimator = make(corruption=Gaussian(0.1), callbacks=[lambda record: None], memory_limit=0)
    resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert outcome(resumed) == outcome(make(corruption=Gaussian(0.1)).fit(digits))


def test_equal_settings_are_recognised_however_written(make, digits, tmp_path) -> None:
    kill(make(corruption=Gaussian()), digits, tmp_path, 2, 1)
    again = make(corruption=Gaussian(float("0.2")))
    assert again.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True)).n_epochs_ == 4


def test_a_run_without_a_seed_cannot_be_resumed(make, digits, tmp_path) -> None:
    estimator = make(random_state=None)
    kill(estimator, digits, tmp_path, 2, 1)
    with pytest.raises(SettingError, match="seed = "):
        estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))


def test_an_own_transformation_is_recognised_in_another_object(make, digits, tmp_path) -> None:
    kill(make(optimizer=optax.sgd(1e-3)), digits, tmp_path, 2, 1)
    again = make(optimizer=optax.sgd(1e-3))
    assert again.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True)).n_epochs_ == 4


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused(make, digits, begun, tmp_path, share) -> None:
    content = (begun / "epoch-000002.safetensors").read_bytes()
    path = tmp_path / "epoch-000002.safetensors"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFileError, match=r"epoch-000002\.safetensors is not a whole") as caught:
        make(corruption=Gaussian(0.1)).fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_the_newest_whole_checkpoint_is_gone_on_from(make, digits, begun, tmp_path, place) -> None:
    for path in begun.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    newest = tmp_path / "epoch-000002.safetensors"
    content = bytearray(newest.read_bytes())
    content[int(place * len(content))] ^= 0b00000100
    newest.write_bytes(content)
    estimator = make(corruption=Gaussian(0.1))
    with pytest.warns(UserWarning, match=r"epoch-000002.* is not a whole .* from epoch-000001"):
        resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert outcome(resumed) == outcome(make(corruption=Gaussian(0.1)).fit(digits))


def test_every_flipped_bit_is_noticed(begun, tmp_path) -> None:
    content = (begun / "epoch-000002.safetensors").read_bytes()
    path = tmp_path / "epoch-000002.safetensors"
    rng = np.random.default_rng(0)
    for place in rng.integers(len(content), size=200):
        flipped = bytearray(content)
        flipped[place] ^= 1 << rng.integers(8)
        path.write_bytes(flipped)
        with pytest.raises(ModelFileError):
            checkpoint._read(path)


def test_where_nothing_can_be_written_training_goes_on(make, digits, tmp_path, monkeypatch) -> None:
    whole = checkpoint.save_file

    def fail(tensors, name, metadata):
        whole(tensors, name, metadata)
        if len(list(tmp_path.glob("epoch-*"))) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", fail)
    with pytest.warns(UserWarning, match=r"cannot be written \(No space left on device\)"):
        fitted = make().fit(digits, checkpoint=Checkpoint(tmp_path))
    assert outcome(fitted) == outcome(make().fit(digits))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["epoch-000001.safetensors", "epoch-000002.safetensors"]


def test_a_run_begun_anew_replaces_what_an_earlier_one_left(make, digits, tmp_path) -> None:
    make(epochs=6).fit(digits, checkpoint=Checkpoint(tmp_path))
    estimator = make(epochs=6, learning_rate=0.01)
    whole = outcome(estimator.fit(digits))
    kill(estimator, digits, tmp_path, 3, 1)
    resumed = estimator.fit(digits, checkpoint=Checkpoint(tmp_path, resume=True))
    assert outcome(resumed) == whole


def test_other_examples_or_targets_of_the_same_shape_are_refused(digits, tmp_path) -> None:
    from isthmus import AutoencoderRegressor

    regressor = AutoencoderRegressor(hidden=(8,), epochs=2, validation_fraction=0, random_state=0)
    y = np.arange(len(digits), dtype=float)
    regressor.fit(digits, y, checkpoint=Checkpoint(tmp_path))
    again = Checkpoint(tmp_path, resume=True)
    for x, target in ((digits[::-1], y), (digits, y[::-1])):
        with pytest.raises(SettingError, match=r"belongs to a run with (examples|targets)"):
            regressor.fit(x, target, checkpoint=again)


def test_a_checkpoint_is_asked_for_by_its_own_kind(make, digits, tmp_path) -> None:
    with pytest.raises(SettingError, match=r"must be an isthmus\.engine\.Checkpoint"):
        make().fit(digits, checkpoint=str(tmp_path))
    with pytest.raises(SettingError, match="every is 0"):
        Checkpoint(tmp_path, every=0)
