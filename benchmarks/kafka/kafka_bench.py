#!/usr/bin/env python3
"""Medverka on Kafka: how fast, how late, how large, next to what others do on the same broker in the same run.

    bench.py kafka [--tiny]           the figures (benchmarks/README.md has method and targets)
    kafka_bench.py --lock             after a change of pom.xml: fetch, write jars.lock
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests/broker"), str(ROOT / "tests/e2e"), str(ROOT / "tests/support")]
import jars

PARTITIONS = 2
STREAMS_JARS = "kafka-streams-jars"


class Sizes:
    def __init__(self, tiny):
        self.patients = 60 if tiny else 5_000       # throughput: some 50 events each
        self.many_studies = 20 if tiny else 1_000
        self.many_patients = 60 if tiny else 100    # that meet so many studies
        self.stored = 200 if tiny else 100_000      # patients that a new study meets
        self.stored_years = 1
        self.rate = 200 if tiny else 1_000
        self.seconds = 3 if tiny else 30            # of each measurement of delay


class Bench:
    def __init__(self, figures, options, folder):
        # Read when they are imported.
        os.environ["MEDVERKA"] = os.path.join(options.build, "medverka")
        os.environ["MEDVERKA_TEST_PROBE"] = os.path.join(options.build, "tests/e2e/kafka_probe")
        import broker
        import journal
        import stack
        self.journal, self.stack = journal, stack
        self.figures, self.tiny, self.sizes = figures, options.tiny, Sizes(options.tiny)
        self.folder = pathlib.Path(folder)
        self.peer = os.path.join(options.build, "benchmarks/kafka/kafka_peer")
        self.cluster = broker.Cluster(self.folder / "kafka")
        self.bootstrap = self.cluster.start()
        self.count = 0

    # Parts -----------------------------------------------------------------------------------------------------------

    def install(self, settings=None):
        self.count += 1
        # The service's own defaults where they count.
        defaults = {"commit.interval": "50ms", "commit.records_max": 5000, "memory.block_cache": "256MiB",
                    "memory.write_buffer": "128MiB", "memory.hot_patients": "512MiB", "kafka.session.timeout.ms": 45000,
                    "kafka.transaction.timeout.ms": 20000, "kafka.message.timeout.ms": 15000, "kafka.socket.timeout.ms": 9000}
        return self.stack.Installation(self.bootstrap, self.folder / f"installation-{self.count}", PARTITIONS,
                                       settings={**defaults, **(settings or {})})

    def events(self, patients, years, name):
        path = self.folder / f"{name}.ndjson"
        if not path.exists():
            self.journal.generate(self.stack.BINARY, path, patients, years)
        return self.journal.read(path)

    def produce(self, installation, records):
        """In pieces, so that a million records need not stand in memory as text at once."""
        for at in range(0, len(records), 50_000):
            installation.produce(records[at:at + 50_000])

    def committed_rate(self, installation):
        """Events a second from the first commit to the last: what came before the first is not counted."""
        topic = installation.topics["journal"]
        first, last = {}, {}
        for partition, at, commit in installation.commits():
            if topic in commit["input_next"]:
                mark = (at, int(commit["input_next"][topic]))
                first.setdefault(partition, mark)
                last[partition] = mark
        events = sum(last[p][1] - first[p][1] for p in last)
        took = (max(at for at, _ in last.values()) - min(at for at, _ in first.values())) / 1000
        return events / took if took > 0 else float(events)

    # Throughput ------------------------------------------------------------------------------------------------------

    def throughput(self):
        lines = self.events(self.sizes.patients, 5, "throughput")
        records = self.journal.route(lines, PARTITIONS)
        fewer = self.journal.route(self.events(self.sizes.many_patients, 5, "fewer"), PARTITIONS)
        many = self.folder / "studies"
        self.stack.tool(self.stack.BINARY, "generate", "--studies", self.sizes.many_studies, "--seed", 1, "--out", many)
        self.warm(records)
        rates, kept = {}, None
        for studies, label, events in ((self.stack.STUDIES, "11", records), (many, f"{self.sizes.many_studies:,}", fewer)):
            for processes in (1, 2):
                installation = self.install()
                installation.publish(studies)
                self.produce(installation, events)
                for _ in range(processes):
                    installation.member().start()
                installation.wait_caught_up(1200)
                installation.stop()
                commits = installation.commits()
                suggestions = sum(commit["suggestions"] for _, _, commit in commits)
                if not suggestions:
                    raise SystemExit("bench: nobody was suggested for anything; the figure would be of no use")
                # Of a thousand studies come so many that the brokers compact them while they are looked at.
                if studies == self.stack.STUDIES:
                    installation.verify()
                rate = self.committed_rate(installation)
                rates[label, processes] = rate
                name = f"kafka: {label} studies, {processes} process{'es' if processes > 1 else ''}"
                target = 30_000 if label == "11" and processes == 1 else None
                self.figures.add(name, [rate], "events/s", target, at_most=False,
                                 note=f"{len(events):,} events, {suggestions:,} suggestions, {len(commits):,} commits")
                if label == "11" and processes == 1:
                    kept = installation
        self.peers(kept.topics["journal"], len(records), rates["11", 1])
        self.restore(kept)

    def warm(self, records):
        """A broker that has just started spends half of its time in its compiler: one round that does not count."""
        installation = self.install()
        installation.publish()
        self.produce(installation, records)
        installation.member().start()
        installation.wait_caught_up(1200)
        installation.stop()

    def peers(self, topic, count, ours):
        plain = [json.loads(self.stack.tool(self.peer, "parse", self.bootstrap, topic, p).stdout) for p in range(PARTITIONS)]
        rates = {"plain consume and parse, 1 core": sum(one["records"] for one in plain) / sum(one["seconds"] for one in plain)}
        rates["kafkajs consumer-producer, transactions"] = self.kafkajs(topic, count)
        rates["Kafka Streams, exactly once, state only"] = self.streams(topic, count)
        for name, rate in rates.items():
            if rate:
                self.figures.add(f"kafka: {name}", [rate], "events/s")
                self.figures.add(f"kafka: ours with 11 studies, 1 process, as part of {name}", [ours / rate], "times")
            else:
                self.figures.add(f"kafka: {name}", [0], "events/s", note="could not be run here")

    def kafkajs(self, topic, count):
        modules = self.folder / "npm"
        modules.mkdir()
        for name in ("package.json", "package-lock.json", "copy.js"):
            shutil.copy(HERE / name, modules)
        done = subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=modules, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            print(f"bench: npm could not bring kafkajs: {done.stderr[-300:]}", file=sys.stderr)
            return None
        out = self.stack.kafka.unique("copied")
        self.stack.kafka.create_topic(self.bootstrap, out, PARTITIONS)
        return self.rate_of(["node", str(modules / "copy.js"), self.bootstrap, topic, out, out, str(count)])

    def java(self, main, *words):
        return ["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
                jars.classpath(STREAMS_JARS, HERE / "pom.xml", HERE / "jars.lock"), str(HERE / f"{main}.java"), *map(str, words)]

    def streams(self, topic, count):
        name = self.stack.kafka.unique("streams")
        return self.rate_of(self.java("StateJob", self.bootstrap, topic, name, count, self.folder / "streams", PARTITIONS))

    def rate_of(self, command):
        done = self.stack.tool(*command, timeout=900)
        said = json.loads(done.stdout.strip().splitlines()[-1])
        return said["records"] / said["seconds"]

    # Restore ---------------------------------------------------------------------------------------------------------

    def restore(self, installation):
        member = installation.members[0]
        facts = 0
        for _, directory in installation.lane_directories().values():
            facts += sum(row.get("fact_count", 0) for row in self.stack.read_state(directory)[1].values())
        intact = self.seconds_until_running(member)
        installation.stop()
        shutil.rmtree(member.state)
        lost = self.seconds_until_running(member)
        installation.stop()
        drained = [json.loads(self.stack.tool(self.peer, "drain", self.bootstrap, installation.topics["state"], p).stdout)
                   for p in range(PARTITIONS)]
        reading = sum(one["seconds"] for one in drained) or 1e-9
        took = max(lost - intact, 1e-3)
        rows = sum(one["records"] for one in drained)
        self.figures.add("kafka: restore of a lost state directory", [facts / took], "facts/s", 200_000, at_most=False,
                         note=f"{facts:,} facts in {rows:,} changelog records, {lost:.1f} s to running, {intact:.1f} s with the state there")
        self.figures.add("kafka: reading that changelog alone", [facts / reading], "facts/s",
                         note=f"{rows / reading:,.0f} records/s")

    def seconds_until_running(self, member):
        begin = time.monotonic()
        member.start()

        def running():
            lanes = member.status().get("matching", {}).get("lanes", [])
            return len(lanes) == PARTITIONS and all(lane["state"] == "running" for lane in lanes)
        if not self.stack.until(running, 600):
            raise SystemExit(f"bench: the lanes do not run again\n{member.tail()}")
        return time.monotonic() - begin

    # Delay -----------------------------------------------------------------------------------------------------------

    def delays(self, topic_in, topic_out, records, produce):
        """Milliseconds from sending a record to its outcome in a reader of committed records, sorted."""
        out = self.folder / "delays"
        with open(out, "wb") as file:
            follower = subprocess.Popen([self.peer, "delays", self.bootstrap, topic_in, topic_out, str(PARTITIONS)], stdout=file)
        self.stack.until(lambda: out.read_text().startswith("following"), 30)
        produce(records)
        time.sleep(2)
        follower.send_signal(signal.SIGTERM)
        follower.wait(30)
        sent, found = {}, []
        for line in out.read_text().splitlines()[1:]:
            what, at, partition, offset = line.split()
            place = int(partition), int(offset)
            if what == "sent":
                sent[place] = int(at)
            elif place in sent:
                found.append((int(at) - sent[place]) / 1000)
        return sorted(found)

    def paced(self):
        lines = self.events(max(60, self.sizes.rate * self.sizes.seconds // 30), 5, "paced")
        return self.journal.route(lines, PARTITIONS)[:self.sizes.rate * (self.sizes.seconds + 1)]

    def add_delay(self, name, values, target=None):
        if not values:
            raise SystemExit(f"bench: {name}: nothing arrived")
        p50, p99 = values[len(values) // 2], values[min(len(values) - 1, len(values) * 99 // 100)]
        self.figures.add(f"kafka: {name}, p50", [p50], "ms")
        self.figures.add(f"kafka: {name}, p99", [p99], "ms", target, note=f"{len(values):,} of them at {self.sizes.rate:,} events/s")
        return p99

    def delay(self):
        records = self.paced()
        echo_in, echo_out = self.stack.kafka.unique("echo-in"), self.stack.kafka.unique("echo-out")
        for topic in (echo_in, echo_out):
            self.stack.kafka.create_topic(self.bootstrap, topic, PARTITIONS, 1, {"message.timestamp.type": "CreateTime", "retention.ms": -1})
        echo = subprocess.Popen(self.java("Echo", self.bootstrap, echo_in, echo_out, echo_out))

        def to_echo(chosen):
            text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in chosen)
            self.stack.tool(self.stack.PROBE, "produce", "--bootstrap", self.bootstrap, "--topic", echo_in, "--rate",
                            self.sizes.rate, stdin=text, timeout=600)
        try:
            # Warm; and it takes its time to start.
            if not self.stack.until(lambda: self.delays(echo_in, echo_out, records[:self.sizes.rate], to_echo), 120):
                raise SystemExit("bench: the echo does not answer")
            values = self.delays(echo_in, echo_out, records[self.sizes.rate:], to_echo)
        finally:
            echo.terminate()
            echo.wait()
        p99 = self.add_delay("echo with transactions", values)

        installation = self.install()
        installation.publish()
        member = installation.member().start()
        self.seconds_until_ready(member)

        def to_medverka(chosen):
            installation.produce(chosen, rate=self.sizes.rate)
        to_medverka(records[:self.sizes.rate])  # warm, as the echo is
        values = self.delays(installation.topics["journal"], installation.topics["suggestions"], records[self.sizes.rate:],
                             to_medverka)
        installation.stop()
        self.add_delay("event to suggestion", values, round(p99 + 20, 1))

    def seconds_until_ready(self, member):
        if not self.stack.until(lambda: member.status().get("matching", {}).get("ready"), 60):
            raise SystemExit(f"bench: the service is not ready\n{member.tail()}")

    # A new study over many patients ----------------------------------------------------------------------------------

    def publish(self):
        """The last part of the journal flows while studies come and go over all that came before."""
        lines = self.journal.route(self.events(self.sizes.stored, self.sizes.stored_years, "stored"), PARTITIONS)
        kept = min(self.sizes.rate * 10 * self.sizes.seconds, len(lines) // 2)
        stored, flowing = lines[:-kept], lines[-kept:]
        installation = self.install()
        fewer = self.folder / "fewer-studies"
        shutil.copytree(self.stack.STUDIES, fewer)
        (fewer / "scapis.study").unlink()
        installation.publish(fewer)
        self.produce(installation, stored)
        member = installation.member().start()
        installation.wait_caught_up(1800)
        before = self.p99(installation, flowing)
        for name, act in (("publish of a new study", lambda: installation.publish()),
                          ("rollback", lambda: installation.rollback(1))):
            took = {}

            def meet():
                act()
                took["seconds"] = self.backfilled(member, installation.published)
            publisher = threading.Thread(target=meet)
            publisher.start()
            during = self.p99(installation, flowing, publisher)
            publisher.join()
            self.figures.add(f"kafka: {name} over {self.sizes.stored:,} stored patients", [took["seconds"]], "s", 60)
            self.figures.add(f"kafka: delay while it is met ({name}), p99", [during], "ms", round(2 * before, 1),
                             note=f"{before:.1f} ms before")
        self.memory(installation, member, flowing)

    def p99(self, installation, flowing, until_done=None):
        """Over one measurement, or as many as there are until the other is done; takes its records from `flowing`."""
        values, size = [], self.sizes.rate * self.sizes.seconds
        if until_done is not None:
            size //= 3
        else:
            warm = flowing[:2 * self.sizes.rate]  # after a pause the broker is slow for a second
            del flowing[:len(warm)]
            installation.produce(warm, rate=self.sizes.rate)
        while len(flowing) >= size:
            chosen = flowing[:size]
            del flowing[:size]
            values += self.delays(installation.topics["journal"], installation.topics["suggestions"], chosen,
                                  lambda records: installation.produce(records, rate=self.sizes.rate))
            if until_done is None or not until_done.is_alive():
                break
        values.sort()
        return values[min(len(values) - 1, len(values) * 99 // 100)] if values else 0.0

    def backfilled(self, member, version):
        """Seconds until all lanes have met this version of the catalogue with all stored patients."""
        begin = time.monotonic()

        def met():
            lanes = member.status().get("matching", {}).get("lanes", [])
            return len(lanes) == PARTITIONS and all(
                lane["catalogue_version"] >= version and lane["backfill_done"] == lane["backfill_total"] for lane in lanes)
        if not self.stack.until(met, 600):
            raise SystemExit("bench: the new study never met all patients")
        return time.monotonic() - begin

    def memory(self, installation, member, flowing):
        """The same state under a quarter of its size of cache: what the process takes at most."""
        installation.stop()
        stored = sum(path.stat().st_size for path in member.state.rglob("*") if path.is_file()) / 1e6
        cache = max(8, int(stored / 4))
        member.settings.update({"memory.block_cache": f"{cache}MiB", "memory.write_buffer": "4MiB", "memory.hot_patients": "16MiB"})
        self.seconds_until_running(member)
        restored = self.memory_of(member, "VmRSS")
        installation.produce(flowing)
        installation.wait_caught_up(600)
        peak = self.memory_of(member, "VmHWM")
        installation.stop()
        # As docs/operating.md counts: cache, decoded patients, queues and batches of each lane, the program, and each patient's names.
        budget = (cache + 16 + PARTITIONS * (64 + 32 + 2 * 8) + 256) * 1.048576 + self.sizes.stored / 1e3
        self.figures.add("kafka: peak memory, state of four times the cache", [peak], "MB", round(budget),
                         note=f"{stored:.0f} MB on disk, {cache} MiB of cache, {restored:.0f} MB once restored")

    @staticmethod
    def memory_of(member, field):
        status = pathlib.Path(f"/proc/{member.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(field)).split()[1]) * 1024 / 1e6


def run(figures, options):
    with tempfile.TemporaryDirectory(prefix="medverka-kafka-bench-") as folder:
        bench = Bench(figures, options, folder)
        try:
            bench.throughput()
            bench.delay()
            bench.publish()
        finally:
            bench.cluster.reset()


if __name__ == "__main__":
    if sys.argv[1:] == ["--lock"]:
        print(f"{jars.write_lock(HERE / 'pom.xml', HERE / 'jars.lock')} jars written to jars.lock")
    else:
        sys.exit(__doc__)
