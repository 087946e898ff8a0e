"""Processes that are killed anywhere: nothing is lost, nothing is half, and the bits are the same.

Each runs as number 1 of a process namespace of its own where the system allows it, so that the
numbers of processes repeat, as they do in containers.
"""

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.battery.tally import Tally

COUNTS = {"fit": 6, "sweep": 3, "study": 0, "write": 6}
"""Kills of each kind unless another number is asked for. The bar: 100, 30, 20 and 50."""

FIT = ("fit", "digits", "--hidden", "32", "--epochs", "60", "--patience", "0", "--quiet")
SWEEP = ("sweep", "digits", "--limit", "300", "--epochs", "5", "--hidden", "16", "--seeds", "2")
GRID = ("--grid", "latent_dim=2,3,4", "--keep-models", "--quiet")
STUDY = ("reproduce", "fully-connected", "--quick", "--quiet")


def run(count: int | None, kind: str | None, seed: int) -> Tally:
    """Kill processes of one kind, or of all; ``count`` is that of each kind."""
    tally = Tally()
    for name in COUNTS if kind is None else (kind,):
        number = COUNTS[name] if count is None else count
        if not number:
            continue
        with TemporaryDirectory() as folder:
            KINDS[name](tally, Path(folder), number, random.Random(seed))
    return tally


def kill_fits(tally: Tally, folder: Path, count: int, moments: random.Random) -> None:
    """Kill fits, resume them, and compare model and history with those of one left alone."""
    more = ("--checkpoint-every", "1", "--out")
    seconds = timed([*FIT, *more, str(folder / "whole")])
    wanted = digest(folder / "whole" / "model.safetensors")
    for i in range(count):
        out = folder / f"killed-{i}"
        killed_at(moments.uniform(0.3, 1.05) * seconds, [*FIT, *more, str(out)])
        # Killed after it had ended there is nothing to go on with; before, all is to be found.
        again = finished([*FIT, *more, str(out), "--resume" if out.exists() else "--force"])
        fault = again or difference(out / "model.safetensors", wanted) or leftovers(folder)
        tally.add("fit", None if fault is None else f"kill {i}: {fault}")
        shutil.rmtree(out, ignore_errors=True)


def kill_sweeps(tally: Tally, folder: Path, count: int, moments: random.Random) -> None:
    """Kill sweeps, resume them, and compare the best models' bits."""
    whole = folder / "whole"
    seconds = timed([*SWEEP, *GRID, "--out", str(whole)])
    wanted = {path.name: digest(path) for path in sorted((whole / "models").glob("*.safetensors"))}
    for i in range(count):
        out = folder / f"killed-{i}"
        killed_at(moments.uniform(0.3, 1.0) * seconds, [*SWEEP, *GRID, "--out", str(out)])
        resumed = ("--resume",) if (out / "sweep.json").exists() else ("--force",)
        fault = finished([*SWEEP, *GRID, "--out", str(out), *resumed])
        found = {path.name: digest(path) for path in (out / "models").glob("*.safetensors")}
        if fault is None and found != wanted:
            others = sorted(name for name in wanted | found if found.get(name) != wanted.get(name))
            fault = f"{len(others)} of {len(wanted)} models differ, such as {others[0]}"
        tally.add("sweep", None if fault is None else f"kill {i}: {fault}")
        shutil.rmtree(out, ignore_errors=True)


def kill_studies(tally: Tally, folder: Path, count: int, moments: random.Random) -> None:
    """Kill a quick study, resume it, and compare its records."""
    whole = folder / "whole"
    seconds = timed([*STUDY, "--out", str(whole)])
    for i in range(count):
        out = folder / f"killed-{i}"
        killed_at(moments.uniform(0.2, 1.0) * seconds, [*STUDY, "--out", str(out)])
        resumed = ("--resume",) if (out / "run.json").exists() else ("--force",)
        fault = finished([*STUDY, "--out", str(out), *resumed])
        fault = fault or difference(out / "records.json", digest(whole / "records.json"))
        tally.add("study", None if fault is None else f"kill {i}: {fault}")
        shutil.rmtree(out, ignore_errors=True)


def kill_writers(tally: Tally, folder: Path, count: int, moments: random.Random) -> None:
    """Kill verbs that write a table; it is whole, or it is as it was before."""
    run = folder / "run"
    finished([*FIT[:2], "--hidden", "8", "--epochs", "1", "--quiet", "--out", str(run)])
    path = folder / "codes.csv"
    encode = ["encode", str(run), "digits", "--force", "--out", str(path)]
    seconds = timed(encode)
    whole, old = digest(path), hashlib.sha256(b"old").hexdigest()
    for i in range(count):
        path.write_bytes(b"old")
        killed_at(moments.uniform(0.5, 1.1) * seconds, encode)
        fault = None if digest(path) in (whole, old) else "a table that is half written"
        fault = fault or finished(encode) or difference(path, whole) or leftovers(folder)
        tally.add("write", None if fault is None else f"kill {i}: {fault}")


KINDS: dict[str, Callable[[Tally, Path, int, random.Random], None]] = {
    "fit": kill_fits,
    "sweep": kill_sweeps,
    "study": kill_studies,
    "write": kill_writers,
}


def command(arguments: list[str]) -> list[str]:
    """Return the command of a verb, in a process namespace of its own where there can be one."""
    own = [sys.executable, "-m", "isthmus", *arguments]
    return ["unshare", "--pid", "--fork", "--kill-child", *own] if has_namespaces() else own


def has_namespaces() -> bool:
    """Tell whether this system lets a process namespace be made."""
    tool = shutil.which("unshare")
    return (
        tool is not None
        and not subprocess.run(
            [tool, "--pid", "--fork", "true"], capture_output=True, check=False
        ).returncode
    )


def timed(arguments: list[str]) -> float:
    """Run a verb; return the seconds that it took."""
    start = time.perf_counter()
    fault = finished(arguments)
    if fault is not None:
        raise RuntimeError(fault)
    return time.perf_counter() - start


def finished(arguments: list[str]) -> str | None:
    """Run a verb to its end; return what it said if it failed."""
    ended = subprocess.run(command(arguments), capture_output=True, text=True, check=False)
    return None if not ended.returncode else f"exit {ended.returncode}: {ended.stderr[-300:]!r}"


def killed_at(seconds: float, arguments: list[str]) -> None:
    """Begin a verb, and kill it with all that it started after some seconds."""
    begun = subprocess.Popen(
        command(arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        begun.wait(seconds)
    except subprocess.TimeoutExpired:
        begun.send_signal(signal.SIGKILL)
        begun.wait()
        time.sleep(0.2)  # the namespace's processes end with it


def difference(path: Path, wanted: str) -> str | None:
    """Return that a file is missing or another than wanted, or None."""
    if not path.exists():
        return f"there is no {path.name}"
    return None if digest(path) == wanted else f"{path.name} has other bits"


def leftovers(folder: Path) -> str | None:
    """Return the hidden files that are left in a folder, or None."""
    hidden = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("."))
    return f"left behind: {hidden}" if hidden else None


def digest(path: Path) -> str:
    """Return a digest of what a file holds; of a model without the seconds that its fit took."""
    content = path.read_bytes()
    if path.suffix == ".safetensors":
        from safetensors.numpy import load

        tensors = load(content)
        content = b"".join(name.encode() + tensors[name].tobytes() for name in sorted(tensors))
    return hashlib.sha256(content).hexdigest()
