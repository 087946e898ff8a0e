"""`isthmus view`: a page opens, or the reader learns where it lies."""

import webbrowser


def test_the_page_of_a_run_is_opened(isthmus, digits_run, monkeypatch):
    opened = []
    monkeypatch.setenv("BROWSER", "one")
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert isthmus("view", digits_run).code == 0
    assert opened == [(digits_run / "report.html").resolve().as_uri()]


def test_without_a_browser_the_page_is_named(isthmus, digits_run, monkeypatch):
    monkeypatch.setattr("isthmus.cli.view.has_screen", lambda: False)
    answer = isthmus("view", digits_run / "report.html")
    assert answer.code == 0
    assert "No browser can be opened here" in answer.out
    assert "report.html" in answer.out.replace("\n", "")


def test_what_holds_no_page_is_refused(isthmus, tmp_path):
    for given, sentence in ((tmp_path, "There is no page in"), (tmp_path / "a", "There is no ")):
        answer = isthmus("view", given)
        assert answer.code == 2
        assert sentence in answer.err
