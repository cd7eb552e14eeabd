#!/usr/bin/env python3
"""`./dev setup` installs exactly what is missing, and is silent when nothing is. apt-get and dpkg-query are stand-ins."""

import os
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Says of every package it is asked for that it is installed, but for those in $MISSING.
DPKG_QUERY = """#!/bin/bash
for word; do
  case " -W -f $MISSING " in *" $word "*) ;; *) [[ $word == '$'* ]] || echo "$word installed" ;; esac
done
echo "half-there config-files"
"""
APT_GET = '#!/bin/bash\necho "$*" >>"$CALLS"\n[[ $1 == "$BREAKS" ]] && { echo "E: no such thing"; exit 100; }\nexit 0\n'


class Setup(unittest.TestCase):
    def run_setup(self, *words, missing="", breaks="none", root=True):
        with tempfile.TemporaryDirectory() as folder:
            programs = {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "id": f"#!/bin/bash\necho {0 if root else 1000}\n",
                        "sudo": '#!/bin/bash\necho "sudo" >>"$CALLS"\nexec "$@"\n'}
            for name, text in programs.items():
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
            calls = os.path.join(folder, "calls")
            environment = {**os.environ, "PATH": folder + ":" + os.environ["PATH"], "MISSING": missing, "CALLS": calls,
                           "BREAKS": breaks}
            done = subprocess.run([os.path.join(ROOT, "dev"), "setup", *words], env=environment, capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL, check=False)
            seen = []
            if os.path.exists(calls):
                with open(calls, encoding="utf-8") as file:
                    seen = file.read().splitlines()
            return done, seen

    def test_nothing_missing_is_silent(self):
        done, calls = self.run_setup()
        self.assertEqual((done.returncode, done.stdout, done.stderr, calls), (0, "", "", []))

    def test_installs_only_what_is_missing(self):
        done, calls = self.run_setup("build", missing="librocksdb-dev ninja-build")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(calls, ["update -q", "install -q -y --no-install-recommends librocksdb-dev ninja-build"])

    def test_building_does_not_want_the_tools_of_check(self):
        self.assertEqual(self.run_setup("build", missing="clang-tidy-14")[1], [])
        self.assertEqual(len(self.run_setup("all", missing="clang-tidy-14")[1]), 2)

    def test_asks_sudo_when_not_root(self):
        self.assertEqual(self.run_setup("build", missing="ccache", root=False)[1][0], "sudo")

    def test_unreachable_index_does_not_stop_it_but_a_failed_install_does(self):
        self.assertEqual(self.run_setup("build", missing="ccache", breaks="update")[0].returncode, 0)
        done, _ = self.run_setup("build", missing="ccache", breaks="install")
        self.assertEqual(done.returncode, 3)
        self.assertIn("E: no such thing", done.stderr)

    def test_wrong_argument_is_wrong_usage(self):
        self.assertEqual(self.run_setup("everything")[0].returncode, 2)


if __name__ == "__main__":
    sys.exit(unittest.main())
