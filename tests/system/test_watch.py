"""What an office keeps and checks by itself: its receipts, and that the log only grows."""

import json
import shutil
import subprocess

import pytest
from harness import GRIEV, NO_QUOTA, Site, complaint
from liar import Liar
from test_repair import lose_tail, signer_state

OK, REFUSED, NOT_FOUND, CONFLICT = 0, 1, 4, 5


@pytest.fixture
def own():
    made = Site(settings={"server": NO_QUOTA})
    made.start_daemon().await_ready()
    yield made
    made.close()


def griev(own, actor, *args, code=OK, input=None, **server):
    config = own.client_config(actor, **server)
    config.write_text(config.read_text() + f"[log]\nkey = {own.folder / 'log.pub'}\n")
    done = subprocess.run([GRIEV, "--config", config, *map(str, args)], capture_output=True, text=True, input=input,
                          cwd=own.folder, env={"PATH": "/usr/bin", "LC_ALL": "C.UTF-8"})
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def letter(own, name="letter.json", **fields):
    path = own.folder / name
    body = complaint(**fields)
    del body["id"]
    path.write_text(json.dumps(body, ensure_ascii=False))
    return path


def kept(own):
    return [path for path in (own.folder / "state" / "log").iterdir() if not path.name.endswith(".conflict")]


def test_the_receipt_is_verified_and_kept_beside_the_letter_and_by_number(own):
    answer = json.loads(griev(own, "TH-50", "submit", letter(own), "--json").stdout)
    receipt = own.folder / "letter.json.receipt"
    assert receipt.read_text() == answer["receipt"]
    told = subprocess.run([GRIEV, "verify", receipt, "--key", own.folder / "log.pub"], capture_output=True, text=True)
    assert told.returncode == OK and "verified" in told.stdout
    assert griev(own, "TH-50", "receipt", answer["ref"]).stdout == answer["receipt"]
    whole = json.loads(griev(own, "TH-50", "receipt", answer["ref"], "--json").stdout)
    copies = [str(own.folder / name) for name in ("letter.json", "letter.json.griev")]
    assert whole == {**{key: answer[key] for key in ("index", "leaf", "opening", "receipt")}, "copies": copies}
    griev(own, "TH-50", "receipt", "TH-50/2570/9999", code=NOT_FOUND)


def test_a_receipt_of_the_same_number_that_says_something_else_is_kept(own):
    path = letter(own)
    answer = json.loads(griev(own, "TH-50", "submit", path, "--json").stdout)
    kept_as = own.folder / "state" / "receipts" / (answer["ref"].replace("/", "_") + ".json")
    other = json.dumps(dict(json.loads(kept_as.read_text()), leaf="of another register"))
    for n in (1, 2):
        kept_as.write_text(other)
        assert "tell an auditor" in griev(own, "TH-50", "submit", path).stderr
        assert (kept_as.parent / f"{kept_as.name}.{n}").read_text() == other
        assert json.loads(kept_as.read_text())["leaf"] == answer["leaf"]
    assert "auditor" not in griev(own, "TH-50", "submit", path).stderr  # the same again is nothing new
    assert sorted(file.name for file in kept_as.parent.glob(kept_as.name + "*")) == [
        kept_as.name, f"{kept_as.name}.1", f"{kept_as.name}.2"]


def test_a_complainant_gets_it_after_the_warning_only(own):
    answer = json.loads(griev(own, "TH-50", "submit", letter(own), "--json").stdout)
    asked = griev(own, "TH-50", "receipt", answer["ref"], "--for-complainant", input="yes\n")
    assert asked.stdout == answer["receipt"] and "knows that he complained" in asked.stderr
    declined = griev(own, "TH-50", "receipt", answer["ref"], "--for-complainant", input="no\n", code=REFUSED)
    assert declined.stdout == ""
    for secret in (answer["ref"], answer["track"], "TH-50", answer["id"]):
        assert secret not in asked.stdout
    nonce = next(line for line in (own.folder / "letter.json.griev").read_text(errors="replace").split("\n") if line.startswith("nonce"))
    assert nonce.split()[1] not in asked.stdout


def test_what_is_typed_in_options_leaves_its_receipt_too(own):
    (own.folder / "facts.txt").write_text("พบจดหมายในกล่อง")
    answer = json.loads(griev(own, "TH-50", "submit", "--narrative", own.folder / "facts.txt", "--channel", "box", "--process",
                              "service", "--subject", "leak", "--identity", "anonymous", "--json").stdout)
    assert griev(own, "TH-50", "receipt", answer["ref"]).stdout == answer["receipt"]


def test_each_contact_demands_that_the_log_has_grown_from_what_was_seen(own):
    griev(own, "TH-50", "submit", letter(own))
    (path,) = kept(own)
    first = path.read_text()
    for _ in range(300):
        own.submit()
    griev(own, "TH-50", "whoami")
    second = path.read_text()
    assert int(second.split("\n")[1]) > int(first.split("\n")[1]) + 256
    griev(own, "TH-90", "whoami")
    assert path.read_text() == second, "one for a server and key, whoever asks"


def test_a_log_that_was_put_back_is_stopped_at_and_both_sides_know(own):
    griev(own, "TH-50", "submit", letter(own))
    copy = own.folder / "copy"
    shutil.copy(signer_state(own), copy)
    size = int(own.postgres.psql("SELECT leaf_count FROM register.head"))
    for number in range(3):
        griev(own, "TH-50", "submit", letter(own, f"more-{number}.json"))
    own.stop_daemon()
    own.stop_signer()
    shutil.copy(copy, signer_state(own))
    lose_tail(own, size)
    own.start_signer()
    own.start_daemon().await_ready()
    stopped = griev(own, "TH-50", "submit", letter(own, "late.json"), code=CONFLICT)
    assert "contradicts" in stopped.stderr and "Keep both" in stopped.stderr
    (path,) = kept(own)
    other = path.with_name(path.name + ".conflict")
    assert int(other.read_text().split("\n")[1]) < int(path.read_text().split("\n")[1])
    assert own.postgres.psql("SELECT count(*) FROM register.complaint") == "1", "nothing was sent"
    griev(own, "TH-50", "whoami", code=CONFLICT)
    other.unlink()
    griev(own, "TH-50", "whoami", code=CONFLICT)
    assert other.exists(), "it is found again"


def test_a_server_that_signs_with_another_key_is_refused(own):
    griev(own, "TH-50", "whoami")
    public = own.folder / "log.pub"
    good = public.read_text()
    own.grievd("signer", "--config", own.signer_config, "--new-key", own.folder / "other.key")
    public.write_text(own.grievd("signer", "--config", own.signer_config, "--new-key", own.folder / "third.key"))
    assert "has not signed" in griev(own, "TH-50", "submit", letter(own), code=REFUSED).stderr
    assert own.postgres.psql("SELECT count(*) FROM register.complaint") == "0"
    public.write_text(good)
    griev(own, "TH-50", "submit", letter(own))


def without_receipt(answer, other):
    del answer["receipt"]


def other_receipt(answer, other):
    answer["receipt"] = other["receipt"]


def other_opening(answer, other):
    answer["opening"] = other["opening"]


def broken_receipt(answer, other):
    answer["receipt"] = answer["receipt"].replace("index ", "index 1", 1)


@pytest.mark.parametrize("lie, code, says", [
    (without_receipt, REFUSED, "gives no receipt"), (other_receipt, CONFLICT, "something else"),
    (other_opening, CONFLICT, "something else"), (broken_receipt, REFUSED, "does not lead"),
], ids=lambda each: getattr(each, "__name__", None))
def test_a_server_that_gives_another_receipt_is_not_believed(own, lie, code, says):
    other = own.submit().json

    def change(handler, answer):
        if handler.command != "PUT":
            return answer.body
        told = answer.json
        lie(told, other)
        return json.dumps(told).encode()

    with Liar(own, "TH-50", change) as liar:
        refused = griev(own, "TH-50", "submit", letter(own), code=code, url=liar.url)
        assert says in refused.stderr and "run the same command again" in refused.stderr
        assert not (own.folder / "letter.json.receipt").exists()
    shutil.rmtree(own.folder / "state" / "log")
    answer = json.loads(griev(own, "TH-50", "submit", letter_again(own), "--json").stdout)
    assert answer["index"] == other["index"] + 1, "the same bytes, once"


def letter_again(own):
    return own.folder / "letter.json"
