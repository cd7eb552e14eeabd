"""The same events through `medverka run` on a file and through `medverka serve` on Kafka end the same: facts, verdicts, ledgers;
and what readers of committed records see holds no suggestion twice."""

import json
import random
import shutil
import sys
import tempfile
import pathlib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import journal
import stack
from stack import UNTIL, Installation, Reference

PATIENTS = 260
MERGES = 18
# kBackfillSuggestionsMax of streams/kafka/lane_work.cc
SUGGESTIONS_OF_BACKFILL = 256


class OracleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        journal.generate(stack.BINARY, cls.folder / "journal.ndjson", PATIENTS, years=2, seed=11)
        lines, cls.pairs = journal.with_merges(journal.read(cls.folder / "journal.ndjson"), MERGES, seed=11)
        cls.lines = journal.with_poison(lines)
        cls.patients = journal.Router(cls.lines).patients
        beat, _ = journal.heartbeats(UNTIL, 1)
        cls.reference = Reference(cls.folder / "reference", cls.lines + [beat])

    def install(self, partitions, **more):
        installation = Installation(stack.kafka.bootstrap(), self.folder / self.id().rsplit(".", 1)[-1], partitions, **more)
        self.addCleanup(installation.destroy)
        return installation

    def records(self, partitions, binary=0.3):
        return journal.route(self.lines, partitions, binary, random.Random(partitions))

    def finish(self, installation, reference=None):
        """Moves every lane on to the end of time, stops, and compares."""
        installation.produce(journal.heartbeats(UNTIL, installation.partitions)[1])
        installation.wait_caught_up()
        installation.stop()
        seen = installation.verify()
        states = installation.states()
        for partition, (lane, _) in states.items():
            self.assertEqual(lane["log_time"], UNTIL, f"lane {partition}")
        wrong = stack.compare(reference or self.reference, states, installation.partitions, self.patients)
        wrong += stack.compare_output(seen, states)
        self.assertEqual(wrong[:10], [], f"{len(wrong)} differences")
        return seen, states

    def assert_merges_crossed(self, partitions):
        crossed = [pair for pair in self.pairs
                   if len({journal.partition_of(patient, partitions) for patient in pair}) == 2]
        self.assertGreater(len(crossed), 3, "the journal merges nobody across partitions")

    def test_two_partitions_one_member(self):
        self.assert_merges_crossed(2)
        installation = self.install(2)
        installation.publish()
        installation.member().start()
        installation.produce(self.records(2))
        seen, _ = self.finish(installation)
        self.assertGreater(seen["suggestions"], 20)
        self.assertGreater(seen["moves"], 3)
        self.assertEqual(seen["dead_letters"], self.reference.dead_letters)

    def test_three_partitions_two_members(self):
        installation = self.install(3)
        installation.publish()
        # What lies there already, and what comes while lanes are given from one to the other.
        records = self.records(3)
        installation.produce(records[:len(records) // 2])
        installation.member().start()
        installation.wait_caught_up()
        installation.member().start()
        installation.produce(records[len(records) // 2:])
        self.finish(installation)

    def test_at_least_once(self):
        installation = self.install(2, delivery="at_least_once")
        installation.publish()
        first, second = installation.member().start(), installation.member().start()
        records = self.records(2)
        installation.produce(records[:len(records) // 2])
        first.kill9()
        installation.produce(records[len(records) // 2:])
        first.start()
        self.finish(installation)
        self.assertFalse(second.alive)

    def test_at_least_once_a_stop_leaves_nothing_to_be_done_again(self):
        installation = self.install(2, delivery="at_least_once")
        installation.publish()
        member = installation.member().start()
        records = self.records(2)
        # Stopped in the middle of it: what is committed last stands in the store and, as offsets, with the broker.
        installation.produce(records)
        self.assertTrue(stack.until(lambda: installation.lags()["journal"] < len(records), 60))
        self.assertEqual(member.stop(), 0)
        journal_topic = installation.topics["journal"]
        taken = sum(int(lane["positions"][journal_topic]) for lane, _ in installation.states().values())
        self.assertEqual(installation.lags()["journal"], len(records) - taken)
        self.assertGreater(taken, 0)

    def test_publish_while_running(self):
        installation = self.install(2)
        early = self.folder / "early"
        shutil.copytree(stack.STUDIES, early)
        (early / "scapis.study").unlink()
        installation.publish(early)
        installation.member().start()
        records = self.records(2)
        installation.produce(records[:len(records) // 2])
        installation.wait_caught_up()
        installation.publish()
        installation.produce(records[len(records) // 2:])
        self.finish(installation)

    def test_a_study_for_everybody_makes_no_large_commit(self):
        installation = self.install(2)
        studies = {name: self.folder / f"{name}.study" for name in ("nobody", "everybody")}
        for name, criterion in (("nobody", "age >= 200 years"), ("everybody", "age >= 0 years")):
            studies[name].write_text(f'study ALL "All" {{ suggest when eligible }}\ninclude any : {criterion}\n')
        installation.publish(studies["nobody"])
        installation.member().start()
        lines = [json.dumps({"resourceType": "Patient", "id": f"everybody{number}", "birthDate": "1971-03-02",
                             "meta": {"versionId": "1", "lastUpdated": "2026-01-01T08:00:00Z"}}) for number in range(1500)]
        installation.produce(journal.route(lines, 2))
        installation.wait_caught_up()
        installation.publish(studies["everybody"])
        installation.wait_caught_up()
        installation.stop()
        sizes = [commit["suggestions"] for _, _, commit in installation.commits()]
        self.assertEqual(sum(sizes), len(lines))
        self.assertLessEqual(max(sizes), SUGGESTIONS_OF_BACKFILL)

    def test_replayed_dead_letters_end_as_if_right_at_once(self):
        """Records that were cut off, and Bundles with one bad entry, are mended and replayed; the same as they were, which
        changes nothing but the count of attempts."""
        installation = self.install(2)
        installation.publish()
        member = installation.member().start()
        records = self.records(2, binary=0)
        rng = random.Random(3)
        spoilt = {number: self.spoil(record["v"]) for number, record in enumerate(records)
                  if record["k"] not in ("shared", "nobody") and '"resourceType":"Observation"' in record["v"]
                  and rng.random() < (0.5 if self.in_parts(record["v"]) else 0.02)}
        installation.produce([dict(record, v=spoilt.get(number, record["v"])) for number, record in enumerate(records)])
        installation.wait_caught_up()
        mended = {value: records[number]["v"] for number, value in spoilt.items()}
        all_letters = installation.dump("dead_letters")
        letters = [letter for letter in all_letters if letter["v"] in mended]
        self.assertEqual(len(letters), len(spoilt))
        in_bundles = [letter for letter in letters if "medverka_dlq_entry" in letter["h"]]
        self.assertGreater(len(in_bundles), 5, "entries of Bundles")
        self.assertGreater(len(letters) - len(in_bundles), 5, "whole records")
        # Whoever mends them writes them, with their headers, to a topic of his own, and has that one replayed.
        theirs = installation.topics["dead_letters"]
        own = installation.topics["dead_letters"] = f"{theirs}-mended"
        stack.kafka.create_topic(installation.bootstrap, own, installation.partitions, settings={"max.message.bytes": 18 * 1024 * 1024})
        self.assertTrue(stack.until(lambda: installation.medverka("dlq", "list", check=False).returncode == 0, 30))
        installation.produce([{"p": letter["p"], "t": None, "k": letter["k"], "v": mended[letter["v"]], "h": letter["h"]}
                              for letter in letters], "dead_letters")
        installation.medverka("dlq", "replay")
        installation.topics["dead_letters"] = theirs
        installation.wait_caught_up()
        self.assertEqual(len(installation.dump("dead_letters")), len(all_letters), "what was mended is understood")
        installation.medverka("dlq", "replay")
        installation.wait_caught_up()
        attempts = [letter["h"]["medverka_dlq_attempts"] for letter in installation.dump("dead_letters")]
        self.assertEqual(sorted(attempts), ["1"] * len(all_letters) + ["2"] * len(all_letters))
        self.finish(installation)
        self.assertFalse(member.alive)

    @staticmethod
    def in_parts(line):
        resource = journal.resource_of(journal.parse(line) or {})
        return resource is not None and resource.get("resourceType") == "Bundle" and len(resource["entry"]) > 1

    def spoil(self, line):
        """One entry of a Bundle becomes no resource of FHIR's; anything else is cut off."""
        if self.in_parts(line):
            return line.replace('"resourceType":"Observation"', '"resourceType":"Observering"', 1)
        return line[:-1]

    def test_a_damaged_changelog_is_begun_anew(self):
        """The lanes work through their inputs again, through a crash on the way, and end as if nothing had been."""
        installation = self.install(2)
        installation.publish()
        member = installation.member().start()
        lines, _ = journal.with_moves(self.lines, 2, 20, stack.study_ids(), seed=5)
        beat, _ = journal.heartbeats(UNTIL, 1)
        reference = Reference(self.folder / "with-moves", lines + [beat])
        records = journal.route(lines, 2, 0.3, random.Random(2))
        part = len(records) * 2 // 3
        for topic in ("journal", "feedback"):
            installation.produce([one for one in records[:part] if one.get("topic", "journal") == topic], topic)
        installation.wait_caught_up()
        installation.stop()
        # A record that is neither row nor commit; and a row that no commit speaks of.
        installation.produce([{"p": 0, "t": None, "k": "what is this", "v": "{}", "h": {}},
                              {"p": 1, "t": None, "k": "Srow", "v": "of nobody", "h": {}}], "state")
        for lane in member.state.glob("lane-*"):
            shutil.rmtree(lane)
        # The fourth commit is in the midst of what is done again.
        member.start({"MEDVERKA_TEST_DIE_AT": "after-commit:4"})
        self.assertTrue(stack.until(lambda: not member.alive, 60), member.tail())
        member.start()
        for topic in ("journal", "feedback"):
            installation.produce([one for one in records[part:] if one.get("topic", "journal") == topic], topic)
        self.assertTrue(stack.until(lambda: member.logged("the lane is where it was before") >= 2, 120), member.tail())
        self.assertIn('medverka_recovery_alarms_total{kind="changelog-behind"}', member.get("/metrics")[1])
        seen, _ = self.finish(installation, reference)
        self.assertEqual(seen["anew"], 2)
        self.assertEqual(member.logged("the changelog is damaged; the lane begins anew"), 2)
        # From nothing, over the damage: nobody meets it again.
        before = self.hashes(installation)
        for lane in member.state.glob("lane-*"):
            shutil.rmtree(lane)
        member.start()
        installation.wait_caught_up()
        installation.stop()
        self.assertEqual(self.hashes(installation), before)
        self.assertEqual(member.logged("the changelog is damaged; the lane begins anew"), 2)

    @staticmethod
    def hashes(installation):
        return {partition: stack.state_hash(directory) for partition, (_, directory) in installation.lane_directories().items()}

    def test_api_in_a_process_of_its_own(self):
        installation = self.install(2)
        installation.publish()
        installation.member().start()
        reader = installation.member(roles="api").start()
        installation.produce(self.records(2))
        installation.produce(journal.heartbeats(UNTIL, 2)[1])
        installation.wait_caught_up()
        expected = {}
        for (subject, study), (grade, _) in stack.open_suggestions(self.reference.rows).items():
            expected.setdefault(subject, {})[study] = grade
        self.assertGreater(len(expected), 5)
        self.assertTrue(stack.until(lambda: self.answered(reader, expected) == expected, 30),
                        f"the api answers otherwise than the lanes' ledgers:\n{reader.tail()}")
        installation.stop()

    @staticmethod
    def answered(reader, subjects):
        answers = {}
        for subject in subjects:
            code, text = reader.get(f"/suggestions/{subject}")
            if code != 200:
                return {}
            live = {one["data"]["study"]["id"] if isinstance(one["data"]["study"], dict) else one["data"]["study"]:
                    one["data"]["grade"] for one in json.loads(text)["suggestions"] if "withdrawn" not in one["type"]}
            if live:
                answers[subject] = live
        return answers


if __name__ == "__main__":
    unittest.main(verbosity=2)
