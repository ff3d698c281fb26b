"""What lies sealed in the register, opened apart from our code: with tests/seal/envelope.py and a site's keys."""

import sys
import uuid

from cryptography.hazmat.primitives import serialization

from harness import ROOT

sys.path.insert(0, str(ROOT / "tests" / "seal"))

import envelope  # noqa: E402

ORIGIN = "localhost/log"


def place(id, name):
    return envelope.Place(ORIGIN, uuid.UUID(str(id)).bytes, name)


def private_key(site, name):
    """The raw private key of a group or custodian, as PEM that griev keygen wrote holds it."""
    pem = site.seal_key(name)[0].read_bytes()
    return serialization.load_pem_private_key(pem, None).private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())


def public_key(site, name):
    return serialization.load_pem_public_key(site.seal_key(name)[1].read_bytes()).public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def objects_of(data):
    """The objects of a list, each behind its length in two bytes."""
    objects = []
    while data:
        length = int.from_bytes(data[:2], "big")
        assert len(data) >= 2 + length
        objects.append(data[2:2 + length])
        data = data[2 + length:]
    return objects


def listed(objects):
    """A list of them, each behind its length."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in objects)


class Stored:
    """The envelopes of one complaint as the database holds them."""

    def __init__(self, site, id):
        self.site, self.id = site, id
        row = site.postgres.psql("SELECT encode(c.body, 'hex'), encode(c.identity, 'hex'), encode(c.wraps, 'hex')"
                                 " FROM register.content AS c JOIN register.complaint USING (position)"
                                 f" WHERE id = '{id}'")
        self.body, self.identity, wraps = (bytes.fromhex(each) for each in row.split("|"))
        self.wraps = objects_of(wraps)

    def named(self, name):
        return [each for each in self.wraps if envelope.parse(each)["name"] == name.encode()]

    def open_body(self, group):
        """The salt and the body, by a group's private key."""
        private = private_key(self.site, group)
        key_id = envelope.key_id_of(envelope.public_of(private))
        wraps = [each for each in self.named("body") if envelope.parse(each)["key_id"] == key_id]
        if not wraps:
            raise envelope.Refused("SEAL_KEY")
        at = place(self.id, "body")
        content = envelope.open_content(at, envelope.unwrap(private, at, wraps[0]), self.body)
        return content[:32], content[32:]

    def open_identity(self, *numbers):
        """The salt and the complainant, by two custodians."""
        at = place(self.id, "identity")
        shares = {n: envelope.unwrap(private_key(self.site, f"custodian-{n}"), at.share(n),
                                     self.named(f"share:{n}")[0]) for n in numbers}
        pairs = {(parts["a"], parts["b"]): each for each in self.named("identity")
                 for parts in [envelope.parse(each)]}
        content = envelope.open_content(at, envelope.open_pair(at, shares, pairs[tuple(sorted(numbers))]),
                                        self.identity)
        return content[:32], content[32:]
