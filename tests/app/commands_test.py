"""Exit codes, help, sentences: every command as a user types it."""

import json
import pathlib
import shutil
import subprocess

from support import BINARY, ROOT, STUDIES, STUDY, Case, main, ndjson, patient

COMMANDS = [["check"], ["test"], ["fmt"], ["read-back"], ["explain-code"], ["explain"], ["run"], ["generate"], ["store"], ["store", "inspect"],
            ["serve"], ["topics"], ["topics", "create"], ["topics", "check"], ["config"], ["config", "check"],
            ["publish"], ["catalogue"],
            ["dlq"], ["dlq", "list"], ["dlq", "show"], ["dlq", "replay"],
            ["catalogue", "list"], ["catalogue", "diff"], ["catalogue", "show"], ["catalogue", "rollback"],
            ["demo"], ["completion"], ["lsp"], ["version"]]


class Usage(Case):
    def test_help_of_every_command_ends_with_examples(self):
        for command in [[], *COMMANDS]:
            with self.subTest(command=command):
                shown = self.expect(0, *command, "--help")
                self.assertIn("Example", shown.out)
                self.assertIn("medverka " + " ".join(command), shown.out)
                self.assertEqual(shown.err, "")

    def test_wrong_usage_is_2_with_one_sentence(self):
        for arguments in [[], ["chek"], ["check"], ["check", "--format", "xml", "x"], ["run"], ["explain", "--journal", "j"],
                          ["generate", "--patients", "0"], ["generate", "--patients", "many"], ["completion", "tcsh"],
                          ["explain", "--studies", "s", "--journal", "j", "--at", "2026-02-30"],
                          ["explain", "--studies", "s", "--journal", "j", "--at", "2026"], ["store"], ["run", "--bogus"], ["topics"], ["dlq", "list", "--reason", "shema"],
                          ["dlq", "show", "--partition", "0"], ["dlq", "list", "--from", "-1"], ["catalogue", "diff", "1"],
                          ["catalogue", "rollback", "one"], ["topics", "create", "--partitions", "0"], ["publish"], ["serve", "x"]]:
            with self.subTest(arguments=arguments):
                result = self.expect(2, *arguments)
                self.assertEqual(result.out, "")
                self.assertRegex(result.err, r"^medverka: [^\n]+\n$")

    def test_a_mistyped_command_names_the_one_meant(self):
        self.assertIn('did you mean "check"?', self.expect(2, "chek").err)

    def test_a_mistyped_reason_names_the_one_meant(self):
        self.assertIn('did you mean "schema"?', self.expect(2, "dlq", "list", "--reason", "shema").err)

    def test_version(self):
        self.assertRegex(self.expect(0, "version").out, r"^medverka \d+\.\d+\.\d+\n$")
        self.assertEqual(self.expect(0, "version").out, self.expect(0, "--version").out)

    def test_every_option_of_every_command_stands_in_the_page(self):
        page = (ROOT / "docs/cli.md").read_text()
        for command in COMMANDS:
            for word in self.expect(0, *command, "--help").out.split():
                option = word.strip(",[]")
                if option.startswith("--") and option not in ("--help", "--version"):
                    self.assertIn(option, page, f"docs/cli.md does not name {option} of {command}")

    def test_what_cannot_be_written_is_the_machines_failure(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY, "version"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"writing standard output failed", done.stderr)


class Config(Case):
    def settings(self, more=""):
        key = pathlib.Path(self.write("key", "0123456789abcdef0123456789abcdef"))
        key.chmod(0o600)
        return self.write("medverka.yaml", f"kafka: {{bootstrap.servers: localhost:9092}}\nstate: {{directory: {key.parent}}}\n"
                                           f"subject_key_file: {key}\n{more}")

    def test_prints_what_is_in_force_as_a_file_that_means_the_same(self):
        printed = self.expect(0, "config", "check", "--config", self.settings("commit: {interval: 20ms}\n"))
        self.assertIn("commit:\n  bytes_max: 8MiB\n  idle_tick: 30s\n  interval: 20ms\n", printed.out)
        self.assertEqual(printed.err, "")
        again = self.expect(0, "config", "check", "--config", self.write("again.yaml", printed.out))
        self.assertEqual(again.out, printed.out)

    def test_says_every_problem_with_its_place(self):
        path = self.settings("commit: {interval: fast}\ngruop: a\n")
        said = self.expect(1, "config", "check", "--config", path)
        self.assertEqual(said.out, "")
        self.assertIn(f"{path}:4:10: commit.interval must be a duration such as 50ms, not \"fast\"\n", said.err)
        self.assertIn(f"{path}:5:1: gruop is not a key; did you mean \"group\"?\n", said.err)
        self.assertIn("medverka: 2 problems in the configuration\n", said.err)

    def test_answers_programs_in_json(self):
        good = json.loads(self.expect(0, "config", "check", "--config", self.settings(), "--format", "json").out)
        self.assertTrue(good["valid"])
        self.assertEqual(good["config"]["kafka.bootstrap.servers"], "localhost:9092")
        bad = json.loads(self.expect(1, "config", "check", "--config", self.settings("roles: [web]\n"), "--format", "json").out)
        self.assertFalse(bad["valid"])
        self.assertEqual([problem["key"] for problem in bad["problems"]], ["roles"])

    def test_a_file_that_is_not_there_is_said(self):
        said = self.expect(1, "config", "check", "--config", "/nowhere.yaml")
        self.assertIn("--config: names /nowhere.yaml, which cannot be used: No such file", said.err)


class Fmt(Case):
    LOOSE = "include   a:age>=18 years\n"
    LAID = "include a : age >= 18 years\n"

    def test_files_and_folders_are_changed_in_place(self):
        self.write("s/a.study", self.LOOSE)
        self.write("s/deeper/b.codes", "codes x {atc C07}\n")
        self.assertEqual(self.expect(0, "fmt", "s").out, "")
        self.assertEqual(self.read("s/a.study").decode(), self.LAID)
        self.assertEqual(self.read("s/deeper/b.codes"), b"codes x { atc C07 }\n")
        self.expect(0, "fmt", "--check", "s")

    def test_check_names_the_files_and_changes_none(self):
        self.write("a.study", self.LOOSE)
        self.write("b.study", self.LAID)
        self.assertEqual(self.expect(1, "fmt", "--check", "a.study", "b.study").out, "a.study\n")
        self.assertEqual(self.read("a.study").decode(), self.LOOSE)

    def test_standard_input_goes_to_standard_output(self):
        self.assertEqual(self.expect(0, "fmt", "-", stdin=self.LOOSE.encode()).out, self.LAID)

    def test_a_file_that_does_not_parse_is_left_and_the_others_are_not(self):
        self.write("a.study", "include   a : age >> 18 years\n")
        self.write("b.study", self.LOOSE)
        result = self.expect(1, "fmt", "a.study", "b.study")
        self.assertIn("a.study:1:", result.err)
        self.assertEqual(self.read("a.study"), b"include   a : age >> 18 years\n")
        self.assertEqual(self.read("b.study").decode(), self.LAID)

    def test_the_example_studies_have_the_layout(self):
        self.expect(0, "fmt", "--check", STUDIES)


class GenerateStudies(Case):
    def test_the_same_seed_gives_the_same_files(self):
        for folder in ("a", "b"):
            self.expect(0, "generate", "--studies", "5", "--seed", "3", "--out", folder)
        self.expect(0, "generate", "--studies", "5", "--seed", "4", "--out", "c")
        names = sorted(path.name for path in self.folder.joinpath("a").iterdir())
        self.assertEqual(names, [f"G0000{number}.study" for number in range(1, 6)])
        self.assertEqual([self.read(f"a/{name}") for name in names], [self.read(f"b/{name}") for name in names])
        self.assertNotEqual([self.read(f"a/{name}") for name in names], [self.read(f"c/{name}") for name in names])

    def test_they_need_a_folder(self):
        self.expect(2, "generate", "--studies", "5")


class ReadBack(Case):
    def test_in_both_languages(self):
        self.write("a.study", STUDY)
        self.assertIn("The patient's age is at least 18 years", self.expect(0, "read-back", "a.study").out)
        self.assertIn("Patientens ålder är minst 18 år", self.expect(0, "read-back", "a.study", "--lang", "sv").out)

    def test_json(self):
        self.write("a.study", STUDY)
        page = json.loads(self.expect(0, "read-back", "a.study", "--format", "json", "--lang", "sv").out)
        self.assertEqual(page["language"], "sv")
        self.assertRegex(page["hash"], r"^[0-9a-f]{64}$")
        self.assertIn("Vem kan delta", [section["heading"] for section in page["sections"]])

    def test_a_study_with_errors_is_1_and_the_others_are_read_back(self):
        self.write("s/a.study", STUDY)
        self.write("s/b.study", STUDY.replace("T1", "T2").replace("100 g/L", "100 parrots"))
        result = self.expect(1, "read-back", "s")
        self.assertIn("parrots", result.err)
        self.assertIn("T1: ", result.out)


class Check(Case):
    def test_fine_studies(self):
        self.assertRegex(self.expect(0, "check", STUDIES).out.splitlines()[-1], r"^\d+ studies fine(, \d+ warnings)?$")

    def test_a_broken_study_is_1_and_the_others_are_counted(self):
        self.write("s/good.study", STUDY)
        self.write("s/deeper/broken.study", STUDY.replace("T1", "T2").replace("100 g/L", "100 parrots"))
        result = self.expect(1, "check", "s")
        self.assertIn("s/deeper/broken.study:6:", result.out)
        self.assertIn("parrots", result.out)
        self.assertRegex(result.out.splitlines()[-1], r"^1 study fine, 1 not, 1 error")

    def test_json(self):
        self.write("broken.study", STUDY.replace(">=", ">>"))
        report = json.loads(self.expect(1, "check", "broken.study", "--format", "json").out)
        self.assertGreaterEqual(report["errors"], 1)
        first = report["diagnostics"][0]
        self.assertEqual((first["path"], first["severity"]), ("broken.study", "error"))
        self.assertRegex(first["code"], r"^MV\d{4}$")
        self.assertIn(first["code"], self.expect(0, "explain-code", first["code"].lower()).out)

    def test_no_colours_in_a_pipe(self):
        self.write("broken.study", "study")
        self.assertNotIn("\x1b", self.expect(1, "check", "broken.study").out)

    def test_paths_that_hold_no_study(self):
        self.folder.joinpath("empty").mkdir()
        self.assertIn("no study file", self.expect(1, "check", "empty").err)
        self.assertIn("nowhere.study", self.expect(1, "check", "nowhere.study").err)

    def test_awkward_files_give_diagnostics_and_keep_the_others_usable(self):
        self.write("s/good.study", STUDY)
        awkward = {"empty": b"", "binary": bytes(range(256)) * 64, "latin1": "study Ä".encode("latin-1"),
                   "huge": b"study X \"x\" {}\n" + b"include a : alive\n" * 600_000, "unclosed": b"study X \"x\" {\n",
                   "errors": b"study X \"x\" {}\n" + b"include : nonsense ((\n" * 500,
                   "deep": b"study X \"x\" {}\ninclude a : " + b"(" * 10_000 + b"alive" + b")" * 10_000,
                   "cycle": b"study X \"x\" {}\ndefine a : b\ndefine b : a\ninclude c : a\n"}
        for name, content in awkward.items():
            with self.subTest(name=name):
                self.write("s/awkward.study", content)
                result = self.expect(1, "check", "s")
                self.assertRegex(result.out, r"(?m)^s/awkward\.study:\d+:\d+: error MV\d{4}: ")
                self.assertRegex(result.out.splitlines()[-1], r"^1 study fine")
                self.assertLessEqual(result.out.count(": error MV"), 100)

    def test_unknown_code(self):
        self.assertIn("no diagnostic code", self.expect(1, "explain-code", "MV9999").err)


class Test(Case):
    EXAMPLE = '\nexample "pale" at 2026-03-01 {\n  born 1960-01-01  female\n' \
              '  observation npu NPU28309 90 g/L on 2026-02-20\n  expect %s\n}\n'

    def test_examples_as_expected(self):
        self.write("t.study", STUDY + self.EXAMPLE % "eligible")
        self.assertEqual(self.expect(0, "test", "t.study").out, "1 example as expected\n")
        self.assertIn("as expected", self.expect(0, "test", STUDIES).out)

    def test_a_failure_says_what_was_expected_and_what_came(self):
        self.write("t.study", STUDY + self.EXAMPLE % "ineligible")
        result = self.expect(1, "test", "t.study")
        self.assertIn('FAIL t.study:', result.out)
        self.assertRegex(result.out, "expected ineligible.*got eligible")
        self.assertIn("1 of 1 example failed", result.out)

    def test_broken_study(self):
        self.write("t.study", STUDY.replace("g/L", "parrots"))
        self.assertIn("MV", self.expect(1, "test", "t.study").err)


class Generate(Case):
    def test_same_seed_same_bytes(self):
        arguments = ["generate", "--patients", "5", "--years", "1", "--seed"]
        first = self.expect(0, *arguments, "9").out
        self.assertEqual(first, self.expect(0, *arguments, "9").out)
        self.assertNotEqual(first, self.expect(0, *arguments, "10").out)
        self.write("j", "something that was there before, and longer\n" * 9999)
        self.expect(0, *arguments, "9", "--out", "j")
        self.assertEqual(self.read("j").decode(), first)

    def test_unwritable(self):
        self.assertIn("nowhere", self.expect(1, "generate", "--patients", "1", "--out", "nowhere/j").err)
        self.expect(3, "generate", "--patients", "5", "--out", "/dev/full")


class Completion(Case):
    def test_shells_accept_their_scripts(self):
        for shell, check in (("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])):
            with self.subTest(shell=shell):
                script = self.write("script", self.expect(0, "completion", shell).out)
                if shutil.which(shell) is None:
                    print(f"{shell} is not installed here: its script was made, but not tried")
                    continue
                done = subprocess.run([shell, *check, script], capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_bash_completes_commands_options_and_values(self):
        script = self.write("script", self.expect(0, "completion", "bash").out)

        def complete(*words):
            asked = " ".join(f"'{word}'" for word in words)
            program = (f"source {script}; COMP_WORDS=({asked}); COMP_CWORD={len(words) - 1}; _medverka; "
                       "printf '%s\\n' \"${COMPREPLY[@]}\"")
            return subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True,
                                  cwd=self.folder).stdout.split()

        self.assertEqual(complete("medverka", "ch"), ["check"])
        self.assertEqual(complete("medverka", "store", ""), ["inspect", "--help"])
        self.assertEqual(complete("medverka", "ser"), ["serve"])
        self.assertEqual(complete("medverka", "dlq", "replay", "--dr"), ["--dry-run"])
        self.assertEqual(complete("medverka", "catalogue", "r"), ["rollback"])
        self.assertEqual(complete("medverka", "topics", "check", "--format", ""), ["text", "json"])
        self.assertEqual(complete("medverka", "run", "--fol"), ["--follow"])
        self.assertEqual(complete("medverka", "explain", "--format", ""), ["text", "json"])
        self.assertEqual(complete("medverka", "completion", "f"), ["fish"])
        self.write("file.study", "")
        self.assertIn("file.study", complete("medverka", "check", "fi"))
        self.assertEqual(complete("medverka", "explain", "--journal", "file"), ["file.study"])
        self.assertEqual(complete("medverka", "serve", "--config", "file"), ["file.study"])


class Demo(Case):
    def test_shows_all_of_it(self):
        shown = self.expect(0, "demo", "--studies", STUDIES, "--patients", "60", "--years", "2", "--dir", "stage").out
        for part in ("60 patients", "ALASCCA", "eligible", "One match, and why", "One near-miss",
                     "0 new suggestions, 0 changed, 0 withdrawn"):
            self.assertIn(part, shown)
        self.assertNotIn("\x1b", shown)
        self.assertGreater(len(self.read("stage/suggestions.ndjson")), 0)
        self.assertIn("not empty", self.expect(1, "demo", "--studies", STUDIES, "--dir", "stage").err)

    def test_needs_studies(self):
        self.expect(1, "demo", "--patients", "1")


class Inspect(Case):
    def test_says_what_is_there_and_changes_nothing(self):
        self.write("t.study", STUDY)
        self.write("j", ndjson(patient("p1")))
        self.expect(0, *self.run_arguments("j", studies="t.study"))
        before = {path: path.stat().st_mtime_ns for path in sorted(self.folder.rglob("*"))}
        report = json.loads(self.expect(0, "store", "inspect", "state", "--format", "json").out)
        self.assertEqual((report["format"], report["subjects"], report["resources"]), (4, 1, 1))
        self.assertEqual(list(report["studies"]), ["T1"])
        self.assertRegex(report["studies"]["T1"]["program"], "^[0-9a-f]{64}$")
        self.assertRegex(report["state_hash"], "^[0-9a-f]{64}$")
        self.assertEqual(report["log_time"], "2026-01-01T10:00:00Z")
        self.assertIn(self.path("j"), report["positions"])
        self.assertIn(report["state_hash"], self.expect(0, "store", "inspect", "state").out)
        self.assertEqual(before, {path: path.stat().st_mtime_ns for path in sorted(self.folder.rglob("*"))})

    def test_no_directory(self):
        self.assertIn("nowhere", self.expect(1, "store", "inspect", "nowhere").err)
        self.assertFalse((self.folder / "nowhere").exists())


if __name__ == "__main__":
    main()
