#!/usr/bin/env python3
"""Runs the benchmarks and prints figure beside target: a table for people, and one JSON line per figure.

    bench.py [--tiny] [--build FOLDER] [--repeat N] [FILTER]

Targets are shown, never asserted: a shared machine would fail honest code. What fails is a benchmark that does not run, or that
measures something wrong (a dead letter in the generated journal, an empty output). FILTER is a part of a figure's name: generate,
journal, state, evaluate, run, editor, kafka.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import editor_bench

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kafka"))
import kafka_bench

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEED = 1
CLOCK = "2026-10-01"  # the day after the generated period: no stamp lies in the future, whatever the machine's date


def fail(sentence):
    print(f"bench: {sentence}", file=sys.stderr)
    sys.exit(1)


class Figures:
    """The figures of one run: printed as a table at the end, written as JSON lines."""

    def __init__(self, tiny):
        self.rows = []
        self.tiny = tiny

    def add(self, name, values, unit, target=None, at_most=True, note=""):
        values = sorted(values)
        median = statistics.median(values)
        met = None if target is None or self.tiny else (median <= target if at_most else median >= target)
        self.rows.append({
            "figure": name, "median": round(median, 3), "low": round(values[0], 3), "high": round(values[-1], 3),
            "runs": len(values), "unit": unit, "target": target,
            "sense": None if target is None else ("at most" if at_most else "at least"), "met": met, "note": note})

    def print(self, file):
        head = ("figure", "median", "spread", "unit", "target", "")
        lines = [head]
        for row in self.rows:
            target = "" if row["target"] is None else f"{'<=' if row['sense'] == 'at most' else '>='} {row['target']:,}"
            met = {None: "", True: "met", False: "not met"}[row["met"]]
            spread = f"{row['low']:,} - {row['high']:,}" if row["runs"] > 1 else ""
            lines.append((row["figure"], f"{row['median']:,}", spread, row["unit"], target, met))
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        for line in lines:
            print("  ".join(cell.rjust(w) if 0 < i < 3 else cell.ljust(w)
                            for i, (cell, w) in enumerate(zip(line, widths))).rstrip(), file=file)
        for row in self.rows:
            if row["note"]:
                print(f"  {row['figure']}: {row['note']}", file=file)


def micro(build, name, tiny, repeat, benchmark_filter=None):
    """The runs of one Google Benchmark binary: {benchmark: [run, ...]}."""
    binary = os.path.join(build, "benchmarks", name)
    if not os.path.exists(binary):
        fail(f"{binary} is not there; run ./dev build (and install libbenchmark-dev)")
    command = [*pinned(), binary, "--benchmark_format=json"]
    command += ["--benchmark_min_time=0"] if tiny else [f"--benchmark_repetitions={repeat}"]
    if benchmark_filter:
        command.append(f"--benchmark_filter={benchmark_filter}")
    environment = dict(os.environ, **({"MEDVERKA_BENCH_TINY": "1"} if tiny else {}))
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        fail(f"{name} ended with {done.returncode}")
    runs = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run.get("run_type", "iteration") == "iteration":
            if run.get("error_occurred"):
                fail(f"{run['name']}: {run.get('error_message')}")
            runs.setdefault(run["name"], []).append(run)
    if not runs:
        fail(f"{name} measured nothing")
    return runs


def pinned():
    """One core, so that figures of different days compare; the last one, where the system's own work is least."""
    if shutil.which("taskset") is None:
        return []
    return ["taskset", "-c", str(max(os.sched_getaffinity(0)))]


def bench_generate(figures, options):
    for runs in micro(options.build, "generator_bench", options.tiny, options.repeat).values():
        figures.add("generate", [run["items_per_second"] for run in runs], "records/s", 100_000, at_most=False)


def bench_journal(figures, options):
    kinds = {"0": "all records", "1": "observations", "2": "Bundles"}
    for name, runs in micro(options.build, "journal_bench", options.tiny, options.repeat).items():
        kind = name.rsplit(":", 1)[-1]
        figures.add(f"journal: JSON to facts, {kinds[kind]}", [1e9 / run["bytes_per_second"] for run in runs], "us/kB",
                    3 if kind == "0" else None)


def bench_state(figures, options):
    medians = {}
    for name, runs in micro(options.build, "lane_bench", options.tiny, options.repeat).items():
        facts, cold = (part.split(":")[1] for part in name.split("/")[1:3])
        # Commits wait for the disk, so the clock on the wall counts, not the processor's.
        costs = [run["real_time"] * 1e3 / (run["items_per_second"] * run["cpu_time"] / 1e3) for run in runs]
        medians[facts, cold] = statistics.median(costs)
        where = "on disk" if cold == "1" else "hot"
        figures.add(f"state: per event, history of {int(facts):,}, {where}", costs, "us")
    for cold, where in (("0", "hot"), ("1", "on disk")):
        growth = medians["10000", cold] / medians["100", cold]
        figures.add(f"state: growth from 100 to 10,000 facts, {where}", [growth], "times", 1.5)


def bench_evaluate(figures, options):
    for name, runs in micro(options.build, "evaluator_bench", options.tiny, options.repeat).items():
        explained = ", explained" if name.endswith("explain:1") else ""
        note = f"{runs[0]['facts_per_subject']:.0f} facts per subject" if not explained else ""
        figures.add(f"evaluate: per subject and study{explained}", [1e9 / run["items_per_second"] for run in runs], "ns",
                    note=note)


def bench_editor(figures, options):
    criteria = 50 if options.tiny else 500
    try:
        took = editor_bench.run(options.build, criteria, 6 if options.tiny else 60)
    except ValueError as wrong:
        fail(f"editor: {wrong}")
    figures.add(f"editor: a letter typed and completed, {criteria} criteria", took, "ms", 50)


def measured(command, folder):
    """Runs a command; its seconds on the wall, of the processor, and its peak memory in MB."""
    begin = time.monotonic()
    with open(os.path.join(folder, "output.txt"), "wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        with open(os.path.join(folder, "output.txt"), encoding="utf-8", errors="replace") as output:
            print(output.read()[-4000:], file=sys.stderr)
        fail(f"{' '.join(command[:6])} ... ended with {process.returncode}")
    # ru_maxrss is in kB on Linux; what the child had before it became the binary is below any figure here.
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def lines_of(path):
    with open(path, "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def bench_check(figures, options):
    """All problems of many random studies: text to programs, on one core."""
    binary = os.path.join(options.build, "medverka")
    if not os.path.exists(binary):
        fail(f"{binary} is not there; run ./dev build")
    studies = 100 if options.tiny else 10_000
    with tempfile.TemporaryDirectory(prefix="medverka-bench-") as folder:
        made = os.path.join(folder, "studies")
        measured([binary, "generate", "--studies", str(studies), "--seed", str(SEED), "--out", made], folder)
        size = sum(os.path.getsize(os.path.join(made, name)) for name in os.listdir(made)) / 1e6
        runs = [measured([*pinned(), binary, "check", made], folder) for _ in range(1 if options.tiny else options.repeat)]
    note = f"{studies:,} generated studies, {size:.1f} MB of text"
    figures.add(f"check: {studies:,} studies", [cpu for _, cpu, _ in runs], "s", 5, note=note)


# The studies that the target of `run` was set for; the others come in a figure of their own.
CORE_STUDIES = ["alascca", "metacarpal-shaft", "reduce-ami", "scapis"]


def study_folder(folder, names):
    """Some of the example studies, with what they use."""
    source = os.path.join(ROOT, "criteria", "studies")
    chosen = os.path.join(folder, f"studies-{len(names)}")
    os.mkdir(chosen)
    for name in [*(f"{name}.study" for name in names), "common.codes"]:
        shutil.copy(os.path.join(source, name), chosen)
    return chosen


def bench_run(figures, options):
    binary = os.path.join(options.build, "medverka")
    if not os.path.exists(binary):
        fail(f"{binary} is not there; run ./dev build")
    patients = 100 if options.tiny else 10_000
    every = sorted(name[:-len(".study")] for name in os.listdir(os.path.join(ROOT, "criteria", "studies")) if name.endswith(".study"))
    with tempfile.TemporaryDirectory(prefix="medverka-bench-") as folder:
        journal = os.path.join(folder, "journal.ndjson")
        measured([binary, "generate", "--patients", str(patients), "--years", "5", "--seed", str(SEED), "--out", journal],
                 folder)
        events = lines_of(journal)
        for names, target, repeat in ((CORE_STUDIES, 20_000, options.repeat), (every, None, 1)):
            studies = study_folder(folder, names)
            runs = []
            for number in range(1 if options.tiny else repeat):
                state, out = (os.path.join(folder, f"{what}{number}") for what in ("state", "out"))
                runs.append(measured([*pinned(), binary, "run", "--studies", studies, "--journal", journal, "--state",
                                      state, "--out", out, "--clock", CLOCK], folder))
                suggestions = lines_of(out)
                dead = os.path.join(state, "dead-letters.ndjson")
                if os.path.exists(dead) and lines_of(dead) > 0:
                    fail(f"{lines_of(dead)} records of the generated journal were not understood")
                if suggestions == 0:
                    fail("nobody was suggested for anything; the figure would be of no use")
                shutil.rmtree(state)
                os.remove(out)
            what = f"{patients:,} patients, {events:,} events, {suggestions:,} suggestion records"
            label = f"run, {len(names)} studies"
            figures.add(f"{label}: events per second", [events / wall for wall, _, _ in runs], "events/s", target, at_most=False,
                        note=what)
            figures.add(f"{label}: processor time", [cpu / events * 1e6 for _, cpu, _ in runs], "us/event")
            figures.add(f"{label}: peak memory", [memory for _, _, memory in runs], "MB", 300 if target else None)


BENCHES = {"generate": bench_generate, "journal": bench_journal, "state": bench_state, "evaluate": bench_evaluate, "check": bench_check,
           "run": bench_run, "editor": bench_editor, "kafka": kafka_bench.run}


def machine():
    model = "unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    load = os.getloadavg()[0]
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform(), "load_before": round(load, 2),
            "seed": SEED}


def main():
    parser = argparse.ArgumentParser(description="The project's figures, with their targets beside them.")
    parser.add_argument("--tiny", action="store_true", help="small sizes, one run: shows that the benchmarks work")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="the built tree")
    parser.add_argument("--repeat", type=int, default=5, help="runs per figure (5)")
    parser.add_argument("--json", help="where the JSON lines go (FOLDER/bench.jsonl)")
    parser.add_argument("filter", nargs="?", default="", help=f"part of a name: {', '.join(BENCHES)}")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)

    chosen = [bench for name, bench in BENCHES.items() if options.filter in name]
    if not chosen:
        fail(f"nothing is called '{options.filter}'; there are {', '.join(BENCHES)}")
    where = machine()
    print("  ".join(f"{key}: {value}" for key, value in where.items()))
    figures = Figures(options.tiny)
    for bench in chosen:
        bench(figures, options)
    print()
    figures.print(sys.stdout)
    if options.tiny:
        print("\n--tiny: these sizes say nothing about speed")
    path = options.json or os.path.join(options.build, "bench.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for row in figures.rows:
            file.write(json.dumps({**row, "tiny": options.tiny, **where}, ensure_ascii=False) + "\n")
    print(f"\nas JSON lines: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
