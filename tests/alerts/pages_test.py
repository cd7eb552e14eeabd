"""Alerts, metrics and docs/operating.md agree: each alert has a section that its runbook_url leads to and cases that ring and do not
ring, every metric that a rule asks for is declared, and every declared metric is explained. Only text is read, so that no YAML
library is needed."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "helm/medverka/rules"
PAGE = (ROOT / "docs/operating.md").read_text()
ALERTS = (RULES / "alerts.yaml").read_text()
RECORDS = (RULES / "recording.yaml").read_text()
CASES = "\n".join(path.read_text() for path in sorted((ROOT / "tests/alerts").glob("*.yaml")))
TABLE = (ROOT / "ops/telemetry/metrics_table.cc").read_text()

NAMES = re.findall(r"- alert: (\w+)", ALERTS)
ROW = re.compile(r'^    \{"(\w+)",\s*k(Counter|Gauge|Histogram),\s*"([\w,]*)"', re.MULTILINE)
METRICS = {name: (kind.lower(), labels) for name, kind, labels in ROW.findall(TABLE)}


class Pages(unittest.TestCase):
    def test_there_are_alerts_and_metrics_to_look_at(self):
        self.assertGreater(len(NAMES), 15)
        self.assertEqual(len(NAMES), len(set(NAMES)))
        self.assertGreater(len(METRICS), 40)
        self.assertEqual(len(METRICS), len(re.findall(r'^    \{"', TABLE, re.MULTILINE)))

    def test_every_alert_leads_to_its_section(self):
        blocks = re.split(r"^      - alert: ", ALERTS, flags=re.MULTILINE)[1:]
        for block in blocks:
            name = block.split("\n")[0].strip()
            self.assertIn(f"runbook_url: docs/operating.md#{name.lower()}\n", block)
            self.assertIn(f"\n### {name}\n", PAGE, f"docs/operating.md has no section {name}")
            self.assertRegex(block, r"severity: (page|ticket)\b")
            self.assertIn("summary:", block)
            self.assertIn("description:", block)

    def test_no_section_is_of_an_alert_that_is_gone(self):
        for name in re.findall(r"^### (Medverka\w+)$", PAGE, re.MULTILINE):
            self.assertIn(name, NAMES)

    def test_every_alert_is_seen_ringing_and_silent(self):
        for name in NAMES:
            outcomes = re.findall(rf"alertname: {name}\n\s+exp_alerts:( \[\])?", CASES)
            self.assertIn("", outcomes, f"{name} never rings in tests/alerts")
            self.assertIn(" []", outcomes, f"{name} is never silent in tests/alerts")

    def test_rules_ask_for_metrics_that_are_declared(self):
        for rules in (ALERTS, RECORDS):
            expressions = re.sub(r"^\s*(summary|description|- record|- name|runbook_url).*$", "", rules, flags=re.MULTILINE)
            for name in set(re.findall(r"(?<![:\w])medverka_(\w+)", expressions)):
                base = re.sub(r"_(bucket|sum|count)$", "", name)
                histogram = METRICS.get(base, ("",))[0] == "histogram" and base != name
                self.assertTrue(name in METRICS or histogram, f"medverka_{name} is not declared")
        for name in set(re.findall(r"\bjob:\w+(?::\w+)+", ALERTS)):
            self.assertIn(f"record: {name}\n", RECORDS)

    def test_every_metric_is_explained_with_kind_and_labels(self):
        rows = re.findall(r"^\| `((?:medverka|process)_\w+)` \| (\w+) \| ([^|]*) \| ([^|]+) \|", PAGE, re.MULTILINE)
        written = {}
        for name, kind, labels, text in rows:
            self.assertNotIn(name, written, f"{name} stands twice")
            self.assertGreater(len(text), 10, name)
            written[name] = (kind, ",".join(re.findall(r"`(\w+)`", labels)))
        wanted = {name if name.startswith("process_") else f"medverka_{name}": value for name, value in METRICS.items()}
        for name, value in wanted.items():
            self.assertEqual(written.get(name), value, f"docs/operating.md: {name}")
        self.assertEqual(set(written) - set(wanted), set())


if __name__ == "__main__":
    unittest.main()
