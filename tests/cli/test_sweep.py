"""`isthmus sweep` through its real entry point."""

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow.csv
import pyarrow.parquet
import pytest

import isthmus as package

QUICK = ("--hidden", 8, "--epochs", 1, "--limit", 120, "--strategy", "in turn", "--quiet")
GRID = ("--grid", "latent_dim=1,2", "--seeds", 2)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A small sweep, whose models are kept."""
    from isthmus.cli import main

    folder = tmp_path_factory.mktemp("sweeps") / "digits"
    arguments = ["sweep", "digits", "--out", folder, *GRID, *QUICK, "--keep-models"]
    assert main([str(argument) for argument in arguments]) == 0
    return folder


def test_it_leaves_tables_page_figures_and_the_best_model(swept):
    table = pyarrow.parquet.read_table(swept / "sweep.parquet").to_pylist()
    assert [(row["latent_dim"], row["seed"]) for row in table] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert table[0].keys() >= {"score", "mse", "nats", "seconds", "epochs", "best_epoch", "failure"}
    text = pyarrow.csv.read_csv(swept / "sweep.csv").to_pylist()
    assert [row["mse"] for row in text] == pytest.approx([row["mse"] for row in table])
    facts = json.loads((swept / "sweep.json").read_text())
    assert facts["finished"] is True
    assert facts["run"]["command"].startswith("isthmus sweep digits --out ")
    assert facts["pca"].keys() == {"1", "2"}
    best = package.load(swept / "best.safetensors")
    assert best.latent_dim == facts["best"]["latent_dim"]
    page = (swept / "report.html").read_text()
    assert "All settings, best first" in page
    assert page.count('<svg class="chart"') == len(list((swept / "figures").glob("*.png"))) == 1
    assert len(list((swept / "models").glob("*.safetensors"))) == 4


def test_results_are_told_and_models_go_unless_kept(isthmus, tmp_path):
    answer = isthmus(
        "sweep", "digits", "--out", tmp_path / "s", "--grid", "latent_dim=1,2", *QUICK[:-1]
    )
    assert answer.code == 0, answer.err
    assert "1 of 2: latent_dim=1, seed 0: error " in answer.err
    assert "2 of 2: latent_dim=2, seed 0: error " in answer.err
    assert "recommended code size: " in answer.out
    assert answer.out.splitlines()[-1] == f"report: {tmp_path / 's' / 'report.html'}"
    assert not (tmp_path / "s" / "models").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_sweep_goes_on_with_what_it_kept(isthmus, swept, tmp_path):
    folder = tmp_path / "s"
    arguments = ["sweep", "digits", "--out", folder, *GRID, *QUICK]
    command = [sys.executable, "-m", "isthmus", *map(str, arguments)]
    killed = subprocess.Popen(command)
    deadline = time.monotonic() + 120
    while not list(folder.glob("models/*.safetensors")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("models/*.safetensors")}
    assert kept
    assert isthmus(*arguments).code == 2  # it is not touched unasked
    assert isthmus(*arguments, "--resume", "--keep-models").code == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    columns = ["latent_dim", "seed", "mse"]
    tables = [
        pyarrow.parquet.read_table(at / "sweep.parquet", columns=columns) for at in (folder, swept)
    ]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "a sweep needs --grid"),
        (("--grid", "latent_dim"), "it should be such as latent_dim=2,5,10"),
        (("--grid", "latent_dim=1", "--grid", "latent_dim=2"), "names latent_dim twice"),
        (("--grid", "latent_size=1,2"), "latent_size"),
        (("--grid", "latent_dim=0,2"), "latent_dim is 0"),
        (("--grid", "latent_dim=1", "--strategy", "both"), "--strategy is 'both'"),
        (("--grid", "latent_dim=1", "--validation-fraction", "0"), "--validation-fraction is 0"),
        (("--grid", "latent_dim=1", "--limit", "2"), "There are 2 examples"),
        (("--grid", "latent_dim=1", "--jobs", "0"), "--jobs is 0"),
        (("--grid", "random_state=1,2"), "no parameter of the grid"),
        (("--grid", "recipe=vae,vea"), "did you mean 'vae'"),
        (("--grid", "recipe=vae", "--recipe", "vae"), "both name recipes"),
        (("--grid", "recipe=vae,conditional_vae"), "conditional_vae is conditioned on labels"),
    ],
)
def test_mistakes_end_in_a_sentence(isthmus, tmp_path, arguments, words):
    options = [*QUICK[:4], *arguments]
    answer = isthmus("sweep", "digits", "--out", tmp_path / "s", *options)
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "s").exists()


def test_a_mistake_leaves_the_sweep_that_it_was_to_replace(isthmus, tmp_path):
    (tmp_path / "sweep.json").write_text("earlier")
    answer = isthmus("sweep", "digits", "--out", tmp_path, "--grid", "latent_size=1", "--force")
    assert answer.code == 2
    assert (tmp_path / "sweep.json").read_text() == "earlier"


def test_a_folder_that_holds_something_else_is_left_alone(isthmus, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    answer = isthmus("sweep", "digits", "--out", tmp_path, *GRID, *QUICK, "--force")
    assert answer.code == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_finished_sweep_is_not_begun_anew_by_resuming(isthmus, tmp_path):
    folder = tmp_path / "s"
    isthmus("sweep", "digits", "--out", folder, "--grid", "latent_dim=2", *QUICK)
    before = (folder / "sweep.json").read_bytes()
    answer = isthmus("sweep", "digits", "--out", folder, *GRID, *QUICK, "--resume")
    assert answer.code == 2
    assert "holds a finished sweep" in answer.err
    assert (folder / "sweep.json").read_bytes() == before


def test_a_sweep_s_folder_stands_for_its_best_model(isthmus, tmp_path):
    folder = tmp_path / "s"
    isthmus("sweep", "digits", "--out", folder, "--grid", "latent_dim=2,3", *QUICK)
    codes = [
        isthmus("encode", run, "digits", "--json").json
        for run in (folder, folder / "best.safetensors")
    ]
    assert codes[0] == codes[1]


def test_recipes_are_an_axis_of_the_grid(isthmus, tmp_path):
    folder, grid = tmp_path / "s", ("--grid", "recipe=denoising,top-k")
    assert isthmus("sweep", "digits", "--out", folder, *grid, *QUICK).code == 0
    table = pyarrow.parquet.read_table(folder / "sweep.parquet").to_pylist()
    assert [row["recipe"] for row in table] == ["denoising", "top-k"]
    facts = json.loads((folder / "sweep.json").read_text())
    assert facts["best"]["recipe"] in ("denoising", "top-k")
