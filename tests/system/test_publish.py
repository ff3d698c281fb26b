"""What the public is shown of the log: nothing before it is published, then all of it, from any server."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import threading

import pytest
from harness import GRIEV, NO_QUOTA, ROOT, Site, complaint, fiscal_year, today, wait_until
from test_ledger import node, verify

sys.path.insert(0, str(ROOT / "tests" / "ledger"))

import gocheck  # noqa: E402


@pytest.fixture(scope="module")
def site():
    made = Site(settings={"server": NO_QUOTA, "ledger": {"publish": "1s"}})
    made.start_daemon().await_ready()
    for _ in range(3):
        assert made.submit().status == 201
    yield made
    made.close()


def checkpoint(site):
    answer = site.request(None, "GET", "/log/checkpoint")
    return answer.body.decode() if answer.status == 200 else None


def size_of(note):
    return int(note.split("\n")[1])


def published(site, at_least):
    return wait_until(lambda: (note := checkpoint(site)) and size_of(note) >= at_least and note, "it is published")


def leaves(site, size, actor=None):
    found = b""
    for tile in range((size + 255) // 256):
        width = min(256, size - 256 * tile)
        path = f"/log/tile/entries/{tile:03}" + (f".p/{width}" if width < 256 else "")
        answer = site.request(actor, "GET", path)
        assert answer.status == 200, path
        found += answer.body
    return [found[50 * i + 2:50 * i + 50] for i in range(len(found) // 50)]


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root(hashes[:half]), root(hashes[half:]))


def test_anyone_gets_the_published_checkpoint_and_the_leaves_that_give_its_root(site):
    note = published(site, 3)
    size = size_of(note)
    found = leaves(site, size)
    assert len(found) == size
    assert root([hashlib.sha256(b"\0" + leaf).digest() for leaf in found]) == base64.b64decode(note.split("\n")[2])
    assert any(leaf[1] == 8 for leaf in found), "a heartbeat for each publication"
    answer = site.request(None, "GET", f"/log/tile/0/000.p/{size}")
    assert answer.body == b"".join(hashlib.sha256(b"\0" + leaf).digest() for leaf in found)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("path", ["0/000.p/0", "0/000.p/257", "0/000.p/03", "0/000", "0/x000/000", "9/000", "entries/000", "x", "0/../0/000", "0/001.p/1"])
def test_what_is_no_published_tile_is_not_there(site, path):
    published(site, 3)
    assert site.request(None, "GET", f"/log/tile/{path}").status in (400, 404)


def test_between_two_publications_nobody_outside_learns_that_anything_came():
    site = Site(settings={"server": NO_QUOTA, "ledger": {"publish": "1h"}})
    try:
        site.start_daemon().await_ready()
        note = published(site, 1)
        size = size_of(note)
        index = site.submit().json["index"]
        assert index >= size
        assert checkpoint(site) == note
        for path in (f"/log/tile/entries/000.p/{index + 1}", f"/log/tile/0/000.p/{index + 1}"):
            assert site.request(None, "GET", path).status == 404
            inside = site.request("TH-90", "GET", path)
            assert inside.status == 200 and inside.headers["Cache-Control"].startswith("private"), path
        for path in ("/log/latest", "/log/consistency/1/2", "/log/proof/" + 64 * "0"):
            assert site.request(None, "GET", path).status == 401
        site.stop_daemon()
        site.start_daemon().await_ready()
        assert published(site, 1) == note, "one a period, whoever restarts"
        assert site.postgres.psql("SELECT count(*) FROM register.log_publication") == "1"
    finally:
        site.close()


def consistent(old, new, old_root, new_root, proof):
    """RFC 9162, 2.1.4.2."""
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for step in proof[1:]:
        assert sn > 0
        if fn & 1 or fn == sn:
            fr, sr = node(step, fr), node(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def test_who_has_a_certificate_gets_the_newest_checkpoint_and_proofs(site):
    body = complaint()
    first = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body).json
    for _ in range(4):
        site.submit()
    latest = site.request("TH-90", "GET", "/log/latest")
    assert latest.status == 200
    size = latest.json["size"]
    assert size_of(latest.json["checkpoint"]) == size > first["index"]
    hashes = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves(site, size, "TH-90")]
    assert root(hashes) == base64.b64decode(latest.json["checkpoint"].split("\n")[2])
    for old in range(1, size):
        answer = site.request("TH-90", "GET", f"/log/consistency/{old}/{size}")
        assert answer.status == 200, answer
        proof = [base64.b64decode(each) for each in answer.json["consistency"]]
        assert consistent(old, size, root(hashes[:old]), root(hashes), proof), old
    assert site.request("TH-90", "GET", f"/log/consistency/{size}/{size}").json["consistency"] == []
    for path in (f"0/{size}", f"{size}/{size + 1000000}", f"{size}/1", "a/b", "1/-2"):
        assert site.request("TH-90", "GET", f"/log/consistency/{path}").status == 404
    commit = base64.b64decode(first["leaf"])[16:].hex()
    proof = site.request("legal", "GET", f"/log/proof/{commit}")
    assert proof.status == 200, proof
    assert (proof.json["index"], proof.json["leaf"]) == (first["index"], first["leaf"])
    verify(site, proof.json)
    assert site.request("legal", "GET", "/log/proof/" + 64 * "0").status == 404
    assert site.request("legal", "GET", "/log/proof/xyz").status == 404


def test_a_folder_of_it_serves_an_audit_and_is_brought_up_to_date(site, tmp_path):
    published(site, 1)
    folder = tmp_path / "published"
    config = site.write_config()
    told = site.grievd("ledger", "export", folder, "--config", config)
    assert "files written" in told
    note = (folder / "checkpoint").read_text()
    report = subprocess.run([GRIEV, "audit", "2570", "--from", folder, "--key", site.folder / "log.pub", "--json"],
                            capture_output=True, text=True)
    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["size"] == size_of(note)
    tiles = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "checkpoint"}
    site.submit()
    published(site, size_of(note) + 2)
    site.grievd("ledger", "export", folder, "--config", config)
    assert size_of((folder / "checkpoint").read_text()) > size_of(note)
    assert all(path.read_bytes() == content for path, content in tiles.items()), "what was published never changes"
    assert not list(folder.rglob("*.new"))


def test_who_holds_a_published_table_finds_its_leaf_in_the_published_log(site, tmp_path):
    """By Python, and by the commands that ledger.md gives."""
    published(site, 1)
    year = fiscal_year(today()) - 2
    done = site.griev("reporter", "publish", year, "--months", "1-6", "--approved-by", "ผู้อำนวยการ", "--approved-on", today(),
                      "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    index = int(site.postgres.psql("SELECT leaf_index FROM register.event WHERE kind = 'statistics_published'"))
    published(site, index + 1)
    file = tmp_path / "FILE.json"
    (tmp_path / f"statistics-{year}-1-6.json").rename(file)
    body = file.read_bytes()
    hash = hashlib.sha256(body[body.index(b'"document" : ') + len(b'"document" : '):-1]).digest()
    leaf = bytes([1, 9, 0, 0, 0, 0, 0, 0]) + 8 * b"\xff" + hash
    assert [i for i, each in enumerate(leaves(site, size_of(checkpoint(site)))) if each == leaf] == [index]
    proof = site.request("legal", "GET", f"/log/proof/{hash.hex()}").json
    assert proof["index"] == index
    verify(site, proof)

    site.grievd("ledger", "export", tmp_path, "--config", site.write_config())
    commands = re.search(r"^    at=.*\n(?:    .*\n)+", (ROOT / "docs" / "ledger.md").read_text(), re.M)[0]
    found = lambda: subprocess.run(["sh", "-c", commands], cwd=tmp_path, capture_output=True, text=True).stdout
    assert found() == f"0030{leaf.hex()}\n"
    file.write_bytes(body.replace("ผู้อำนวยการ".encode(), "ผู้อำนวยกา".encode()))
    assert found() == "", "of another document it has none"


def go_verifies(site, folder, answers, old_sizes):
    """Go's own code, over the exported folder with receipts and proofs of consistency as the daemon gave them."""
    site.grievd("ledger", "export", folder, "--config", site.write_config())
    size = size_of((folder / "checkpoint").read_text())
    for answer in answers:
        (folder / f"receipt.{answer['index']}").write_text(answer["receipt"])
    for old in old_sizes:
        proof = site.request("TH-90", "GET", f"/log/consistency/{old}/{size}").json["consistency"]
        (folder / f"consistency.{old}").write_text("\n".join(proof))
    (folder / "go").mkdir()
    told = gocheck.check(gocheck.build(folder / "go"), (site.folder / "log.pub").read_text().strip(), folder)
    assert told == f"{size} entries, {len(answers)} receipts, {len(old_sizes)} proofs of consistency\n"


def test_a_log_of_many_tiles_is_published_and_proven(tmp_path):
    site = Site(settings={"server": NO_QUOTA, "ledger": {"publish": "1s"}})
    try:
        site.start_daemon().await_ready()
        kept = []

        def work():
            connection = site.connect("TH-50")
            for _ in range(90):
                answer = site.submit(connection=connection)
                assert answer.status == 201
                kept.append(answer.json)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        note = published(site, 720)
        size = size_of(note)
        hashes = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves(site, size)]
        assert root(hashes) == base64.b64decode(note.split("\n")[2])
        upper = site.request(None, "GET", f"/log/tile/1/000.p/{size // 256}")
        assert upper.body == b"".join(root(hashes[256 * i:256 * i + 256]) for i in range(size // 256))
        for old in (1, 255, 256, 257, 300, 512, 600, size - 1):
            proof = [base64.b64decode(each) for each in site.request("TH-90", "GET", f"/log/consistency/{old}/{size}").json["consistency"]]
            assert consistent(old, size, root(hashes[:old]), root(hashes), proof), old
        go_verifies(site, tmp_path, kept, (1, 255, 256, 257, 300, 512, 600, size - 1))
        for answer in kept[::37]:
            commit = base64.b64decode(answer["leaf"])[16:].hex()
            verify(site, site.request("legal", "GET", f"/log/proof/{commit}").json)
            header = {"Griev-Checkpoint": base64.b64encode(answer["receipt"].split("\n\n", 1)[1].encode()).decode()}
            assert site.submit(headers=header).status == 201
        site.stop_daemon()
        site.start_daemon().await_ready()
        for answer in kept[::101]:  # a daemon that knows no recent checkpoint asks for the leaves
            header = {"Griev-Checkpoint": base64.b64encode(answer["receipt"].split("\n\n", 1)[1].encode()).decode()}
            assert site.submit(headers=header).status == 201
        assert site.request(None, "GET", "/readyz").status == 200
    finally:
        site.close()
