"""Our log, checked by tools that nobody here wrote.

golang.org/x/mod/sumdb (the code that go trusts for modules) verifies checkpoints, tiles, receipts
and consistency, and proves the same byte for byte; openssl pkeyutl verifies the signature.
"""

import base64
import hashlib
import os
import struct
import subprocess

import gocheck
import pytest

TOOL = os.environ["GRIEVD_LEDGER_TOOL"]
ORIGIN = "register.example/log"
SEED = "01" * 32
NONE = 2**64 - 1


def leaf(kind, reason, period, about, commit):
    return struct.pack(">BBHIQ", 1, kind, reason, period, about) + commit


def leaves(count):
    return b"".join(leaf(1, i % 3 + 1, 202610 + i % 3, NONE, hashlib.sha256(b"%d" % i).digest())
                    for i in range(count))


def tool(*args, stdin=b""):
    done = subprocess.run([TOOL, *map(str, args)], input=stdin, capture_output=True, check=True)
    return done.stdout


@pytest.fixture(scope="session")
def go_check(tmp_path_factory):
    return gocheck.build(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    """The signer's key file and the verifier's key."""
    secret, public = tool("key", ORIGIN, SEED).decode().split()
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_text(secret + "\n")
    return path, public


def check(go_check, key, folder):
    return gocheck.check(go_check, key[1], folder)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 255, 256, 257, 511, 512, 1000, 65536, 70001])
def test_go_verifies_a_log_of_any_size(go_check, key, tmp_path, size):
    log = leaves(size)
    tool("publish", tmp_path, key[0], stdin=log)
    for index in {0, size // 3, size // 2, size - 1}:
        (tmp_path / f"receipt.{index}").write_bytes(tool("receipt", key[0], index, stdin=log))
    for old in {1, (size + 1) // 2, 2 ** (size.bit_length() - 1), size}:
        (tmp_path / f"consistency.{old}").write_bytes(tool("consistency", old, stdin=log))
    assert f"{size} entries" in check(go_check, key, tmp_path)


@pytest.mark.parametrize("first,count", [(0, 1), (0, 100), (1, 100), (255, 2), (1023, 100),
                                         (69901, 100), (65535, 1)])
def test_go_verifies_every_receipt_of_a_batch(go_check, key, tmp_path, first, count):
    log = leaves(first + count)
    tool("publish", tmp_path, key[0], stdin=log)
    tool("batch", key[0], first, tmp_path, stdin=log)
    assert f"{count} receipts" in check(go_check, key, tmp_path)


def test_go_notices_a_changed_tile(go_check, key, tmp_path):
    tool("publish", tmp_path, key[0], stdin=leaves(300))
    tile = tmp_path / "tile/0/000"
    tile.write_bytes(b"\0" * 32 + tile.read_bytes()[32:])
    done = subprocess.run([go_check, key[1], tmp_path], capture_output=True, text=True)
    assert done.returncode != 0


def test_openssl_verifies_the_signature(key, tmp_path):
    tool("publish", tmp_path, key[0], stdin=leaves(5))
    text, signature = (tmp_path / "checkpoint").read_bytes().split(b"\n\n")
    (tmp_path / "text").write_bytes(text + b"\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(signature.split()[2])[4:])
    public = base64.b64decode(key[1].split("+", 2)[2])
    assert public[0] == 1
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + public[1:])
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin",
               "-inkey", tmp_path / "key.der", "-sigfile", tmp_path / "signature", "-in"]
    assert subprocess.run([*command, tmp_path / "text"], capture_output=True).returncode == 0
    (tmp_path / "text").write_bytes(text)
    assert subprocess.run([*command, tmp_path / "text"], capture_output=True).returncode != 0


def test_roots_are_those_of_hashlib(key, tmp_path):
    """RFC 6962's definition, in five lines of Python."""
    def root(hashes):
        if len(hashes) == 1:
            return hashes[0]
        k = 1 << ((len(hashes) - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + root(hashes[:k]) + root(hashes[k:])).digest()

    for size in [1, 5, 64, 333]:
        log = leaves(size)
        tool("publish", tmp_path, key[0], stdin=log)
        hashes = [hashlib.sha256(b"\0" + log[48 * i:48 * i + 48]).digest() for i in range(size)]
        lines = (tmp_path / "checkpoint").read_text().split("\n")
        assert lines[:3] == [ORIGIN, str(size), base64.b64encode(root(hashes)).decode()]
