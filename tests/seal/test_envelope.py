"""Two implementations of docs/sealing.md, ours in C and the one in envelope.py: each opens what
the other sealed, both refuse the same for the same reason, and both are what the page says.

GRIEVD_SEAL_TOOL is the program seal_tool, built beside the unit tests.
"""

import hashlib
import os
import re
import subprocess
import uuid
from pathlib import Path

import pytest

import envelope as e

TOOL = os.environ["GRIEVD_SEAL_TOOL"]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "sealing.md"

ORIGIN = "register.example/log"
ID = uuid.UUID("6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e5f").bytes
OTHER_ID = uuid.UUID("6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e60").bytes
BODY = e.Place(ORIGIN, ID, "body")
IDENTITY = e.Place(ORIGIN, ID, "identity")
FILE = e.Place(ORIGIN, ID, "file:1:0d2a4c1e-1111-4222-8333-444455556666")
ROUTE = bytes([0xaa]) * 32
CUSTODIANS = {number: bytes([number]) * 32 for number in (1, 2, 3)}
THAI = "นางสาวสมหญิง ตัวอย่าง".encode()
LENGTHS = [0, 1, 508, 509, 1020, 1021, 1500, 3580, 3581, 4092, 4093, 16380, 16381, 65532, 65533, 262140]


class ToolRefused(Exception):
    pass


def tool(*words, data=b"", count=False):
    words = [word.hex() if isinstance(word, bytes) else word for word in words]
    done = subprocess.run([TOOL, *(["-c"] if count else []), *words], input=data,
                          capture_output=True, timeout=60)
    if done.returncode == 1:
        raise ToolRefused(done.stderr.decode().strip())
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def place_words(place):
    return [place.origin.decode(), place.id, place.name.decode()]


def lines(objects):
    return b"".join(each.hex().encode() + b"\n" for each in objects)


def objects_of(text):
    return [bytes.fromhex(line) for line in text.decode().split()]


def counting():
    """Random bytes as seal_tool -c draws them: 00, 01, 02, ..."""
    state = 0

    def random(length):
        nonlocal state
        drawn = bytes((state + i) % 256 for i in range(length))
        state += length
        return drawn
    return random


def python_seal(place, content, publics, random=os.urandom):
    dek = random(32)
    sealed = [e.seal_content(place, dek, content)]
    for public in publics:
        sealed.append(e.wrap(e.Recipient(ORIGIN, public, random), place, dek, random))
    return sealed


def python_deal(content, random=os.urandom):
    dek = random(32)
    custodians = {number: e.Recipient(ORIGIN, e.public_of(key), random)
                  for number, key in CUSTODIANS.items()}
    return [e.seal_content(IDENTITY, dek, content), *e.deal(IDENTITY, dek, custodians, random)]


def custodian_words():
    return [f"{number}={e.public_of(key).hex()}" for number, key in CUSTODIANS.items()]


# --- each opens the other's ----------------------------------------------------------


@pytest.mark.parametrize("length", LENGTHS)
def test_python_opens_what_c_sealed(length):
    content = os.urandom(length)
    sealed, wrap = objects_of(tool("seal", *place_words(BODY), e.public_of(ROUTE), data=content))
    assert e.open_content(BODY, e.unwrap(ROUTE, BODY, wrap), sealed) == content


@pytest.mark.parametrize("length", LENGTHS)
def test_c_opens_what_python_sealed(length):
    content = os.urandom(length)
    sealed = python_seal(BODY, content, [e.public_of(ROUTE)])
    assert tool("open", *place_words(BODY), ROUTE, data=lines(sealed)) == content


@pytest.mark.parametrize("length", [0, 1, 65535, 65536, 65537, 131072, 200000])
def test_files_cross_both_ways(length):
    content = os.urandom(length)
    *chunks, wrap = objects_of(tool("file", *place_words(FILE), e.public_of(ROUTE), data=content))
    assert e.open_file(FILE, e.unwrap(ROUTE, FILE, wrap), chunks) == content

    dek = os.urandom(32)
    chunks = list(e.seal_file(FILE, dek, content))
    wrap = e.wrap(e.Recipient(ORIGIN, e.public_of(ROUTE)), FILE, dek)
    assert tool("unfile", *place_words(FILE), ROUTE, data=lines([*chunks, wrap])) == content


@pytest.mark.parametrize("first, second", [(1, 2), (1, 3), (2, 3), (2, 1), (3, 1), (3, 2)])
def test_any_two_custodians_open_the_identity_across_implementations(first, second):
    """`first` approves with the one implementation, `second` opens with the other."""
    content, *rest = objects_of(tool("deal", ORIGIN, ID, *custodian_words(), data=THAI))
    wraps, pairs = rest[:3], rest[3:]
    share = IDENTITY.share(first)
    approval = e.rewrap(CUSTODIANS[first], share, wraps[first - 1],
                        e.Recipient(ORIGIN, e.public_of(CUSTODIANS[second])))
    held = [content, wraps[second - 1], approval, *pairs]
    assert tool("reveal", ORIGIN, ID, str(second), CUSTODIANS[second], str(first),
                data=lines(held)) == THAI

    content, *rest = python_deal(THAI)
    wraps, pairs = rest[:3], rest[3:]
    approval, = objects_of(tool("rewrap", *place_words(share), CUSTODIANS[first],
                                e.public_of(CUSTODIANS[second]), data=lines([wraps[first - 1]])))
    shares = {second: e.unwrap(CUSTODIANS[second], IDENTITY.share(second), wraps[second - 1]),
              first: e.unwrap(CUSTODIANS[second], share, approval)}
    pair = pairs[[(1, 2), (1, 3), (2, 3)].index(tuple(sorted((first, second))))]
    assert e.open_content(IDENTITY, e.open_pair(IDENTITY, shares, pair), content) == THAI


def test_rewrapping_leaves_the_content_and_shuts_out_the_old_key():
    new = bytes([0xbb]) * 32
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    rewrapped, = objects_of(tool("rewrap", *place_words(BODY), ROUTE, e.public_of(new),
                                 data=lines([wrap])))
    assert e.open_content(BODY, e.unwrap(new, BODY, rewrapped), sealed) == THAI
    with pytest.raises(e.Refused, match="SEAL_KEY"):
        e.unwrap(ROUTE, BODY, rewrapped)


# --- the same bytes ------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1500, 5000])
def test_the_same_random_bytes_give_the_same_objects(length):
    content, publics = bytes(range(256)) * 20, [e.public_of(ROUTE), e.public_of(CUSTODIANS[1])]
    content = content[:length]
    assert (objects_of(tool("seal", *place_words(BODY), *publics, data=content, count=True))
            == python_seal(BODY, content, publics, counting()))
    assert (objects_of(tool("deal", ORIGIN, ID, *custodian_words(), data=content, count=True))
            == python_deal(content, counting()))


def test_the_page_shows_what_is_sealed():
    """Every object of the worked example, by its bytes or, a content, by its digest."""
    text = DOCS.read_text(encoding="utf-8")
    shown = {found.lower() for found in re.findall(r"[0-9a-f]{32,}", re.sub(r"\n {4}", "", text))}
    body = python_seal(BODY, b"narrative", [e.public_of(ROUTE)], counting())
    identity = python_deal(b"name", counting())
    for each in [*body, *identity]:
        expected = hashlib.sha256(each).hexdigest() if len(each) > 512 else each.hex()
        assert expected in shown, f"docs/sealing.md lacks {expected}"


# --- both refuse, and say the same ---------------------------------------------------


def fault_of(run):
    try:
        run()
    except (e.Refused, ToolRefused) as refused:
        return str(refused)
    return "SEAL_OK"


def body_faults(place, private, sealed):
    """What C and Python say of a content and its wrap."""
    def python():
        dek = e.unwrap(private, place, sealed[1])
        e.open_content(place, dek, sealed[0])
    return (fault_of(lambda: tool("open", *place_words(place), private, data=lines(sealed))),
            fault_of(python))


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


OTHER_PLACES = {
    "SEAL_ORIGIN": e.Place("other.example/log", ID, "body"),
    "SEAL_CASE": e.Place(ORIGIN, OTHER_ID, "body"),
    "SEAL_NAME": e.Place(ORIGIN, ID, "event:0d2a4c1e-1111-4222-8333-444455556666:note"),
}


@pytest.mark.parametrize("fault", OTHER_PLACES)
def test_both_refuse_another_place_and_a_header_that_lies_about_it(fault):
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    place = OTHER_PLACES[fault]
    assert body_faults(place, ROUTE, [sealed, wrap]) == (fault, fault)

    header = len(BODY.header(1))
    lying = place.header(e.WRAP) + wrap[header:]
    assert body_faults(place, ROUTE, [sealed, lying]) == ("SEAL_ALTERED", "SEAL_ALTERED")
    dek = e.unwrap(ROUTE, BODY, wrap)
    lying = place.header(e.CONTENT) + sealed[header:]
    honest_wrap = e.wrap(e.Recipient(place.origin.decode(), e.public_of(ROUTE)), place, dek)
    assert body_faults(place, ROUTE, [lying, honest_wrap]) == ("SEAL_ALTERED", "SEAL_ALTERED")


def test_both_refuse_another_key():
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    other = bytes([0xbb]) * 32
    assert body_faults(BODY, other, [sealed, wrap]) == ("SEAL_KEY", "SEAL_KEY")
    at = len(BODY.header(e.WRAP))
    lying = wrap[:at] + e.key_id_of(e.public_of(other)) + wrap[at + 8:]
    assert body_faults(BODY, other, [sealed, lying]) == ("SEAL_ALTERED", "SEAL_ALTERED")


def test_both_refuse_every_truncation_and_every_byte_more_of_a_wrap():
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    for length in [0, 1, 2, 3, 4, 24, 40, 45, 60, len(wrap) - 1]:
        assert body_faults(BODY, ROUTE, [sealed, wrap[:length]]) == ("SEAL_TRUNCATED",) * 2, length
    assert body_faults(BODY, ROUTE, [sealed, wrap + b"\0"]) == ("SEAL_MALFORMED",) * 2


def test_both_say_the_same_of_every_changed_byte_of_a_wrap():
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    for byte in range(len(wrap)):
        c, python = body_faults(BODY, ROUTE, [sealed, flipped(wrap, 8 * byte + byte % 8)])
        assert c == python != "SEAL_OK", byte


def test_both_say_the_same_of_a_content_changed_anywhere():
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    for byte in [*range(len(BODY.header(1)) + 20), len(sealed) - 17, len(sealed) - 1]:
        c, python = body_faults(BODY, ROUTE, [flipped(sealed, 8 * byte + byte % 8), wrap])
        assert c == python != "SEAL_OK", byte


@pytest.mark.parametrize("plaintext", [
    e.u32(3) + b"abc" + bytes(504) + b"\1",  # padding that is not zeros
    e.u32(509) + bytes(508),  # longer than its class
    e.u32(0xffffffff) + bytes(508),
    e.u32(100) + bytes(1020),  # a larger class than needed
])
def test_both_refuse_padding_that_is_not_the_pages(plaintext):
    dek = os.urandom(32)
    number = {512: 1, 1024: 2}[len(plaintext)]
    sealed = (BODY.header(e.CONTENT) + e.u8(number)
              + e.AESGCM(dek).encrypt(bytes(12), plaintext, BODY.aad()))
    wrap = e.wrap(e.Recipient(ORIGIN, e.public_of(ROUTE)), BODY, dek)
    assert body_faults(BODY, ROUTE, [sealed, wrap]) == ("SEAL_MALFORMED", "SEAL_MALFORMED")


def test_both_refuse_what_is_too_large():
    assert fault_of(lambda: tool("seal", *place_words(BODY), e.public_of(ROUTE),
                                 data=bytes(262141))) == "SEAL_TOO_LARGE"
    assert fault_of(lambda: python_seal(BODY, bytes(262141), [])) == "SEAL_TOO_LARGE"


@pytest.mark.parametrize("weak", [bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_both_refuse_a_key_of_low_order(weak):
    assert fault_of(lambda: tool("seal", *place_words(BODY), weak)) == "SEAL_WEAK_KEY"
    assert fault_of(lambda: e.Recipient(ORIGIN, weak)) == "SEAL_WEAK_KEY"
    sealed, wrap = python_seal(BODY, THAI, [e.public_of(ROUTE)])
    at = len(BODY.header(e.WRAP)) + 8
    forged = wrap[:at] + weak + wrap[at + 32:]
    assert body_faults(BODY, ROUTE, [sealed, forged]) == ("SEAL_ALTERED", "SEAL_ALTERED")


def test_one_custodian_alone_opens_nothing():
    content, *rest = python_deal(THAI)
    wraps, pairs = rest[:3], rest[3:]
    held = lines([content, wraps[0], *pairs])
    assert fault_of(lambda: tool("reveal", ORIGIN, ID, "1", CUSTODIANS[1], "2",
                                 data=held)) == "SEAL_NAME"
    held = lines([content, *wraps, *pairs])
    assert fault_of(lambda: tool("reveal", ORIGIN, ID, "1", CUSTODIANS[1], "2",
                                 data=held)) == "SEAL_NAME"
    own = e.unwrap(CUSTODIANS[1], IDENTITY.share(1), wraps[0])
    assert fault_of(lambda: e.open_pair(IDENTITY, {1: own, 2: own}, pairs[0])) == "SEAL_ALTERED"
    assert fault_of(lambda: e.open_pair(IDENTITY, {1: own, 3: own}, pairs[0])) == "SEAL_CUSTODIANS"


def test_both_refuse_chunks_out_of_order_missing_or_renumbered():
    dek, content = os.urandom(32), os.urandom(150000)
    chunks = list(e.seal_file(FILE, dek, content))
    wrap = e.wrap(e.Recipient(ORIGIN, e.public_of(ROUTE)), FILE, dek)
    at = len(FILE.header(e.CHUNK))
    rows = {
        "SEAL_CHUNK_ORDER": [[chunks[1], chunks[0], chunks[2]], [chunks[0], chunks[2]]],
        "SEAL_TRUNCATED": [chunks[:2], [chunks[0], chunks[1][:-1], chunks[2]]],
        "SEAL_ALTERED": [
            [chunks[0], chunks[2][:at] + e.u32(1) + chunks[2][at + 4:]],
            [chunks[0], chunks[1][:at + 4] + b"\1" + chunks[1][at + 5:]],
            [chunks[0], chunks[1], chunks[2][:-1]],
        ],
        "SEAL_MALFORMED": [[chunks[0] + b"\0"], [chunks[0][:at + 4] + b"\2" + chunks[0][at + 5:]]],
    }
    for fault, rows_of_fault in rows.items():
        for row in rows_of_fault:
            assert fault_of(lambda: e.open_file(FILE, dek, row)) == fault
            assert fault_of(lambda: tool("unfile", *place_words(FILE), ROUTE,
                                         data=lines([wrap, *row]))) == fault
