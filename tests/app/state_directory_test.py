"""State directories that cannot be used: one sentence, exit 3, nothing written over. And disks that fill up."""

import os
import re
import resource
import shutil
import signal
import subprocess
import time

from support import BINARY, STUDY, Case, haemoglobin, main, ndjson, patient

PATIENCE_S = 60

# A store that failed is left unclosed on purpose (matcher/store/rocksdb_store.cc): here a leak is the wanted outcome. All
# other tests look for leaks.
os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")


def is_sanitized():
    with open(BINARY, "rb") as binary:
        return b"__asan_init" in binary.read()


class StateDirectory(Case):
    def setUp(self):
        super().setUp()
        self.write("t1.study", STUDY)
        self.write("j", ndjson(patient("p1"), haemoglobin("o1", "p1", 90, "2026-02-01")))

    def make_state(self):
        self.expect(0, *self.run_arguments("j", studies="t1.study"))

    def contents(self, name="state"):
        root = self.folder / name
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}

    def refused(self, words, state="state"):
        """Both commands refuse with a sentence; the directory stays as it was."""
        before = self.contents(state)
        for arguments in (self.run_arguments("j", state, studies="t1.study"), ["store", "inspect", state]):
            result = self.expect(3, *arguments)
            said = result.err.strip().splitlines()[-1]
            self.assertRegex(said, words)
            self.assertIn(state, said)
            self.assertNotIn("this should not have happened", said)
        self.assertEqual(self.contents(state), before)

    def test_another_programs(self):
        self.write("state/precious.txt", "mine")
        self.refused("files of another program")

    def test_a_file(self):
        self.write("state", "mine")
        self.expect(3, *self.run_arguments("j", studies="t1.study"))
        self.assertEqual(self.read("state"), b"mine")

    def test_a_newer_format(self):
        self.make_state()
        stamp = self.folder / "state/MEDVERKA"
        self.assertIn("format 4", stamp.read_text())
        stamp.write_text(stamp.read_text().replace("format 4", "format 5"))
        self.refused("newer Medverka")

    def test_a_damaged_stamp(self):
        self.make_state()
        for damage in (b"", b"\x00\xff\x13", b"medverka state, format x"):
            (self.folder / "state/MEDVERKA").write_bytes(damage)
            self.refused("damaged|another program")

    def test_damaged_tables_and_logs(self):
        self.make_state()
        # Twice more, so that there is something in tables too.
        for number in range(2, 4):
            with open(self.path("j"), "a", encoding="utf-8") as file:
                file.write(ndjson(patient(f"p{number}")))
            self.make_state()
        shutil.copytree(self.path("state"), self.path("good"))
        tried = 0
        for path in sorted((self.folder / "good").rglob("*")):
            if not re.search(r"CURRENT$|MANIFEST-|\.sst$", path.name) or path.stat().st_size == 0:
                continue
            with self.subTest(file=path.name):
                shutil.rmtree(self.path("state"))
                shutil.copytree(self.path("good"), self.path("state"))
                damaged = self.folder / "state" / path.relative_to(self.folder / "good")
                data = bytearray(damaged.read_bytes())
                for at in range(len(data)):
                    data[at] ^= 0x5A
                damaged.write_bytes(bytes(data))
                result = self.expect(3, *self.run_arguments("j", studies="t1.study"))
                self.assertRegex(result.err.strip().splitlines()[-1], "state directory .*damaged|cannot be read")
                tried += 1
        self.assertGreaterEqual(tried, 2)

    def test_held_by_another_process(self):
        holder = subprocess.Popen([BINARY, *self.run_arguments("j", studies="t1.study"), "--follow"], cwd=self.folder,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(holder.kill)
        out = self.folder / "out.ndjson"
        deadline = time.monotonic() + PATIENCE_S
        while not (out.exists() and out.stat().st_size > 0):
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.02)
        result = self.expect(3, *self.run_arguments("j", out="other", studies="t1.study"))
        self.assertRegex(result.err, "in use by another process")
        holder.send_signal(signal.SIGTERM)
        self.assertEqual(holder.wait(timeout=PATIENCE_S), 0)
        self.make_state()

    def mounted(self, *command, tmpfs=None):
        """Runs the command in a mount namespace of its own with the folder "volume" mounted as told. None: not allowed."""
        volume = self.folder / "volume"
        volume.mkdir(exist_ok=True)
        mount = (f"mount -t tmpfs -o size={tmpfs} none '{volume}'" if tmpfs else
                 f"mount --bind '{volume}' '{volume}' && mount -o remount,ro,bind '{volume}'")
        script = f"{mount} || exit 77; " + " ".join(f"'{word}'" for word in command)
        if shutil.which("unshare") is None:
            return None
        done = subprocess.run(["unshare", "--mount", "--map-root-user", "sh", "-c", script], capture_output=True,
                              text=True, cwd=self.folder, check=False)
        if done.returncode in (1, 77) and ("mount:" in done.stderr or "unshare:" in done.stderr):
            print(f"not tried, mounting is not allowed here: {done.stderr.strip()}")
            return None
        return done

    def test_read_only(self):
        self.make_state()
        (self.folder / "volume").mkdir()
        shutil.move(self.path("state"), self.path("volume/state"))
        done = self.mounted(BINARY, *self.run_arguments("j", "volume/state", studies="t1.study"))
        if done is None:
            return self.as_somebody_without_rights()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr, "cannot be written to|read-only")
        looked = self.mounted(BINARY, "store", "inspect", "volume/state")
        self.assertEqual(looked.returncode, 0, looked.stderr)
        return None

    def as_somebody_without_rights(self):
        state = self.folder / "volume/state"
        state.chmod(0o555)
        self.addCleanup(state.chmod, 0o755)
        if os.geteuid() == 0:
            print("not tried either: root may write everywhere")
            return
        self.assertRegex(self.expect(3, *self.run_arguments("j", "volume/state", studies="t1.study")).err,
                         "cannot be written to")

    def test_a_full_volume(self):
        self.write("j", ndjson(*[patient(f"p{i}") for i in range(50)]))
        done = self.mounted(BINARY, *self.run_arguments("j", "volume/state", studies="t1.study"), tmpfs="256k")
        if done is not None:
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertRegex(done.stderr, "full|No space left")

    def limited(self, bytes_max):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, bytes_max))
        return limit

    def test_a_disk_that_fills_up_while_writing_loses_nothing(self):
        self.generate(patients=60)
        whole = self.run_arguments("journal.ndjson", "whole", "whole.ndjson")
        self.expect(0, *whole, "--commit-every", "50")
        wanted = (self.read("whole.ndjson"), self.state_hash("whole"))
        arguments = [*self.run_arguments("journal.ndjson"), "--commit-every", "50"]
        failed = 0
        # No file may grow beyond this, as if the volume ended there: now the output, now the database's log meets it. (RocksDB's
        # own protocol file, made when it opens, has 46,000 bytes.)
        for bytes_max in (60_000, 100_000, 140_000):
            result = self.medverka(*arguments, preexec_fn=self.limited(bytes_max))
            self.assertIn(result.code, (0, 3), result.err)
            if result.code == 3:
                failed += 1
                self.assertRegex(result.err.strip().splitlines()[-1],
                                 r"writing .* failed: File too large|state directory .*(full|failed|damaged)")
        self.assertGreater(failed, 0)
        self.expect(0, *arguments)
        self.assertEqual((self.read("out.ndjson"), self.state_hash()), wanted)

    def test_an_output_that_is_full(self):
        result = self.expect(3, *self.run_arguments("j", out="/dev/full", studies="t1.study"))
        self.assertIn("writing /dev/full failed: No space left on device", result.err)
        # Nothing was committed, so nothing is lost.
        self.expect(0, *self.run_arguments("j", studies="t1.study"))
        self.assertEqual(len(self.read("out.ndjson").splitlines()), 1)

    def test_too_little_memory_is_the_machines_failure(self):
        if is_sanitized():
            self.skipTest("AddressSanitizer maps terabytes of shadow memory, which no limit on memory allows")
        self.write("huge", '{"x":"' + "x" * 15_000_000 + '"}\n')
        needed_for_libraries = 400 * 1024 * 1024
        for megabytes in (0, 8, 16, 32, 64):
            limit = needed_for_libraries + megabytes * 1024 * 1024
            result = self.medverka(*self.run_arguments("huge", f"memory{megabytes}", "memory.ndjson", studies="t1.study"),
                                   preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            self.assertIn(result.code, (0, 3), result.err)
            if result.code == 3:
                self.assertIn("memory", result.err)


if __name__ == "__main__":
    main()
