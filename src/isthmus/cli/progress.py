"""What is seen while one waits: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from isthmus.cli import consoles

if TYPE_CHECKING:
    import numpy as np

_EVERY = 5.0  # seconds between two plain lines
_PATIENCE = 2.0  # seconds that work may take before anything is shown
_BLOCK = 1 << 20  # values of the input that one step of a long computation takes


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.5g}"


def _stop(progress: Progress) -> None:
    """Take a bar away; one that never showed would leave an empty line."""
    if progress.live.is_started:
        progress.stop()


class FitBar:
    """A callback of the fit that draws on a terminal."""

    def __init__(self) -> None:
        columns = (
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[losses]}"),
            TimeRemainingColumn(compact=True),
        )
        self._progress = Progress(*columns, console=consoles.err(), transient=True)
        self._task: TaskID = self._progress.add_task(
            "fit", total=None, epoch=0, epochs="...", losses=""
        )

    def close(self) -> None:
        """Take the bar away."""
        _stop(self._progress)

    def __call__(self, record: Any) -> None:
        """Move on by an epoch."""
        self._progress.start()
        losses = f"train {_number(record.train_loss)}"
        if record.validation_loss is not None:
            losses += f"  validation {_number(record.validation_loss)}"
        losses += f"  best {_number(record.best_loss)}"
        self._progress.update(
            self._task,
            epoch=record.epoch,
            epochs=record.epochs,
            losses=losses,
        )

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Move on within an epoch."""
        self._progress.start()
        self._progress.update(self._task, completed=done_steps, total=total_steps)


class FitLines:
    """A callback of the fit that prints a line every few seconds."""

    def __init__(self) -> None:
        self._begun = self._last_epoch = self._last_line = time.monotonic()
        self._first: int | None = None

    def close(self) -> None:
        """Leave the lines where they are."""

    def __call__(self, record: Any) -> None:
        """Print the epoch, if the last one printed is some seconds old."""
        now = self._last_line = time.monotonic()
        if self._first is None:
            self._first = record.epoch - 1
        if now - self._last_epoch < _EVERY and record.epoch != record.epochs:
            return
        self._last_epoch = now
        left = (record.epochs - record.epoch) * (now - self._begun) / (record.epoch - self._first)
        line = f"epoch {record.epoch} of {record.epochs}: train {_number(record.train_loss)}"
        if record.validation_loss is not None:
            line += f", validation {_number(record.validation_loss)}"
        line += f", best {_number(record.best_loss)} (epoch {record.best_epoch})"
        consoles.say(consoles.err(), f"{line}, at most {left:.0f} s left")

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Print how far a long epoch has come."""
        now = time.monotonic()
        if now - self._last_line >= _EVERY:
            self._last_line = now
            consoles.say(consoles.err(), f"step {done_steps} of {total_steps}")


class StepBar:
    """A callback that hears of steps alone, so that training need not pause at every epoch."""

    def __init__(self, what: str):
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f}%"),
        )
        self._progress = Progress(
            *columns, TimeRemainingColumn(compact=True), console=consoles.err(), transient=True
        )
        self._task = self._progress.add_task(what, total=None)

    def open(self) -> None:
        """Show the bar."""
        self._progress.start()

    def close(self) -> None:
        """Take the bar away."""
        _stop(self._progress)

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Move on."""
        self._progress.update(self._task, completed=done_steps, total=total_steps)


class StepLines:
    """A callback that hears of steps alone, and prints a line every few seconds."""

    def __init__(self, what: str):
        self._what, self._last = what, time.monotonic()

    def open(self) -> None:
        """Say what begins."""
        consoles.say(consoles.err(), self._what)

    def close(self) -> None:
        """Leave the lines where they are."""

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Print how far it has come."""
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            consoles.say(consoles.err(), f"{self._what}: step {done_steps} of {total_steps}")


@contextmanager
def step_progress(what: str, *, quiet: bool) -> Iterator[tuple[StepBar | StepLines, ...]]:
    """Lend a callback that shows the steps of ``what``; none when ``quiet``."""
    if quiet:
        yield ()
        return
    shown = StepBar(what) if consoles.err().is_terminal else StepLines(what)
    shown.open()
    try:
        yield (shown,)
    finally:
        shown.close()


class Choices:
    """A callback that tells once which scaling and likelihood the fit has chosen."""

    def __init__(self, estimator: Any, console: Console) -> None:
        self._estimator, self._console, self._told = estimator, console, False

    def __call__(self, record: Any) -> None:
        """Tell, if that has not been done."""
        self.tell()

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Tell, if that has not been done."""
        self.tell()

    def tell(self) -> None:
        """Tell, if that has not been done."""
        if not self._told:
            fitted = self._estimator
            likelihood = type(fitted.likelihood_).__name__
            scaling = fitted.scaling_.describe()
            consoles.say(self._console, f"scaling {scaling}; likelihood {likelihood}")
        self._told = True


@contextmanager
def fit_progress(*, quiet: bool) -> Iterator[tuple[FitBar | FitLines, ...]]:
    """Lend the callbacks that suit where stderr goes; none when ``quiet``."""
    if quiet:
        yield ()
        return
    shown = FitBar() if consoles.err().is_terminal else FitLines()
    try:
        yield (shown,)
    finally:
        shown.close()


@contextmanager
def stages(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Lend a function that is told what is being done, and shows it on a terminal."""
    console = consoles.err()
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda word: status.update(word)


@contextmanager
def advancing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Lend a function of (done, total); a bar appears once the work has lasted a while."""
    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    progress = Progress(*columns, TimeRemainingColumn(), console=consoles.err(), transient=True)
    task = progress.add_task(what, total=None)
    begun = last = time.monotonic()

    def advance(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        progress.update(task, completed=done, total=total)
        if not progress.console.is_terminal:
            if now - last > _EVERY:
                last = now
                consoles.say(consoles.err(), f"{what}: {done} of {total}")
        elif now - begun > _PATIENCE:
            progress.start()

    try:
        yield advance
    finally:
        _stop(progress)


class Counted:
    """What is seen of work in several parts: each result as it comes, and the steps between."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        self._what, self._quiet, self._last = what, quiet, time.monotonic()
        columns = (TextColumn(what), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        words = (TextColumn("{task.description}"), TextColumn("{task.fields[steps]}"))
        self._bar = Progress(*columns, *words, console=consoles.err(), transient=True)
        self._task = self._bar.add_task("", total=None, steps="")

    def open(self) -> None:
        """Show the bar on a terminal."""
        if consoles.err().is_terminal and not self._quiet:
            self._bar.start()

    def close(self) -> None:
        """Take the bar away; lines stay."""
        _stop(self._bar)

    def tell(self, done: int, total: int, words: str) -> None:
        """Show a result."""
        self._last = time.monotonic()
        self._bar.update(self._task, completed=done, total=total, description=words)
        if not (consoles.err().is_terminal or self._quiet):
            consoles.say(consoles.err(), f"{done} of {total}: {words}")

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Show how far the fit, or the group of them, has come that runs."""
        self._bar.update(self._task, steps=f"step {done_steps} of {total_steps}")
        now = time.monotonic()
        if not (consoles.err().is_terminal or self._quiet) and now - self._last >= _EVERY:
            self._last = now
            consoles.say(consoles.err(), f"{self._what}: step {done_steps} of {total_steps}")


@contextmanager
def counted(what: str, *, quiet: bool) -> Iterator[Counted]:
    """Lend what shows each result of ``what`` as it comes."""
    shown = Counted(what, quiet=quiet)
    shown.open()
    try:
        yield shown
    finally:
        shown.close()


def map_blocks(
    what: str, function: Any, *given: Any, rows: int | None = None, quiet: bool = False
) -> Iterator["np.ndarray"]:
    """Apply ``function`` block by block; yield what it returns.

    Parameters
    ----------
    what
        The work, as a word for the bar.
    function
        Takes examples (b, ...), and labels (b,) where such are given; returns an array (b, ...).
    given
        Array-likes: examples (n, ...), and maybe their labels (n,); they are read block by block,
        so they may be larger than memory.
    rows
        How many in a block; None goes by their size.
    """
    import numpy as np

    examples = given[0]
    per_example = max(1, int(np.prod(examples.shape[1:])))
    step = max(1, _BLOCK // per_example) if rows is None else rows
    with advancing(what) as advance:
        for start in range(0, len(examples), step):
            yield np.asarray(function(*(array[start : start + step] for array in given)))
            if not quiet:
                advance(min(start + step, len(examples)), len(examples))
