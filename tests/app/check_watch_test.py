"""`check --watch` beside an editor: everything again after each change, Ctrl-C ends it well."""

import os
import queue
import signal
import subprocess
import threading

from support import BINARY, STUDY, Case, main

WAIT = 60  # seconds; a slow machine is no failure


class Watch(Case):
    def start(self, *arguments):
        process = subprocess.Popen([BINARY, "check", "--watch", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lines = queue.Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
        return process, lines

    def until(self, lines, words):
        seen = []
        while not seen or words not in seen[-1]:
            seen.append(lines.get(timeout=WAIT))
        return "".join(seen)

    def replace(self, name, content):
        """As editors save: a new file is moved over the old one."""
        self.write(name + ".new", content)
        os.replace(self.path(name + ".new"), self.path(name))

    def stop(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=WAIT), 0)

    def test_a_change_is_checked_again_until_it_is_stopped(self):
        self.write("a.study", STUDY)
        process, lines = self.start("a.study")
        self.until(lines, "1 study fine")
        self.replace("a.study", STUDY.replace("100 g/L", "100 parrots"))
        seen = self.until(lines, "0 studies fine, 1 not")
        self.assertIn("-- a.study has changed", seen)
        self.assertIn("MV0310", seen)
        self.replace("a.study", STUDY + "# mended\n")
        self.until(lines, "1 study fine")
        self.stop(process)

    def test_used_files_new_files_and_files_that_go_are_seen(self):
        self.write("s/a.study", 'use "b.codes"\n' + STUDY)
        process, lines = self.start("s")
        self.until(lines, "0 studies fine, 1 not")
        self.write("s/b.codes", "codes anaemia { icd10se D50 }\n")
        self.assertIn("-- s/b.codes has changed", self.until(lines, "1 study fine"))
        self.replace("s/b.codes", "codes anaemia { }\n")
        self.until(lines, "0 studies fine, 1 not")
        self.write("s/c.study", STUDY.replace("T1", "T2"))
        self.assertIn("-- s/c.study has changed", self.until(lines, "1 study fine, 1 not"))
        os.remove(self.path("s/a.study"))
        self.until(lines, "1 study fine")
        self.stop(process)


if __name__ == "__main__":
    main()
