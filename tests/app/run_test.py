"""`run`: the same bytes however the journal comes and however often it is run."""

import gzip
import json
import os
import signal
import subprocess
import time

from schema import Schemas
from support import BINARY, CLOCK, STUDIES, STUDY, Case, haemoglobin, main, ndjson, patient

PATIENCE_S = 120


class Run(Case):
    def setUp(self):
        super().setUp()
        self.write("t1.study", STUDY)

    def run_lane(self, journal, *more, code=0, state="state", out="out.ndjson", studies=STUDIES, **options):
        return self.expect(code, *self.run_arguments(journal, state, out, studies), *more, **options)

    def undisturbed(self, journal, *more):
        """Output, dead letters and state of one run from start to end."""
        summary = self.run_lane(journal, *more, state="whole", out="whole.ndjson").summary
        self.assertGreater(summary["suggested"], 0)
        return self.read("whole.ndjson"), self.read("whole/dead-letters.ndjson"), self.state_hash("whole")

    def disturbed(self):
        return self.read("out.ndjson"), self.read("state/dead-letters.ndjson"), self.state_hash()

    # ---- what comes out

    def test_suggestions_hold_to_their_schema_and_agree_with_explain(self):
        self.generate()
        self.run_lane("journal.ndjson")
        schemas = Schemas()
        open_now = {}
        for line in self.read("out.ndjson").splitlines():
            event = json.loads(line)
            self.assertEqual(schemas.problems("suggestion", event), [])
            data = event["data"]
            key = (event["subject"], data["study"]["id"])
            if data["state"] == "withdrawn":
                del open_now[key]
            else:
                open_now[key] = data["grade"]
        report = json.loads(self.expect(0, "store", "inspect", "state", "--format", "json").out)
        self.assertEqual(report["open_suggestions"], len(open_now))
        wanted = [one["verdict"] for one in json.loads(self.expect(
            0, "explain", "--studies", STUDIES, "--journal", "journal.ndjson", "--format", "json", "--at",
            report["log_time"]).out)]
        self.assertLessEqual(set(open_now.values()), {"likely", "eligible"})
        # Participation and declines keep a suggestion back; nothing else does.
        self.assertLessEqual(len(open_now), sum(verdict in ("likely", "eligible") for verdict in wanted))
        self.assertGreater(len(open_now), 0)

    def test_summary_counts(self):
        pale = haemoglobin("o1", "p1", 90, "2026-02-01")
        self.write("j", ndjson(patient("p1"), pale, pale, haemoglobin("o1", "p1", 95, "2026-01-31", version="0"), "", "{",
                               {"resourceType": "Slot", "id": "s"}))
        summary = self.run_lane("j", studies="t1.study").summary
        self.assertEqual([summary[name] for name in ("records", "resources", "duplicates", "older_versions", "patients")],
                         [6, 2, 1, 1, 1])
        self.assertEqual(summary["dead_letters"], {"malformed-json": 1})
        self.assertEqual(summary["passed_over"], {"Slot": 1})
        self.assertEqual(summary["open_suggestions"], {"T1": {"eligible": 1}})
        offset = self.read("j").index(b"\n{\n") + 1
        self.assertEqual([json.loads(line) for line in self.read("state/dead-letters.ndjson").splitlines()],
                         [{"file": self.path("j"), "offset": offset, "line": 6, "entry": None, "reason": "malformed-json",
                           "element": ""}])
        text = self.expect(0, *[word for word in self.run_arguments("j", "other", "other.ndjson", "t1.study")
                                if word not in ("--format", "json")]).err
        self.assertIn("malformed-json 1", text)
        self.assertIn("1 eligible", text)

    def test_until_moves_time_on(self):
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))
        self.run_lane("j", studies="t1.study")
        self.assertEqual(self.states(), ["suggested"])
        self.run_lane("j", "--until", "2026-05-01", studies="t1.study")
        self.assertEqual(self.states(), ["suggested"])
        summary = self.run_lane("j", "--until", "2026-05-04", studies="t1.study").summary
        self.assertEqual((summary["log_time"], summary["timers_fired"]), ("2026-05-04T10:00:00Z", 1))
        self.assertEqual(self.states(), ["suggested", "withdrawn"])
        self.assertEqual(json.loads(self.read("out.ndjson").splitlines()[-1])["time"], "2026-05-02T22:00:00Z")

    def states(self):
        return [json.loads(line)["data"]["state"] for line in self.read("out.ndjson").splitlines()]

    def test_a_stamp_from_the_future_does_not_move_the_clock_there(self):
        self.write("j", ndjson(patient("p1"), patient("p2", updated="2199-01-01T00:00:00Z")))
        summary = self.run_lane("j", studies="t1.study").summary
        self.assertEqual(summary["future_stamps"], 1)
        self.assertLessEqual(summary["log_time"], "2027-01-01T00:05:00Z")

    # ---- again, and on

    def test_a_second_run_does_nothing_twice(self):
        whole = self.undisturbed(self.generate(), "--until", "2026-12-01")
        for _ in range(2):
            summary = self.run_lane("journal.ndjson", "--until", "2026-12-01", state="whole", out="whole.ndjson").summary
            self.assertEqual([summary[name] for name in ("records", "suggested", "changed", "withdrawn")], [0, 0, 0, 0])
            self.assertEqual((self.read("whole.ndjson"), self.read("whole/dead-letters.ndjson"), self.state_hash("whole")),
                             whole)

    def test_a_journal_that_grows_in_pieces_gives_the_same_bytes(self):
        whole = self.undisturbed(self.generate())
        journal = self.read("journal.ndjson")
        size = len(journal)
        for end in (0, 10, size // 3, size // 3 + 1, size * 2 // 3, size - 1, size):
            self.write("journal.ndjson", journal[:end])
            result = self.run_lane("journal.ndjson")
            if journal[:end].count(b"\n") != len(journal[:end].splitlines()) and end < size - 1:
                self.assertIn("left until the file grows", result.err)
        self.assertEqual(self.disturbed(), whole)

    def test_packed_journals_give_the_same_bytes_also_when_they_grow(self):
        journal = self.read(self.generate())
        whole = self.undisturbed("journal.ndjson")
        os.rename(self.path("journal.ndjson"), self.path("aside"))
        half = journal.index(b"\n", len(journal) // 2) - 7
        # The name says nothing; members follow one another, and the first run meets a line that is not complete.
        self.write("journal.ndjson", gzip.compress(journal[:half]))
        self.assertIn("left until the file grows", self.run_lane("journal.ndjson").err)
        self.write("journal.ndjson", gzip.compress(journal[:half]) + gzip.compress(journal[half:]))
        self.run_lane("journal.ndjson")
        self.assertEqual(self.disturbed(), whole)

    def test_a_truncated_packed_journal_is_read_as_far_as_it_goes_and_is_1(self):
        self.write("j", gzip.compress(ndjson(*[patient(f"p{i}") for i in range(20_000)]).encode())[:-20_000])
        result = self.run_lane("j", code=1, studies="t1.study")
        self.assertIn("is cut off", result.err)
        self.assertGreater(result.summary["patients"], 100)

    def test_a_pipe_gives_the_same_bytes_and_a_repeat_gives_none(self):
        journal = self.read(self.generate())
        output, dead, state = self.undisturbed("journal.ndjson")
        piped = self.run_lane("-", out="-", stdin=journal)
        self.assertEqual(piped.out.encode(), output)
        self.assertEqual(self.read("state/dead-letters.ndjson").replace(b'"file":"-"', b"F"),
                         dead.replace(f'"file":"{self.path("journal.ndjson")}"'.encode(), b"F"))
        self.assertEqual(self.state_hash(), state)
        self.assertEqual(self.run_lane("-", out="-", stdin=journal).out, "")

    def test_what_another_wrote_behind_the_last_commit_is_cut_off(self):
        whole = self.undisturbed(self.generate())
        with open(self.path("whole.ndjson"), "ab") as out:
            out.write(b'{"torn')
        self.run_lane("journal.ndjson", state="whole", out="whole.ndjson")
        self.assertEqual(self.read("whole.ndjson"), whole[0])

    def test_an_output_that_lost_committed_bytes_is_refused(self):
        self.undisturbed(self.generate())
        kept = self.read("whole.ndjson")[:-1]
        self.write("whole.ndjson", kept)
        result = self.run_lane("journal.ndjson", code=1, state="whole", out="whole.ndjson")
        self.assertRegex(result.err, r"has \d+ bytes, but \d+ were written and committed")
        self.assertEqual(self.read("whole.ndjson"), kept)

    def test_an_output_that_was_there_before_keeps_what_it_had(self):
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))
        self.write("out.ndjson", "older\n")
        for _ in range(2):
            self.run_lane("j", studies="t1.study")
            lines = self.read("out.ndjson").splitlines()
            self.assertEqual((lines[0], len(lines)), (b"older", 2))

    def test_a_journal_that_was_replaced_or_cut_is_refused(self):
        self.write("j", ndjson(patient("p1"), patient("p2")))
        self.run_lane("j", studies="t1.study")
        for content in (ndjson(patient("p1")), ndjson(patient("p9"), patient("p2"), patient("p3"))):
            self.write("j", content)
            self.assertRegex(self.run_lane("j", code=1, studies="t1.study").err, "the journal .*/?j is (not|shorter)")

    # ---- stopping and following

    def start(self, journal, *more):
        return subprocess.Popen([BINARY, *self.run_arguments(journal), *more], cwd=self.folder, stderr=subprocess.PIPE)

    def wait_until(self, condition):
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.02)

    def test_follow_reads_what_comes_and_ends_cleanly_when_told_to(self):
        journal = self.read(self.generate())
        whole = self.undisturbed("journal.ndjson")
        third = len(journal) // 3
        self.write("journal.ndjson", journal[:third])
        follower = self.start("journal.ndjson", "--follow")
        self.addCleanup(follower.kill)
        for begin, end in ((third, 2 * third), (2 * third, len(journal))):
            time.sleep(0.3)
            with open(self.path("journal.ndjson"), "ab") as file:
                file.write(journal[begin:end])
        out = self.folder / "out.ndjson"
        self.wait_until(lambda: out.exists() and out.stat().st_size == len(whole[0]))
        follower.send_signal(signal.SIGTERM)
        _, said = follower.communicate(timeout=PATIENCE_S)
        self.assertEqual(follower.returncode, 0, said)
        # The last lines may have had no suggestion to show.
        self.run_lane("journal.ndjson")
        self.assertEqual(self.disturbed(), whole)

    def test_an_interrupted_run_commits_and_is_gone_on_with(self):
        whole = self.undisturbed(self.generate(patients=150))
        running = self.start("journal.ndjson", "--commit-every", "100")
        self.addCleanup(running.kill)
        out = self.folder / "out.ndjson"
        self.wait_until(lambda: out.exists() and out.stat().st_size > 0 or running.poll() is not None)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE_S)
        self.assertEqual(running.returncode, 0)
        self.run_lane("journal.ndjson")
        self.assertEqual(self.disturbed(), whole)

    # ---- studies and keys

    def test_a_broken_study_leaves_the_others_and_its_stored_program_live(self):
        self.write("s/t1.study", STUDY)
        self.write("s/t2.study", STUDY.replace("T1", "T2"))
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))
        self.run_lane("j", studies="s")
        self.write("s/t2.study", STUDY.replace("T1", "T2").replace("g/L", "parrots"))
        with open(self.path("j"), "a", encoding="utf-8") as file:
            file.write(ndjson(patient("p2"), haemoglobin("o2", "p2", 80, "2026-02-02")))
        result = self.run_lane("j", studies="s")
        self.assertIn("s/t2.study:6:", result.err)
        self.assertIn("1 study is not used because of errors", result.err)
        self.assertEqual(result.summary["open_suggestions"], {"T1": {"eligible": 2}, "T2": {"eligible": 2}})
        self.assertEqual(result.summary["catalogue_version"], 1)

    def test_no_study_at_all_is_1(self):
        self.write("broken.study", "study")
        self.write("j", ndjson(patient("p1")))
        self.assertIn("no study compiled", self.expect(1, *self.run_arguments("j", studies="broken.study")).err)

    def test_a_changed_study_takes_effect_on_who_is_known(self):
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))
        self.run_lane("j", studies="t1.study")
        self.write("t1.study", STUDY.replace("< 100", "< 80"))
        summary = self.run_lane("j", studies="t1.study").summary
        self.assertEqual((summary["withdrawn"], summary["catalogue_version"]), (1, 2))
        self.assertEqual(self.states(), ["suggested", "withdrawn"])

    def test_subject_keys_come_from_the_key_file(self):
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))
        key = self.write("key", "0123456789abcdef0123456789abcdef\n")
        os.chmod(key, 0o600)
        trial = self.run_lane("j", studies="t1.study")
        self.assertIn("for trials only", trial.err)
        kept = self.run_lane("j", "--key-file", key, studies="t1.study", state="kept", out="kept.ndjson")
        self.assertNotIn("trial", kept.err)
        subjects = [json.loads(self.read(name))["subject"] for name in ("out.ndjson", "kept.ndjson")]
        self.assertNotEqual(*subjects)
        self.assertIn("another subject key", self.run_lane("j", code=1, studies="t1.study", state="kept").err)
        os.chmod(key, 0o604)
        self.assertIn("open to everybody", self.run_lane("j", "--key-file", key, code=1, studies="t1.study", state="x").err)
        self.write("key", "short\n")
        os.chmod(key, 0o600)
        self.assertIn("5 bytes", self.run_lane("j", "--key-file", key, code=1, studies="t1.study", state="x").err)

    def test_paths_that_must_differ(self):
        self.write("j", ndjson(patient("p1")))
        self.expect(2, *self.run_arguments("j", out="j", studies="t1.study"))
        self.expect(2, *self.run_arguments("j", studies="t1.study"), "--dead-letters", "./out.ndjson")
        self.assertEqual(self.read("j").decode(), ndjson(patient("p1")))

    def test_a_missing_journal_makes_no_state(self):
        self.assertIn("nowhere", self.run_lane("nowhere", code=1, studies="t1.study").err)
        self.assertFalse((self.folder / "state").exists())

    def test_nobody_else_can_read_what_is_about_patients(self):
        self.write("j", ndjson(patient("p1"), "{"))
        self.run_lane("j", studies="t1.study")
        for name in ("out.ndjson", "state/dead-letters.ndjson"):
            self.assertEqual((self.folder / name).stat().st_mode & 0o077, 0)

    def test_no_patient_identifier_comes_out(self):
        number = "191212129801"
        self.write("j", ndjson(
            patient("p1", identifier=[{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": number}]),
            haemoglobin("o1", "p1", 90, "2026-02-01"), f'{{"resourceType":"Patient","id":"{number}"'))
        result = self.run_lane("j", studies="t1.study")
        self.assertGreater(len(self.read("out.ndjson")), 0)
        for text in (self.read("out.ndjson"), self.read("state/dead-letters.ndjson"), result.err.encode()):
            self.assertNotIn(number.encode(), text)
            self.assertNotIn(b"Patient/p1", text)


if __name__ == "__main__":
    main()
