"""`isthmus compare` through its real entry point."""

import pytest


@pytest.fixture(scope="module")
def other_run(tmp_path_factory):
    from isthmus.cli import main

    run = tmp_path_factory.mktemp("runs") / "wider"
    argv = ["fit", "digits", "--out", str(run), "--latent-dim", "2", "--hidden", "24"]
    assert main([*argv, "--epochs", "2", "--quiet", "--json"]) == 0
    return run


def test_it_prints_a_table_and_writes_a_page(isthmus, digits_run, other_run, tmp_path):
    page = tmp_path / "both.html"
    answer = isthmus("compare", digits_run, other_run, "--out", page)
    assert answer.code == 0, answer.err
    assert "hidden" in answer.out
    assert "test examples in common" in " ".join(answer.out.split())
    assert answer.out.splitlines()[-1] == f"page: {page}"
    assert "Settings that differ" in page.read_text()
    again = isthmus("compare", digits_run, other_run, "--out", page)
    assert again.code == 2
    assert "give --force to replace it" in again.err


def test_json_has_the_measures_of_every_group(isthmus, digits_run, other_run, tmp_path):
    answer = isthmus("compare", digits_run, other_run, "--out", tmp_path / "a.html", "--json")
    assert answer.json["settings"] == {"hidden": {"digits": "(16,)", "wider": "(24,)"}}
    assert answer.json["measures"]["mse"]["digits"]["values"]


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (["digits"], "give two at least"),
        (["digits", "plants"], "compare runs on the same data"),
        (["digits", "nowhere"], "There is no"),
    ],
)
def test_mistakes_end_in_a_sentence(isthmus, digits_run, table_run, tmp_path, runs, words):
    known = {"digits": digits_run, "plants": table_run}
    named = [known.get(name, tmp_path / name) for name in runs]
    answer = isthmus("compare", *named, "--out", tmp_path / "page.html")
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_the_page_has_a_name_that_a_browser_knows(isthmus, digits_run, other_run, tmp_path):
    answer = isthmus("compare", digits_run, other_run, "--out", tmp_path / "page")
    assert answer.code == 2
    assert "must end in .html" in answer.err
