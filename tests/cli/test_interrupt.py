import json
import signal
import subprocess
import sys

import pytest


def start(run, *options):
    argv = ["fit", "digits", "--out", str(run), "--latent-dim", "2", "--hidden", "16"]
    return subprocess.Popen(
        [sys.executable, "-m", "isthmus", *argv, "--epochs", "100000", "--patience", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_training(process):
    """Read until the line that is printed once training runs."""
    for line in process.stdout:
        if line.startswith("scaling "):
            return
    pytest.fail(process.stderr.read())


def test_ctrl_c_keeps_the_best_model_so_far(tmp_path):
    run = tmp_path / "run"
    process = start(run)
    wait_for_training(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "(interrupted)" in out
    assert "Traceback" not in err
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["reconstruction"]["test"]["mse"] > 0
    assert (run / "model.safetensors").exists()


def test_a_second_ctrl_c_leaves_at_once(tmp_path):
    run = tmp_path / "run"
    process = start(run)
    wait_for_training(process)
    process.send_signal(signal.SIGINT)
    for line in process.stderr:
        if line.startswith("interrupted; keeping"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
