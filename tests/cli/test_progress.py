"""What is seen while one waits, by a simulated clock."""

import io
import re

import pytest
from rich.console import Console

from isthmus.cli import consoles
from isthmus.cli.progress import EVERY, Progress, TimeLeft, duration
from isthmus.engine import EpochRecord


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def terminal(monkeypatch):
    """What a terminal of 120 columns shows."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=120)
    monkeypatch.setattr(consoles, "err", lambda: console)
    return written


def record(epoch, epochs, loss=0.5):
    return EpochRecord(epoch, epochs, loss, loss, epoch, loss, {}, 0.001, 0.0)


def train(clock, progress, *, compilation, block, blocks, epochs, validation=0.0):
    """Train by the clock; return the seconds that were left at the end of every epoch."""
    ends, steps = [], blocks * 10
    clock.now += compilation
    for epoch in range(1, epochs + 1):
        for i in range(1, blocks + 1):
            clock.now += block
            progress.on_progress((epoch - 1) * steps + 10 * i, epochs * steps)
        clock.now += validation
        ends.append(clock.now)
        progress.on_epoch(record(epoch, epochs))
    return [ends[-1] - end for end in ends]


def seconds_said(line):
    """The time left that a line says, in seconds."""
    number, unit = re.search(r"up to ([\d.]+) (s|min|h) left", line).groups()
    return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]


@pytest.mark.parametrize(
    ("compilation", "block", "blocks", "epochs", "validation"),
    [
        (9.0, 0.05, 8, 200, 0.02),  # compilation as long as fifteen epochs
        (60.0, 0.5, 40, 20, 1.0),
        (0.5, 3.0, 4, 10, 0.0),  # hardly any
    ],
)
def test_the_time_left_is_right_within_a_factor_of_two_after_the_first_epoch(
    clock, capsys, compilation, block, blocks, epochs, validation
):
    with Progress("fit", clock=clock) as shown:
        left = train(
            clock, shown, compilation=compilation, block=block, blocks=blocks, epochs=epochs,
            validation=validation,
        )  # fmt: skip
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch")]
    first = lines[0]
    assert first.startswith("epoch 1 of ")
    for line in lines[:-1]:
        true = left[int(line.split()[1]) - 1]
        assert 0.5 * true - 1 <= seconds_said(line) <= 2 * true + 1
    assert first.endswith(", which include compilation)")
    assert not any("compilation" in line for line in lines[1:])
    assert "left" not in lines[-1]


def test_an_epoch_of_one_block_says_that_the_time_is_not_known(clock, capsys):
    with Progress("fit", clock=clock) as shown:
        clock.now += 2 * EVERY
        shown.on_progress(10, 30)
        shown.on_epoch(record(1, 3))
        clock.now += 2 * EVERY
        shown.on_progress(20, 30)
        shown.on_epoch(record(2, 3))
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch")]
    assert lines[0].endswith("time left not known yet (the first 10 s include compilation)")
    assert seconds_said(lines[1]) == 2 * EVERY


def test_lines_come_every_few_seconds_and_the_last_epoch_always(clock, capsys):
    with Progress("fit", clock=clock) as shown:
        train(clock, shown, compilation=0, block=0.01, blocks=10, epochs=200)
    lines = capsys.readouterr().err.splitlines()
    assert 20 / EVERY <= len(lines) <= 20 / EVERY + 2
    assert lines[-1] == "epoch 200 of 200: train 0.5, validation 0.5, best 0.5 (epoch 200)"


def test_a_long_epoch_is_followed_by_its_steps(clock, capsys):
    with Progress("fit", clock=clock) as shown:
        for done in range(1, 11):
            clock.now += EVERY
            shown.on_progress(done, 10)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "fit: step 1 of 10"
    assert lines[1] == f"fit: step 2 of 10, up to {8 * EVERY:.0f} s left"
    assert len(lines) == 10


def test_every_result_is_a_line(clock, capsys):
    with Progress("sweep", clock=clock) as shown:
        for done in (1, 2):
            shown.on_result(done, 2, f"latent_dim={done}")
            shown.on_progress(1, 2)
    assert capsys.readouterr().err == "1 of 2: latent_dim=1\n2 of 2: latent_dim=2\n"


def test_quiet_is_quiet(clock, capsys):
    with Progress("fit", quiet=True, clock=clock) as shown:
        shown.announce()
        train(clock, shown, compilation=9, block=9, blocks=2, epochs=3)
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_the_same_news_and_leaves_nothing(clock, terminal):
    with Progress("fit", clock=clock) as shown:
        train(clock, shown, compilation=9, block=0.5, blocks=4, epochs=3)
        shown._face._bar.refresh()
        seen = terminal.getvalue()
    assert "epoch 3 of 3" in seen
    assert "train 0.5" in seen
    assert "step 120 of 120" in seen


def test_short_work_shows_nothing_on_a_terminal(clock, terminal):
    with Progress("encoding", unit="example", patience=2.0, clock=clock) as shown:
        clock.now += 1
        shown.on_progress(5, 10)
    assert terminal.getvalue() == ""


def test_the_time_left_is_unknown_until_there_is_a_rate(clock):
    left = TimeLeft(clock)
    assert left.seconds(0, 10) is None
    left.note(4)
    assert left.seconds(4, 10) is None
    clock.now += 3
    assert left.seconds(5, 10) == 15
    assert duration(15) == "15 s"
