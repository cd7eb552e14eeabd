#!/usr/bin/env python3
"""Answers a family of questions about journals a second time, in plain Python written from the documents alone, and compares every truth
and every verdict with those of `medverka explain`. Exit code 1 if they differ anywhere.

    oracle.py BINARY [--seed N] [--rounds N] [--patients N] [--long] [--whole] [--synthea FILE] [--keep DIR]
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.dont_write_bytecode = True  # nothing of a test is left behind in the sources

import histories
import journal
import moments
import real

TRUTH = {True: "true", False: "false", None: "unknown"}
SHOWN_MAX = 40
LATER_SHARE = 0.3  # of the truths are asked again at a random time before the binary says they can change
DAY = 24 * moments.HOUR


class Disagreement:
    def __init__(self, study, criterion, patient, now, ours, theirs, facts, why=""):
        self.study, self.criterion, self.patient, self.now = study, criterion, patient, now
        self.ours, self.theirs, self.facts, self.why = ours, theirs, facts, why

    def print(self):
        print(f"  {self.patient}  at {moments.text_of(self.now)}  {self.study}")
        print(f"    {self.criterion}")
        print(f"    the oracle says {self.ours}, the binary {self.theirs}" + (f" ({self.why})" if self.why else ""))
        for fact in self.facts:
            print(f"      {fact}")


def plain(value):
    if isinstance(value, Fraction):
        return float(value)
    raise TypeError(value)


def explain(binary, studies, journal_file, now):
    command = [str(binary), "explain", "--studies", str(studies), "--journal", str(journal_file), "--at", moments.text_of(now), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if " warning " not in line]
        errors = [line for line in lines if "error" in line] or lines[-20:]
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n" + "\n".join(errors))
    return json.loads(done.stdout)


def later_moment(source, now, until):
    """A time after log time and before `until`; half of them just before it."""
    last = now + 3 * 365 * DAY if until is None else min(moments.read(until[:19] + "Z")[0], now + 3 * 365 * DAY) - 1
    if last <= now:
        return now
    return source.randrange(now, last + 1) if source.random() < 0.5 else max(now, last - source.randrange(0, 2 * DAY))


def name_of(patient):
    return patient if patient.startswith("Patient/") else "Patient/" + patient


def asked_parts(question):
    parts = getattr(question, "parts", None)
    return [question] if parts is None else [one for part in parts for one in asked_parts(part)]


def resting_on(reader, patient, question):
    """The resources a question rests on, as JSON, for the report."""
    names = []
    for part in asked_parts(question):
        of_set = getattr(part, "of_set", lambda fact: fact.kind == "observation")
        names += [fact.resource for fact in patient.facts if of_set(fact) and fact.resource not in names]
    return [f"{json.dumps(reader.resources[patient.name], default=plain)}"] + \
           [json.dumps(reader.resources[name], default=plain, ensure_ascii=False) for name in names[:8]]


def compare(binary, folder, reader, journal_file, studies, times):
    """Every patient, study, criterion and time; returns the number of comparisons and the disagreements."""
    count, found, tally, later = 0, [], {}, random.Random(len(studies))
    by_name = {study.name: study for study in studies}
    for now in times:
        answers = {(name_of(one["patient"]), one["study"]): one for one in explain(binary, folder, journal_file, now)}
        for patient in reader.patients.values():
            facts_now = journal.facts_at(patient, now)
            for study in studies:
                answer = answers.get((patient.name, study.name))
                if answer is None:
                    found.append(Disagreement(study.name, "", patient.name, now, "a verdict", "nothing", []))
                    continue
                theirs = {one["name"]: one for one in answer["criteria"]}
                values = {}
                for criterion in study.criteria:
                    facts = journal.facts_at(patient, now)
                    value = values[criterion.name] = criterion.judge(patient, facts, now)
                    tally[value] = tally.get(value, 0) + 1
                    other = theirs[criterion.name]
                    count += 1
                    if TRUTH[value] != other["value"]:
                        found.append(Disagreement(study.name, criterion.text(), patient.name, now, TRUTH[value], other["value"],
                                                  resting_on(reader, patient, criterion.question), other["why"]["en"]))
                    elif later.random() < LATER_SHARE:
                        count += 1
                        then = later_moment(later, now, other["until"])
                        changed = criterion.judge(patient, journal.facts_at(patient, then), then)
                        if changed != value:
                            claim = f"{other['value']} until {other['until'] or 'a new event'}"
                            found.append(Disagreement(study.name, criterion.text(), patient.name, now,
                                                      f"{TRUTH[changed]} already at {moments.text_of(then)}", claim,
                                                      resting_on(reader, patient, criterion.question), other["why"]["en"]))
                count += 1
                verdict = by_name[study.name].verdict(patient, values, now)
                agree = all(TRUTH[values[name]] == one["value"] for name, one in theirs.items() if name in values)
                if agree and verdict != answer["verdict"]:
                    found.append(Disagreement(study.name, "the verdict", patient.name, now, verdict, answer["verdict"],
                                              [json.dumps(reader.resources[patient.name], default=plain)]))
    return count, found, tally


def write_studies(folder, studies):
    folder.mkdir()
    for study in studies:
        (folder / f"{study.name}.study").write_text(study.text(), encoding="utf-8")


def random_round(binary, seed, patients, place):
    source = random.Random(seed)
    times = histories.make_times(source, 6)
    records = [record for index in range(patients) for record in histories.make_patient(source, f"p{index + 1}", times)]
    source.shuffle(records)
    journal_file = place / "journal.ndjson"
    journal_file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    studies = histories.make_studies(source, 4, 20)
    write_studies(place / "studies", studies)
    reader = journal.Reader(journal.lines_of(journal_file))
    return compare(binary, place / "studies", reader, journal_file, studies, times)


def real_round(binary, seed, what, place):
    file, count = what
    source = random.Random(seed)
    reader = journal.Reader(journal.lines_of(file))
    studies, times = real.make(source, reader, count)
    write_studies(place / "studies", studies)
    return compare(binary, place / "studies", reader, file, studies, times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--patients", type=int, default=20)
    parser.add_argument("--long", action="store_true", help="ten times as many rounds")
    parser.add_argument("--whole", action="store_true", help="ask for events, spread counts and averages, too")
    parser.add_argument("--synthea", type=pathlib.Path, help="real bundles, when they are there")
    parser.add_argument("--keep", type=pathlib.Path, help="keep journals and studies in this folder")
    options = parser.parse_args()
    histories.WHOLE = options.whole
    rounds = options.rounds * (10 if options.long else 1)
    jobs = [(f"random {options.seed + index}", random_round, options.seed + index, options.patients) for index in range(rounds)]
    if options.synthea and options.synthea.exists():
        jobs += [(f"synthea {options.seed + index}", real_round, options.seed + index, (options.synthea, 6 if options.long else 2))
                 for index in range(10 if options.long else 1)]
    elif options.synthea:
        print(f"{options.synthea} is not there: only random histories are compared")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, run, seed, what in jobs:
            place = (options.keep or pathlib.Path(scratch)) / name.replace(" ", "-")
            place.mkdir(parents=True)
            count, found, tally = run(options.binary, seed, what, place)
            shares = ", ".join(f"{TRUTH[value]} {number}" for value, number in sorted(tally.items(), key=str))
            print(f"{name}: {count} compared ({shares}), {len(found)} disagree")
            for one in found[:SHOWN_MAX]:
                one.print()
            failed += len(found)
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
