#!/usr/bin/python3
"""Kill daemon, signer or database at random moments under load, and hold every answer against the register.

    kill.py [--rounds N] [--seed N] [--connections N]

A round loads the daemon from many connections, kills something without warning, lets it come
back, and then checks that every complaint acknowledged in any round so far is there, once, with
the number that was told; that what was refused is not; that no number is missing; and that
whatever was left open is told by a retry. Every receipt given in any round verifies against the log
as it is then, whose leaves are numbered without a gap and are those of the register. The build to test is $GRIEVD_BUILD.
"""

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))

from harness import Site, wait_until  # noqa: E402
from history import Receipts, check_leaves  # noqa: E402
from load import Load, check_register, stored_refs  # noqa: E402

FREE = {"requests_per_second_max": 1000000, "requests_burst": 1000000, "connections_per_address_max": 10000}


def kill_daemon(site, dice):
    site.stop_daemon(signal.SIGKILL)
    time.sleep(dice.uniform(0, 0.3))
    site.start_daemon()


def kill_database(site, dice):
    site.postgres.kill()
    time.sleep(dice.choice([0, 0, 0.3, 1]))
    site.postgres.start()


def kill_both(site, dice):
    site.stop_daemon(signal.SIGKILL)
    kill_database(site, dice)
    site.start_daemon()


def kill_database_then_daemon(site, dice):
    """The daemon goes while it tells of the loss, or tries again."""
    site.postgres.kill()
    time.sleep(dice.uniform(0, 0.7))
    kill_daemon(site, dice)
    site.postgres.start()


def kill_session(site, dice):
    """The server ends all sessions and recovers by itself when one is killed."""
    sessions = site.postgres.psql("SELECT pid FROM pg_stat_activity WHERE usename = 'grievd'").split()
    if sessions:
        os.kill(int(dice.choice(sessions)), signal.SIGKILL)
    wait_until(site.postgres.accepts, "the server has recovered")


def kill_daemon_often(site, dice):
    for _ in range(3):
        time.sleep(dice.uniform(0, 0.1))
        kill_daemon(site, dice)


def kill_signer(site, dice):
    site.stop_signer(signal.SIGKILL)
    time.sleep(dice.choice([0, 0, 0.2, 1]))
    site.start_signer()


def kill_signer_and_daemon(site, dice):
    site.stop_signer(signal.SIGKILL)
    site.stop_daemon(signal.SIGKILL)
    site.start_daemon()
    time.sleep(dice.uniform(0, 0.5))
    site.start_signer()


def kill_everything(site, dice):
    site.stop_signer(signal.SIGKILL)
    site.stop_daemon(signal.SIGKILL)
    site.postgres.kill()
    for start in dice.sample([site.start_signer, site.start_daemon, site.postgres.start], 3):
        start()


KILLS = [kill_signer, kill_signer, kill_signer_and_daemon, kill_everything, kill_daemon, kill_daemon,
         kill_database, kill_database, kill_both, kill_database_then_daemon, kill_session, kill_daemon_often]


class Register:
    """Everything that was acknowledged in any round."""

    def __init__(self, site):
        self.refs = {}
        self.receipts = Receipts(site)

    def check(self, site):
        stored = stored_refs(site.postgres)
        lost = self.refs.keys() - stored.keys()
        assert not lost, f"{len(lost)} of {len(self.refs)} acknowledged are lost: {sorted(lost)[:5]}"
        assert self.refs == stored, "the register differs from what was told"
        check_register(site.postgres)
        check_leaves(site, self.receipts.check())


def play(site, register, dice, connections):
    """One round; what was done and came of it, in a line."""
    kill = dice.choice(KILLS)
    with Load(site, connections) as load:
        load.await_more(dice.randint(1, 150))
        time.sleep(dice.uniform(0, 0.2))
        before = load.count()
        kill(site, dice)
        site.await_ready(within_s=20)
        load.await_more(dice.randint(1, 50))
    unknown = len(load.unknown)
    told = {id: answer["ref"] for id, answer in load.acknowledged.items()}
    stored = stored_refs(site.postgres)
    assert told.items() <= stored.items(), "acknowledged and lost, or renumbered"
    assert not load.refused & stored.keys(), "refused as not stored, and stored"
    kept = sum(id in stored for id in load.unknown)
    load.settle()
    register.refs |= {id: answer["ref"] for id, answer in load.acknowledged.items()}
    for answer in load.receipts:
        register.receipts.add(answer)
    register.check(site)
    return (f"{kill.__name__:27} acknowledged {before:5} before, {len(load.acknowledged):5} in all;"
            f" refused {len(load.refused):4}; open {unknown:3}, of which stored {kept:3}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    site = Site(settings={"server": FREE})
    try:
        site.start_daemon().await_ready()
        register = Register(site)
        for number in range(1, options.rounds + 1):
            try:
                print(f"{number:3} {play(site, register, dice, options.connections)}", flush=True)
            except Exception:
                print(site.log()[-4000:], file=sys.stderr)
                raise
        print(f"{len(register.refs)} complaints acknowledged in {options.rounds} rounds: all there, once;"
              f" {len(register.receipts.given)} receipts under {len(register.receipts.checkpoints)} checkpoints: all verify")
    finally:
        site.close()


if __name__ == "__main__":
    main()
