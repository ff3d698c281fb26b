"""Keys that are lost, and come back from their safes, as the manual says: each command here is one of its.

docs/operations.md has the commands; a test runs no other, so that following it is enough.
"""

import json
import os
import re
import shutil
import subprocess
import uuid

import pytest
import vault
from harness import GRIEVD, ROOT, complaint, running_site

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
MANUAL = {re.sub(r" +#.*", "", line) for block in re.findall(r"^```\n(.*?)^```$", OPERATIONS, re.M | re.S)
          for line in block.splitlines()}
PASSPHRASE = "ยาวและอยู่ในตู้อีกใบ"
PERSON = {"name": "นางสาวมะลิ ใจดี"}


@pytest.fixture
def site():
    with running_site() as made:
        (made.folder / "keys" / "SAFE").mkdir()
        yield made


def as_told(site, line, actor=None, input=None, code=0, **names):
    """Run a line of the manual, with these names in place of its own."""
    assert line in MANUAL, f"docs/operations.md does not say: {line}"
    program, *args = [names.get(word, word) for word in line.split()]
    if program == "griev":
        args = [site.folder / "keys" / each if "SAFE/" in str(each) else each for each in args]
        done = site.griev(actor, *args, input=input)
    else:
        if program == "grievd":
            program, args = GRIEVD, [*args, "--config", site.write_config()]
        # Without a terminal a passphrase is read from what we give.
        done = subprocess.run([program, *args], input=input, capture_output=True, text=True,
                              cwd=site.folder / "keys", start_new_session=True)
    assert done.returncode == code, (line, done.stdout, done.stderr)
    return done.stdout + done.stderr


def into_the_safe(site, name):
    """A copy under a passphrase, and the key gone."""
    as_told(site, "openssl pkey -aes256 -in legal.key -out SAFE/legal.key", input=f"{PASSPHRASE}\n{PASSPHRASE}\n",
            **{"legal.key": f"{name}.key", "SAFE/legal.key": f"SAFE/{name}.key"})
    assert "ENCRYPTED" in (site.folder / "keys" / "SAFE" / f"{name}.key").read_text()
    (site.folder / "keys" / f"{name}.key").unlink()


def restart(site, **sealing):
    site.stop_daemon()
    site.settings["sealing"] = sealing
    site.start_daemon().await_ready()


def accept(site, **fields):
    body = complaint(identity="named", complainant=PERSON, **fields)
    answer = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert answer.status == 201, answer
    return {**body, "ref": answer.json["ref"]}


def assert_shown(site, *cases):
    for each in cases:
        shown = as_told(site, "griev show REF", "triager", REF=each["ref"])
        assert each["narrative"] in re.sub(r"\s+", " ", shown)


def asked(site, case):
    as_told(site, "griev identity request REF", "triager", REF=case["ref"], input="ต้องสอบถามผู้ร้อง\n")
    waiting = json.loads(site.griev("custodian-1", "identity", "list", "--json").stdout)["items"]
    return next(each["request"] for each in waiting if each["ref"] == case["ref"])


def opened(site, case, first, second, typed=None, request=None):
    """Approved by the first custodian and opened by the second."""
    request = request or asked(site, case)
    as_told(site, "griev identity approve REQUEST --opener custodian-3", first, input=typed,
            REQUEST=request, **{"custodian-3": second})
    return as_told(site, "griev identity open REQUEST", second, REQUEST=request)


def groups(site, **legal):
    return {"body_keys": " ".join([*(f"legal:{site.folder}/keys/{name}.pub" for name in legal["public"]),
                                   *(f"{route}:{site.seal_key('alternate')[1]}" for route in ("alternate", "external"))]),
            "open_keys": " ".join(f"legal:{site.folder}/keys/{name}.key" for name in legal["private"])}


def test_a_group_s_only_key_is_lost_and_comes_back_from_its_safe(site):
    before = accept(site)
    public = site.seal_key("legal")[1].read_text()
    into_the_safe(site, "legal")

    site.stop_daemon()
    refused = subprocess.run([GRIEVD, "run", "--config", site.write_config()], capture_output=True, text=True)
    assert refused.returncode == 78 and "legal.key" in refused.stderr, "it says which file is missing"
    restart(site, open_keys="")
    meanwhile = accept(site, narrative="เรื่องที่รับไว้ระหว่างไม่มีกุญแจ")
    for each in (before, meanwhile):
        shown = site.griev("triager", "show", each["ref"])
        assert shown.returncode == 0 and each["narrative"] not in shown.stdout
        assert site.open("triager", each["id"]).status == 403

    restore = "openssl pkey -in SAFE/legal.key -out legal.key"
    as_told(site, restore, input="another\n", code=1)
    as_told(site, restore, input=f"{PASSPHRASE}\n")
    key = site.folder / "keys" / "legal.key"
    assert oct(os.stat(key).st_mode & 0o777) == "0o600"
    shown = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], capture_output=True, text=True)
    assert shown.stdout == public, "the very key"
    restart(site)
    assert_shown(site, before, meanwhile)


def test_with_a_second_key_the_lost_one_is_followed_by_a_new_one_and_opens_nothing_any_more(site):
    site.seal_key("legal-safe")  # kept offline
    restart(site, **groups(site, public=["legal", "legal-safe"], private=["legal"]))
    cases = [accept(site, narrative=f"เรื่องที่ {n}") for n in range(3)]
    note = {"event_id": str(uuid.uuid4()), "kind": "note", "text": "บันทึกภายใน", "audience": "internal"}
    assert site.request("triager", "POST", f"/v1/complaints/{cases[0]['id']}/events", note, {"If-Match": "1"}).status == 200
    lost = vault.private_key(site, "legal")
    site.seal_key("legal")[0].unlink()

    site.stop_daemon()
    as_told(site, "griev keygen body legal-new", **{"legal-new": site.folder / "keys" / "legal-new"})
    site.settings["sealing"] = groups(site, public=["legal-new", "legal-safe"], private=["legal-safe"])
    said = as_told(site, "grievd rewrap")
    assert "bodies    3 wrapped anew" in said and "texts     1 wrapped anew" in said
    restart(site, **groups(site, public=["legal-new", "legal-safe"], private=["legal-new"]))
    assert_shown(site, *cases)
    assert site.open("triager", cases[0]["id"]).json["texts"][0]["text"] == "บันทึกภายใน"
    gone = vault.envelope.key_id_of(vault.envelope.public_of(lost))
    for each in cases:
        keys = {vault.envelope.parse(wrap)["key_id"] for wrap in vault.Stored(site, each["id"]).named("body")}
        assert len(keys) == 2 and gone not in keys


def test_without_one_custodian_s_key_the_others_open_and_with_it_back_nothing_is_lost(site):
    older = [accept(site) for _ in range(4)]
    keys = site.folder / "keys"
    into_the_safe(site, "custodian-2")
    (keys / "custodian-2.pub").rename(keys / "SAFE" / "custodian-2.pub")
    assert PERSON["name"] in opened(site, older[0], "custodian-1", "custodian-3"), "any two of them open"

    site.seal_key("custodian-2")  # his next one
    restart(site)
    newer = accept(site)
    assert PERSON["name"] in opened(site, newer, "custodian-1", "custodian-2"), "what comes in now he helps with"
    before = asked(site, older[1])
    refused = as_told(site, "griev identity approve REQUEST --opener custodian-3", "custodian-1", code=5,
                      REQUEST=before, **{"custodian-3": "custodian-2"})
    assert "nothing was sent" in refused and "rewrap" in refused, "what came before he cannot, and it is not used up on him"
    assert PERSON["name"] in opened(site, older[2], "custodian-3", "custodian-1")
    said = as_told(site, "griev custodian check", "custodian-1", code=5)
    lost = vault.envelope.key_id_of(vault.public_key(site, "SAFE/custodian-2")).hex()
    assert "checked: 5" in said and f"custodians: 4 ({lost})" in said, "how many there are, how many are sealed for which key"
    assert "no custodian has" in said and "griev custodian rewrap --old" in said, "and what to do"

    rewrap = "griev custodian rewrap --old SAFE/custodian-2.key"
    as_told(site, rewrap, "custodian-2", input="another\n", code=8)
    as_told(site, rewrap, "custodian-2", input=f"{PASSPHRASE}\n")
    assert "for keys of [sealing] custodians only" in as_told(site, "griev custodian check", "custodian-1")
    assert PERSON["name"] in opened(site, older[3], "custodian-2", "custodian-3"), "older ones too"
    assert PERSON["name"] in opened(site, older[1], "custodian-1", "custodian-2", request=before), "and what was asked meanwhile"


def test_a_custodian_works_with_a_key_that_stays_under_its_passphrase(site):
    case = accept(site)
    into_the_safe(site, "custodian-1")
    shutil.copy(site.folder / "keys" / "SAFE" / "custodian-1.key", site.folder / "keys" / "custodian-1.key")
    assert PERSON["name"] in opened(site, case, "custodian-1", "custodian-3", typed=f"{PASSPHRASE}\n")
