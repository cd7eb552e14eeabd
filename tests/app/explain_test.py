"""`explain` on journals made by hand: which patients, which studies, which time, and its form."""

import json

from schema import Schemas
from support import ROOT, STUDIES, STUDY, Case, haemoglobin, main, ndjson, patient


class Explain(Case):
    def setUp(self):
        super().setUp()
        self.write("t1.study", STUDY)
        self.write("t2.study", STUDY.replace("T1", "T2").replace("< 100", "< 80"))
        self.write("j", ndjson(patient("p2"), patient("p10", birth="2020-05-05"), patient("p1"),
                               haemoglobin("o1", "p1", 90, "2026-02-01"), haemoglobin("o2", "p2", 131, "2026-02-03")))

    def explain(self, *more, code=0, journal="j", studies=("t1.study", "t2.study"), **options):
        named = [word for study in studies for word in ("--studies", study)]
        return self.expect(code, "explain", *named, "--journal", journal, "--format", "json", *more, **options)

    def answer(self, *more, **options):
        return json.loads(self.explain(*more, **options).out)

    def verdicts(self, *more, **options):
        return {(one["patient"], one["study"]): one["verdict"] for one in self.answer(*more, **options)}

    def test_every_study_for_every_patient_in_order(self):
        answer = self.answer()
        self.assertEqual([(one["patient"], one["study"], one["verdict"]) for one in answer],
                         [("p1", "T1", "eligible"), ("p1", "T2", "ineligible"),
                          ("p10", "T1", "ineligible"), ("p10", "T2", "ineligible"),
                          ("p2", "T1", "ineligible"), ("p2", "T2", "ineligible")])
        # The default is the end of the journal.
        self.assertEqual({one["at"] for one in answer}, {"2026-02-03T12:00:00Z"})

    def test_says_each_criterion_also_after_one_that_is_against(self):
        child = self.answer("--patient", "p10", "--study", "T1")[0]
        self.assertEqual([(one["name"], one["value"], one["policy"]) for one in child["criteria"]],
                         [("adult", "false", None), ("anaemia", "unknown", "unknown")])
        pale = self.answer("--patient", "p1", "--study", "T1")[0]["criteria"][1]
        self.assertEqual(pale["evidence"], ["Observation/o1/_history/1"])
        self.assertIn("90", pale["why"]["en"])
        self.assertIn("90", pale["why"]["sv"])
        # 90 days after 1 February, to the end of that local day.
        self.assertEqual(pale["until"], "2026-05-02T22:00:00Z")

    def test_at_a_time_facts_dated_later_do_not_count(self):
        self.assertEqual(self.verdicts("--at", "2026-02-01")[("p1", "T1")], "eligible")
        self.assertEqual(self.verdicts("--at", "2026-01-31")[("p1", "T1")], "possible")
        self.assertEqual(self.verdicts("--at", "2026-08-01")[("p1", "T1")], "possible")
        self.assertEqual(self.answer("--at", "2026-02-01")[0]["at"], "2026-02-01T11:00:00Z")
        self.assertEqual(self.answer("--at", "2026-02-01T08:00:00+02:00")[0]["at"], "2026-02-01T06:00:00Z")

    def test_chooses_patients_and_studies(self):
        self.assertEqual(list(self.verdicts("--patient", "Patient/p1", "--study", "T2")), [("p1", "T2")])
        self.assertEqual(list(self.verdicts("--patient", "p10")), [("p10", "T1"), ("p10", "T2")])

    def test_names_that_are_not_there_are_1_with_near_names(self):
        unknown = self.explain("--patient", "p11", code=1)
        self.assertEqual(unknown.out, "")
        self.assertRegex(unknown.err, 'no patient "p11" in the journal; did you mean p1')
        self.assertIn('no study "T3" in these files; there are T1, T2', self.explain("--study", "T3", code=1).err)
        self.assertIn("there are p1, p10, p2", self.explain("--patient", "somebody", code=1).err)

    def test_a_broken_study_leaves_the_others_and_is_1(self):
        self.write("broken.study", "study B {")
        result = self.explain(code=1, studies=("t1.study", "broken.study"))
        self.assertEqual({one["study"] for one in json.loads(result.out)}, {"T1"})
        self.assertIn("broken.study:1:", result.err)

    def test_a_journal_of_nothing(self):
        self.write("empty", "")
        self.assertEqual(self.explain(journal="empty").out, "[]\n")
        self.assertIn("nowhere", self.explain(journal="nowhere", code=1).err)
        self.assertIn("directory", self.explain(journal=".", code=1).err)

    def test_what_cannot_be_understood_is_counted_with_its_line_and_never_quoted(self):
        self.write("j", ndjson(patient("p1"), "secret words", '{"resourceType":"Unheard"}', "",
                               haemoglobin("o1", "p1", 90, "2026-02-01")))
        result = self.explain()
        self.assertEqual(len(json.loads(result.out)), 2)
        self.assertIn("j:2: malformed-json", result.err)
        self.assertIn("j:3: unknown-resource", result.err)
        self.assertRegex(result.err, r"2 events or resources could not be understood \(malformed-json 1, unknown-resource 1\)")
        self.assertNotIn("secret", result.err + result.out)

    def test_a_merged_patient_goes_by_the_surviving_record(self):
        self.write("j", ndjson(
            patient("old"), haemoglobin("o1", "old", 90, "2026-02-01"), patient("new", updated="2026-02-02T08:00:00Z"),
            patient("old", updated="2026-02-02T09:00:00Z",
                    link=[{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]) | {
                        "meta": {"versionId": "2", "lastUpdated": "2026-02-02T09:00:00Z"}}))
        expected = {("new", "T1"): "eligible", ("new", "T2"): "ineligible"}
        self.assertEqual(self.verdicts(), expected)
        # The name from before the merge still finds the person.
        self.assertEqual(self.verdicts("--patient", "old"), expected)

    def test_standard_input_and_order_do_not_matter(self):
        lines = self.read("j").splitlines(keepends=True)
        self.assertEqual(self.explain("--at", "2026-03-01").out,
                         self.explain("--at", "2026-03-01", journal="-", stdin=b"".join(reversed(lines))).out)

    def test_text_has_marks_reasons_and_both_languages(self):
        arguments = ["explain", "--studies", "t1.study", "--journal", "j", "--patient", "p1"]
        english = self.expect(0, *arguments).out
        self.assertRegex(english, r"(?m)^Patient/p1  2026-02-03 13:00$")
        self.assertRegex(english, r"(?m)^  T1  eligible  A study for tests")
        self.assertRegex(english, r"(?m)^    ✓ include anaemia  .*90")
        self.assertNotIn("\x1b", english)
        self.assertIn("uppfyller kriterierna", self.expect(0, *arguments, "--lang", "sv").out)
        against = self.expect(0, "explain", "--studies", "t1.study", "--journal", "j", "--patient", "p10").out
        self.assertRegex(against, r"(?m)^    ✗ include adult")
        self.assertRegex(against, r"(?m)^    \? include anaemia")

    def test_holds_to_its_schema(self):
        self.generate("g", patients=30)
        answer = self.answer(journal="g", studies=(STUDIES,))
        studies = len(list((ROOT / "criteria/studies").glob("*.study")))
        self.assertEqual(len(answer) % studies, 0)
        self.assertEqual(Schemas().problems("explain", answer), [])
        self.assertEqual(len({one["patient"] for one in answer}) * studies, len(answer))


if __name__ == "__main__":
    main()
