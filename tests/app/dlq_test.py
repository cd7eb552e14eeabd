"""`medverka dlq`: counts without showing, and gives back what was taken out."""

from kafka_support import KafkaCase
from support import main

SECRET = "Patient/p1"


class Dlq(KafkaCase):
    def setUp(self):
        super().setUp()
        self.make_topics()

    def dead(self, partition, offset, reason="schema", topic=None, more=(), value=b'{"id":"Patient/p1"}'):
        headers = [("ce_id", f"e{offset}"), ("medverka_dlq_topic", topic or self.topics["journal"]),
                   ("medverka_dlq_partition", partition), ("medverka_dlq_offset", offset),
                   ("medverka_dlq_timestamp", 1760000000123), ("medverka_dlq_reason", reason),
                   ("medverka_dlq_stage", "resource"), ("medverka_dlq_attempts", 1),
                   ("medverka_dlq_element", "Observation.status"), *more]
        options = [word for name, text in headers for word in ("-H", f"{name}={text}")]
        self.kcat("-P", "-t", self.topics["dead_letters"], "-p", partition, "-k", "key-of-p1", *options, stdin=value)

    def test_list_counts_and_never_shows_a_record(self):
        self.dead(0, 10)
        self.dead(1, 20)
        self.dead(1, 21, "unknown-resource")
        answer = self.json(0, "dlq", "list")
        self.assertEqual(answer["dead_letters"], 3)
        self.assertEqual({reason: heap["count"] for reason, heap in answer["reasons"].items()},
                         {"schema": 2, "unknown-resource": 1})
        self.assertEqual(answer["reasons"]["schema"]["elements"], {"Observation.status": 2})
        text = self.expect(0, "dlq", "list").out
        self.assertIn(f"schema [1] 0  from {self.topics['journal']} [1] 20  Observation.status", text)
        shown = self.expect(0, "dlq", "show", "--partition", 1, "--offset", 1).out
        self.assertIn("unknown-resource", shown)
        for output in (text, shown, str(answer)):
            self.assertNotIn("p1", output.replace(self.name, ""))
            self.assertNotIn("ce_id", output)

    def test_selection(self):
        for offset in range(4):
            self.dead(0, offset, "schema" if offset % 2 else "oversize")
        self.dead(1, 9)
        for words, count in ((["--partition", 0], 4), (["--reason", "oversize"], 2), (["--from", 1, "--partition", 0], 3),
                             (["--from", 1, "--until", 2, "--partition", 0], 2), (["--partition", 0, "--from", 99], 0)):
            with self.subTest(words=words):
                self.assertEqual(self.json(0, "dlq", "list", *words)["dead_letters"], count)

    def test_replay_gives_back_key_value_and_headers(self):
        self.dead(1, 20)
        self.dead(0, 10, "oversize")
        self.assertEqual(self.json(0, "dlq", "replay", "--dry-run")["matching"], 2)
        self.assertEqual(self.records(self.topics["journal"]), [])
        self.assertEqual(self.json(0, "dlq", "replay", "--reason", "schema")["replayed"], 1)
        [record] = self.records(self.topics["journal"])
        self.assertEqual((record["partition"], record["key"], record["payload"]), (1, "key-of-p1", '{"id":"Patient/p1"}'))
        self.assertEqual(record["headers"], [("ce_id", "e20"), ("medverka_dlq_attempts", "1")])

    def test_records_of_others_are_counted_and_left(self):
        self.kcat("-P", "-t", self.topics["dead_letters"], "-p", 0, "-k", "k", stdin=b"Patient/p1")
        self.dead(0, 1, topic="somebody.elses")
        answer = self.json(0, "dlq", "replay")
        self.assertEqual((answer["replayed"], answer["of_other_topics"], answer["others"]), (0, 1, 1))
        self.assertEqual(self.records(self.topics["journal"]), [])

    def test_what_is_not_there_is_said(self):
        self.assertIn("there is no dead letter at offset 7", self.expect(1, "dlq", "show", "--partition", 0, "--offset", 7).err)
        self.assertIn("has no partition 9; there are 0 to 1", self.expect(1, "dlq", "list", "--partition", 9).err)
        self.configure(servers="127.0.0.1:1")
        self.assertIn("no broker answers", self.expect(3, "dlq", "list").err)

    def test_a_missing_topic_is_named(self):
        self.topics["dead_letters"] += ".gone"
        self.configure()
        self.assertIn(".gone is not there", self.expect(1, "dlq", "list").err)


if __name__ == "__main__":
    main()
