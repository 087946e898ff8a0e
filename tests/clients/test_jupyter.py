import sys

import pytest

client = pytest.importorskip("nbclient", reason="nbclient is not installed")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

CELL = """
import matplotlib
from sklearn.datasets import load_digits
from isthmus import Autoencoder
from isthmus.figures import plots
fitted = Autoencoder(2, hidden=(8,), epochs=2, verbose=True, random_state=0)
fitted.fit(load_digits().data[:150])
"""
STOPPED = """
import _thread
def stop(record):
    if record.epoch == 2: _thread.interrupt_main()
fitted.set_params(callbacks=[stop], epochs=100000, patience=0).fit(load_digits().data[:150])
fitted.stop_reason_, fitted.n_epochs_ < 100000
"""


@pytest.mark.filterwarnings("ignore")
def test_progress_is_shown_and_an_interrupt_keeps_the_best_model(tmp_path) -> None:
    cells = [nbformat.v4.new_code_cell(text) for text in (CELL, STOPPED)]
    book = nbformat.v4.new_notebook(cells=cells)
    # The kernel of this very Python, whatever others are installed.
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "here"}
    assert sys.executable
    client.NotebookClient(book, timeout=180, kernel_name="python3").execute(cwd=str(tmp_path))
    shown = "".join(output.get("text", "") for output in book.cells[0].outputs)
    assert "epoch 2/2" in shown
    assert "('interrupted', True)" in str(book.cells[1].outputs)
