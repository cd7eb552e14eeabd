#!/usr/bin/env python3
"""The Dockerfile's runtime stage installs every library that the binary was linked with: image_test.py BINARY.

Where the binary was linked against other packages than Debian 12's there is nothing to compare.
"""

import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "tidy"))

import image  # noqa: E402  (found through the path above)

BINARY = sys.argv.pop() if len(sys.argv) > 1 else ""
IN_EVERY_DEBIAN = {"libc6", "libgcc-s1"}


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def packages_of(binary):
    """Library asked for by the binary itself -> Debian package."""
    wanted = set(re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "--dynamic", "--wide", binary)))
    found = {}
    for name, path in re.findall(r"^\s*(\S+) => (/\S+)", output("ldd", binary), re.M):
        if name in wanted:
            # Packages name files as before /lib and /usr/lib became one.
            real = os.path.realpath(path)
            for tried in (real, real.removeprefix("/usr")):
                done = subprocess.run(["dpkg-query", "--search", tried], capture_output=True, text=True, check=False)
                if done.returncode == 0:
                    found[name] = done.stdout.split(":")[0]
    return found


class Image(unittest.TestCase):
    def test_runtime_stage_has_every_library_of_the_binary(self):
        with open("/etc/os-release", encoding="utf-8") as file:
            if "VERSION_CODENAME=bookworm" not in file.read():
                self.skipTest("not Debian 12")
        with open(os.path.join(ROOT, "Dockerfile"), encoding="utf-8") as file:
            installed = {name for _, name in image.packages(file.read())}
        needed = packages_of(BINARY)
        self.assertIn("librocksdb7.8", needed.values(), "the binary's libraries were not found")
        missing = {f"{package} ({library})" for library, package in needed.items()
                   if package not in installed | IN_EVERY_DEBIAN}
        self.assertFalse(missing, "Dockerfile does not install them")


if __name__ == "__main__":
    unittest.main()
