"""The README's first command: from a checkout to a counted complaint, twice, and away again."""

import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from harness import ROOT


@pytest.fixture(scope="module")
def run():
    """quickstart with a state folder and port of its own, from a folder that is not the checkout's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    state = Path(tempfile.mkdtemp(prefix="gvq"))

    def quickstart(*args):
        return subprocess.run([ROOT / "quickstart", "--state", state, "--port", str(port), *args],
                              capture_output=True, text=True, cwd="/", timeout=600)

    try:
        yield quickstart
    finally:
        quickstart("clean")
        shutil.rmtree(state, ignore_errors=True)


def numbers(output):
    return re.findall(r"(?:TH-50|ล)/\d{4}/\d{4}", output)


def test_it_submits_routes_takes_and_scores_and_a_second_run_counts_nothing_twice(run):
    first = run()
    assert first.returncode == 0, first.stdout + first.stderr
    assert numbers(first.stdout)[:2] == [f"TH-50/{fiscal_year(first)}/0001", f"ล/{fiscal_year(first)}/0001"]
    assert re.search(r"alternate", first.stdout)
    assert re.search(r"\(unconfirmed\)|\(ยังไม่ยืนยัน\)", first.stdout)
    assert re.search(r"Executive summary|บทสรุปผู้บริหาร", first.stdout)

    second = run()
    assert second.returncode == 0, second.stdout + second.stderr
    assert numbers(second.stdout)[:2] == numbers(first.stdout)[:2]
    assert run("status").returncode == 0

    assert run("stop").returncode == 0
    assert run("status").returncode == 3


def fiscal_year(done):
    return re.search(r"score (\d{4})", done.stdout).group(1)


def test_a_wrong_option_says_how_it_is_used(run):
    refused = run("--nonsense")
    assert refused.returncode == 2
    assert "usage:" in refused.stderr
