"""`medverka publish` and `medverka catalogue`: what comes to the lanes, what does not, and the way back."""

import json
import subprocess

from kafka_support import KafkaCase
from support import BINARY, CLEAN, main

ONE = """study ONE "The first" { suggest when likely }

use "common.codes"

include adult : age >= 18 years
include high  : condition "raised pressure"

example "grown up" at 2026-06-01 {
  born 1971-03-02  female
  condition icd10se I10 on 2026-01-10
  expect eligible
}
"""
TWO = 'study TWO "The second" { suggest when likely }\n\ninclude adult : age >= 18 years\n'
CODES = 'codes "raised pressure" { icd10se I10 }\n'


class Publish(KafkaCase):
    def setUp(self):
        super().setUp()
        self.make_topics()
        self.write("studies/one.study", ONE)
        self.write("studies/shared/common.codes", CODES)
        self.write("studies/common.codes", CODES)
        self.write("studies/deeper/two.study", TWO)

    def versions(self):
        return [version["version"] for version in self.json(0, "catalogue", "list")["versions"]]

    def test_a_directory_is_the_whole_catalogue(self):
        self.assertEqual(self.versions(), [])
        first = self.json(0, "publish", "studies", "--note", "höst")
        self.assertEqual((first["version"], first["new"]), (1, ["ONE", "TWO"]))
        again = self.json(0, "publish", "studies")
        self.assertEqual((again["published"], again["version"], again["unchanged"]), (False, None, 2))
        self.assertIn("nothing changed", self.expect(0, "publish", "studies").out)
        (self.folder / "studies/deeper/two.study").unlink()
        text = self.expect(0, "publish", "studies").out
        self.assertRegex(text, r"published version 2: 1 removed, 1 unchanged\n +removed +TWO\n")
        self.assertIn("what is not in studies is removed", text)
        shown = self.json(0, "catalogue", "show", 1)
        self.assertEqual((shown["files"], shown["note"]), (["common.codes", "one.study", "two.study"], "höst"))

    def test_files_add_and_replace(self):
        self.json(0, "publish", "studies/one.study")
        self.assertEqual(self.json(0, "publish", "studies/deeper/two.study")["new"], ["TWO"])
        self.write("other/renamed.study", TWO.replace("18", "21"))
        changed = self.json(0, "publish", "other/renamed.study")
        self.assertEqual((changed["changed"], changed["unchanged"]), (["TWO"], 1))
        self.assertEqual(self.json(0, "catalogue", "show", 3)["files"], ["common.codes", "one.study", "renamed.study"])
        self.assertEqual(self.json(0, "publish", "--remove", "TWO")["removed"], ["TWO"])
        self.assertIn("did you mean ONE?", self.expect(1, "publish", "--remove", "ONEE").err)
        self.expect(2, "publish", "studies", "--remove", "ONE")
        self.expect(2, "publish")

    def test_one_mistake_publishes_nothing(self):
        self.write("studies/broken.study", TWO.replace("TWO", "BAD").replace(">=", ">>"))
        result = self.expect(1, "publish", "studies")
        self.assertIn("broken.study:3:", result.err)
        self.assertIn("nothing was published", result.err)
        (self.folder / "studies/broken.study").unlink()
        self.write("studies/one.study", ONE.replace("expect eligible", "expect ineligible"))
        result = self.expect(1, "publish", "studies")
        self.assertIn('FAIL studies/one.study:8: ONE "grown up"', result.err)
        failed = self.json(1, "publish", "studies")
        self.assertEqual((failed["published"], failed["failed_examples"][0]["study"]), (False, "ONE"))
        self.write("studies/broken.study", TWO.replace("TWO", "BAD").replace(">=", ">>"))
        broken = self.json(1, "publish", "studies")
        self.assertFalse(broken["published"])
        self.assertIn("broken.study", json.dumps(broken["diagnostics"]))
        self.assertEqual(self.versions(), [])

    def test_an_example_that_a_shared_file_breaks_publishes_nothing(self):
        self.json(0, "publish", "studies")
        self.write("common.codes", CODES.replace("I10", "I11"))
        self.assertIn("1 example comes out otherwise", self.expect(1, "publish", "common.codes").err)
        self.assertEqual(self.versions(), [1])

    def test_dry_run_publishes_nothing(self):
        self.assertIn("would be published: 2 new", self.expect(0, "publish", "studies", "--dry-run").out)
        self.assertEqual(self.versions(), [])

    def test_nothing_to_publish_is_said(self):
        (self.folder / "empty").mkdir()
        self.assertIn("no study file", self.expect(1, "publish", "empty").err)
        self.write("studies/deeper/one.study", TWO)
        self.assertIn("have the same name", self.expect(1, "publish", "studies").err)
        self.write("one.txt", TWO)
        self.assertIn("one.txt is not published: the name of a study's file ends in .study", self.expect(1, "publish", "one.txt").err)

    def test_of_two_publishers_one_is_told(self):
        self.json(0, "publish", "studies")
        running = []
        for number in range(4):
            self.write(f"s{number}.study", TWO.replace("TWO", f"S{number}"))
            running.append(subprocess.Popen([BINARY, "publish", f"s{number}.study"], cwd=self.folder, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, env=CLEAN))
        ended = [(process.communicate()[1].decode(), process.returncode) for process in running]
        won = [code for _, code in ended if code == 0]
        self.assertTrue(won)
        for said, code in ended:
            if code != 0:
                self.assertEqual(code, 1, said)
                self.assertIn("somebody else published meanwhile", said)
        self.assertEqual(self.versions(), list(range(1, len(won) + 2)))
        self.assertEqual(self.json(0, "catalogue", "show", len(won) + 1)["version"], len(won) + 1)
        self.assertEqual(len(self.json(0, "catalogue", "show", len(won) + 1)["studies"]), 2 + len(won))

    def test_rollback_is_a_new_version(self):
        self.json(0, "publish", "studies")
        self.write("studies/deeper/two.study", TWO.replace("18", "21"))
        self.json(0, "publish", "studies")
        diff = self.json(0, "catalogue", "diff", 1, 2)
        self.assertEqual((diff["changed"], diff["unchanged"], diff["files_changed"]), (["TWO"], 1, ["two.study"]))
        back = self.json(0, "catalogue", "rollback", 1, "--note", "too old")
        self.assertEqual((back["version"], back["changed"]), (3, ["TWO"]))
        self.assertEqual(self.json(0, "catalogue", "diff", 1, 3)["files_changed"], [])
        self.assertEqual(self.json(0, "catalogue", "show", 3)["rolled_back_to"], 1)
        self.assertEqual(self.expect(0, "catalogue", "show", 3, "--file", "two.study").out, TWO)
        self.assertIn("nothing to do", self.expect(0, "catalogue", "rollback", 1).out)
        self.assertIn("there is no version 9 in the catalogue; there are 1 to 3", self.expect(1, "catalogue", "rollback", 9).err)
        self.assertEqual(self.versions(), [1, 2, 3])

    def test_broker_and_topic_that_are_not_there(self):
        topics = dict(self.topics)
        self.topics["studies"] += ".gone"
        self.configure()
        self.assertIn(".gone is not there", self.expect(1, "publish", "studies").err)
        self.topics = topics
        self.configure(servers="127.0.0.1:1")
        self.assertIn("no broker answers", self.expect(3, "catalogue", "list").err)


if __name__ == "__main__":
    main()
