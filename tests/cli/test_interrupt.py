import contextlib
import json
import signal

import pytest


def test_ctrl_c_keeps_the_best_model_so_far(training, tmp_path):
    run = tmp_path / "run"
    process = training(run)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "(interrupted)" in out
    assert "Traceback" not in err
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["reconstruction"]["test"]["mse"] > 0
    assert (run / "model.safetensors").exists()


def test_a_second_ctrl_c_leaves_at_once(training, tmp_path):
    run = tmp_path / "run"
    process = training(run)
    process.send_signal(signal.SIGINT)
    for line in process.stderr:
        if line.startswith("interrupted; keeping"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_epoch_there_is_nothing_to_keep(isthmus, tmp_path, monkeypatch):
    import isthmus as package

    fit = package.Autoencoder.fit

    def interrupted(self, *given, **named):
        fit(self.set_params(epochs=0), *given, **named)
        self.stop_reason_ = "interrupted"
        return self

    monkeypatch.setattr(package.Autoencoder, "fit", interrupted)
    answer = isthmus("fit", "digits", "--out", tmp_path / "run", "--hidden", 8, "--quiet")
    assert answer.code == 130
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_that_something_swallows_is_raised_again():
    from isthmus.cli import interrupts

    with interrupts.heard():
        interrupts.check()
        with contextlib.suppress(KeyboardInterrupt):  # as some libraries do while imported
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_a_fit_of_no_epochs_is_its_start(isthmus, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", "digits", "--out", run, "--epochs", 0, "--hidden", 8, "--quiet")
    assert answer.code == 0
    assert "0 epochs, the start was kept" in answer.out
    assert not (run / "figures" / "loss.png").exists()
