"""The Dockerfile and what goes into its context, as far as they can be checked without building an image."""

import json
import re
import subprocess

from tree import Problem, Tree, expect

TITLE = "the Dockerfile keeps its promises"

DOCKERFILE, IGNORE = "Dockerfile", ".dockerignore"
PINNED = re.compile(r"^debian:bookworm-\d{8}-slim@sha256:[0-9a-f]{64}$")
INSTALL = re.compile(r"apt-get install\b([^&;]*)")


def instructions(text: str):
    """(line, word, rest): comments gone, continued lines joined."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        start = start or number
        joined += line.rstrip("\\").strip() + " "
        if not line.endswith("\\"):
            word, _, rest = joined.strip().partition(" ")
            yield start, word.upper(), rest.strip()
            joined, start = "", 0


def packages(text: str):
    """(line, name) of what apt-get installs."""
    for line, word, rest in instructions(text):
        if word == "RUN":
            for found in INSTALL.finditer(rest):
                yield from ((line, name) for name in found.group(1).split() if not name.startswith("-"))


def check(tree: Tree):
    if not tree.has(DOCKERFILE):
        return []
    return [*_shape(tree), *_unknown_packages(tree), *_context(tree)]


def _shape(tree: Tree):
    text = tree.read(DOCKERFILE)
    steps = list(instructions(text))
    bases = dict(rest.split("=", 1) for _, word, rest in steps if word == "ARG" and "=" in rest)
    stages = []
    for line, word, rest in steps:
        if word == "FROM":
            base = re.sub(r"\$\{(\w+)\}", lambda found: bases.get(found.group(1), ""), rest.split()[0])
            stages.append({"line": line, "name": rest.split()[-1], "steps": []})
            if not PINNED.match(base):
                yield Problem(DOCKERFILE, line, f"{base or rest} is not pinned as debian:bookworm-DATE-slim@sha256:...")
        elif stages:
            stages[-1]["steps"].append((line, word, rest))
    if [stage["name"] for stage in stages] != ["build", "runtime"]:
        yield Problem(DOCKERFILE, 0, "has other stages than build and runtime")
        return
    build, runtime = stages
    if not any(word == "RUN" and "./dev build release" in rest for _, word, rest in build["steps"]):
        yield Problem(DOCKERFILE, build["line"], "does not build with ./dev build release")
    for line, word, rest in runtime["steps"]:
        if word in ("COPY", "ADD") and "--from=build" not in rest:
            yield Problem(DOCKERFILE, line, "the runtime stage takes more than what was built")
        if word == "RUN" and re.search(r"\S-dev\b|\b(?:g\+\+|cmake|git|curl|wget)\b", rest):
            yield Problem(DOCKERFILE, line, "the runtime stage has something to build or fetch with")
    last = {word: (line, rest) for line, word, rest in runtime["steps"]}
    if not re.match(r"^[1-9]\d*:[1-9]\d*$", last.get("USER", (0, ""))[1]):
        yield Problem(DOCKERFILE, last.get("USER", (runtime["line"], ""))[0], "USER must be a number other than root's")
    line, entry = last.get("ENTRYPOINT", (runtime["line"], ""))
    if not entry.startswith("[") or not json.loads(entry)[0].endswith("/medverka"):
        yield Problem(DOCKERFILE, line, 'ENTRYPOINT must be ["/.../medverka"], so that signals reach it')
    for user in re.findall(r"^runAsUser: (\d+)", tree.read("helm/medverka/values.yaml"), re.M):
        if user != last.get("USER", (0, ""))[1].split(":")[0]:
            yield Problem(DOCKERFILE, last["USER"][0], f"the chart runs it as {user}")


def _unknown_packages(tree: Tree):
    """On Debian 12, where apt knows packages: those named must be among them."""
    named = list(packages(tree.read(DOCKERFILE)))
    try:
        known = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=False).stdout.split()
        with open("/etc/os-release", encoding="utf-8") as file:
            bookworm = "VERSION_CODENAME=bookworm" in file.read()
    except OSError:
        return
    if bookworm and {"librdkafka-dev", "librocksdb-dev"} <= set(known):
        for line, name in named:
            if name not in known:
                yield Problem(DOCKERFILE, line, f"Debian 12 has no package {name}")


def _context(tree: Tree):
    """Everything stays out, but what is named; what is named is there; of keys and local files nothing gets in."""
    lines = [line for line in tree.lines(IGNORE) if line and not line.startswith("#")]
    if not lines or lines[0] != "*":
        yield Problem(IGNORE, 0, "must begin with *: only what is named goes in")
    for number, line in enumerate(tree.lines(IGNORE), 1):
        if line.startswith("!") and not tree.has(line[1:]):
            yield Problem(IGNORE, number, f"{line[1:]} is not there")


def self_test():
    pinned = "debian:bookworm-20260101-slim@sha256:" + "0" * 64
    good = (f"ARG BASE={pinned}\nFROM ${{BASE}} AS build\nCOPY . .\nRUN ./dev build release medverka\n"
            "FROM ${BASE} AS runtime\n# why\nRUN apt-get update \\\n && apt-get install --yes \\\n      zlib1g \\\n && rm -rf /x\n"
            'COPY --from=build /a /b\nUSER 65532:65532\nENTRYPOINT ["/usr/bin/medverka"]\n')
    others = {IGNORE: "*\n!dev\n", "dev": "", "helm/medverka/values.yaml": "runAsUser: 65532\n"}
    expect(check(Tree({DOCKERFILE: good, **others})))
    assert list(packages(good)) == [(7, "zlib1g")], list(packages(good))
    for there, instead, place in [
            (pinned, "debian:bookworm-slim", "2"), (" AS runtime", " AS other", "0"), ("./dev build release", "make", "2"),
            ("COPY --from=build /a", "COPY /a", "11"), ("zlib1g", "zlib1g-dev", "7"), ("USER 65532:65532", "USER root", "12"),
            ('["/usr/bin/medverka"]', "/usr/bin/medverka", "13")]:
        found = [f"{problem.path}:{problem.line}" for problem in _shape(Tree({DOCKERFILE: good.replace(there, instead), **others}))]
        assert f"{DOCKERFILE}:{place}" in found, f"{instead}: {found}"
    expect(check(Tree({DOCKERFILE: good, **others, "helm/medverka/values.yaml": "runAsUser: 1\n"})), f"{DOCKERFILE}:12")
    expect(_context(Tree({IGNORE: "build\n!gone\n"})), f"{IGNORE}:0", f"{IGNORE}:2")
