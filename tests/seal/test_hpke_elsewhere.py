"""A public implementation of HPKE opens what ours seals, and ours what it seals: tests/hpke."""

import os
import subprocess
from pathlib import Path

import envelope as e
import test_envelope as t
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = Path(__file__).resolve().parents[1] / "hpke"


def elsewhere(*words):
    assert (FOLDER / "node_modules").exists(), "it is missing: (cd tests/hpke && npm ci)"
    done = subprocess.run(["node", FOLDER / "hpke.mjs", *(each if isinstance(each, str) else each.hex() for each in words)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [bytes.fromhex(line) for line in done.stdout.split()]


def test_it_opens_what_ours_sealed():
    sealed, wrap = t.objects_of(t.tool("seal", *t.place_words(t.BODY), e.public_of(t.ROUTE), data=t.THAI))
    parts = e.parse(wrap)
    context = e.kek_context(t.BODY, parts["salt"])
    kek, = elsewhere("receiver", t.ROUTE, parts["enc"], e.hpke_info(t.BODY.origin, parts["key_id"]), context)
    dek = AESGCM(kek).decrypt(parts["nonce"], parts["sealed"], context + parts["key_id"])
    assert e.open_content(t.BODY, dek, sealed) == t.THAI


def test_ours_opens_what_it_sealed():
    dek, salt, nonce = os.urandom(32), os.urandom(16), os.urandom(12)
    key_id = e.key_id_of(e.public_of(t.ROUTE))
    context = e.kek_context(t.BODY, salt)
    enc, kek = elsewhere("sender", e.public_of(t.ROUTE), e.hpke_info(t.BODY.origin, key_id), context)
    wrap = (t.BODY.header(e.WRAP) + key_id + enc + salt + nonce
            + AESGCM(kek).encrypt(nonce, dek, context + key_id))
    sealed = e.seal_content(t.BODY, dek, t.THAI)
    assert t.tool("open", *t.place_words(t.BODY), t.ROUTE, data=t.lines([sealed, wrap])) == t.THAI
