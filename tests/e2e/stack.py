"""An installation of Medverka for a test: its topics, its members as processes of their own, and what is held against them.

What ought to be is kept here, outside of what is tested: the journal that was produced, and what `medverka run` makes of it."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/e2e"), str(ROOT / "tests/broker")]
import journal
import kafka

BINARY = os.environ.get("MEDVERKA", str(ROOT / "build/release/medverka"))
PROBE = os.environ.get("MEDVERKA_TEST_PROBE", str(ROOT / "build/release/tests/e2e/kafka_probe"))
STUDIES = str(ROOT / "criteria/studies")
# Later than anything in a journal of ours; `run` and the lanes are moved on to it.
UNTIL = "2026-10-01T00:00:00Z"
CATCH_UP_SECONDS = 120


class Failure(Exception):
    """A promise broken, or a machine that does not do what it should; says which."""


# What the service reads as configuration must not leak in from whoever runs the tests.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("MEDVERKA")}


def study_ids():
    return sorted(found.group(1) for path in pathlib.Path(STUDIES).glob("*.study")
                  for found in [re.search(r"^study (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)] if found)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(*words, stdin=None, check=True, timeout=300):
    done = subprocess.run([str(word) for word in words], input=stdin, capture_output=True, text=True, timeout=timeout, env=CLEAN)
    if check and done.returncode:
        raise Failure(f"{' '.join(map(str, words))[:300]} ended with {done.returncode}:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return done


class Member:
    """One process of the service."""

    def __init__(self, installation, number, roles="lanes", settings=None):
        self.installation, self.number = installation, number
        self.folder = installation.folder / f"member-{number}"
        self.state = self.folder / "state"
        self.log = self.folder / "log"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.process, self.loggers = None, []
        self.config = self.folder / "medverka.json"
        self.roles, self.settings = roles, dict(settings or {})

    def start(self, environment=None, before=()):
        """`before`: words in front of the command (faketime, prlimit). Does not wait until it is ready."""
        document = self.installation.config()
        document.update({"instance": f"member-{self.number}", "roles": self.roles.split(","),
                         "state.directory": str(self.state), "http.listen": f"127.0.0.1:{self.port}"})
        document.update(self.settings)
        self.config.write_text(json.dumps(document, indent=1))
        with open(self.log, "ab") as log:
            log.write(b"== start\n")
            # Through a pipe, so that limits and faults of the member's files do not hit its log.
            logger = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
        # A write over RLIMIT_FSIZE is then an error, as on a bad disk, and not a signal.
        patient = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"]
        self.process = subprocess.Popen([*patient, *before, BINARY, "serve", "--config", str(self.config)],
                                        stdout=logger.stdin, stderr=logger.stdin, stdin=subprocess.DEVNULL,
                                        env={**CLEAN, **(environment or {})})
        logger.stdin.close()
        self.loggers = [one for one in self.loggers if one.poll() is None] + [logger]
        return self

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def send(self, number):
        if self.alive:
            self.process.send_signal(number)

    def kill9(self):
        self.send(signal.SIGKILL)
        self.wait(20)

    def freeze(self):
        self.send(signal.SIGSTOP)

    def thaw(self):
        self.send(signal.SIGCONT)

    def stop(self, seconds=30):
        """As an operator stops it; says how it ended."""
        self.thaw()
        self.send(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds):
        if self.process is None:
            return None
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"member {self.number} did not end within {seconds} s; see {self.log}") from None

    def get(self, path, timeout=3):
        """(status, text); (0, "") where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def status(self):
        code, text = self.get("/status")
        return json.loads(text) if code == 200 else {}

    def logged(self, words):
        """How often its log says so, since it was first started."""
        return self.log.read_text(errors="replace").count(words) if self.log.exists() else 0

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Installation:
    def __init__(self, bootstrap, folder, partitions=2, delivery="exactly_once", replication=1, settings=None):
        self.bootstrap, self.partitions, self.replication = bootstrap, partitions, replication
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = kafka.unique("e2e")
        self.delivery = delivery
        self.settings = dict(settings or {})
        self.topics = {key: f"{self.name}-{key.replace('_', '-')}" for key in
                       ("journal", "feedback", "moves", "studies", "suggestions", "state", "dead_letters")}
        self.key = self.folder / "subject-key"
        self.key.write_bytes(journal.TRIAL_KEY)
        self.key.chmod(0o600)
        self.members, self.published = [], 0
        self._make_topics()

    # Before anything runs --------------------------------------------------------------------------------------------

    def config(self):
        document = {"kafka.bootstrap.servers": self.bootstrap, "group": self.name, "delivery": self.delivery,
                    "subject_key_file": str(self.key), "assume_recruiting": True, "log.format": "text",
                    "topics.partitions": self.partitions, "topics.replication": self.replication,
                    # A tick would take log time to the broker's day; the journals' days are others.
                    "commit.idle_tick": "1h", "commit.interval": "20ms", "commit.records_max": 500,
                    "memory.block_cache": "32MiB", "memory.write_buffer": "16MiB", "memory.hot_patients": "32MiB",
                    # Short, so that the broker takes a dead or frozen member's partitions away soon.
                    "kafka.session.timeout.ms": 3000, "kafka.heartbeat.interval.ms": 500,
                    "kafka.transaction.timeout.ms": 6000, "kafka.message.timeout.ms": 5000,
                    "kafka.socket.timeout.ms": 2900}
        document.update({f"topics.{key}": name for key, name in self.topics.items()})
        document.update(self.settings)
        return document

    def _make_topics(self):
        for key in ("journal", "feedback", "moves"):
            # The times of the events are the records' own, as in a file.
            kafka.create_topic(self.bootstrap, self.topics[key], self.partitions, self.replication,
                               {"message.timestamp.type": "CreateTime", "retention.ms": -1,
                                "max.message.bytes": 32 * 1024 * 1024})
            # The broker answers before all of it knows of the topic.
            known = [PROBE, "ends", "--bootstrap", self.bootstrap, "--topic", self.topics[key], "--partitions", self.partitions]
            if not until(lambda command=known: tool(*command, check=False).returncode == 0, 30):
                raise Failure(f"the broker does not make the topic {self.topics[key]}")
        self.medverka("topics", "create")

    def medverka(self, *words, check=True):
        path = self.folder / "tools.json"
        document = self.config()
        path.write_text(json.dumps(document))
        return tool(BINARY, *words, "--config", path, check=check)

    def publish(self, *paths):
        done = self.medverka("publish", *(paths or [STUDIES]))
        self.published += 1  # versions count from 1
        return done

    def rollback(self, version):
        done = self.medverka("catalogue", "rollback", version)
        self.published += 1
        return done

    # Members ---------------------------------------------------------------------------------------------------------

    def member(self, roles="lanes", settings=None):
        self.members.append(Member(self, len(self.members), roles, settings))
        return self.members[-1]

    def stop(self):
        for member in self.members:
            if member.alive:
                member.stop()

    def destroy(self):
        for member in self.members:
            if member.alive:
                member.thaw()
                member.kill9()

    # Journal ---------------------------------------------------------------------------------------------------------

    def produce(self, records, topic="journal", rate=None):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        more = ["--rate", rate] if rate else []
        tool(PROBE, "produce", "--bootstrap", self.bootstrap, "--topic", self.topics[topic], *more, stdin=text, timeout=600)

    def dump(self, topic):
        partitions = 1 if topic == "studies" else self.partitions
        done = tool(PROBE, "dump", "--bootstrap", self.bootstrap, "--topic", self.topics[topic], "--partitions", partitions)
        return [json.loads(line) for line in done.stdout.splitlines()]

    # What is held against them ---------------------------------------------------------------------------------------

    def _probe(self, verb, *more):
        words = [PROBE, verb, "--bootstrap", self.bootstrap, "--group", self.name, "--partitions", self.partitions,
                 "--topics", json.dumps(self.topics), *more]
        if self.delivery != "exactly_once":
            words.append("--at-least-once")
        return tool(*words, check=False)

    def lags(self):
        """Records behind the group's offsets, by topic."""
        done = self._probe("lag")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def lag(self):
        lags = self.lags()
        return sum(lags.values()) if lags is not None else None

    def wait_caught_up(self, seconds=CATCH_UP_SECONDS, watch=None):
        """Until the group has committed all there is; `watch` is called meanwhile."""
        deadline, lag, quiet = time.monotonic() + seconds, None, 0
        while time.monotonic() < deadline:
            lag = self.lag()
            # Twice: partitions are asked one after the other, and a patient may have moved to one that was asked before.
            quiet = quiet + 1 if lag == 0 and self._settled() else 0
            if quiet == 2:
                return
            if watch:
                watch()
            time.sleep(0.1)
        states = "\n".join(f"member {m.number} {'alive' if m.alive else 'dead'}: {m.tail(8)}" for m in self.members)
        raise Failure(f"I11: not caught up after {seconds} s, {lag} records behind\n{states}")

    def _settled(self):
        """Every partition has one lane that runs, under the newest catalogue, with no backfill under way."""
        owned = {}
        for member in self.members:
            if not member.alive or "lanes" not in member.roles:
                continue
            for lane in member.status().get("matching", {}).get("lanes", []):
                if (lane["state"] == "running" and lane["catalogue_version"] >= self.published
                        and lane["backfill_done"] == lane["backfill_total"]):
                    owned[lane["partition"]] = member
        return len(owned) == self.partitions

    def verify(self, busy=False):
        """I1 to I4, I6 on the topics; gives what was seen. Raises on a violation."""
        done = self._probe("verify", "--last", *(["--busy"] if busy else []))
        if done.returncode not in (0, 1):
            raise Failure(f"the verifier could not look: {done.stderr[-1000:]}")
        seen = json.loads(done.stdout)
        if seen["violations"]:
            raise Failure("\n".join(seen["violations"][:20]))
        return seen

    def commits(self):
        """(partition, the broker's time in ms, commit record) of each."""
        done = tool(PROBE, "commits", "--bootstrap", self.bootstrap, "--topic", self.topics["state"], "--partitions",
                    self.partitions)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return [(line["p"], line["t"], json.loads(line["v"])) for line in lines]

    def lane_directories(self):
        """Per partition the store that has come furthest: the last owner's. Members must have ended."""
        found = {}
        for member in self.members:
            for directory in sorted(member.state.glob("lane-*")):
                told = tool(PROBE, "state", directory, check=False)
                if told.returncode:
                    continue
                lane = json.loads(told.stdout.splitlines()[0])
                if lane["sequence"] >= found.get(lane["lane"], ({"sequence": -1}, None))[0]["sequence"]:
                    found[lane["lane"]] = (lane, directory)
        return found

    def states(self, until=UNTIL):
        """{partition: (lane, {subject: row})}"""
        found = self.lane_directories()
        if sorted(found) != list(range(self.partitions)):
            raise Failure(f"stores of lanes {sorted(found)} were found, there are {self.partitions} partitions")
        return {partition: read_state(directory, until) for partition, (_, directory) in found.items()}


def read_state(directory, until=UNTIL):
    rows = [json.loads(line) for line in tool(PROBE, "state", "--at", until, directory).stdout.splitlines()]
    return rows[0], {row["subject"]: row for row in rows[1:]}


def state_hash(directory):
    return json.loads(tool(BINARY, "store", "inspect", directory, "--format", "json").stdout)["state_hash"]


class Reference:
    """What `medverka run` makes of the same journal in a file."""

    def __init__(self, folder, lines, studies=(STUDIES,), until=UNTIL):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "journal.ndjson").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        (self.folder / "key").write_bytes(journal.TRIAL_KEY)
        (self.folder / "key").chmod(0o600)
        tool(BINARY, "run", "--studies", *studies, "--journal", self.folder / "journal.ndjson", "--state",
             self.folder / "state", "--out", self.folder / "out.ndjson", "--assume-recruiting", "--until", until,
             "--key-file", self.folder / "key", "--format", "json")
        self.lane, self.rows = read_state(self.folder / "state", until)
        dead = (self.folder / "state" / "dead-letters.ndjson")
        self.dead_letters = len({json.loads(line)["offset"] for line in dead.read_text().splitlines()})


def open_suggestions(rows):
    return {(subject, study): (entry["grade"], entry["digest"]) for subject, row in rows.items()
            for study, entry in row.get("ledger", {}).items() if entry["open"]}


def compare(reference, states, partitions, patients):
    """The differences between the reference's state and the lanes' union, as sentences: facts, verdicts, ledgers."""
    homes = {journal.name_of(f"Patient/{patient}"): journal.partition_of(patient, partitions) for patient in patients}
    wrong, looked_at = [], 0
    for subject, row in reference.rows.items():
        if "facts" not in row:
            continue
        known = [homes[name] for name in ([row["record"]] if row["record"] in homes else row["names"]) if name in homes]
        if not known:
            continue  # nobody whose partition a source could tell: a number that no Patient record carries
        looked_at += 1
        there = states[known[0]][1].get(subject)
        if there is None or "facts" not in there:
            wrong.append(f"{subject} is not in lane {known[0]}")
        elif there["facts"] != row["facts"]:
            wrong.append(f"{subject} has other facts in lane {known[0]}")
        elif there["verdicts"] != row["verdicts"]:
            other = [study for study in row["verdicts"] if there["verdicts"].get(study) != row["verdicts"][study]]
            wrong.append(f"{subject} has other verdicts in lane {known[0]}: {', '.join(other)}")
    expected = open_suggestions(reference.rows)
    found = {}
    for partition, (_, rows) in states.items():
        for key, said in open_suggestions(rows).items():
            if key in found:
                wrong.append(f"{key} is open in two lanes, the second is {partition}")
            found[key] = said
    for key in sorted(set(expected) | set(found)):
        if expected.get(key) != found.get(key):
            wrong.append(f"ledger of {key}: expected {expected.get(key)}, found {found.get(key)}")
    if looked_at < len(reference.rows) // 2:
        wrong.append(f"only {looked_at} of {len(reference.rows)} subjects were compared")
    return wrong


def compare_output(seen, states):
    """What readers of the suggestions know last of each subject and study is what the ledgers say."""
    wrong = []
    opened = {}
    for _, rows in states.values():
        for subject, row in rows.items():
            for study, entry in row.get("ledger", {}).items():
                if entry["open"]:
                    opened[f"{subject}/{study}"] = f"{entry['id']}-{entry['transitions']}"
    for key, said in seen["last"].items():
        is_open = "withdrawn" not in said["type"]
        if is_open != (key in opened):
            wrong.append(f"{key}: the topic says {said['type']}, the ledger {'open' if key in opened else 'not open'}")
        elif is_open and said["id"] != opened[key]:
            wrong.append(f"{key}: the topic's last is {said['id']}, the ledger's {opened[key]}")
    wrong += [f"{key} is open in the ledger and not on the topic" for key in opened if key not in seen["last"]]
    return wrong


def until(holds, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
