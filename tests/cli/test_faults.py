"""What comes from outside in the middle of a fit: signals, a full disk, another process."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from isthmus.atomic import claimed


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_keeps_the_best_model_so_far(training, number, code, tmp_path):
    run = tmp_path / "run"
    process = training(run)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    assert "(interrupted)" in out
    assert (run / "model.safetensors").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_a_second_signal_leaves_at_once(training, tmp_path):
    process = training(tmp_path / "run")
    process.send_signal(signal.SIGTERM)
    for line in process.stderr:
        if line.startswith("interrupted; keeping"):
            break
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=120)
    assert process.returncode == 129
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_so(tmp_path):
    ignored = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    program = ignored + (
        "from isthmus.cli import interrupts, main\n"
        "with interrupts.heard(): signal.raise_signal(signal.SIGHUP)\n"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout == "True\n", told.stderr


def test_a_program_of_ones_own_keeps_its_handlers(digits_model):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append(True))
    try:
        digits_model.set_params(
            callbacks=[lambda record: os.kill(os.getpid(), signal.SIGTERM)]
        ).fit([[0.0, 1.0], [1.0, 0.0], [0.5, 0.2]])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard
    assert digits_model.stop_reason_ == "finished"


@pytest.fixture
def digits_model():
    from isthmus import Autoencoder

    return Autoencoder(1, hidden=(4,), epochs=2, random_state=0)


def test_a_folder_that_another_fit_writes_is_refused_before_training(isthmus, tmp_path):
    with claimed(tmp_path / "run"):
        began = time.perf_counter()
        answer = isthmus("fit", "digits", "--out", tmp_path / "run", "--epochs", 100000)
        assert time.perf_counter() - began < 60
    assert answer.code == 2
    assert "is being written by another process" in answer.err


def test_without_a_name_a_fit_takes_the_next_that_is_free(isthmus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with claimed(tmp_path / "runs" / "digits"):
        answer = isthmus("fit", "digits", "--epochs", 1, "--hidden", 4, "--quiet")
    assert answer.code == 0, answer.err
    assert (tmp_path / "runs" / "digits-2" / "model.safetensors").exists()


@pytest.mark.parametrize("cache", [True, False])
def test_a_full_disk_does_not_lose_the_model(cache, isthmus, tmp_path, monkeypatch):
    from isthmus import load
    from isthmus.report import run_folder

    def fail(path, value):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(run_folder, "write_json", fail)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    if not cache:
        (tmp_path / "cache").write_text("no folder")
    answer = isthmus("fit", "digits", "--out", tmp_path / "run", "--epochs", 1, "--hidden", 4)
    assert answer.code == 2
    assert "No space left on device" in answer.err
    where = tmp_path / ("cache" if cache else "temporary")
    (kept,) = where.rglob("run-*.safetensors")
    assert f"the fitted model is kept in {kept}" in answer.err.replace("\n", "")
    assert load(kept).n_epochs_ == 1


def test_a_link_that_leads_nowhere_is_refused_before_training(isthmus, tmp_path):
    (tmp_path / "run").symlink_to(tmp_path / "gone" / "run")
    answer = isthmus("fit", "digits", "--out", tmp_path / "run", "--epochs", 100000)
    assert answer.code == 2
    assert "the link leads nowhere" in answer.err


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "> /dev/full"])
def test_a_closed_stream_is_no_traceback(closed, tmp_path):
    fit = f"fit digits --limit 60 --epochs 1 --hidden 4 --out {tmp_path / 'run'}"
    command = f"{sys.executable} -m isthmus {fit} {closed}"
    told = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in told.stdout + told.stderr
    if "full" in closed:
        assert told.returncode == 2
        assert "no space left" in told.stderr
    else:
        assert told.returncode == 0, told.stderr
        assert (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize(
    "text",
    [
        "[]", "3", "null", "[" * 5000 + "]" * 5000, '{"source": 3}', '{"source": {}, "split": {}}',
        "\x00", '{"source": {"name": ["a"]}, "split": null}',
    ],
)  # fmt: skip
def test_a_damaged_record_of_a_run_ends_in_a_sentence(text, finished, isthmus, tmp_path):
    import shutil

    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / "run.json").write_text(text)
    for verb in ("info", "evaluate"):
        answer = isthmus(verb, tmp_path / "run")
        assert answer.code in (0, 2), answer.err
        assert "unexpected" not in answer.err
    assert answer.code == 2
    assert json.dumps(answer.err).count("\\n") == 1


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("split", "validation", None),
        ("split", "test", None),
        ("split", "seed", None),
        ("source", "image_shape", "digits"),
        ("source", "image_shape", "8x0"),
    ],
)
def test_a_run_that_does_not_say_where_it_comes_from_ends_in_a_sentence(
    part, name, value, finished, isthmus, tmp_path
):
    import shutil

    shutil.copytree(finished, tmp_path / "run")
    record = tmp_path / "run" / "run.json"
    facts = json.loads(record.read_text())
    facts[part][name] = value
    record.write_text(json.dumps(facts))
    answer = isthmus("evaluate", tmp_path / "run")
    assert answer.code == 2
    assert "how they were divided" in answer.err


def test_a_run_that_was_fitted_to_nothing_ends_in_a_sentence(finished, isthmus, tmp_path):
    import shutil

    shutil.copytree(finished, tmp_path / "run")
    record = tmp_path / "run" / "run.json"
    facts = json.loads(record.read_text())
    facts["split"]["limit"] = 0
    record.write_text(json.dumps(facts))
    answer = isthmus("evaluate", tmp_path / "run")
    assert answer.code == 2
    assert "0 would be for training" in answer.err


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    from isthmus.cli import main

    run = tmp_path_factory.mktemp("finished") / "run"
    fit = ["fit", "digits", "--limit", "60", "--epochs", "1", "--hidden", "4", "--quiet"]
    assert main([*fit, "--out", str(run)]) == 0
    return run
