"""The command `lehr` in the package: the same output and exit codes as the program, without torch and NumPy."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import sysconfig
import time

import pytest

SPECS = pathlib.Path(__file__).parents[2] / "fixtures" / "specs"


def run(*args, **more):
    return subprocess.run([sys.executable, "-m", "lehr", *args], capture_output=True, text=True, timeout=60, **more)


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.csv")), ids=lambda path: path.name)
def test_the_fixtures(path):
    spec = next(other for other in SPECS.glob(f"{path.stem}.*") if other.suffix != ".csv")
    done = run("values", str(spec), "--range", ":")
    assert (done.returncode, done.stdout, done.stderr) == (0, path.read_text(), "")


def test_exit_codes_and_where_it_writes():
    assert run("check", "linear(from=0.01x, over=5%) -> cosine(to=0.1x)", "--updates", "10000").returncode == 0
    done = run("check", "linear(from=0x, over=60%) -> cosine(to=0)", "--updates", "10000")
    assert done.returncode == 1 and "warmup-too-long" in done.stdout
    done = run("show", "cosin(to=0)", "--updates", "10")
    assert done.returncode == 2 and done.stdout == "" and "did you mean `cosine`" in done.stderr
    assert run().returncode == 2 and run("--help").returncode == 0
    done = run("show", "-", input="linear(from=0x, over=5) -> hold\n")
    assert done.returncode == 0 and "linear" in done.stdout


def test_the_script_is_installed():
    script = pathlib.Path(sysconfig.get_path("scripts")) / "lehr"
    done = subprocess.run([script, "list"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "cosine" in done.stdout


def test_without_torch_and_numpy():
    code = (
        "import sys; sys.modules['torch'] = sys.modules['numpy'] = None\n"
        "sys.argv = ['lehr', 'explain', 'cosine(to=0)', '--updates', '4', '--at', '2']\n"
        "from lehr.__main__ import main\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.startswith("update 2 of 4"), done.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_it_can_be_interrupted():
    process = subprocess.Popen([sys.executable, "-m", "lehr", "show", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == -signal.SIGINT


def test_a_reader_that_leaves():
    command = f'"{sys.executable}" -m lehr values "cosine(to=0)" --updates 200000 --range : | head -n 1'
    done = subprocess.run(["bash", "-c", command + "; echo ${PIPESTATUS[0]}"], capture_output=True, text=True, timeout=60)
    assert done.stdout == "update,lr\n0\n" and done.stderr == ""
