"""Jars named by a pom, fetched once by Maven and held against committed checksums before anything runs them."""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
FETCH_SECONDS = 540


class JarError(Exception):
    pass


def folder(name="kafka-jars"):
    """One folder of jars for each pom; MEDVERKA_TEST_KAFKA_JARS lets several checkouts share them."""
    base = os.environ.get("MEDVERKA_TEST_KAFKA_JARS")
    return pathlib.Path(base) / name if base else ROOT / "build" / name


def read_lock(lock):
    """{file name: sha256}, from lines as sha256sum writes them."""
    pairs = (line.split() for line in pathlib.Path(lock).read_text().splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _wrong(where, wanted):
    """What of `wanted` is missing in `where` or has other bytes, and what is there besides."""
    there = {path.name: path for path in pathlib.Path(where).glob("*.jar")} if pathlib.Path(where).is_dir() else {}
    wrong = [f"{name} is missing" for name in wanted if name not in there]
    wrong += [f"{name} is not in the lock file" for name in there if name not in wanted]
    return wrong + [f"{name} has other bytes than the lock file says"
                    for name, digest in wanted.items() if name in there and _digest(there[name]) != digest]


def _fetch(pom, where):
    if not shutil.which("mvn"):
        raise JarError("mvn is not there: ./dev setup installs it (Debian's package maven)")
    done = subprocess.run(["mvn", "-B", "-q", "-f", str(pom), COPY_DEPENDENCIES, "-DincludeScope=runtime",
                           f"-DoutputDirectory={where}"], capture_output=True, text=True, timeout=FETCH_SECONDS,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        raise JarError(f"mvn could not fetch what {pom} names:\n{(done.stdout + done.stderr)[-2000:]}")


def classpath(name="kafka-jars", pom=HERE / "pom.xml", lock=HERE / "jars.lock"):
    """The class path of the pom's jars, each with the bytes that the lock file promises. Fetches what is not there."""
    where, wanted = folder(name), read_lock(lock)
    where.parent.mkdir(parents=True, exist_ok=True)
    with open(where.parent / f"{name}.lock", "w", encoding="ascii") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        if _wrong(where, wanted):
            fresh = pathlib.Path(tempfile.mkdtemp(prefix=name, dir=where.parent))
            try:
                _fetch(pom, fresh)
                wrong = _wrong(fresh, wanted)
                if wrong:
                    raise JarError(f"not what {lock} promises: " + "; ".join(wrong))
                shutil.rmtree(where, ignore_errors=True)
                fresh.rename(where)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return ":".join(str(where / jar) for jar in sorted(wanted))


def write_lock(pom=HERE / "pom.xml", lock=HERE / "jars.lock"):
    with tempfile.TemporaryDirectory() as fresh:
        _fetch(pom, fresh)
        lines = [f"{_digest(path)}  {path.name}\n" for path in sorted(pathlib.Path(fresh).glob("*.jar"))]
    pathlib.Path(lock).write_text("".join(lines))
    return len(lines)
