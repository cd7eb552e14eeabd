"""What the tests of the commands that talk to Kafka share: the broker of this run, topics of the test's own, kcat."""

import json
import pathlib
import subprocess
import sys

from support import Case

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kafka import bootstrap, unique

ROLES = ["journal", "feedback", "moves", "studies", "suggestions", "state", "dead_letters"]


class KafkaCase(Case):
    """Each test has its own topics on the shared broker."""

    partitions = 2

    def setUp(self):
        super().setUp()
        self.name = unique("tools")
        self.topics = {role: f"{self.name}.{role}" for role in ROLES}
        self.configure()

    def configure(self, name="medverka.yaml", servers=None, **changed):
        topics = {**self.topics, "partitions": self.partitions, "replication": 1, **changed}
        lines = ["kafka:", f"  bootstrap.servers: {servers or bootstrap()}", f"group: {self.name}", "topics:"]
        lines += [f"  {key}: {value}" for key, value in topics.items()]
        return self.write(name, "\n".join(lines) + "\n")

    def json(self, code, *arguments, **more):
        return json.loads(self.expect(code, *arguments, "--format", "json", **more).out)

    def make_topics(self):
        self.expect(0, "topics", "create")

    def kcat(self, *arguments, stdin=None):
        done = subprocess.run(["kcat", "-b", bootstrap(), *map(str, arguments)], input=stdin, capture_output=True, check=False,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def records(self, topic, partition=None):
        """All committed records: dicts with partition, offset, key, payload, headers (a list of name, value)."""
        where = [] if partition is None else ["-p", partition]
        out = self.kcat("-C", "-q", "-e", "-J", "-o", "beginning", "-X", "isolation.level=read_committed", "-t", topic, *where)
        records = [json.loads(line) for line in out.splitlines()]
        for record in records:
            flat = record.get("headers") or []
            record["headers"] = list(zip(flat[::2], flat[1::2]))
        return records
