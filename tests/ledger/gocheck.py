"""check.go, built with Debian's golang.org/x/mod and nothing from the network, for tests of any kind."""

import os
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("check.go")


def build(folder):
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="",
                       GOCACHE=str(folder / "cache"), HOME=str(folder), GOPROXY="off")
    program = folder / "check"
    subprocess.run(["go", "build", "-o", program, SOURCE], check=True, env=environment, cwd=folder)
    return program


def check(program, key, folder):
    """What it says of a folder of checkpoint, tiles, receipts and proofs that all verify."""
    done = subprocess.run([program, key, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
