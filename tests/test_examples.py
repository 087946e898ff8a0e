"""Every example runs, and what its page says of the result is so."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(set(ROOT.glob("examples/*.py")) - set(ROOT.glob("examples/track_with_*.py")))
"""The scripts that are pages; the tests of the trackers run the others, which need extras."""

CLAIMS = {
    "start": lambda at: at["error"] < at["pca_error"] and (at["same"] == at["codes"]).all(),
    "look": lambda at: at["accuracy"] > at["pca_accuracy"],
    "compress": lambda at: (at["errors"] < at["pca_errors"]).all() and at["used"] > 32,
    "clean": lambda at: at["error"] < at["pca_error"],
    "fill_in": lambda at: at["errors"]["missing_iwae"] < at["errors"]["column mean"] / 2,
    "generate": lambda at: at["distances"]["mixture"] < at["distances"]["prior"],
    "outliers": lambda at: at["area"] > 0.9 and at["chosen"].sum() > 20,
    "few_labels": lambda at: at["accuracy"] > max(0.9, at["linear_accuracy"] + 0.1),
    "images": lambda at: at["error"] < at["pca_error"],
    "signals": lambda at: at["error"] < at["pca_errors"][4] and at["accuracy"] > 0.9,
}
"""What the page of an example says of its result, by the names that the script leaves."""


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_its_claim_holds(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    left = runpy.run_path(str(script), run_name="__main__")
    assert CLAIMS[script.stem](left)
    assert not list(tmp_path.iterdir())  # it writes nothing where the user stands


def test_every_example_is_a_page_and_every_page_an_example():
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    missing = [path.stem for path in EXAMPLES if f"jobs/{path.stem}.md" not in navigation]
    assert missing == []


@pytest.fixture
def pages():
    """Return the hook that makes pages of scripts."""
    pytest.importorskip("mkdocs", reason="the extra docs is not installed")
    return runpy.run_path(str(ROOT / "docs" / "hooks" / "example_pages.py"))


SCRIPT = '''"""A title.

An introduction.
"""

# %%
from matplotlib.figure import Figure

# %% [markdown]
# ## A heading
#
# A text.

# %%
print("printed")
1 + 1

# %%
Figure(figsize=(1, 1))
'''


def test_a_script_becomes_a_page(pages, tmp_path):
    script = tmp_path / "tiny.py"
    script.write_text(SCRIPT)
    page = pages["execute"](script)
    assert page.text.startswith("# A title\n\nAn introduction.\n\n```python\nfrom matplotlib")
    assert "## A heading\n\nA text.\n\n```python\nprint" in page.text
    assert '```text title="Output"\nprinted\n```' in page.text
    assert '```text title="Output"\n2\n```' in page.text
    assert "![A heading](tiny-1.png)" in page.text
    assert page.pictures["tiny-1.png"].startswith(b"\x89PNG")
