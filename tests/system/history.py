"""Receipts held against the whole log: hashlib and the cryptography package, no code of ours."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def leaves_of(site, size, actor="auditor"):
    """The first so many leaves, as the daemon serves them."""
    connection, found = site.connect(actor), []
    for tile in range((size + 255) // 256):
        width = min(256, size - 256 * tile)
        digits = f"{tile:03}" if tile < 1000 else f"x{tile // 1000:03}/{tile % 1000:03}"
        answer = site.request(actor, "GET", f"/log/tile/entries/{digits}" + (f".p/{width}" if width < 256 else ""),
                              connection=connection)
        assert answer.status == 200, answer
        found += [answer.body[50 * i + 2:50 * i + 50] for i in range(width)]
    connection.close()
    assert len(found) == size
    return found


def roots(leaves, sizes):
    """The root at each of these sizes."""
    wanted, stack, found = set(sizes), [], {}
    for index, leaf in enumerate(leaves):
        carry, place = hashlib.sha256(b"\0" + leaf).digest(), index
        while place & 1:
            carry, place = node(stack.pop(), carry), place >> 1
        stack.append(carry)
        if index + 1 in wanted:
            root = stack[-1]
            for left in reversed(stack[:-1]):
                root = node(left, root)
            found[index + 1] = root
    return found


def public_key(site):
    text = (site.folder / "log.pub").read_text().strip()
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.split("+", 2)[2])[1:])


class Receipts:
    """All that were ever given."""

    def __init__(self, site):
        self.site, self.key = site, public_key(site)
        self.given = {}  # (index, size) -> leaf
        self.checkpoints = {}  # size -> root

    def add(self, answer):
        """Its signature verifies, and the key signed no other tree of that size."""
        checkpoint = answer["receipt"].split("\n\n", 1)[1]
        text, signatures = checkpoint.split("\n\n")
        _, size, root = text.split("\n")
        if int(size) not in self.checkpoints:
            self.key.verify(base64.b64decode(signatures.split(" ")[2])[4:], (text + "\n").encode())
        assert self.checkpoints.setdefault(int(size), root) == root, f"two trees of size {size}"
        self.given[answer["index"], int(size)] = base64.b64decode(answer["leaf"])

    def check(self):
        """Each is of the log as it is now: its leaf is at its index, its tree is the log's of that size."""
        newest = self.site.request("auditor", "GET", "/log/latest").json
        size = newest["size"]
        leaves = leaves_of(self.site, size)
        at = roots(leaves, [*self.checkpoints, size])
        assert base64.b64encode(at[size]).decode() == newest["checkpoint"].split("\n")[2]
        for (index, of), leaf in self.given.items():
            assert of <= size and leaves[index] == leaf, f"the leaf {index} of a receipt"
            assert base64.b64encode(at[of]).decode() == self.checkpoints[of], f"the tree of size {of} of a receipt"
        return leaves


def check_leaves(site, leaves):
    """The database numbers what it has without a gap, no leaf twice, each as the log has it."""
    lines = site.postgres.psql("""
        SELECT leaf_index, encode(commit, 'hex') FROM register.complaint WHERE leaf_index IS NOT NULL
        UNION ALL SELECT leaf_index, NULL FROM register.event WHERE leaf_index IS NOT NULL""").splitlines()
    rows = [line.split("|") for line in lines]
    indexes = sorted(int(index) for index, _ in rows)
    assert indexes == list(range(len(indexes))), "leaves with gaps, or twice"
    assert len(indexes) >= len(leaves)
    for index, commit in rows:
        if commit and int(index) < len(leaves):
            assert leaves[int(index)][16:].hex() == commit, f"leaf {index}"
