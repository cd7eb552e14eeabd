#!/usr/bin/env python3
"""The fault campaign: harm is done to an installation under load, and after each harm it must catch up and hold its promises.

    campaign.py [--faults N] [--seed S] [--keep]     N faults drawn by chance (0: one of each, in a fixed order)

What ought to be is kept here: the records that were produced, and what `medverka run` makes of them. Held after each fault: all
input committed (I1, I11), no suggestion twice and none without its commit (I2, I3), an unbroken chain (I4), one writer (I6).
At checkpoints and at the end the lanes' facts, verdicts and ledgers against the reference (I1, I8), a concurrent reader against
a later one (I2), and a restore from nothing against what was there (I5). Ends with a table, and exit code 1 on a violation.
All along the journal patients are merged across partitions, parted again and answered for: a fault that met none of them on the
way, or that was not felt where it ought to be (faults.py), is a violation too.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import faults
import journal
import stack
from stack import Failure, Installation, Reference, kafka, until

sys.path.insert(0, str(stack.ROOT / "tests/broker"))
from broker import Cluster

PARTITIONS = 2
SMALL_DISK = "160m"
RATE = 400           # records a second, so that there is something under way
CHECKPOINT_EVERY = 20


class Campaign:
    def __init__(self, folder, seed, count, brokers=1, patients=None):
        self.folder, self.rng = pathlib.Path(folder), random.Random(seed)
        self.cluster = Cluster(self.folder / "kafka")
        self.cluster.start(brokers)
        self.installation = Installation(self.cluster.bootstrap, self.folder / "installation", PARTITIONS,
                                         replication=brokers, settings={"memory.write_buffer": "4MiB"})
        slices = 2 * count + 4  # faults send one or two each
        self._make_journal(seed, patients or max(120, min(2500, 18 * count)), 2 * slices)
        self.slice = max(20, len(self.records) // slices)
        self.sent_records, self.flows, self.moves = 0, [], 0
        self.mounted = None
        self.catalogues = [pathlib.Path(stack.STUDIES), self.folder / "fewer-studies"]
        shutil.copytree(stack.STUDIES, self.catalogues[1])
        for gone in ("scapis.study",):
            (self.catalogues[1] / gone).unlink()
        self.catalogue = 0
        self.installation.publish(self.catalogues[0])
        self.permanent = [self.installation.member(), self.installation.member()]
        self.guest = self.installation.member()
        self._mount(self.permanent[1])
        self.follower = self._follow()
        for member in self.permanent:
            member.start()

    def _make_journal(self, seed, patients, merges):
        """With merges all along it, so that every fault hits patients on their way to another partition."""
        journal.generate(stack.BINARY, self.folder / "journal.ndjson", patients, years=2, seed=seed)
        lines, pairs = journal.with_moves(journal.read(self.folder / "journal.ndjson"), PARTITIONS, merges, stack.study_ids(), seed)
        if len(pairs) < merges * 2 // 3:
            raise Failure(f"only {len(pairs)} of {merges} patients could be merged across partitions; too few patients")
        self.lines = journal.with_poison(lines)
        self.patients = journal.Router(self.lines).patients
        router = journal.Router(self.lines)
        self.records, self.line_ends = [], []
        # Line by line, so that any number of records can be told back as lines of a file.
        for record in journal.route(self.lines, PARTITIONS, 0.3, random.Random(seed)):
            self.records.append(record)
        ends = 0
        for line in self.lines:
            ends += PARTITIONS if router.patient_of(line) == "*" else 1
            self.line_ends.append(ends)
        assert ends == len(self.records)

    def _mount(self, member):
        """The member's state on a disk of its own, small enough to be filled."""
        member.state.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(member.state)],
                              capture_output=True, text=True)
        if done.returncode == 0:
            self.mounted = member
        else:
            self.mount_refused = done.stderr.strip() or "mount failed"

    def _follow(self):
        out = open(self.folder / "followed", "wb")
        process = subprocess.Popen([stack.PROBE, "follow", "--bootstrap", self.cluster.bootstrap, "--topic",
                                    self.installation.topics["suggestions"], "--partitions", str(PARTITIONS)],
                                   stdout=out, stderr=open(self.folder / "follower.log", "wb"))
        out.close()
        return process

    # For the faults --------------------------------------------------------------------------------------------------

    def pause(self, least, most):
        time.sleep(self.rng.uniform(least, most))

    def any_member(self):
        return self.rng.choice(self.permanent)

    def on_small_disk(self):
        if not self.mounted:
            raise faults.Skip(f"no small disk can be mounted here: {self.mount_refused}")
        return self.mounted

    def empty(self, folder):
        for path in folder.iterdir() if folder.exists() else []:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def make_owner(self, member):
        """Until the member works on a partition: what is done to its disk must hit something. Gives its lanes."""
        def owned():
            return [lane["partition"] for lane in member.status().get("matching", {}).get("lanes", []) if lane["state"] == "running"]
        if not until(owned, 10):
            for other in self.permanent:
                if other is not member and other.alive:
                    other.stop()
            if not until(owned, 30):
                raise Failure(f"member {member.number} is given no lane\n{member.tail()}")
            for other in self.permanent:
                if not other.alive:
                    other.start()
        return owned()

    def flow(self):
        """The next slice of the journal, in the background."""
        part = self.records[self.sent_records:self.sent_records + self.slice]
        self.sent_records += len(part)
        before = self.flows[-1] if self.flows else None

        def send():
            if before:
                before.join()
            self._send(part)
        sender = threading.Thread(target=send)
        self.flows.append(sender)
        sender.start()

    def _send(self, part):
        for topic in ("journal", "feedback"):
            records = [record for record in part if record.get("topic", "journal") == topic]
            try:
                if records:
                    self.installation.produce(records, topic, rate=RATE)
            except Failure as failure:
                self.send_failed = failure

    send_failed = None

    def change_catalogue(self):
        self.catalogue = 1 - self.catalogue
        self.installation.publish(self.catalogues[self.catalogue])

    # What must hold --------------------------------------------------------------------------------------------------

    def settle(self):
        for sender in self.flows:
            sender.join()
        self.flows.clear()
        if self.send_failed:
            raise self.send_failed
        restarted = [member for member in self.permanent if not member.alive]
        for member in restarted:
            member.start()
        started = time.monotonic()
        self.installation.wait_caught_up(watch=self._raise_the_dead)
        return time.monotonic() - started, len(restarted)

    def _raise_the_dead(self):
        """As an orchestrator does: a process that ended is started again."""
        for member in self.permanent:
            if not member.alive:
                member.start()
                self.deaths += 1

    deaths = 0

    def check(self):
        return self.installation.verify()

    def moves_since_last(self, seen):
        """Pieces of patients that went from lane to lane since this was asked last."""
        before, self.moves = self.moves, seen["moves"]
        return self.moves - before

    def checkpoint(self):
        """Everything stops, and is held against a run over a file of the same records."""
        self._finish_line()
        lines = self.lines[:self._lines_sent()]
        moment = max((at for at in map(journal.time_of, lines) if at is not None), default=0) + 60_000
        text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment // 1000))
        beat, records = journal.heartbeats(text, PARTITIONS)
        self.installation.produce(records)
        self.settle()
        self.installation.stop()
        seen = self.check()
        reference = Reference(self.folder / "reference", [*lines, beat], [str(self.catalogues[self.catalogue])], text)
        states = self.installation.states(text)
        for partition, (lane, _) in states.items():
            if lane["log_time"] != text:
                raise Failure(f"I8 partition {partition}: log time is {lane['log_time']}, not {text}")
        wrong = stack.compare(reference, states, PARTITIONS, self.patients) + stack.compare_output(seen, states)
        if wrong:
            raise Failure("\n".join([f"I1: {len(wrong)} differences from the reference", *wrong[:15]]))
        self._compare_follower()
        return states

    def _lines_sent(self):
        return sum(1 for end in self.line_ends if end <= self.sent_records)

    def _finish_line(self):
        """A record for everybody may have been cut between its partitions."""
        ends = set(self.line_ends)
        part = []
        while self.sent_records not in ends and self.sent_records:
            part.append(self.records[self.sent_records])
            self.sent_records += 1
        for sender in self.flows:
            sender.join()
        self._send(part)

    def _compare_follower(self):
        later = [(record["p"], record["o"], record["h"].get("ce_id", "")) for record in self.installation.dump("suggestions")]

        def followed():
            lines = (self.folder / "followed").read_text().splitlines()
            return [(int(p), int(o), i) for p, o, i in (line.split(" ", 2) for line in lines)]
        if not until(lambda: len(followed()) >= len(later), 20):
            raise Failure(f"I2: a reader that followed saw {len(followed())} suggestions, a later one {len(later)}")
        for partition in range(PARTITIONS):
            live = [one for one in followed() if one[0] == partition]
            if live != [one for one in later if one[0] == partition]:
                raise Failure(f"I2 partition {partition}: a reader that followed saw another order or other records than a later one")

    def restore_equals(self):
        """I5: from the changelog alone comes byte for byte what was there."""
        before = {partition: stack.state_hash(directory) for partition, (_, directory) in self.installation.lane_directories().items()}
        for member in [*self.permanent, self.guest]:
            self.empty(member.state)
        for member in self.permanent:
            member.start()
        self.settle()
        self.installation.stop()
        after = {partition: stack.state_hash(directory) for partition, (_, directory) in self.installation.lane_directories().items()}
        if before != after:
            raise Failure(f"I5: restored lanes differ: {before} before, {after} after")

    def close(self, keep):
        for sender in self.flows:
            sender.join()
        self.installation.destroy()
        self.follower.terminate()
        self.follower.wait()
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.mounted.state)], check=False)
        if keep:
            self.cluster.stop()
        else:
            self.cluster.reset()


class Tally:
    def __init__(self):
        # Times, slowest catch-up, ended by themselves, moves under way.
        self.rows = collections.defaultdict(lambda: [0, 0.0, 0, 0])
        self.skipped, self.violations = {}, []
        self.seen_by = {}  # per installation, what its topics held at last

    def print(self, seed):
        print(f"\n{'fault':24}{'times':>6}{'caught up in, at most':>24}{'came back':>11}{'moves':>8}")
        for name, (times, slowest, ended, moves) in sorted(self.rows.items()):
            print(f"{name:24}{times:>6}{slowest:>22.1f} s{ended:>11}{moves:>8}")
        for name, why in sorted(self.skipped.items()):
            print(f"{name:24}  left out: {why}")
        total = sum(row[0] for row in self.rows.values())
        seen = ", ".join(f"{sum(one[key] for one in self.seen_by.values()):,} {key.replace('_', ' ')}" for key in
                         ("journal", "feedback", "commits", "rows", "suggestions", "moves", "dead_letters"))
        print(f"\nheld against the promises: {seen}")
        print(f"{total} faults, seed {seed}: {len(self.violations)} violations")


def run_one(campaign, fault, tally, number, total):
    name = fault.__name__
    try:
        fault(campaign)
    except faults.Skip as skip:
        tally.skipped[name] = str(skip)
        return
    took, ended = campaign.settle()
    seen = tally.seen_by[campaign.installation.name] = campaign.check()
    moves = campaign.moves_since_last(seen)
    if moves == 0:
        raise Failure(f"{name} met nobody on the way to another partition, so it says nothing of moves")
    row = tally.rows[name]
    row[0], row[1], row[2], row[3] = row[0] + 1, max(row[1], took), row[2] + ended, row[3] + moves
    print(f"{number + 1:>4}/{total} {name:24} caught up in {took:5.1f} s, {seen['commits']:,} commits hold, {moves} moves met",
          flush=True)


def one_of_three(folder, seed, tally):
    """Three brokers, one of them killed, and back."""
    campaign = Campaign(folder, seed, 4, brokers=3, patients=60)
    try:
        for number in range(2):
            def fault(c):
                c.flow()
                victim = c.rng.choice([1, 2, 3])
                c.pause(0.1, 1)
                c.cluster.kill9(victim)
                c.flow()
                c.pause(3, 6)
                c.cluster.restart(victim)
            fault.__name__ = "one_broker_of_three"
            run_one(campaign, fault, tally, number, 2)
        campaign.sent_records = max(campaign.sent_records, 1)
        campaign.checkpoint()
    finally:
        campaign.close(False)


def idle_timers(folder, seed, tally):
    """A partition with no traffic: its time goes on by itself, and what is due fires there once."""
    cluster = Cluster(folder / "kafka")
    cluster.start()
    installation = Installation(cluster.bootstrap, folder / "installation", PARTITIONS, settings={"commit.idle_tick": "1s"})
    try:
        journal.generate(stack.BINARY, folder / "journal.ndjson", 100, years=2, seed=seed)
        lines = journal.read(folder / "journal.ndjson")
        installation.publish()
        member = installation.member().start()
        installation.produce(journal.route(lines, PARTITIONS))
        installation.wait_caught_up()
        last = max(at for at in map(journal.time_of, lines) if at is not None)

        def ticked():
            lanes = member.status().get("matching", {}).get("lanes", [])
            return len(lanes) == PARTITIONS and all(journal.milliseconds(lane["log_time"]) > last for lane in lanes)
        if not until(ticked, 60):
            raise Failure(f"I8: an idle lane's time stands still\n{json.dumps(member.status())}\n{member.tail()}")
        installation.stop()
        seen = installation.verify()
        found = installation.lane_directories()
        wrong = []
        for partition, (lane, directory) in found.items():
            reference = Reference(folder / "reference", lines, until=lane["log_time"])
            states = {partition: stack.read_state(directory, lane["log_time"])}
            own = {patient for patient in journal.Router(lines).patients
                   if journal.partition_of(patient, PARTITIONS) == partition}
            expected = stack.open_suggestions({subject: row for subject, row in reference.rows.items()
                                               if row.get("record") in {journal.name_of(f"Patient/{one}") for one in own}})
            there = stack.open_suggestions(states[partition][1])
            wrong += [f"I8 lane {partition} at {lane['log_time']}: {key} expected {expected.get(key)}, found {there.get(key)}"
                      for key in sorted(set(expected) | set(there)) if expected.get(key) != there.get(key)]
        if wrong:
            raise Failure("\n".join(wrong[:15]))
        tally.seen_by[installation.name] = seen
        tally.rows["idle_partition_timers"][0] += 1
        print(f"     idle partition: timers fired, {seen['suggestions']:,} suggestions hold", flush=True)
    finally:
        installation.destroy()
        cluster.reset()


def campaign_of(options, seed, folder, tally):
    rng = random.Random(seed)
    chosen = faults.SHORT if options.faults == 0 else [rng.choice(faults.ALL) for _ in range(options.faults)]
    campaign = Campaign(folder / "main", seed, len(chosen))
    try:
        for number, fault in enumerate(chosen):
            run_one(campaign, fault, tally, number, len(chosen))
            if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1 and number + 1 < len(chosen):
                campaign.checkpoint()
                for member in campaign.permanent:
                    member.start()
        campaign.checkpoint()
        print("     facts, verdicts and ledgers are those of a run over the file", flush=True)
        campaign.restore_equals()
        print("     restored from nothing: the same, byte for byte", flush=True)
    except BaseException:
        campaign.close(options.keep)
        raise
    campaign.close(False)
    one_of_three(folder / "three", seed, tally)
    idle_timers(folder / "idle", seed, tally)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--seed", type=int, default=None, help="default: by chance")
    parser.add_argument("--keep", action="store_true", help="after a violation leave topics, stores and logs")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-campaign-"))
    replay = f"./dev soak {options.faults} --seed {seed}"
    print(f"seed {seed}; again: {replay}", flush=True)
    tally = Tally()
    try:
        campaign_of(options, seed, folder, tally)
    except Failure as failure:
        tally.violations.append(str(failure))
        print(f"\nVIOLATION\n{failure}\nagain: {replay} --keep", flush=True)
    tally.print(seed)
    if tally.violations and options.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if tally.violations else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main())
