import csv
import json
import os

import pytest

from isthmus.errors import DataError, ModelFileError
from isthmus.report import check_target, model_path, write_run
from isthmus.report.run_folder import OWN


@pytest.fixture
def small(digits):
    return {name: (X[:60], y[:60]) for name, (X, y) in digits.items()}


@pytest.fixture
def write(better, small):
    def write(folder, **options):
        return write_run(folder, better, small, run={"source": "digits", "seed": 3}, **options)

    return write


def test_a_run_folder_holds_everything(write, better, tmp_path):
    told = []
    metrics = write(tmp_path / "deep" / "run", progress=told.append)
    folder = tmp_path / "deep" / "run"
    assert {entry.name for entry in folder.iterdir()} == OWN
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    run = json.loads((folder / "run.json").read_text())
    assert run["source"] == "digits"
    assert {"python", "numpy"} <= run["versions"].keys()
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["train_loss"]) for row in rows] == better.history_["train_loss"]
    assert (folder / "model.safetensors").read_bytes() == b"model"
    assert "beats PCA" in (folder / "report.html").read_text(encoding="utf-8")
    figures = {path.name for path in (folder / "figures").iterdir()}
    assert figures >= {"loss.png", "code.png", "reconstructions.png", "decoded_grid.png"}
    assert told == ["measuring", "writing", "drawing"]
    assert folder.stat().st_mode & 0o777 == tmp_path.joinpath("deep").stat().st_mode & 0o777
    assert [entry.name for entry in folder.parent.iterdir()] == ["run"]


def test_a_failure_leaves_nothing_behind(write, better, tmp_path, monkeypatch):
    def fail(path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(better, "save", fail)
    with pytest.raises(DataError, match="cannot be written \\(No space left on device\\)"):
        write(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_earlier_run_as_it_was(write, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    write(folder)
    (folder / "metrics.json").write_text("earlier")
    monkeypatch.setattr("isthmus.report.run_folder.render", lambda facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(folder, force=True)
    assert (folder / "metrics.json").read_text() == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_a_failed_move_puts_the_earlier_run_back(write, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    write(folder)
    (folder / "checkpoints").mkdir()
    (folder / "metrics.json").write_text("earlier")
    move = type(folder).rename

    def fail(self, target):
        if self.name == "new" and target == folder:
            raise OSError(5, "Input/output error")
        return move(self, target)

    monkeypatch.setattr(type(folder), "rename", fail)
    with pytest.raises(DataError, match="Input/output error"):
        write(folder, force=True)
    assert (folder / "metrics.json").read_text() == "earlier"
    assert (folder / "checkpoints").is_dir()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_an_earlier_run_is_replaced_only_with_force_and_its_checkpoints_are_kept(write, tmp_path):
    folder = tmp_path / "run"
    write(folder)
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "5").write_text("five")
    (folder / "notes.txt").write_text("mine")
    (folder / "figures" / "old.png").write_text("stale")
    with pytest.raises(DataError, match="--force"):
        write(folder)
    write(folder, force=True)
    assert (folder / "checkpoints" / "5").read_text() == "five"
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "figures" / "old.png").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_a_folder_with_only_checkpoints_is_free(write, tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    write(tmp_path / "run")
    assert (tmp_path / "run" / "checkpoints").is_dir()


@pytest.mark.parametrize("force", [False, True])
def test_a_file_or_a_folder_of_something_else_is_never_replaced(tmp_path, force):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is a file"):
        check_target(tmp_path / "file", force=force)
    with pytest.raises(DataError, match="holds other files"):
        check_target(tmp_path, force=force)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_place_is_a_sentence(write, tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(DataError, match="Permission denied"):
        write(tmp_path / "run")


def test_a_parent_that_is_a_file_is_a_sentence(write, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        write(tmp_path / "file" / "run")


def test_the_model_is_found_by_its_folder_or_its_file(tmp_path):
    file = tmp_path / "run" / "model.safetensors"
    file.parent.mkdir()
    file.write_bytes(b"")
    assert model_path(tmp_path / "run") == file
    assert model_path(str(file)) == file
    with pytest.raises(ModelFileError, match=r"holds no model\.safetensors"):
        model_path(tmp_path)
    with pytest.raises(ModelFileError, match="There is no"):
        model_path(tmp_path / "nowhere")
