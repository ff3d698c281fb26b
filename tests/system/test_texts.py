"""Texts come back as they were sent, to the byte, whatever people wrote."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import vault
from harness import complaint, running_site
from load import check_register
from texts import HARD, given_texts

OFFICES = ["TH-50", "TH-51", "TH-83", "TH-90", "TH-96"]


@pytest.fixture(scope="module")
def site():
    with running_site(*((office, office, "officer") for office in OFFICES)) as made:
        yield made


def submit_all(site, bodies):
    """Each office in turn, all at once, each over a connection it keeps; {id: bytes as sent}."""
    sent, mutex = {}, threading.Lock()

    def office_works(office, own):
        connection = site.connect(office)
        for body in own:
            data = json.dumps(body, ensure_ascii=False).encode()
            answer = site.request(office, "PUT", f"/v1/complaints/{body['id']}", data, None, connection)
            assert answer.status == 201, (answer, body["narrative"])
            with mutex:
                sent[body["id"]] = data
        connection.close()

    with ThreadPoolExecutor(len(OFFICES)) as pool:
        works = [pool.submit(office_works, office, bodies[k::len(OFFICES)]) for k, office in enumerate(OFFICES)]
        for work in works:
            work.result()
    assert len(sent) == len(bodies)
    return sent


def read_all(site, ids):
    """{id: bytes of the answer}, for who may read the content."""
    connection = site.connect("triager")
    answers = {}
    for id in ids:
        answer = site.open("triager", id, connection)
        assert answer.status == 200
        answers[id] = answer.body
    connection.close()
    return answers


def assert_unchanged(sent, read):
    """The content as it was sent stands in the answer, byte for byte."""
    for id, data in sent.items():
        assert b'"body":' + data in read[id], (data.decode(), read[id].decode())
        assert json.loads(read[id])["body"] == json.loads(data)


def test_narratives_from_several_offices_at_once_come_back_to_the_byte(site):
    bodies = [complaint(narrative=text) for text in HARD.values() for _ in range(4)]
    sent = submit_all(site, bodies)
    assert_unchanged(sent, read_all(site, sent))
    check_register(site.postgres)


def is_short(text):
    controls = any(ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0 for each in text)
    return len(text.encode()) <= 500 and not controls


def test_short_texts_come_back_to_the_byte_too(site):
    texts = [text for text in HARD.values() if is_short(text)]
    assert len(texts) > 15
    bodies = [complaint(channel="agency", contact={"note": text, "address": text},
                        accused=[{"name": text, "position": text}],
                        source={"agency": text, "letter_no": text, "letter_date": "2024-11-01"}) for text in texts]
    sent = submit_all(site, bodies)
    read = read_all(site, sent)
    assert_unchanged(sent, read)
    for id, data in sent.items():
        shown = site.request("triager", "GET", f"/v1/complaints/{id}")
        assert shown.json["source"] == json.loads(data)["source"]


@pytest.mark.parametrize("name", HARD)
def test_who_complained_is_kept_apart_and_kept_whole(site, name):
    text = HARD[name] if is_short(HARD[name]) else "นายมานะ"
    person = {"name": text, "address": text}
    body = complaint(identity="confidential", complainant=person, narrative=HARD[name])
    data = json.dumps(body, ensure_ascii=False).encode()
    assert site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", data).status == 201
    read = site.open("triager", body["id"])
    assert read.json["body"] == {**body, "complainant": None}
    assert b'"body":' + data.replace(json.dumps(person, ensure_ascii=False).encode(), b"null") in read.body
    assert json.loads(vault.Stored(site, body["id"]).open_identity(1, 2)[1]) == person


def test_bytes_are_kept_where_JSON_could_be_written_otherwise(site):
    """Escapes, blanks, order of members: another way to write the same is not what was sent."""
    text = HARD["emoji with joiners"]
    for write in (lambda body: json.dumps(body), lambda body: json.dumps(body, indent=3, ensure_ascii=False),
                  lambda body: json.dumps(body, separators=(",", ":")),
                  lambda body: json.dumps(body, sort_keys=True).replace("/", "\\/"),
                  lambda body: "\r\n\t " + json.dumps(body) + " \n"):
        body = complaint(narrative=text, contact={"note": "1/2"})
        data = write(body).encode()
        assert site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", data).status == 201
        read = site.open("triager", body["id"])
        assert b'"body":' + data in read.body
        assert read.json["body"] == body


@pytest.mark.skipif(not given_texts(), reason="GRIEV_TEXTS names no file")
def test_the_given_texts_come_back_to_the_byte(site):
    sent = submit_all(site, [complaint(narrative=text) for text in given_texts()])
    assert_unchanged(sent, read_all(site, sent))
    check_register(site.postgres)
