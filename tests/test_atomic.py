"""Files and folders that appear whole or not at all, also when their writers are killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus import atomic
from isthmus.atomic import claimed, new_file, new_folder
from isthmus.errors import PlaceTakenError

WRITER = """
import os, sys, time
from pathlib import Path
from isthmus.atomic import {call}
with {call}(Path(sys.argv[1])) as partial:
    {write}
    print("here", flush=True)
    time.sleep(60)
"""


def begin_writer(path: Path, call: str, write: str = "pass") -> subprocess.Popen:
    """Start a process that is in the middle of writing ``path``."""
    program = WRITER.format(call=call, write=write)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def end(process: subprocess.Popen) -> None:
    process.kill()
    process.communicate()


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_process_of_the_same_number_writes_after_one_that_was_killed(tmp_path, monkeypatch):
    path = tmp_path / "run"
    killed = begin_writer(path, "new_folder", "(partial / 'half').touch()")
    end(killed)
    monkeypatch.setattr(os, "getpid", lambda: killed.pid)
    with new_folder(path) as fresh:
        (fresh / "whole").touch()
    assert names(tmp_path) == ["run"]
    assert names(path) == ["whole"]


@pytest.mark.parametrize("call", ["new_file", "new_folder", "claimed"])
def test_leftovers_of_dead_writers_are_removed_and_of_living_ones_not(call, tmp_path) -> None:
    path = tmp_path / "codes.csv"
    living = begin_writer(tmp_path / "codes", "new_file", "partial.write_text('living')")
    end(begin_writer(path, call))
    assert len(names(tmp_path)) == 2
    with new_file(path) as partial, claimed(path):
        partial.write_text("whole")
    left = names(tmp_path)
    assert path.read_text() == "whole"
    assert left[1:] == ["codes.csv"]
    assert left[0].startswith(".codes.")
    end(living)


def test_two_write_one_place_at_once(tmp_path) -> None:
    path = tmp_path / "codes.csv"
    with new_file(path) as first, new_file(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["codes.csv"]


def test_a_claim_refuses_another_process_and_dies_with_its_own(tmp_path) -> None:
    path = tmp_path / "deep" / "run"
    holder = begin_writer(path, "claimed")
    with (
        pytest.raises(PlaceTakenError, match="run is being written by another process"),
        claimed(path),
    ):
        pass
    end(holder)
    with claimed(path):
        assert names(path.parent) == [".run.lock"]
    assert names(path.parent) == []


def test_a_claim_ends_with_an_error_too(tmp_path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), claimed(tmp_path / "run"):
            raise ZeroDivisionError


def test_a_link_that_leads_nowhere_is_refused_when_it_is_claimed(tmp_path) -> None:
    path = tmp_path / "run"
    path.symlink_to(tmp_path / "gone" / "run")
    with pytest.raises(OSError, match="the link leads nowhere"), claimed(path):
        pass


@pytest.mark.parametrize("keeps", [True, False])
def test_an_earlier_folder_is_replaced_and_what_it_held_besides_kept_or_not(keeps, tmp_path):
    path = tmp_path / "run"
    path.mkdir()
    for name in ("model", "notes"):
        (path / name).write_text("old")
    with new_folder(path, keeps_others=keeps) as fresh:
        (fresh / "model").write_text("new")
    assert names(path) == ["model", "notes"][: 1 + keeps]
    assert (path / "model").read_text() == "new"
    assert names(tmp_path) == ["run"]


@pytest.mark.parametrize("moment", [1, 2, 3])
@pytest.mark.parametrize("keeps", [True, False])
def test_killed_between_any_two_renames_nothing_is_lost(keeps, moment, tmp_path) -> None:
    """A writer is killed before its n-th rename; the next writer finds the earlier folder."""
    path = tmp_path / "run"
    path.mkdir()
    for name in ("model", "notes"):
        (path / name).write_text("old")
    program = (
        "import os, sys; from pathlib import Path; from isthmus.atomic import new_folder\n"
        "rename, calls = Path.rename, []\n"
        "def fail(self, target):\n"
        f"    calls.append(self); len(calls) == {moment} and os.kill(os.getpid(), 9)\n"
        "    return rename(self, target)\n"
        "Path.rename = fail\n"
        f"with new_folder(Path(sys.argv[1]), keeps_others={keeps}) as fresh:\n"
        "    (fresh / 'model').write_text('new')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)])
    killed = ended.returncode == -signal.SIGKILL
    assert killed == (moment <= 2 + keeps)
    with claimed(path):
        pass
    assert names(tmp_path) == ["run"]
    swapped = moment > 2
    assert (path / "model").read_text() == ("new" if swapped else "old")
    assert names(path) == (["model", "notes"] if keeps or not swapped else ["model"])


def test_the_content_is_on_the_disk_before_it_has_the_name(tmp_path, monkeypatch) -> None:
    events, fsync, replace = [], os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda held: (events.append("fsync"), fsync(held))[1])
    monkeypatch.setattr(Path, "replace", lambda *to: (events.append("named"), replace(*to))[1])
    with new_file(tmp_path / "codes.csv") as partial:
        partial.write_text("z0")
    assert events == ["fsync", "named", "fsync"]
    events.clear()
    with new_folder(tmp_path / "run") as fresh:
        (fresh / "figures").mkdir()
        (fresh / "figures" / "a.png").touch()
    assert len(events) == 4


def test_a_link_is_followed_and_what_is_no_file_is_written_itself(tmp_path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with new_file(tmp_path / "link") as partial:
        partial.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    with new_file(Path(os.devnull)) as partial:
        partial.write_text("nothing")
    assert not Path(os.devnull).is_file()


def test_without_locks_nothing_is_taken_for_a_leftover(tmp_path, monkeypatch) -> None:
    path = tmp_path / "codes.csv"

    def fail(*_) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(atomic.fcntl, "flock", fail)
    with new_file(path) as first:
        first.write_text("first")
        with new_file(path) as second, claimed(path):
            second.write_text("second")
        assert first.exists()
    assert path.read_text() == "first"
