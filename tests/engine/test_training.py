"""A whole fit: what stops it, what it returns, and that it is the same wherever the data lies."""

import gc
import os
import signal
import threading
import tracemalloc
from typing import ClassVar

import jax
import numpy as np
import pytest

from isthmus.corruption import Gaussian
from isthmus.errors import NonFiniteLossError, SettingError

WORSE = {"learning_rate": 3.0}
"""Steps so long that the start from PCA is only left for worse, but finitely so."""


def weights(fitted) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(fitted.model_)]


def same(a, b) -> bool:
    return all(np.array_equal(u, v) for u, v in zip(weights(a), weights(b), strict=True))


def test_equal_seeds_give_equal_bits_and_others_do_not(make, digits) -> None:
    a, b = make().fit(digits), make().fit(digits)
    assert same(a, b)
    assert not same(a, make(random_state=1).fit(digits))


def test_a_random_state_instance_is_a_seed_too(make, digits) -> None:
    a, b = (make(random_state=np.random.RandomState(3)).fit(digits) for _ in range(2))
    assert same(a, b)


@pytest.mark.parametrize("dtype", ["u1", "f8", ">i2"])
def test_memory_disk_and_stream_train_to_the_same_bits(make, digits, tmp_path, dtype) -> None:
    x = digits.astype(dtype)
    if dtype == "f8":
        x = np.sqrt(x) + 1000 * np.pi  # not exact in single precision
    np.save(tmp_path / "x.npy", x)
    disk = np.load(tmp_path / "x.npy", mmap_mode="r")
    in_memory = make(scaling="standard").fit(x)
    assert same(in_memory, make(scaling="standard").fit(disk))
    assert same(in_memory, make(scaling="standard", memory_limit=0).fit(disk))
    assert np.array_equal(in_memory.transform(x), in_memory.transform(disk))


def test_a_reader_trains_to_the_same_bits(make, digits) -> None:
    class Reader:
        shape, dtype = (len(digits), 8, 8), np.dtype(np.uint8)

        def __len__(self):
            return len(digits)

        def __getitem__(self, index):
            return digits[index].reshape(-1, 8, 8).astype(np.uint8)

    in_memory = make().fit(digits.astype(np.uint8).reshape(-1, 8, 8))
    assert same(in_memory, make(memory_limit=0).fit(Reader()))


def test_the_best_weights_are_returned(make, digits) -> None:
    train, held_out = digits[:150], digits[150:]
    fitted = make(epochs=30, learning_rate=0.05, patience=30, batch_size=16)
    fitted.fit(train, validation_data=held_out)
    history = fitted.history_
    assert fitted.best_epoch_ == 1 + int(np.argmin(history["validation_loss"]))
    assert fitted.best_epoch_ < fitted.n_epochs_ == 30, "the case is to have a later, worse epoch"
    measured = fitted.measure(held_out)["nats"]
    assert measured == pytest.approx(min(history["validation_loss"]), rel=1e-5)


def test_the_start_may_be_the_best(make, digits) -> None:
    start = make(epochs=0).fit(digits)
    fitted = make(**WORSE).fit(digits)
    assert fitted.best_epoch_ == 0
    assert fitted.n_epochs_ == 4
    assert np.isfinite(fitted.history_["validation_loss"]).all()
    assert same(start, fitted)


def test_patience_counts_epochs_without_a_better_one(make, digits) -> None:
    fitted = make(**WORSE, patience=2, epochs=9).fit(digits)
    assert (fitted.stop_reason_, fitted.n_epochs_, fitted.best_epoch_) == ("patience", 2, 0)


def test_a_fit_keeps_neither_blocks_nor_a_copy_of_its_examples(make) -> None:
    x = np.random.default_rng(0).random((8000, 64), np.float32)
    settings = {"epochs": 1, "batch_size": 64, "patience": 1}
    make(**settings).fit(x)  # compiles
    gc.collect()
    tracemalloc.start()
    try:
        estimator = make(**settings).fit(x)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert estimator.n_epochs_ == 1
    assert kept < x.nbytes / 4


def test_patience_of_zero_never_stops(make, digits) -> None:
    fitted = make(**WORSE, patience=0, epochs=15).fit(digits)
    assert (fitted.stop_reason_, fitted.n_epochs_) == ("finished", 15)


def test_patience_of_zero_returns_the_last_weights(make, digits) -> None:
    held_out = digits[150:]
    fitted = make(**WORSE, patience=0).fit(digits[:150], validation_data=held_out)
    last = fitted.history_["validation_loss"][-1]
    assert fitted.best_epoch_ == 4
    assert fitted.measure(held_out)["nats"] == pytest.approx(last, rel=1e-5)


def test_without_a_held_out_part_the_last_weights_are_returned(make, digits) -> None:
    fitted = make(validation_fraction=0, patience=1).fit(digits)
    assert (fitted.best_epoch_, fitted.n_epochs_, fitted.stop_reason_) == (4, 4, "finished")
    assert fitted.history_["validation_loss"] == [None] * 4


def test_callbacks_hear_one_record_an_epoch(make, digits) -> None:
    heard = []
    fitted = make(callbacks=[heard.append]).fit(digits)
    history = fitted.history_
    assert [record.epoch for record in heard] == [1, 2, 3, 4]
    assert [record.train_loss for record in heard] == history["train_loss"]
    assert [record.validation_loss for record in heard] == history["validation_loss"]
    assert [record.epochs for record in heard] == [4] * 4
    assert heard[-1].best_loss == min(history["validation_loss"])
    assert heard[-1].terms.keys() == {"reconstruction", "kl", "latent_cost"}


def test_a_callback_changes_nothing_but_may_stop(make, digits) -> None:
    settings = {"validation_fraction": 0, "schedule": "constant"}
    stopped = make(callbacks=[lambda record: record.epoch == 2], **settings).fit(digits)
    assert (stopped.stop_reason_, stopped.n_epochs_) == ("callback", 2)
    assert same(stopped, make(epochs=2, **settings).fit(digits))


def test_every_callback_is_heard_when_one_stops(make, digits) -> None:
    heard = []
    make(callbacks=[lambda record: True, heard.append]).fit(digits)
    assert len(heard) == 1


def test_progress_is_heard_within_the_epoch(make, digits, monkeypatch) -> None:
    class Listener:
        def __init__(self):
            self.heard = []

        def __call__(self, record):
            self.heard.append(record.epoch)

        def on_progress(self, done_steps, total_steps):
            self.heard.append((done_steps, total_steps))

    monkeypatch.setattr("isthmus.engine.feed.BLOCK_BYTES", 3 * 32 * 64 * 4)  # three steps a block
    monkeypatch.setattr("isthmus.engine.feed.SHORTEST_BLOCK", 1)
    listener = Listener()
    make(callbacks=[listener], epochs=2).fit(digits)
    assert listener.heard == [(3, 12), (6, 12), 1, (9, 12), (12, 12), 2]


def test_a_listener_that_is_not_called_does_not_end_blocks_at_epochs(make, digits) -> None:
    class Listener:
        heard: ClassVar[list] = []

        def on_progress(self, done_steps, total_steps):
            self.heard.append((done_steps, total_steps))

    settings = {"epochs": 4, "validation_fraction": 0}
    listened = make(callbacks=[Listener()], **settings).fit(digits)
    assert len(Listener.heard) == 1
    assert Listener.heard[0][0] == Listener.heard[0][1]
    silent = make(**settings).fit(digits)
    assert silent.history_["train_loss"] == listened.history_["train_loss"]


def test_what_neither_hears_nor_is_called_is_no_callback(make, digits) -> None:
    with pytest.raises(SettingError, match="callbacks"):
        make(callbacks=[3]).fit(digits)


def test_the_history_is_plain_and_complete(make, digits) -> None:
    history = make().fit(digits).history_
    columns = {"epoch", "train_loss", "validation_loss", "learning_rate", "seconds"}
    assert columns | {"reconstruction", "kl", "latent_cost"} == history.keys()
    assert all(len(values) == 4 for values in history.values())
    assert {type(v) for values in history.values() for v in values} <= {int, float}
    assert history["seconds"] == sorted(history["seconds"])


def test_a_loss_that_is_not_finite_names_step_term_and_remedy(make, digits) -> None:
    exploding = make(optimizer="sgd", learning_rate=1e3, schedule="constant", start="random")
    words = r"at step \d+ \(epoch 1\), in the term 'reconstruction': lower the learning rate"
    with pytest.raises(NonFiniteLossError, match=words) as caught:
        exploding.fit(digits)
    assert "gradient_clip=1.0" in str(caught.value)
    assert "(it is 1e+03)" in str(caught.value)
    assert isinstance(caught.value, ArithmeticError)


def test_the_remedy_named_helps(make, digits) -> None:
    settings = {"optimizer": "sgd", "schedule": "constant", "start": "random"}
    fitted = make(learning_rate=0.1, gradient_clip=1.0, **settings).fit(digits)
    assert np.isfinite(fitted.history_["train_loss"]).all()


def interrupt(record) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_ends_cleanly_with_the_best_so_far(make, digits) -> None:
    before = signal.getsignal(signal.SIGINT)
    fitted = make(callbacks=[interrupt], epochs=50).fit(digits)
    assert fitted.stop_reason_ == "interrupted"
    assert fitted.n_epochs_ == 1
    assert fitted.transform(digits).shape == (200, 2)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_before_the_first_epoch_ends_keeps_the_start(make, digits) -> None:
    class Impatient:
        def __call__(self, record): ...

        def on_progress(self, done_steps, total_steps):
            os.kill(os.getpid(), signal.SIGINT)

    fitted = make(callbacks=[Impatient()], epochs=50).fit(digits)
    assert fitted.stop_reason_ == "interrupted"
    assert fitted.n_epochs_ <= 1


def test_a_second_interrupt_insists(make, digits) -> None:
    def insist(record):
        interrupt(record)
        interrupt(record)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        make(callbacks=[insist]).fit(digits)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_in_a_callback_gives_the_handler_back(make, digits) -> None:
    def fail(record):
        raise LookupError("mine")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(LookupError, match="mine"):
        make(callbacks=[fail]).fit(digits)
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_may_fit_too(make, digits) -> None:
    fitted = []
    thread = threading.Thread(target=lambda: fitted.append(make().fit(digits)))
    thread.start()
    thread.join()
    assert same(fitted[0], make().fit(digits))


def test_equal_shapes_share_one_program(make, digits, compilations) -> None:
    def fit(n=200, noise=0.1, **settings) -> int:
        before = len(compilations)
        fitted = make(corruption=Gaussian(noise), **settings).fit(digits[:n])
        fitted.reconstruct(digits[:n])
        fitted.score(digits[:n])
        return len(compilations) - before

    assert fit() > 0, "nothing was counted"
    assert fit() == 0
    assert fit(n=167) == 0
    assert fit(epochs=3) == 0
    assert fit(learning_rate=0.002) == 0
    assert fit(noise=0.3) == 0
    assert fit(random_state=5) == 0
    assert fit(patience=1, callbacks=[lambda record: None]) == 0
    assert fit(batch_size=16) > 0, "another shape needs another program"
