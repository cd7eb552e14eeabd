"""The Helm chart: values, their schema and their table agree; it lints; it renders what tests/helm/golden holds.

A change that is meant: MEDVERKA_UPDATE_GOLDEN=1 ./dev check helm, then read the diff.
"""

import difflib
import json
import os
import re
import shutil
import subprocess
import tempfile
from typing import List, NamedTuple

from tree import ROOT, Problem, Tree, expect

TITLE = "the Helm chart renders what it should"

CHART = "helm/medverka"
VALUES, SCHEMA, README = f"{CHART}/values.yaml", f"{CHART}/values.schema.json", f"{CHART}/README.md"
HELPERS = f"{CHART}/templates/_helpers.tpl"
KEYS = "ops/config/keys.cc"
# Keys of medverka.yaml that the chart sets from values of other names, or per pod.
SET_BY_CHART = {"http.listen", "instance", "state.directory", "subject_key_file", "subject_key_id"}
GOLDEN = "tests/helm/golden"
CASES = f"{CHART}/ci"
# What the templates ask of the cluster is the same from 1.27 on; one version keeps the rendering the same everywhere.
KUBERNETES = "1.31.0"
TABLE = re.compile(r"(<!-- values: begin -->\n).*?(<!-- values: end -->\n)", re.S)

# What `helm template` must refuse, on top of ci/default-values.yaml, and a word of its answer.
REFUSED = [
    ("replicaCuont=3", "replicaCuont"),
    ("config.comit.interval=50ms", "comit"),
    ("config.state.directory=/data", "state"),
    ("config.commit.interval=50", "/config/commit/interval"),
    ("config.commit.interval=fast", "/config/commit/interval"),
    ("config.memory.block_cache=-1MiB", "/config/memory/block_cache"),
    ("config.memory.block_cache=1Gi", "/config/memory/block_cache"),
    ("config.backfill.share=1.5", "/config/backfill/share"),
    ("config.delivery=at_most_once", "/config/delivery"),
    ("config.roles={lanes,cleaner}", "/config/roles"),
    ("config.topics.journal=a/b", "/config/topics/journal"),
    ("config.topics.partitions=0", "/config/topics/partitions"),
    ("config.kafka.Group.id=x", "/config/kafka"),
    ("http.port=80", "/http/port"),
    ("persistence.size=20GB", "/persistence/size"),
    ("persistence.accessModes={ReadWriteMany}", "/persistence/accessModes"),
    ("image.digest=sha256:12", "/image/digest"),
    ("runAsUser=0", "/runAsUser"),
    ("terminationGracePeriodSeconds=5", "/terminationGracePeriodSeconds"),
    ("networkPolicy.metricsFrom[0].namespace=x", "/networkPolicy/metricsFrom"),
    ("subjectKey.value=secret", "/subjectKey"),
    ("config.kafka.bootstrap\\.servers=", "must name the brokers"),
    ("subjectKey.existingSecret=", "must name a Secret"),
    ("config.kafka.sasl\\.password=x", "would lie in a ConfigMap"),
    ("kafkaAuth.sasl.enabled=true", "needs username"),
    ("kafkaAuth.sasl.enabled=true,kafkaAuth.sasl.mechanism=PLAIN,kafkaAuth.sasl.username=u,"
     "kafkaAuth.sasl.existingSecret=s", "in the clear"),
    ("kafkaAuth.tls.ca.existingSecret=ca", "is not enabled"),
    ("kafkaAuth.tls.enabled=true,config.kafka.security\\.protocol=PLAINTEXT", "follows from kafkaAuth"),
    ("resources.limits.memory=1Gi", "needs 2368 MiB"),
]


class Value(NamedTuple):
    path: str
    default: str
    comment: str
    line: int


def check(tree: Tree):
    if not tree.has(f"{CHART}/Chart.yaml"):
        return []
    update = bool(os.environ.get("MEDVERKA_UPDATE_GOLDEN"))
    if update:
        readme = with_table(tree.read(README), values(tree))
        with open(os.path.join(ROOT, README), "w", encoding="utf-8") as file:
            file.write(readme)
        tree = Tree()
    problems = [*values_problems(tree), *keys_problems(tree), *_rules(tree)]
    found = subprocess.run([os.path.join(ROOT, "tests/helm/get_helm.sh")], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        if os.environ.get("CI"):
            return [*problems, Problem(CHART, 0, found.stderr.strip())]
        print(f"     helm         not rendered: {found.stderr.strip()}")
        return problems
    return [*problems, *_rendered(tree, found.stdout.strip(), update)]


# --- what needs no helm

def values(tree: Tree) -> List[Value]:
    """The leaves of values.yaml in order. The file keeps to what this reads: maps by indentation of two, leaves on one line."""
    found, parents, comment = [], [], []
    for number, line in enumerate(tree.lines(VALUES), 1):
        text = line.strip()
        if text.startswith("#"):
            comment.append(text.lstrip("#").strip())
            continue
        match = re.match(r"^( *)([\w.]+):(?: (.*))?$", line)
        if not match:
            comment = []
            continue
        depth = len(match.group(1)) // 2
        parents = [*parents[:depth], match.group(2)]
        if match.group(3) is not None:
            found.append(Value("/".join(parents), match.group(3), " ".join(comment), number))
        comment = []
    assert found or not tree.has(VALUES), f"{VALUES} has no values"
    return found


def values_problems(tree: Tree):
    leaves = values(tree)
    for value in leaves:
        if not value.comment:
            yield Problem(VALUES, value.line, f"{value.path} says nothing of what it is for")
    try:
        schema = json.loads(tree.read(SCHEMA))
    except json.JSONDecodeError as error:
        yield Problem(SCHEMA, error.lineno, f"is no JSON: {error.msg}")
        return
    for path in open_maps(schema):
        yield Problem(SCHEMA, 0, f"{path or 'its top'} takes any further key: additionalProperties is missing")
    have, described = {value.path for value in leaves}, set(schema_leaves(schema))
    for path in sorted(have - described):
        yield Problem(SCHEMA, 0, f"does not know {path} of values.yaml")
    for path in sorted(described - have - {"global"}):
        yield Problem(SCHEMA, 0, f"knows {path}, which is not in values.yaml")
    if not TABLE.search(tree.read(README)):
        yield Problem(README, 0, "has no place for the table of values, <!-- values: begin --> to <!-- values: end -->")
    elif with_table(tree.read(README), leaves) != tree.read(README):
        yield Problem(README, 0, "the table of values is not that of values.yaml: MEDVERKA_UPDATE_GOLDEN=1 ./dev check helm")


def keys_problems(tree: Tree):
    """Below `config` stand the keys of medverka.yaml; those that reload leave the pods' checksum alone."""
    keys = dict(re.findall(r'^\s*\{"([a-z_.]+)", "[^"]+", (true|false),', tree.read(KEYS), re.M))
    if not keys:
        yield Problem(KEYS, 0, "no keys found; tests/tidy/helm.py does not understand it any more")
    have = {value.path.replace("/", ".")[len("config."):]: value.line for value in values(tree)
            if value.path.startswith("config/") and not value.path.startswith("config/kafka/")}
    for key in sorted(set(keys) - set(have) - SET_BY_CHART):
        yield Problem(VALUES, 0, f"lacks config.{key} ({KEYS})")
    for key in sorted(set(have) - set(keys)):
        yield Problem(VALUES, have[key], f"config.{key} is no key of medverka.yaml ({KEYS})")
    unset = {f"{section}.{key}" for section, key in re.findall(r'unset \$config\.(\w+) "(\w+)"', tree.read(HELPERS))}
    for key in sorted(unset ^ {key for key, reloads in keys.items() if reloads == "true"}):
        yield Problem(HELPERS, 0, f"medverka.configChecksum and {KEYS} disagree whether {key} needs a restart")


def schema_leaves(schema, path=""):
    """Paths of what is no closed map."""
    for name, below in schema.get("properties", {}).items():
        here = f"{path}/{name}" if path else name
        yield from schema_leaves(below, here) if "properties" in below else [here]


def open_maps(schema, path=""):
    if "properties" in schema and "additionalProperties" not in schema:
        yield path
    for name, below in schema.get("properties", {}).items():
        yield from open_maps(below, f"{path}/{name}" if path else name)


def with_table(readme: str, leaves: List[Value]) -> str:
    rows = ["| Value | Default | |", "|---|---|---|"]
    for value in leaves:
        name = ".".join(part.replace(".", "\\.") for part in value.path.split("/"))
        default = value.default.strip('"') or "empty"
        rows.append(f"| `{name}` | `{default}` | {value.comment} |".replace("`empty`", ""))
    return TABLE.sub(lambda found: found.group(1) + "\n".join(rows) + "\n" + found.group(2), readme)


def _rules(tree: Tree):
    """A rule file is YAML with groups, or the chart would leave it out in silence."""
    for path in tree.paths(".yaml", ".yml", under=f"{CHART}/rules/"):
        if not re.search(r"^groups:", tree.read(path), re.M):
            yield Problem(path, 0, "has no groups: it would not become part of the PrometheusRule")


# --- what helm says

def _run(*words):
    # No cluster and no repositories of this machine's user.
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HELM_CONFIG_HOME": home, "HELM_CACHE_HOME": home, "HELM_DATA_HOME": home,
                       "KUBECONFIG": os.devnull}
        return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _rendered(tree: Tree, helm: str, update: bool):
    cases = [os.path.basename(path)[:-len("-values.yaml")] for path in tree.paths("-values.yaml", under=CASES + "/")]
    if not cases:
        yield Problem(CASES, 0, "holds no values to render")
    for case in cases:
        given = f"{CASES}/{case}-values.yaml"
        linted = _run(helm, "lint", "--strict", "--kube-version", KUBERNETES, CHART, "-f", given)
        if linted.returncode != 0:
            yield Problem(given, 0, "helm lint: " + _said(linted.stdout + linted.stderr))
        done = _run(helm, "template", "medverka", CHART, "--namespace", "care", "--kube-version", KUBERNETES, "-f", given)
        if done.returncode != 0:
            yield Problem(given, 0, "helm template: " + _said(done.stderr))
            continue
        yield from _alerts(tree, given, done.stdout)
        yield from compare(tree, f"{GOLDEN}/{case}.yaml", without_rules(done.stdout), update)
    for path in tree.paths(".yaml", under=GOLDEN + "/"):
        if os.path.basename(path)[:-len(".yaml")] not in cases:
            yield Problem(path, 0, f"belongs to no file of {CASES}")
    for given, word in REFUSED:
        done = _run(helm, "template", "medverka", CHART, "--kube-version", KUBERNETES, "-f",
                    f"{CASES}/default-values.yaml", "--set", given)
        if done.returncode == 0:
            yield Problem(CHART, 0, f"takes --set {given}")
        elif word not in done.stderr:
            yield Problem(CHART, 0, f"--set {given}: the answer does not say \"{word}\": {_said(done.stderr)}")


def _said(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if "[INFO]" not in line and line.strip())


def compare(tree: Tree, path: str, text: str, update: bool):
    if update:
        os.makedirs(os.path.join(ROOT, GOLDEN), exist_ok=True)
        with open(os.path.join(ROOT, path), "w", encoding="utf-8") as file:
            file.write(text)
        return
    if tree.read(path) == text:
        return
    difference = list(difflib.unified_diff(tree.lines(path), text.splitlines(), lineterm="", n=0))[2:]
    shown = "; ".join(difference[:6]) + (f"; and {len(difference) - 6} lines more" if len(difference) > 6 else "")
    yield Problem(path, 0, f"is not what the chart renders ({shown}): if it should be, MEDVERKA_UPDATE_GOLDEN=1 ./dev check helm")


RULES_BODY = re.compile(r"(?<=\nkind: PrometheusRule\n)(.*?\nspec:\n)(  groups:\n.*?)(?=\n---\n|\Z)", re.S)


def without_rules(rendered: str) -> str:
    """The rules have files and tests of their own; they are not held here a second time."""
    return RULES_BODY.sub(lambda found: found.group(1) + "  # the groups of rules/*.yaml, and extraGroups", rendered)


def _alerts(tree: Tree, given: str, rendered: str):
    body = RULES_BODY.search(rendered)
    if not body:
        return
    for path in tree.paths(".yaml", ".yml", under=f"{CHART}/rules/"):
        for name in re.findall(r"^\s*-?\s*(?:alert|record): *(\S+)", tree.read(path), re.M):
            if not re.search(rf"(?:alert|record): {re.escape(name)}\n", body.group(2)):
                yield Problem(path, 0, f"{name} is not in the PrometheusRule that {given} makes")
    if shutil.which("promtool"):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write("\n".join(line[2:] for line in body.group(2).splitlines()) + "\n")
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield Problem(given, 0, "promtool on its PrometheusRule: " + _said(done.stdout + done.stderr))


def self_test():
    files = {
        VALUES: "# Pods.\nreplicas: 2\nhttp:\n  # Where.\n  port: 8080\n  bare: 1\n# Free.\nlabels: {}\n",
        SCHEMA: json.dumps({"additionalProperties": False, "properties": {
            "replicas": {}, "labels": {}, "gone": {}, "http": {"properties": {"port": {}, "bare": {}}}}}),
        README: "<!-- values: begin -->\n<!-- values: end -->\n",
        f"{CHART}/rules/a.yaml": "rules:\n", f"{CHART}/rules/b.yaml": "groups:\n",
    }
    expect([*values_problems(Tree(files)), *_rules(Tree(files))],
           f"{VALUES}:6", f"{SCHEMA}:0", f"{SCHEMA}:0", f"{README}:0", f"{CHART}/rules/a.yaml:0")
    table = with_table(files[README], values(Tree(files)))
    assert "| `http.port` | `8080` | Where. |\n" in table, table
    expect(values_problems(Tree({**files, README: table})), f"{VALUES}:6", f"{SCHEMA}:0", f"{SCHEMA}:0")
    expect(values_problems(Tree({**files, README: ""})), f"{VALUES}:6", f"{SCHEMA}:0", f"{SCHEMA}:0", f"{README}:0")
    expect(values_problems(Tree({**files, SCHEMA: "{\n,"})), f"{VALUES}:6", f"{SCHEMA}:2")
    expect(keys_problems(Tree({
        VALUES: "config:\n  kafka:\n    a.b: 1\n  group: x\n  grup: y\n  log:\n    level: z\n",
        KEYS: '    {"group", "name", false, Set},\n    {"http.listen", "address", false,\n    {"log.level", "word", true,\n'
              '    {"commit.interval", "duration", true,\n',
        HELPERS: '{{- $_ := unset $config.log "level" }}\n{{- $_ := unset $config.log "format" }}\n',
    })), f"{VALUES}:0", f"{VALUES}:5", f"{HELPERS}:0", f"{HELPERS}:0")
    golden = Tree({f"{GOLDEN}/a.yaml": "a: 1\n"})
    expect(compare(golden, f"{GOLDEN}/a.yaml", "a: 1\n", False))
    expect(compare(golden, f"{GOLDEN}/a.yaml", "a: 2\n", False), f"{GOLDEN}/a.yaml:0")
    made = ("---\nkind: PrometheusRule\nmetadata:\n  name: x\nspec:\n  groups:\n    - name: g\n      rules:\n"
            "      - alert: One\n        expr: up == 0\n---\nkind: Pod\n")
    assert "One" not in without_rules(made) and without_rules(made).endswith("\n---\nkind: Pod\n"), without_rules(made)
    rules = {f"{CHART}/rules/a.yaml": "groups:\n- rules:\n  - alert: One\n  - record: two:three\n"}
    expect(_alerts(Tree(rules), "x", made), f"{CHART}/rules/a.yaml:0")
