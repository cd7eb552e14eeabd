"""The faults of the campaign. Each is a function of a campaign: it does its harm while records flow, and leaves the members that
ought to run running. What may be asked of the system afterwards is the campaign's matter."""

import os
import pathlib
import shutil
import subprocess
import time

from stack import STUDIES, Failure, kafka, until

# Longer than the session and the transaction of the members (stack.py), so that the broker has given both up.
ZOMBIE_SECONDS = 8
DIE_SECONDS = 60
# A fault that was not felt proves nothing. What the log of a member says when it was:
FELT_SECONDS = 30
DAMAGED = "is damaged ("
REFUSED = "File too large"
FAKETIME = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"]
POINTS = ["before-produce", "after-produce", "before-offsets", "before-commit", "after-commit", "before-write", "after-write",
          "during-restore", "after-restore", "during-backfill"]


class Skip(Exception):
    """This machine cannot do that; says why."""


def kill_random(campaign):
    member = campaign.any_member()
    campaign.flow()
    campaign.pause(0.05, 1.5)
    member.kill9()
    campaign.pause(0, 0.5)
    member.start()


def kill_two(campaign):
    campaign.flow()
    campaign.pause(0.05, 1.0)
    for member in campaign.permanent:
        member.process.kill()
    for member in campaign.permanent:
        member.wait(20)
        member.start()


def kill_at(point):
    def fault(campaign):
        member = campaign.any_member()
        if point.endswith("restore"):
            # By chance this may be the first fault, and then there is nothing to restore.
            campaign.flow()
            campaign.settle()
        member.stop()
        if point.endswith("restore"):
            shutil.rmtree(member.state, ignore_errors=True)
        passing = 1 if point.endswith(("restore", "backfill")) else campaign.rng.randint(1, 4)
        # Alone, so that it is given lanes.
        others = [other for other in campaign.permanent if other is not member]
        for other in others:
            other.stop()
        member.start({"MEDVERKA_TEST_DIE_AT": f"{point}:{passing}"})
        if point == "during-backfill":
            campaign.change_catalogue()
        campaign.flow()
        if not until(lambda: not member.alive, DIE_SECONDS):
            raise Failure(f"member {member.number} never passed {point} {passing} times\n{member.tail()}")
        if member.process.returncode != -9:
            raise Failure(f"member {member.number} ended with {member.process.returncode} before {point}\n{member.tail()}")
        for one in [member, *others]:
            one.start()
    fault.__name__ = f"kill_{point}"
    return fault


def zombie(campaign):
    """Frozen until the others have its lanes, then awake with a commit half done."""
    member = campaign.any_member()
    campaign.flow()
    campaign.pause(0.05, 0.8)
    member.freeze()
    campaign.pause(ZOMBIE_SECONDS, ZOMBIE_SECONDS + 1)
    campaign.flow()
    member.thaw()
    campaign.pause(0.5, 1.5)


def short_freeze(campaign):
    """Not long enough for anybody to notice."""
    member = campaign.any_member()
    campaign.flow()
    campaign.pause(0.05, 0.5)
    member.freeze()
    campaign.pause(0.5, 1.5)
    member.thaw()


def join_and_leave(campaign):
    campaign.flow()
    guest = campaign.guest.start()
    campaign.pause(1, 4)
    campaign.flow()
    if campaign.rng.random() < 0.5:
        guest.stop()
    else:
        guest.kill9()


def leave_and_come_back(campaign):
    member = campaign.any_member()
    campaign.flow()
    campaign.pause(0.1, 0.5)
    code = member.stop()
    if code != 0:
        raise Failure(f"member {member.number} was asked to stop and ended with {code}\n{member.tail()}")
    campaign.flow()
    campaign.pause(0, 5)
    member.start()


def broker_killed(campaign):
    campaign.flow()
    campaign.pause(0.05, 1.0)
    campaign.cluster.kill9(1)
    campaign.pause(0.2, 3)
    campaign.cluster.restart(1)


def broker_frozen(campaign):
    campaign.flow()
    campaign.pause(0.05, 0.5)
    campaign.cluster.freeze(1)
    campaign.pause(1, 7)
    campaign.cluster.thaw(1)


def state_deleted(campaign):
    member = campaign.any_member()
    campaign.flow()
    member.kill9()
    campaign.empty(member.state)
    member.start()


def sst_flipped(campaign):
    """One byte of one table file: found, or without effect, but never believed. Somewhere first; if nobody met it, then where
    every opening looks."""
    member = campaign.any_member()
    wiped = member.logged(DAMAGED)
    for anywhere in (True, False):
        campaign.make_owner(member)
        # What lay in the log only becomes tables when the store is opened.
        member.stop()
        member.start()
        lanes = campaign.make_owner(member)
        member.kill9()
        tables = [path for lane in lanes for path in sorted(member.state.glob(f"lane-{lane}/*.sst"))]
        if not tables:
            raise Failure(f"member {member.number} has lanes {lanes} and no table files\n{member.tail()}")
        victim = campaign.rng.choice(tables)
        content = bytearray(victim.read_bytes())
        # A table ends with a number by which it is known.
        place = campaign.rng.randrange(len(content)) if anywhere else len(content) - 1 - campaign.rng.randrange(8)
        content[place] ^= 1 << campaign.rng.randrange(8)
        victim.write_bytes(content)
        others = [other for other in campaign.permanent if other is not member and other.alive]
        if not anywhere:
            for other in others:
                other.stop()  # so that the lane is this one's again
        member.start()
        campaign.flow()
        felt = until(lambda: member.logged(DAMAGED) > wiped, FELT_SECONDS if not anywhere else 5)
        if not anywhere:
            for other in others:
                other.start()
        if felt:
            return
    raise Failure(f"a flipped byte at the end of {victim.name} was not felt by member {member.number}\n{member.tail()}")


def file_lost(campaign):
    """A table, the manifest or the write-ahead log is gone, or cut short."""
    member = campaign.any_member()
    member.kill9()
    files = [path for path in sorted(member.state.glob("lane-*/*")) if path.is_file() and path.name not in ("LOCK", "MEDVERKA")
             and not path.name.startswith(("LOG", "OPTIONS"))]
    if files:
        victim = campaign.rng.choice(files)
        if campaign.rng.random() < 0.5:
            victim.unlink()
        else:
            os.truncate(victim, campaign.rng.randrange(victim.stat().st_size + 1))
    member.start()
    campaign.flow()


def disk_full(campaign):
    """Full while it works, and full when it starts; with room again it goes on by itself."""
    member = campaign.on_small_disk()
    ballast = member.state / "ballast"
    campaign.make_owner(member)
    free = os.statvfs(member.state)
    try:
        with open(ballast, "wb") as file:
            file.write(b"\0" * (free.f_bavail * free.f_frsize))
    except OSError:
        pass  # full is what it is meant to be
    campaign.flow()
    campaign.pause(0.5, 2)
    if not member.alive:
        raise Failure(f"member {member.number} ended when its disk was full\n{member.tail()}")
    member.kill9()
    member.start()

    def says_so():
        return any("full" in lane.get("why_stopped", "") for lane in member.status().get("matching", {}).get("lanes", []))
    said = until(says_so, 30)
    alive = member.alive
    ballast.unlink(missing_ok=True)
    if not said or not alive:
        raise Failure(f"member {member.number} does not say that its disk is full\n{member.tail()}")


def write_error(campaign):
    """The disk refuses what lies behind a size: as RocksDB meets it in its log, and in a file that it makes anew."""
    member = campaign.any_member()
    campaign.make_owner(member)
    before = member.logged(REFUSED)
    limit = campaign.rng.choice([1, 4096, 65536])
    limited = member.process.pid

    def felt():
        return member.logged(REFUSED) > before
    for lower in (limit, 1):  # little may be written, and the log have room below the limit
        subprocess.run(["prlimit", "--pid", str(limited), f"--fsize={lower}:unlimited"], check=True)
        campaign.flow()
        if until(felt, FELT_SECONDS / 2):
            break
    campaign.pause(0.5, 2)
    if member.alive and member.process.pid == limited:
        subprocess.run(["prlimit", "--pid", str(limited), "--fsize=unlimited:unlimited"], check=True)
    if not felt():
        raise Failure(f"member {member.number} was refused files above {limit} bytes and did not feel it\n{member.tail()}")


def clock_set_back(campaign):
    """The wall clock of one member goes back by an hour, then ten years, then forward by a day, while it works."""
    if not pathlib.Path(FAKETIME[0]).exists():
        raise Skip("libfaketime is not there (Debian's package faketime)")
    member = campaign.any_member()
    member.stop()
    clock = campaign.folder / "faketime"
    clock.write_text("+0\n")
    member.start({"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
                  "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    campaign.flow()
    for offset in ("-3600", "-315360000", "+86400"):
        campaign.pause(0.3, 1.0)
        clock.write_text(offset + "\n")
    campaign.pause(0.5, 1.0)
    member.stop()
    member.start()


def catalogue_changed(campaign):
    campaign.flow()
    campaign.change_catalogue()
    campaign.flow()


SHORT = [kill_random, *[kill_at(point) for point in POINTS], kill_two, zombie, join_and_leave, broker_killed, state_deleted,
         sst_flipped, disk_full, write_error, clock_set_back]
ALL = [*SHORT, kill_random, kill_random, short_freeze, leave_and_come_back, broker_frozen, file_lost, catalogue_changed]
