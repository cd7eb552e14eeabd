"""The binary as a user runs it, a folder for each test, and journals made by hand."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MEDVERKA", str(ROOT / "build/release/medverka"))
STUDIES = str(ROOT / "criteria/studies")
# Later than anything generated, so that no test depends on the day it runs.
CLOCK = "2027-01-01T00:00:00Z"

STUDY = """study T1 "A study for tests" {
  suggest when likely
}

include adult   : age >= 18 years
include anaemia : latest observation npu NPU28309 < 100 g/L within last 90 days
"""


# The service takes MEDVERKA_... for its configuration; what steers the tests is none of its business.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("MEDVERKA_")}


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def summary(self):
        """The JSON that `run --format json` leaves on standard error."""
        return json.loads(next(line for line in self.err.splitlines() if line.startswith("{")))


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-app-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def medverka(self, *arguments, stdin=None, environment=None, **more):
        done = subprocess.run([BINARY, *map(str, arguments)], input=stdin, capture_output=True, cwd=self.folder,
                              env={**CLEAN, **(environment or {})}, **more)
        done.stdout = done.stdout.decode()
        done.stderr = done.stderr.decode()
        return Result(done)

    def expect(self, code, *arguments, **more):
        result = self.medverka(*arguments, **more)
        self.assertEqual(result.code, code, f"medverka {' '.join(map(str, arguments))}\n{result.out}\n{result.err}")
        return result

    def run_arguments(self, journal, state="state", out="out.ndjson", studies=STUDIES):
        return ["run", "--studies", studies, "--journal", journal, "--state", state, "--out", out,
                "--assume-recruiting", "--format", "json", "--clock", CLOCK]

    def generate(self, name="journal.ndjson", patients=40, years=2, seed=5):
        """A journal with all its disorder, and some lines nobody can understand."""
        self.expect(0, "generate", "--patients", patients, "--years", years, "--seed", seed, "--out", name)
        lines = self.read(name).splitlines(keepends=True)
        for at in range(len(lines) // 7, len(lines), len(lines) // 7):
            lines.insert(at, b'{"resourceType":"Observation","id":"cut off\n')
        self.write(name, b"".join(lines))
        return name

    def state_hash(self, state="state"):
        return json.loads(self.expect(0, "store", "inspect", state, "--format", "json").out)["state_hash"]


def patient(own_id, birth="1960-01-01", updated="2026-01-01T10:00:00Z", **more):
    return {"resourceType": "Patient", "id": own_id, "meta": {"versionId": "1", "lastUpdated": updated},
            "birthDate": birth, "gender": "female", **more}


def haemoglobin(identifier, whose, value, day, version="1", **more):
    return {"resourceType": "Observation", "id": identifier,
            "meta": {"versionId": version, "lastUpdated": f"{day}T12:00:00Z"}, "status": "final",
            "subject": {"reference": f"Patient/{whose}"}, "effectiveDateTime": f"{day}T11:00:00+01:00",
            "code": {"coding": [{"system": "urn:oid:1.2.752.108.1", "code": "NPU28309"}]},
            "valueQuantity": {"value": value, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"}, **more}


def ndjson(*records):
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def main():
    if not os.access(BINARY, os.X_OK):
        sys.exit(f"{BINARY} is not there; build it, or name it in MEDVERKA")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    unittest.main(verbosity=2)
