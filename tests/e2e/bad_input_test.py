"""Bad input at every entrance of the service, end to end: configuration, brokers, logins, topics, offsets, records, feedback, keys.
Each is named with what to do, counted, and stops nothing that could go on; and no patient, payload or secret gets into a log."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stack  # first: it knows where the others lie
import broker
import journal
import kafka
from stack import BINARY, CLEAN, Failure, Installation, Member, until

STUDY = """study GROWN "Grown up" { suggest when likely }

include adult : age >= 18 years
"""
PASSWORD = "correct-horse-battery"
# Whatever of these stands in a log came from a patient's record, or is a secret.
PATIENTS = [f"p1canary{number}" for number in range(40)]
CANARIES = ["p1canary", "191212121212", "wordofthejournal", PASSWORD, "wrong-" + PASSWORD, journal.TRIAL_KEY.decode()]
START_SECONDS = 60  # of a busy machine
RECORD_BYTES_MAX = 16 * 1024 * 1024


def folder_of(case):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-bad-"))
    case.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def patient(number, **more):
    """A journal event in which one grown-up patient comes to be known."""
    resource = {"resourceType": "Patient", "id": PATIENTS[number], "meta": {"versionId": "1", "lastUpdated": "2026-01-01T08:00:00Z"},
                "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "191212121212"}] if number == 0 else [],
                "gender": "female", "birthDate": "1971-03-02", "name": [{"text": "wordofthejournal"}]}
    event = {"specversion": "1.0", "id": f"e{number}", "source": "//tests", "type": "se.example.journal.resource.updated.v1",
             "time": "2026-01-01T08:00:00Z", "datacontenttype": "application/fhir+json", "data": resource, **more}
    return json.dumps(event)


class Case(unittest.TestCase):
    """Looks through all logs of its installations at its end."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = folder_of(cls)
        cls.installations, cls.said = [], []

    @classmethod
    def install(cls, bootstrap, **more):
        installation = Installation(bootstrap, cls.folder / f"installation-{len(cls.installations)}", **more)
        cls.installations.append(installation)
        cls.addClassCleanup(installation.destroy)
        (installation.folder / "grown.study").write_text(STUDY)
        return installation

    def tearDown(self):
        texts = list(self.said)
        for installation in self.installations:
            for member in installation.members:
                texts.append(member.log.read_text(errors="replace") if member.log.exists() else "")
                for path in ("/status", "/metrics", "/readyz?verbose"):
                    texts.append(member.get(path)[1] if member.alive else "")
        for canary in CANARIES + [journal.name_of(f"Patient/{name}") for name in PATIENTS]:
            for text in texts:
                self.assertNotIn(canary, text)

    def start(self, installation, ready=True, **settings):
        member = installation.member(settings=settings).start()
        if ready:
            self.until(lambda: member.get("/readyz")[0] == 200, member, "is not ready")
        return member

    def until(self, holds, member, what, seconds=START_SECONDS):
        self.assertTrue(until(holds, seconds), f"after {seconds} s it {what}:\n{member.tail(30)}\n{member.get('/status')[1]}")

    def refused(self, installation, **settings):
        """What the service says when it ends by itself at its start."""
        member = self.start(installation, ready=False, **settings)
        self.assertEqual(member.wait(START_SECONDS), 1, member.tail(30))
        self.until(lambda: all(logger.poll() is not None for logger in member.loggers), member, "has not written its log")
        return member.tail(12)

    @staticmethod
    def lanes(member):
        return {lane["partition"]: lane for lane in member.status().get("matching", {}).get("lanes", [])}

    @staticmethod
    def metrics(member, name):
        """{labels as written: value}"""
        found = {}
        for line in member.get("/metrics")[1].splitlines():
            if line.startswith(name + "{") or line.startswith(name + " "):
                labels, value = line[len(name):].rsplit(" ", 1)
                found[labels.strip("{}")] = float(value)
        return found


# What is wrong in a file: (the line, what is said of it behind its place). The lines stand below one another in one file.
WRONG_LINES = [
    ("statedirectory: /var/lib", 'statedirectory is not a key; did you mean "state.directory"?'),
    ("commit.interval: 50", "commit.interval must have a unit, as in 50ms"),
    ("commit.bytes_max: -8MiB", "commit.bytes_max must not be negative, and is -8MiB"),
    ("commit.records_max: many", 'commit.records_max must be a whole number, not "many"'),
    ("memory.block_cache: 3 parsecs", 'memory.block_cache has the unknown unit "parsecs"'),
    ("memory.hot_patients: 1B", "memory.hot_patients must be from 8MiB to "),
    ("backfill.share: [1, 2]", "backfill.share must be one value"),
    ("assume_recruiting: perhaps", 'assume_recruiting must be true or false, not "perhaps"'),
    ("delivery: twice", 'delivery must be exactly_once or at_least_once, not "twice"'),
    ("roles: [lanes, kitchen]", "kitchen"),
    ("http.listen: localhost", 'http.listen must be an address and a port such as 127.0.0.1:8080 or [::1]:8080, not "localhost"'),
    ("log.level: loud", 'log.level must be debug, info, warning or error, not "loud"'),
    ("subject_key_id: 256", "subject_key_id must be from 0 to 255, and is 256"),
    ("state.directory: /nowhere/at/all", "state.directory is /nowhere/at/all, and /nowhere/at is not there either"),
    ("subject_key_file: /nowhere/key", "subject_key_file names /nowhere/key, which cannot be used: No such file or directory"),
    ("kafka.ssl.ca.location: /nowhere/ca.pem", "kafka.ssl.ca.location names /nowhere/ca.pem, which cannot be used"),
    ("kafka.socket.timeout.ms: banana", 'kafka.socket.timeout.ms librdkafka does not take "banana", but 10 .. 300000'),
    ("kafka.bootstrap.severs: b:1", "kafka.bootstrap.severs librdkafka has no such property; did you mean bootstrap.servers?"),
    ("kafka.enable.auto.commit: true", "kafka.enable.auto.commit is not yours to set: offsets are committed with the state"),
    (f"kafka.sasl.password: {PASSWORD}", "kafka.sasl.password is a secret and must not stand here"),
]


class Configuration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder_of(cls)

    def said(self, code, *words, environment=None):
        done = subprocess.run([BINARY, *words], cwd=self.folder, env={**CLEAN, **(environment or {})}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        for canary in CANARIES:
            self.assertNotIn(canary, done.stdout + done.stderr)
        return done.stderr.splitlines()

    def test_every_wrong_line_is_named_with_key_value_and_place(self):
        (self.folder / "wrong.yaml").write_text("kafka.bootstrap.servers: b:1\n" + "".join(line + "\n" for line, _ in WRONG_LINES))
        for words, before in ((["serve"], "medverka: "), (["config", "check"], "")):
            lines = self.said(1, *words, "--config", "wrong.yaml")
            for number, (line, sentence) in enumerate(WRONG_LINES, 2):
                with self.subTest(command=words, line=line):
                    found = [one for one in lines if one.startswith(f"{before}wrong.yaml:{number}:")]
                    self.assertEqual(len(found), 1, lines)
                    self.assertIn(sentence, found[0])

    def test_the_environment_is_named_too(self):
        (self.folder / "right.yaml").write_text("kafka.bootstrap.servers: b:1\n")
        for name, value, sentence in (
                ("MEDVERKA_COMMIT_INTERVAL", "-5ms", "environment MEDVERKA_COMMIT_INTERVAL: commit.interval must not be negative, and is -5ms"),
                ("MEDVERKA_COMMIT_INTERVALL", "5ms", "did you mean MEDVERKA_COMMIT_INTERVAL?"),
                ("MEDVERKA_KAFKA_SASL_PASSWORD", PASSWORD, "kafka.sasl.password is a secret")):
            with self.subTest(variable=name):
                said = "\n".join(self.said(1, "serve", "--config", "right.yaml", environment={name: value}))
                self.assertIn(f"environment {name}", said)
                self.assertIn(sentence, said)

    def test_a_file_that_cannot_be_read(self):
        self.assertIn("names nowhere.yaml, which cannot be used: No such file or directory",
                      "\n".join(self.said(1, "serve", "--config", "nowhere.yaml")))
        self.assertIn("which is not a file", "\n".join(self.said(1, "serve", "--config", ".")))
        (self.folder / "broken.yaml").write_text("kafka: {bootstrap.servers: b:1\ngroup: a: b\n")
        self.assertRegex("\n".join(self.said(1, "serve", "--config", "broken.yaml")), r"broken\.yaml:\d+:\d+: is not YAML")


class Brokers(Case):
    """A broker that is away at the start and lost later, and one that refuses the login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = broker.Cluster(cls.folder / "kafka")
        cls.addClassCleanup(cls.cluster.reset)
        login = cls.cluster.start_with_login("tester", PASSWORD)
        cls.login = {"kafka.bootstrap.servers": login, "kafka.security.protocol": "SASL_PLAINTEXT", "kafka.sasl.mechanism": "PLAIN",
                     "kafka.sasl.username": "tester", "kafka.sasl.password_file": cls.secret("password", PASSWORD)}
        cls.installation = cls.install(cls.cluster.bootstrap, partitions=1)
        cls.installation.publish(cls.installation.folder / "grown.study")

    @classmethod
    def secret(cls, name, text):
        path = cls.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return str(path)

    def test_a_refused_login_is_told_apart_from_a_broker_that_is_away(self):
        said = self.refused(self.installation, **{**self.login, "kafka.sasl.password_file": self.secret("other", "wrong-" + PASSWORD)})
        self.assertRegex(said, r"error .*refuse the login .*check kafka\.security\.protocol, kafka\.sasl\.mechanism, user name and password")

    def test_away_at_the_start_and_lost_later(self):
        at_start = f"no broker answers at {self.login['kafka.bootstrap.servers']} "
        # To a client without TLS or login a listener that wants one is the same as one that is not there.
        stranger = self.start(self.installation, ready=False, **{**self.login, "kafka.security.protocol": "SSL"})
        self.until(lambda: "TLS with the brokers at" in stranger.tail(5), stranger, "does not say that TLS fails")
        self.assertEqual(stranger.wait(START_SECONDS), 1)
        stranger = self.start(self.installation, ready=False, **{**self.login, "kafka.security.protocol": "PLAINTEXT"})
        self.until(lambda: stranger.get("/livez")[0] == 200, stranger, "does not start")
        self.cluster.kill9()
        member = self.start(self.installation, ready=False, **self.login)
        for one in (stranger, member):
            self.until(lambda asked=one: at_start in asked.tail(50), one, "does not say that the broker is away")
        self.assertEqual(stranger.stop(), 0)
        self.assertEqual(member.get("/livez")[0], 200)
        self.assertEqual(member.get("/readyz")[0], 503)
        self.cluster.restart()
        self.until(lambda: member.get("/readyz")[0] == 200, member, "is not ready, with the broker there")
        self.assertEqual(member.tail(500).count(at_start), 1, member.tail(50))
        quiet = len(member.tail(500).splitlines())

        self.cluster.kill9()
        lost, back = "the Kafka brokers cannot be reached; trying on", "the Kafka brokers can be reached again"
        self.until(lambda: lost in member.tail(500) and member.get("/readyz")[0] == 503, member, "does not notice that the broker is gone")
        self.assertIn("[-] broker reachable", member.get("/readyz?verbose")[1])
        self.assertEqual(self.metrics(member, "medverka_broker_reachable"), {"": 0})
        time.sleep(6)  # clients try several times a second meanwhile
        said = member.tail(500).splitlines()[quiet:]
        self.assertEqual(sum(lost in line for line in said), 1, "\n".join(said))
        self.assertLessEqual(len(said), 2, "it is said once, not by every client at every try:\n" + "\n".join(said))
        self.assertTrue(member.alive)
        self.cluster.restart()
        self.until(lambda: member.get("/readyz")[0] == 200, member, "is not ready again")
        self.assertEqual(member.tail(500).count(back), 1, member.tail(50))
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[1], "v": patient(1), "h": {}}])
        self.until(lambda: self.metrics(member, "medverka_suggestions_total").get('type="suggested"') == 1, member, "does not go on")

        # The login is taken away, and given back.
        self.cluster.kill9()
        self.cluster.change_password(PASSWORD, "another-" + PASSWORD)
        self.cluster.restart()
        refused = "the Kafka brokers refuse the login; trying on"
        self.until(lambda: refused in member.tail(500) and member.get("/readyz")[0] == 503, member, "does not say that the login is refused")
        self.assertEqual(member.get("/livez")[0], 200)
        self.cluster.kill9()
        self.cluster.change_password("another-" + PASSWORD, PASSWORD)
        self.cluster.restart()
        self.until(lambda: member.get("/readyz")[0] == 200, member, "is not ready, with its login taken again")
        self.assertEqual(member.tail(500).count(refused), 1, member.tail(50))
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[2], "v": patient(2), "h": {}}])
        self.until(lambda: len(self.installation.dump("suggestions")) == 2, member, "does not go on")
        self.assertEqual(member.stop(), 0)
        self.assertEqual(len(self.installation.dump("suggestions")), 2, "nothing is said twice")


class Topics(Case):
    def test_each_wrong_topic_is_refused_with_what_to_do(self):
        servers = kafka.bootstrap()
        installation = self.install(servers, partitions=2)
        wrong = {"suggestions": (2, {"cleanup.policy": "delete", "max.message.bytes": 17825792}),
                 "state": (3, {"cleanup.policy": "compact", "max.message.bytes": 17825792}),
                 "dead_letters": (2, {"cleanup.policy": "delete", "max.message.bytes": 1_000_000})}
        names = {role: f"{installation.name}-wrong-{role}" for role in wrong} | {"moves": f"{installation.name}-nowhere"}
        for role, (partitions, settings) in wrong.items():
            kafka.create_topic(servers, names[role], partitions, 1, settings)
            known = [stack.PROBE, "ends", "--bootstrap", servers, "--topic", names[role], "--partitions", partitions]
            self.assertTrue(until(lambda command=known: stack.tool(*command, check=False).returncode == 0, 30))
        said = self.refused(installation, **{f"topics.{role}": name for role, name in names.items()})
        for sentence in (f"{names['moves']} is not there: make it with `medverka topics create`",
                         f"{names['suggestions']} has cleanup.policy=delete, but must have compact",
                         f"kafka-configs --alter --topic {names['suggestions']} --add-config cleanup.policy=compact",
                         f"{names['state']} has 3 partitions, but the journal {installation.topics['journal']} has 2",
                         f"{names['dead_letters']} has max.message.bytes=1000000, but must take 18874368"):
            self.assertIn(sentence, said)
        self.assertIn("4 of 7 topics will not do", said)


class Keys(Case):
    """Services that would give the same patients other names."""

    def test_another_subject_key_is_refused(self):
        installation = self.install(kafka.bootstrap(), partitions=1)
        installation.publish(installation.folder / "grown.study")
        member = self.start(installation)
        installation.produce([{"p": 0, "t": None, "k": PATIENTS[1], "v": patient(1), "h": {}}])
        installation.wait_caught_up()
        other = installation.folder / "other-key"
        other.write_bytes(b"another key that nobody should know")
        other.chmod(0o600)
        installation.members.append(same := Member(installation, 1, settings={"subject_key_file": str(other)}))
        member.stop()
        for what, state in (("on the same directory", member.state), ("on the same topics", same.state)):
            with self.subTest(what):
                shutil.rmtree(same.state, ignore_errors=True)
                if state != same.state:
                    shutil.copytree(state, same.state)
                same.start()
                self.assertEqual(same.wait(START_SECONDS), 1, same.tail(30))
                self.assertIn("subject key", same.tail(5))
                self.assertNotIn("nobody should know", same.log.read_text())
        # Nothing of it was changed: with the right key it goes on.
        member.start()
        self.until(lambda: member.get("/readyz")[0] == 200, member, "is not ready with its own key")
        self.assertEqual(self.lanes(member)[0]["state"], "running")


class Records(Case):
    """Records that cannot be used, on a lane that goes on; and offsets that are gone, on one that must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.installation = cls.install(kafka.bootstrap(), partitions=2)
        cls.installation.publish(cls.installation.folder / "grown.study")

    def kcat(self, topic, *words, stdin=None, key=PATIENTS[9]):
        key = ["-k", key] if key is not None else []
        done = subprocess.run([b"kcat", b"-b", self.installation.bootstrap.encode(), b"-P", b"-t", self.installation.topics[topic].encode(),
                               b"-p", b"0", *[os.fsencode(word) for word in key], *words], input=stdin, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def letters(self):
        """(topic's role, reason, element, what is left out) of all dead letters, in the order of their places."""
        roles = {name: role for role, name in self.installation.topics.items()}
        found = [letter["h"] for letter in self.installation.dump("dead_letters")]
        found.sort(key=lambda h: (h["medverka_dlq_topic"], int(h["medverka_dlq_offset"])))
        return [(roles[h["medverka_dlq_topic"]], h["medverka_dlq_reason"], h.get("medverka_dlq_element"), h.get("medverka_dlq_left_out"))
                for h in found]

    def test_poison(self):
        member = self.start(self.installation)
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[0], "v": patient(0), "h": {}}])
        binary = {"ce_specversion": "1.0", "ce_id": "e", "ce_source": "//tests", "ce_type": "t", "content-type": "application/json"}
        headers = [word for name, value in binary.items() for word in (b"-H", f"{name}={value}".encode())]
        good = patient(9).encode()
        resource = json.dumps(json.loads(good)["data"]).encode()
        one = self.folder / "one"
        expected = []

        def poison(reason, element, *words, value=good, left_out=None, **more):
            one.write_bytes(value)
            self.kcat("journal", *words, os.fsencode(one), **more)
            expected.append(("journal", reason, element, left_out))

        poison("subject-missing", "key", key=None)
        poison("malformed-json", None, value=good[:-1])
        poison("malformed-json", None, value=b"\xff\xfe wordofthejournal")
        poison("malformed-json", None, value=b"wordofthejournal of Patient/p1canary9")
        poison("unknown-envelope", "CloudEvent.specversion", value=good.replace(b'"1.0"', b'"0.3"'))
        poison("unknown-envelope", "ce_id", *headers, b"-H", b"ce_id=\xff\xfe", value=resource)
        poison("unknown-envelope", "ce_time", *headers, b"-H", b"ce_time", value=resource)
        poison("unknown-envelope", "content-type", *headers, b"-H", b"content-type=application/cloudevents-batch+json", value=b"[]")
        poison("unknown-envelope", "CloudEvent.time", *headers, b"-H", b"ce_time=wordofthejournal", value=resource)
        poison("schema", "Patient.birthDate", value=good.replace(b'"1971-03-02"', b'"wordofthejournal"'))
        poison("unknown-resource", "Resource.resourceType", value=good.replace(b'"Patient"', b'"Wordofthejournal"'))
        large = good[:-1] + b" " * RECORD_BYTES_MAX + b"}"
        poison("oversize", None, b"-X", b"message.max.bytes=100000000", value=large)
        # Larger than what any topic of ours takes, and small enough on its way.
        poison("oversize", None, b"-z", b"gzip", b"-X", b"message.max.bytes=100000000", value=large * 2, left_out="value")
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[9], "v": None, "h": {}}])
        expected.append(("journal", "null-value", None, None))
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[9], "v": "", "h": {}}])
        expected.append(("journal", "malformed-json", None, None))
        # The same lane goes on, and so does the other.
        self.installation.produce([{"p": partition, "t": None, "k": PATIENTS[2 + partition], "v": patient(2 + partition), "h": {}} for partition in (0, 1)])
        self.installation.wait_caught_up()
        self.assertEqual([letter for letter in self.letters() if letter[0] == "journal"], expected)
        self.until(lambda: self.metrics(member, "medverka_suggestions_total").get('type="suggested"') == 3, member, "suggests nothing more")
        counted = self.metrics(member, "medverka_dlq_records_total")
        for reason in {reason for _, reason, _, _ in expected}:
            self.assertEqual(counted.get(f'reason="{reason}"'), sum(one[1] == reason for one in expected), (reason, counted))
        self.feedback(member)
        self.replay(member)
        member.stop()
        self.installation.verify()

    def feedback(self, member):
        def say(**data):
            return json.dumps({"specversion": "1.0", "id": "f", "source": "//tests", "type": "se.medverka.feedback.v1",
                               "time": "2026-02-01T08:00:00Z", "data": {"patient": {"reference": f"Patient/{PATIENTS[0]}"}, **data}})
        before = len(self.letters())
        self.installation.produce([{"p": 0, "t": None, "k": PATIENTS[0], "v": value, "h": {}} for value in (
            "wordofthejournal", say(study="GROWN", outcome="shrugged"), say(study="GROWN"), say(outcome="declined"),
            # Of a suggestion that was never made; the decline counts all the same.
            say(study="GROWN", outcome="declined", reason="patient-declined", suggestion="0" * 32))], "feedback")
        self.installation.wait_caught_up()
        letters = [letter for letter in self.letters() if letter[0] == "feedback"]
        self.assertEqual([reason for _, reason, _, _ in letters], ["malformed-json", "schema", "schema", "schema", "unknown-suggestion"])
        self.assertEqual(len(self.letters()), before + 5)
        self.until(lambda: self.metrics(member, "medverka_suggestions_total").get('type="withdrawn"') == 1, member, "does not heed the decline")

    def replay(self, member):
        """What was left out cannot be given back, and is not taken for a deletion."""
        letters = self.letters()
        answer = json.loads(self.installation.medverka("dlq", "replay", "--format", "json").stdout)
        self.assertEqual((answer["replayed"], answer["left_out"]), (len(letters) - 1, 1), answer)
        self.installation.wait_caught_up()
        self.assertEqual(sum(one[3] is not None for one in self.letters()), 1)
        text = self.installation.medverka("dlq", "list").stdout
        self.assertRegex(text, r"oversize .*without its value")
        self.said.append(text)
        self.assertEqual(self.metrics(member, "medverka_suggestions_total").get('type="suggested"'), 3)

    def test_offsets_that_are_gone_stop_their_lane_and_no_other(self):
        installation = self.install(kafka.bootstrap(), partitions=2)
        installation.publish(installation.folder / "grown.study")
        member = self.start(installation)
        record = [{"p": partition, "t": None, "k": PATIENTS[10 + partition], "v": patient(10 + partition), "h": {}} for partition in (0, 1)]
        installation.produce(record * 3)
        installation.wait_caught_up()

        # Frozen, it has asked for records already, and is answered with the first that comes. What comes then and is removed
        # again it has never seen.
        member.freeze()
        installation.produce(record)
        installation.produce(record * 8)
        topic = installation.topics["journal"]
        (end, _) = json.loads(stack.tool(stack.PROBE, "ends", "--bootstrap", installation.bootstrap, "--topic", topic, "--partitions", 2).stdout)
        begins = kafka.delete_records(installation.bootstrap, topic, 0, end - 1)
        self.assertEqual(begins, 3 + 1 + 8 - 1)
        member.thaw()
        self.check_lost(installation, member, begins)
        # The same at a start: it still does not jump.
        member.stop()
        member.start()
        self.check_lost(installation, member, begins)
        member.stop()

    def check_lost(self, installation, member, begins):
        self.until(lambda: self.lanes(member).get(0, {}).get("state") == "stopped", member, "has not stopped the lane")
        why = self.lanes(member)[0]["why_stopped"]
        said = re.search(re.escape(installation.topics["journal"]) + r"\[0\] lost (\d+) records, from offset (\d+) on", why)
        self.assertTrue(said, why)
        self.assertIn(int(said[2]), (3, 4))
        self.assertEqual(int(said[1]) + int(said[2]), begins)
        self.assertIn("the lane has stopped", member.log.read_text())
        self.assertEqual(member.get("/readyz")[0], 503)
        self.assertGreaterEqual(self.metrics(member, "medverka_recovery_alarms_total").get('kind="offset-out-of-range"', 0), 1)
        before = self.lanes(member)[1]["sequence"]
        installation.produce([{"p": 1, "t": None, "k": PATIENTS[11], "v": patient(11), "h": {}}])
        self.until(lambda: self.lanes(member)[1]["sequence"] > before, member, "does not go on in the other lane")
        self.assertEqual(self.lanes(member)[0]["state"], "stopped")


if __name__ == "__main__":
    unittest.main(verbosity=2)
