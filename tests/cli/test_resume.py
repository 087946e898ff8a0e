import numpy as np
import pytest
from safetensors.numpy import load_file

OPTIONS = ("--latent-dim", 2, "--hidden", 16, "--epochs", 4, "--quiet", "--checkpoint-every", 2)


class Killed(BaseException):
    """What stops the process between two epochs."""


def test_a_resumed_run_equals_an_uninterrupted_one(isthmus, tmp_path, monkeypatch):
    from isthmus.cli.fit import Once

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert isthmus("fit", "digits", "--out", whole, *OPTIONS).code == 0

    def die(self, record):
        if record.epoch == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Once, "__call__", die)
        with pytest.raises(Killed):
            isthmus("fit", "digits", "--out", broken, *OPTIONS)
    assert [p.name for p in broken.iterdir()] == ["checkpoints"]
    assert isthmus("fit", "digits", "--out", broken, *OPTIONS).code == 2
    assert isthmus("fit", "digits", "--out", broken, *OPTIONS, "--resume").code == 0
    expected, found = (load_file(run / "model.safetensors") for run in (whole, broken))
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        np.testing.assert_array_equal(tensor, found[name])
    assert len((broken / "history.csv").read_text().splitlines()) == 1 + 4
    assert list((broken / "checkpoints").iterdir())


def test_resuming_with_other_settings_is_refused(isthmus, tmp_path):
    run = tmp_path / "run"
    isthmus("fit", "digits", "--out", run, *OPTIONS)
    before = (run / "model.safetensors").read_bytes()
    answer = isthmus("fit", "digits", "--out", run, *OPTIONS, "--batch-size", 32, "--resume")
    assert answer.code == 2
    assert "--batch-size" in answer.err
    assert (run / "model.safetensors").read_bytes() == before


def test_force_forgets_the_checkpoints_of_the_run_it_replaces(isthmus, tmp_path):
    run = tmp_path / "run"
    isthmus("fit", "digits", "--out", run, *OPTIONS)
    assert isthmus("fit", "digits", "--out", run, *OPTIONS[:6], "--quiet", "--force").code == 0
    assert not (run / "checkpoints").exists()


def test_resume_needs_the_run(isthmus):
    answer = isthmus("fit", "digits", "--resume")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "--out" in answer.err


def test_a_finished_run_is_not_begun_anew_by_resuming(isthmus, tmp_path):
    run = tmp_path / "run"
    isthmus("fit", "digits", "--out", run, *OPTIONS[:7])
    before = (run / "model.safetensors").read_bytes()
    answer = isthmus("fit", "digits", "--out", run, "--latent-dim", 3, "--quiet", "--resume")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "holds a finished run" in answer.err
    assert (run / "model.safetensors").read_bytes() == before
