"""The README's first command: from a checkout to a counted complaint, twice, and away again."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from harness import ROOT


def two_free_ports():
    """The first of two that follow one another: with --split there are two instances."""
    while True:
        with socket.socket() as one, socket.socket() as other, contextlib.suppress(OSError, OverflowError):
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", one.getsockname()[1] + 1))
            return one.getsockname()[1]


@pytest.fixture(scope="module")
def run():
    """quickstart with a state folder and port of its own, from a folder that is not the checkout's."""
    port = two_free_ports()
    state = Path(tempfile.mkdtemp(prefix="gvq"))

    def quickstart(*args):
        return subprocess.run([ROOT / "quickstart", "--state", state, "--port", str(port), *args],
                              capture_output=True, text=True, cwd="/", timeout=600)

    quickstart.legal_instance = f"https://localhost:{port + 1}"
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


def test_split_in_two_only_the_legal_group_s_instance_reads_and_the_other_says_where(run):
    narrative = json.loads((ROOT / "docs" / "examples" / "letter-TH-50.json").read_text())["narrative"]
    split = run("--split")
    assert split.returncode == 0, split.stdout + split.stderr
    shown = re.split(r"^\$ griev .*/(legal[\w-]*)\.conf show .*$", split.stdout, flags=re.M)
    by = dict(zip(shown[1::2], shown[2::2]))
    assert f"opened by the instance at {run.legal_instance}" in by["legal-at-the-offices-instance"]
    assert narrative not in by["legal-at-the-offices-instance"] and narrative in by["legal"]
    keys = Path(re.search(r"data in (\S+)/pg", split.stdout)[1]) / "etc"
    assert (keys / "legal.key").group() == "grievd-legal", "under another account than the offices' instance"
    assert not (keys / "alternate.key").exists(), "what accuses the legal group neither of the two reads"

    status = run("status")
    assert status.returncode == 0 and re.search(r"^legal +running", status.stdout, re.M)
    assert run("stop").returncode == 0
    status = run("status")
    assert status.returncode == 3 and re.search(r"^legal +stopped", status.stdout, re.M)

    one_again = run()
    assert one_again.returncode == 0, one_again.stdout + one_again.stderr
    assert "legal " not in run("status").stdout, "without --split there is one, which reads"


def test_what_one_demonstration_kept_is_nothing_to_the_next_after_it_is_cleaned(run):
    for _ in range(2):
        done = run()
        assert done.returncode == 0, done.stdout + done.stderr
        assert "earlier receipt" not in done.stdout + done.stderr
        assert run("clean").returncode == 0


def fiscal_year(done):
    return re.search(r"score (\d{4})", done.stdout).group(1)


def test_a_wrong_option_says_how_it_is_used(run):
    refused = run("--nonsense")
    assert refused.returncode == 2
    assert "usage:" in refused.stderr
