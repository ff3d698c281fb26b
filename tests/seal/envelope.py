"""A second implementation of docs/sealing.md, written from that page alone, for tests.

It shares nothing with core/seal: HPKE (RFC 9180, base mode) is put together here from HMAC,
X25519 and AES-GCM. Randomness comes from `random(n)`, so that both can be made to draw the same.
"""

import hashlib
import hmac
import itertools
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONTENT, CHUNK, WRAP, PAIR = 1, 2, 3, 4
CLASSES = {**{k: 512 * k for k in range(1, 9)}, 9: 16384, 10: 65536, 11: 262144}
CHUNK_BYTES = 65536
TAG = 16


class Refused(Exception):
    """An object that does not open; its argument is the fault's name in docs/sealing.md."""


def u8(n):
    return struct.pack(">B", n)


def u16(n):
    return struct.pack(">H", n)


def u32(n):
    return struct.pack(">I", n)


def lp(x):
    return u16(len(x)) + x


# --- HKDF and HPKE -------------------------------------------------------------------


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf_extract(salt, ikm):
    return hmac_sha256(salt or bytes(32), ikm)


def hkdf_expand(prk, info, length):
    block = out = b""
    for index in itertools.count(1):
        if len(out) >= length:
            return out[:length]
        block = hmac_sha256(prk, block + info + u8(index))
        out += block


KEM = b"KEM" + u16(0x0020)
SUITE = b"HPKE" + u16(0x0020) + u16(0x0001) + u16(0x0002)


def labeled_extract(suite, salt, label, ikm):
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return hkdf_expand(prk, u16(length) + b"HPKE-v1" + suite + label + info, length)


def public_of(private):
    key = X25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def agree(private, public):
    """X25519, or ValueError for a point of low order."""
    shared = X25519PrivateKey.from_private_bytes(private).exchange(
        X25519PublicKey.from_public_bytes(public))
    if shared == bytes(32):
        raise ValueError("a point of low order")
    return shared


def derive_private(seed):
    prk = labeled_extract(KEM, b"", b"dkp_prk", seed)
    return labeled_expand(KEM, prk, b"sk", b"", 32)


class Context:
    """What both sides of HPKE derive from the shared secret."""

    def __init__(self, agreed, enc, recipient, info):
        prk = labeled_extract(KEM, b"", b"eae_prk", agreed)
        shared = labeled_expand(KEM, prk, b"shared_secret", enc + recipient, 32)
        schedule = (u8(0) + labeled_extract(SUITE, b"", b"psk_id_hash", b"")
                    + labeled_extract(SUITE, b"", b"info_hash", info))
        secret = labeled_extract(SUITE, shared, b"secret", b"")
        self.key = labeled_expand(SUITE, secret, b"key", schedule, 32)
        self.base_nonce = labeled_expand(SUITE, secret, b"base_nonce", schedule, 12)
        self.exporter_secret = labeled_expand(SUITE, secret, b"exp", schedule, 32)
        self.enc = enc

    def export(self, context, length):
        return labeled_expand(SUITE, self.exporter_secret, b"sec", context, length)


def sender(public, info, random):
    ephemeral = derive_private(random(32))
    enc = public_of(ephemeral)
    return Context(agree(ephemeral, public), enc, public, info)


def receiver(private, enc, info):
    return Context(agree(private, enc), enc, public_of(private), info)


# --- places and objects --------------------------------------------------------------


class Place:
    def __init__(self, origin, id, name):
        self.origin, self.id, self.name = origin.encode(), id, name.encode()

    def header(self, kind):
        return u8(1) + u8(kind) + lp(self.origin) + self.id + lp(self.name)

    def aad(self):
        return u8(1) + lp(b"grievd/seal") + lp(self.origin) + self.id + lp(self.name)

    def share(self, number):
        return Place(self.origin.decode(), self.id, f"share:{number}")


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if len(self.data) - self.at < length:
            raise Refused("SEAL_TRUNCATED")
        self.at += length
        return self.data[self.at - length:self.at]

    def uint(self, length):
        return int.from_bytes(self.take(length), "big")

    def lp(self):
        return self.take(self.uint(2))

    def rest(self):
        return self.take(len(self.data) - self.at)

    def end(self):
        if self.at != len(self.data):
            raise Refused("SEAL_MALFORMED")


def need(condition, fault="SEAL_MALFORMED"):
    if not condition:
        raise Refused(fault)


def visible(text, longest):
    return 1 <= len(text) <= longest and all(0x21 <= byte <= 0x7e for byte in text)


def parse(data):
    """The parts of an object, its form checked."""
    reader, parts = Reader(data), {}
    need(reader.uint(1) == 1, "SEAL_VERSION")
    kind = parts["kind"] = reader.uint(1)
    need(kind in (CONTENT, CHUNK, WRAP, PAIR), "SEAL_KIND")
    parts["origin"], parts["id"], parts["name"] = reader.lp(), reader.take(16), reader.lp()
    need(visible(parts["origin"], 255) and visible(parts["name"], 128))
    is_file = parts["name"].startswith(b"file:")
    if kind == CONTENT:
        need(not is_file)
        number = reader.uint(1)
        need(number in CLASSES)
        parts["sealed"] = reader.take(CLASSES[number] + TAG)
    elif kind == CHUNK:
        need(is_file)
        parts["counter"], last = reader.uint(4), reader.uint(1)
        need(last in (0, 1))
        parts["last"] = last == 1
        if not last:
            parts["sealed"] = reader.take(CHUNK_BYTES + TAG)
        else:
            parts["sealed"] = reader.rest()
            least = TAG + (1 if parts["counter"] > 0 else 0)
            need(len(parts["sealed"]) >= least, "SEAL_TRUNCATED")
            need(len(parts["sealed"]) <= CHUNK_BYTES + TAG)
    elif kind == WRAP:
        need(parts["name"] != b"identity")
        parts["key_id"], parts["enc"], parts["salt"] = (reader.take(8), reader.take(32),
                                                        reader.take(16))
        parts["nonce"], parts["sealed"] = reader.take(12), reader.take(48)
    else:
        need(parts["name"] == b"identity")
        parts["a"], parts["b"] = reader.uint(2), reader.uint(2)
        need(0 < parts["a"] < parts["b"])
        parts["nonce"], parts["sealed"] = reader.take(12), reader.take(48)
    reader.end()
    return parts


def parse_at(place, kind, data):
    parts = parse(data)
    need(parts["kind"] == kind, "SEAL_KIND")
    need(parts["origin"] == place.origin, "SEAL_ORIGIN")
    need(parts["id"] == place.id, "SEAL_CASE")
    need(parts["name"] == place.name, "SEAL_NAME")
    return parts


def decrypt(key, nonce, sealed, aad):
    try:
        return AESGCM(key).decrypt(nonce, sealed, aad)
    except InvalidTag:
        raise Refused("SEAL_ALTERED") from None


# --- content and chunks --------------------------------------------------------------


def class_of(length):
    return next((number for number, size in CLASSES.items() if 4 + length <= size), None)


def seal_content(place, dek, content):
    number = class_of(len(content))
    need(number, "SEAL_TOO_LARGE")
    plaintext = (u32(len(content)) + content).ljust(CLASSES[number], b"\0")
    return place.header(CONTENT) + u8(number) + AESGCM(dek).encrypt(bytes(12), plaintext, place.aad())


def open_content(place, dek, data):
    parts = parse_at(place, CONTENT, data)
    plaintext = decrypt(dek, bytes(12), parts["sealed"], place.aad())
    length = int.from_bytes(plaintext[:4], "big")
    number = class_of(length)
    need(number and CLASSES[number] == len(plaintext))
    need(not any(plaintext[4 + length:]))
    return plaintext[4:4 + length]


def seal_file(place, dek, data):
    chunks = [data[at:at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES)] or [b""]
    for counter, chunk in enumerate(chunks):
        last = u8(counter == len(chunks) - 1)
        nonce = bytes(7) + u32(counter) + last
        yield (place.header(CHUNK) + u32(counter) + last
               + AESGCM(dek).encrypt(nonce, chunk, place.aad()))


def open_file(place, dek, objects):
    out = b""
    for counter, data in enumerate(objects):
        parts = parse_at(place, CHUNK, data)
        need(parts["counter"] == counter, "SEAL_CHUNK_ORDER")
        nonce = bytes(7) + u32(counter) + u8(parts["last"])
        out += decrypt(dek, nonce, parts["sealed"], place.aad())
        if parts["last"]:
            return out
    raise Refused("SEAL_TRUNCATED")


# --- wraps ---------------------------------------------------------------------------


def key_id_of(public):
    return hashlib.sha256(public).digest()[:8]


def hpke_info(origin, key_id):
    return b"grievd/hpke/v1\0" + lp(origin) + key_id


class Recipient:
    def __init__(self, origin, public, random=os.urandom):
        self.key_id = key_id_of(public)
        try:
            self.context = sender(public, hpke_info(origin.encode(), self.key_id), random)
        except ValueError:
            raise Refused("SEAL_WEAK_KEY") from None


def kek_context(place, salt):
    return b"grievd/kek/v1\0" + place.id + lp(place.name) + salt


def wrap(recipient, place, secret, random=os.urandom):
    salt, nonce = random(16), random(12)
    ctx = kek_context(place, salt)
    kek = recipient.context.export(ctx, 32)
    return (place.header(WRAP) + recipient.key_id + recipient.context.enc + salt + nonce
            + AESGCM(kek).encrypt(nonce, secret, ctx + recipient.key_id))


def unwrap(private, place, data):
    parts = parse_at(place, WRAP, data)
    key_id = key_id_of(public_of(private))
    need(parts["key_id"] == key_id, "SEAL_KEY")
    try:
        context = receiver(private, parts["enc"], hpke_info(place.origin, key_id))
    except ValueError:
        raise Refused("SEAL_ALTERED") from None
    ctx = kek_context(place, parts["salt"])
    return decrypt(context.export(ctx, 32), parts["nonce"], parts["sealed"], ctx + key_id)


def rewrap(private, place, data, recipient, random=os.urandom):
    return wrap(recipient, place, unwrap(private, place, data), random)


# --- identity ------------------------------------------------------------------------


def pair_key(place, a, share_a, b, share_b):
    salt, info = u16(a) + u16(b), b"grievd/pair/v1\0" + lp(place.origin) + place.id
    return hkdf_expand(hkdf_extract(salt, share_a + share_b), info, 32), info + salt


def deal(place, dek, custodians, random=os.urandom):
    """Wraps and pairs; custodians is {number: Recipient}, its numbers rising."""
    shares = {number: random(32) for number in custodians}
    for number, recipient in custodians.items():
        yield wrap(recipient, place.share(number), shares[number], random)
    for a, b in itertools.combinations(custodians, 2):
        nonce = random(12)
        key, aad = pair_key(place, a, shares[a], b, shares[b])
        yield place.header(PAIR) + u16(a) + u16(b) + nonce + AESGCM(key).encrypt(nonce, dek, aad)


def open_pair(place, shares, data):
    """The DEK from {number: share} of two custodians."""
    parts = parse_at(place, PAIR, data)
    (a, share_a), (b, share_b) = sorted(shares.items())
    need((parts["a"], parts["b"]) == (a, b), "SEAL_CUSTODIANS")
    key, aad = pair_key(place, a, share_a, b, share_b)
    return decrypt(key, parts["nonce"], parts["sealed"], aad)
