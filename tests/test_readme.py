"""The README's own words: its Python runs, its commands are commands, its links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    for language, block in BLOCKS:
        if language == "python":
            exec(compile(block, "README.md", "exec"), space)
    assert space["codes"].shape == (450, 8)
    assert (tmp_path / "digits.safetensors").exists()


@pytest.mark.parametrize(
    "line",
    [
        line.split("#")[0].strip()
        for language, block in BLOCKS
        if not language
        for line in block.splitlines()
        if line.startswith("isthmus")
    ],
)
def test_the_commands_parse(line, capsys):
    from isthmus.cli import main

    verb = [word for word in shlex.split(line)[1:] if not word.startswith("-")]
    path = verb[:2] if verb[0] == "data" else verb[:1]
    assert main([*path, "--help"]) == 0
    known = capsys.readouterr().out
    for option in re.findall(r"--[a-z-]+", line):
        assert option in known


def test_the_links_lead_somewhere():
    root = Path(__file__).parents[1]
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (root / target).exists()] == []
