#!/usr/bin/env python3
"""`medverka config check` accepts every medverka.yaml that the chart renders, with its secrets where the chart mounts them:
config_test.py BINARY. Reads tests/helm/golden, so it needs no Helm.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = sys.argv.pop() if len(sys.argv) > 1 else ""
MOUNTED = re.compile(r"/run/secrets/medverka/[\w./-]+")
STATE = "/var/lib/medverka"


def config_of(golden):
    """medverka.yaml out of the ConfigMap."""
    with open(golden, encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"^  medverka\.yaml: \|\n((?:    .*\n)+)", text, re.M)
    assert block, f"{golden} has no medverka.yaml"
    return re.sub(r"^    ", "", block.group(1), flags=re.M)


class Config(unittest.TestCase):
    def check(self, text, **environment):
        with tempfile.TemporaryDirectory() as folder:
            for name in set(MOUNTED.findall(text)):
                path = folder + name
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("a secret of sixteen bytes and more\n")
                os.chmod(path, 0o440)
            os.makedirs(folder + STATE)
            path = os.path.join(folder, "medverka.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(MOUNTED.sub(lambda found: folder + found.group(0), text).replace(STATE, folder + STATE))
            return subprocess.run([BINARY, "config", "check", "--config", path], capture_output=True, text=True, check=False,
                                  env={**environment, "MEDVERKA_INSTANCE": "medverka-0"})

    def test_what_the_chart_renders_is_accepted(self):
        found = sorted(glob.glob(os.path.join(HERE, "golden", "*.yaml")))
        self.assertGreaterEqual(len(found), 4)
        for golden in found:
            with self.subTest(os.path.basename(golden)):
                done = self.check(config_of(golden))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_environment_of_an_api_pod_is_accepted(self):
        done = self.check(config_of(os.path.join(HERE, "golden", "full.yaml")), MEDVERKA_ROLES="api")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"roles:\s*\[?(?:\s*- )?\"?api\b")

    def test_what_is_wrong_is_not(self):
        done = self.check(config_of(os.path.join(HERE, "golden", "default.yaml")).replace("delivery:", "delivary:"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("delivery", done.stderr)


if __name__ == "__main__":
    unittest.main()
