"""`medverka topics`: makes what is missing, judges what is there, and tells a broker that is away from one that refuses."""

import json
import pathlib
import shutil
import sys
import tempfile

from kafka_support import ROLES, KafkaCase, bootstrap
from support import ROOT, main

sys.path.insert(0, str(ROOT / "tests/broker"))
import broker


class Topics(KafkaCase):
    def reports(self, code, *arguments):
        found = self.json(code, "topics", *arguments)["topics"]
        return {role: next(report for report in found if report["topic"] == name) for role, name in self.topics.items()}

    def test_missing_ones_are_made_and_then_right(self):
        before = self.reports(1, "check")
        self.assertEqual({report["outcome"] for report in before.values()}, {"missing"})
        made = self.reports(0, "create")
        self.assertEqual({role: (report["outcome"], report["partitions"]) for role, report in made.items()},
                         {role: ("created", 1 if role == "studies" else 2) for role in ROLES})
        for command in ("check", "create"):
            again = self.reports(0, command)
            self.assertEqual({report["outcome"] for report in again.values()}, {"right"})
            self.assertFalse([report for report in again.values() if "warning" in report])

    def test_the_broker_gives_the_journal_its_time(self):
        self.make_topics()
        for role, kind in (("journal", "logappend"), ("state", "logappend"), ("suggestions", "create")):
            self.kcat("-P", "-t", self.topics[role], "-p", 0, "-k", "k", stdin=b"{}")
            self.assertEqual(self.records(self.topics[role])[0]["tstype"], kind)

    def test_text_names_each_topic_with_its_outcome(self):
        text = self.expect(0, "topics", "create").out
        self.assertRegex(text, rf"created +{self.topics['journal']} +2 partitions\n")
        self.assertRegex(text, rf"created +{self.topics['studies']} +1 partition\n")

    def test_missing_ones_are_made_like_the_journal_that_is_there(self):
        self.make_topics()
        self.topics = {role: name if role == "journal" else name + ".new" for role, name in self.topics.items()}
        self.configure(partitions=5)
        made = self.reports(0, "create")
        self.assertEqual(made["state"]["partitions"], 2)
        self.assertIn("made with 2 partitions, as the journal has, not 5", made["state"]["warning"])
        self.assertEqual(made["journal"]["outcome"], "right")

    def swapped(self, **roles):
        """A topic that was made for one purpose is configured for another."""
        self.make_topics()
        names = dict(self.topics)
        for role, other in roles.items():
            self.topics[role] = names[other]
        self.configure()

    def test_a_wrong_cleanup_policy_is_told_with_the_cure(self):
        self.swapped(state="moves", moves="state")
        reports = self.reports(1, "check")
        self.assertEqual(reports["state"]["outcome"], "wrong")
        self.assertIn("cleanup.policy=delete, but must have compact", reports["state"]["problem"])
        self.assertIn("--add-config cleanup.policy=compact", reports["state"]["problem"])
        self.assertIn("cleanup.policy=compact, but must have delete", reports["moves"]["problem"])

    def test_create_changes_nothing_that_is_there(self):
        self.swapped(state="moves", moves="state")
        self.assertEqual(self.reports(1, "create"), self.reports(1, "check"))

    def test_too_small_messages_are_told(self):
        self.swapped(dead_letters="feedback", feedback="dead_letters")
        problem = self.reports(1, "check")["dead_letters"]["problem"]
        self.assertIn("max.message.bytes=17825792, but must take 18874368", problem)

    def test_times_of_producers_are_a_warning_not_a_refusal(self):
        self.swapped(journal="dead_letters", dead_letters="journal")
        report = self.reports(1, "check")["journal"]
        self.assertEqual(report["outcome"], "right")
        self.assertIn("message.timestamp.type=CreateTime", report["warning"])

    def test_partition_counts_must_agree(self):
        self.make_topics()
        other = {role: name + ".three" for role, name in self.topics.items()}
        topics = self.topics
        self.topics = other
        self.configure(partitions=3)
        self.make_topics()
        self.topics = {**topics, "state": other["state"], "studies": other["feedback"]}
        self.configure()
        reports = self.reports(1, "check")
        self.assertRegex(reports["state"]["problem"], "has 3 partitions, but the journal .* has 2")
        self.assertIn("has 3 partitions, but a catalogue lies in one", reports["studies"]["problem"])

    def test_one_topic_for_two_purposes_is_refused(self):
        self.topics["feedback"] = self.topics["journal"]
        self.configure()
        result = self.expect(1, "topics", "check")
        self.assertIn(self.topics["journal"], result.err)

    def test_more_replicas_than_brokers_make_nothing(self):
        result = self.expect(1, "topics", "create", "--replication", "3")
        self.assertIn("3 replicas need as many brokers, and there is 1", result.err)
        self.assertEqual({report["outcome"] for report in self.reports(1, "check").values()}, {"missing"})

    def test_a_wrong_configuration_is_named(self):
        self.write("medverka.yaml", "kafka: {bootstrap.servers: x:1, bootstrap.severs: y}\n")
        result = self.expect(1, "topics", "check")
        self.assertIn("bootstrap.severs", result.err)
        self.write("medverka.yaml", "kafka: {}\n")
        self.assertIn("bootstrap.servers", self.expect(1, "topics", "check").err)

    def test_without_a_file_the_environment_is_enough(self):
        (self.folder / "medverka.yaml").unlink()
        environment = {f"MEDVERKA_TOPICS_{role.upper()}": name for role, name in self.topics.items()}
        environment["MEDVERKA_KAFKA_BOOTSTRAP_SERVERS"] = bootstrap()
        self.expect(0, "topics", "create", "--partitions", 1, "--replication", 1, environment=environment)
        self.expect(0, "topics", "check", environment=environment)


class Refusals(KafkaCase):
    def test_a_broker_that_is_not_there_is_the_machines_failure(self):
        self.configure(servers="127.0.0.1:1")
        result = self.expect(3, "topics", "check")
        self.assertRegex(result.err, r"^medverka: no broker answers at 127\.0\.0\.1:1 [^\n]+\n$")

    def test_a_refused_login_is_told_apart(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-sasl-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cluster = broker.Cluster(folder)
        self.addCleanup(cluster.reset)
        login = cluster.start_with_login("tester", "right")
        for word, code in (("right", 0), ("wrong", 1)):
            self.write("password", word + "\n")
            self.write("medverka.yaml", "\n".join([
                "kafka:", f"  bootstrap.servers: {login}", "  security.protocol: SASL_PLAINTEXT",
                "  sasl.mechanism: PLAIN", "  sasl.username: tester", f"  sasl.password_file: {self.path('password')}",
                "topics: {partitions: 1, replication: 1}"]) + "\n")
            (self.folder / "password").chmod(0o600)
            result = self.expect(code, "topics", "create")
        self.assertRegex(result.err, r"^medverka: the brokers at 127\.0\.0\.1:\d+ refuse the login [^\n]+\n$")
        self.assertNotIn("wrong", result.err)


if __name__ == "__main__":
    main()
