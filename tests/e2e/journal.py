"""Journals for the end-to-end tests: made by `medverka generate`, given merges across partitions, and keyed for Kafka as a
source of a hospital's would: by the patient's id, what belongs to no patient to every partition."""

import copy
import datetime
import hashlib
import hmac
import json
import random
import struct
import subprocess

TRIAL_KEY = b"medverka trial key, known to everybody"
TRIAL_KEY_ID = 1
FEEDBACK = "se.medverka.feedback.v1"
# Resources that stand for no patient: every lane has to know them.
SHARED = {"Medication", "Device"}


def murmur2(data):
    """Java's, as Kafka's default partitioner has it."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) // 4 * 4
    for (k,) in struct.iter_unpack("<I", data[:whole]):
        k = (k * m) & mask
        k ^= k >> 24
        h = ((h * m) & mask) ^ ((k * m) & mask)
    rest = data[whole:]
    if rest:
        h ^= int.from_bytes(rest, "little")
        h = (h * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


def partition_of(key, partitions):
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def name_of(reference):
    """The hashed name, in hex, that `Patient/p1` has in the state."""
    return bytes([TRIAL_KEY_ID]).hex() + hmac.new(TRIAL_KEY, reference.encode(), hashlib.sha256).digest()[:16].hex()


def milliseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp() * 1000)


def generate(binary, path, patients, years=2, seed=1):
    subprocess.run([binary, "generate", "--patients", str(patients), "--years", str(years), "--seed", str(seed), "--out",
                    str(path)], check=True, capture_output=True)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def parse(line):
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def resource_of(document):
    return document.get("data") if "specversion" in document else document


def resources(document):
    """The resources that an event carries, those of a Bundle one by one."""
    resource = resource_of(document)
    if not isinstance(resource, dict):
        return
    if resource.get("resourceType") == "Bundle":
        for entry in resource.get("entry", []):
            if isinstance(entry.get("resource"), dict):
                yield entry["resource"]
    else:
        yield resource


def whose(resource):
    """What the resource says of whose it is: ("reference", "p1"), ("identifier", "..."), or None."""
    if resource.get("resourceType") == "Patient":
        return ("reference", resource["id"]) if "id" in resource else None
    for member in ("subject", "patient", "individual", "beneficiary"):
        said = resource.get(member)
        if isinstance(said, dict):
            if "reference" in said:
                return ("reference", said["reference"].rsplit("/", 1)[-1])
            identifier = said.get("identifier", {})
            if "value" in identifier:
                return ("identifier", _plain(identifier["value"]))
    return None


def _plain(value):
    """Two spellings of a personal number are one: the last ten digits, without hyphen or blank."""
    digits = "".join(c for c in value if c.isalnum())
    return digits[-10:] if digits.isdigit() and len(digits) == 12 else digits


class Router:
    """Which patient an event is about. Looks at the whole journal first, since a delete names only the resource."""

    def __init__(self, lines):
        self.patients = set()
        self._by_identifier, self._by_resource = {}, {}
        pending = []
        for document in filter(None, map(parse, lines)):
            for resource in resources(document):
                if resource.get("resourceType") == "Patient" and "id" in resource:
                    self.patients.add(resource["id"])
                    for identifier in resource.get("identifier", []):
                        # The surviving record of a merge may carry the other's number too: whoever said it first has it.
                        self._by_identifier.setdefault(_plain(identifier.get("value", "")), resource["id"])
                pending.append(resource)
        for resource in pending:
            patient = self._patient(whose(resource))
            if patient and "id" in resource:
                self._by_resource[f"{resource['resourceType']}/{resource['id']}"] = patient

    def _patient(self, said):
        if said is None:
            return None
        kind, value = said
        return value if kind == "reference" else self._by_identifier.get(value, f"number-{value}")

    def patient_of(self, line):
        """The patient's id; "*" for everybody's; None for what nobody can tell (poison, or without a subject)."""
        document = parse(line)
        if document is None:
            return None
        found, shared = None, False
        for resource in resources(document):
            found = found or self._patient(whose(resource))
            shared = shared or resource.get("resourceType") in SHARED
        if found:
            return found
        named = [document.get("subject", "")] if "specversion" in document else []
        bundle = resource_of(document) or {}
        named += [entry.get("request", {}).get("url", "") for entry in bundle.get("entry", [])
                  if isinstance(entry, dict)]
        for name in named:
            if name.startswith("Patient/"):
                return name[len("Patient/"):]
            if name in self._by_resource:
                return self._by_resource[name]
            shared = shared or name.split("/")[0] in SHARED
        return "*" if shared else None


def time_of(line):
    """When the event says it was made, milliseconds; None where it does not."""
    document = parse(line)
    if document is None:
        return None
    resource = resource_of(document) or {}
    said = document.get("time") if "specversion" in document else None
    said = said or resource.get("timestamp") or resource.get("meta", {}).get("lastUpdated")
    return milliseconds(said) if said else None


def route(lines, partitions, binary=0.0, rng=None):
    """Records for Kafka, in the journal's order: [{"p", "t", "k", "v", "h"}], those of feedback with {"topic": "feedback"}.
    `binary`: share of events in binary mode."""
    rng = rng or random.Random(1)
    router = Router(lines)
    records, last = [], 0
    for line in lines:
        at = time_of(line)
        last = last if at is None else at
        patient = router.patient_of(line)
        if patient == "*":
            targets = [(partition, "shared") for partition in range(partitions)]
        else:
            key = patient or "nobody"
            targets = [(partition_of(key, partitions), key)]
        value, headers = line, {}
        document = parse(line)
        if document is not None and "specversion" in document:
            if rng.random() < binary:
                value, headers = _binary(document, line)
            else:
                headers = {"content-type": "application/cloudevents+json; charset=UTF-8"}
        more = {"topic": "feedback"} if is_feedback(document) else {}
        records += [{"p": partition, "t": last, "k": key, "v": value, "h": headers, **more} for partition, key in targets]
    return records


def is_feedback(document):
    return document is not None and document.get("type") == FEEDBACK


def _binary(document, line):
    headers = {f"ce_{name}": str(value) for name, value in document.items()
               if name not in ("data", "data_base64", "datacontenttype")}
    if "datacontenttype" in document:
        headers["content-type"] = document["datacontenttype"]
    if "data" not in document:
        return None, headers
    # Its own bytes, not what a reader makes of them: 0.70 must not become 0.7. In our journals the data stand last.
    data = line.rstrip()[line.index('"data":') + len('"data":'):-1]
    assert json.loads(data) == document["data"]
    return data, headers


def heartbeats(moment, partitions):
    """One record per partition that says only what time it is: a resource that nobody reads, stamped `moment`."""
    beat = {"specversion": "1.0", "id": f"beat-{moment}", "source": "//tests", "type": "se.example.heartbeat.v1",
            "time": moment, "subject": "Basic/beat", "datacontenttype": "application/fhir+json",
            "data": {"resourceType": "Basic", "id": "beat"}}
    line = json.dumps(beat, separators=(",", ":"))
    return line, [{"p": partition, "t": milliseconds(moment), "k": "shared", "v": line,
                   "h": {"content-type": "application/cloudevents+json; charset=UTF-8"}} for partition in range(partitions)]


def with_merges(lines, count, seed=1):
    """The same journal, with `count` pairs of patients merged towards its end, every third of them parted again."""
    rng = random.Random(seed)
    newest, moment = {}, None
    for document in filter(None, map(parse, lines)):
        resource = resource_of(document)
        if resource and resource.get("resourceType") == "Patient" and "link" not in resource and "id" in resource:
            newest[resource["id"]] = resource
        if "time" in document:
            moment = max(moment or document["time"], document["time"])
    candidates = sorted(newest)
    rng.shuffle(candidates)
    pairs = [(candidates.pop(), candidates.pop()) for _ in range(min(count, len(candidates) // 2))]
    last = milliseconds(moment)
    added = []
    for number, (retired, survivor) in enumerate(pairs):
        link = [{"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}]
        added.append(_patient_event(newest[retired], 900, last + 1000 * number, link, active=False))
        if number % 3 == 2:
            added.append(_patient_event(newest[retired], 901, last + 1000 * (number + len(pairs)), None, active=True))
    # Not at the very end: what comes after a merge must follow the person.
    middle = len(lines) * 2 // 3
    merged = list(lines)
    for offset, line in enumerate(added):
        at = rng.randrange(middle, len(merged) + 1) if offset % 2 == 0 else len(merged)
        merged.insert(at, line)
    return merged, pairs


def with_moves(lines, partitions, count, studies, seed=1):
    """The same journal, with `count` patients of one partition merged into patients of another, all along it. A third of them are
    parted again, some of those merged anew; survivors are retired in their turn; what was said of either before is corrected
    later, and clinicians answer for both names. Gives the lines and the pairs (retired, survivor)."""
    rng = random.Random(seed)
    first, said, times = {}, {}, []  # Patient resources; (line, resource) by patient; time at each line
    router = Router(lines)
    for number, line in enumerate(lines):
        at = time_of(line)
        times.append(max(at or 0, times[-1] if times else 0))
        document = parse(line)
        resource = resource_of(document) if document else None
        if not isinstance(resource, dict):
            continue
        if resource.get("resourceType") == "Patient" and "link" not in resource and "id" in resource:
            first.setdefault(resource["id"], resource)
        elif resource.get("resourceType") in ("Observation", "Procedure") and resource.get("id") and resource.get("status"):
            said.setdefault(router.patient_of(line), []).append((number, resource))
    by_partition = [[] for _ in range(partitions)]
    for patient in sorted(first):
        by_partition[partition_of(patient, partitions)].append(patient)
    for patients in by_partition:
        rng.shuffle(patients)
    added, pairs = [], []  # added: (line before which it comes, event)
    step, span = len(lines) / max(count, 1), len(lines) // 25 + 3
    for number in range(count):
        home = number % partitions
        # A chain: who survived the merge before is retired now.
        chained = number % 5 == 4 and pairs and partition_of(pairs[-1][1], partitions) == home
        others = [one for one in range(partitions) if one != home and by_partition[one]]
        if not others or not (chained or by_partition[home]):
            break
        retired = pairs[-1][1] if chained else by_partition[home].pop()
        survivor = by_partition[rng.choice(others)].pop()
        pairs.append((retired, survivor))
        at = int((number + 0.5) * step)

        def later(most=span, least=1, at=at):
            return min(len(lines) - 1, at + rng.randint(least, most))

        def say(where, event):
            added.append((where, event))

        def link(where, version, merged, retired=retired, survivor=survivor):
            other = [{"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}] if merged else None
            say(where, _patient_event(first[retired], version, times[where], other, active=not merged))
        link(at, 900, True)
        if number % 4 == 1:  # and the survivor says the same
            where = later(span // 2)
            say(where, _patient_event(first[survivor], 890, times[where],
                                      [{"other": {"reference": f"Patient/{retired}"}, "type": "replaces"}], active=True))
        if number % 3 == 2:
            parted = later(2 * span, span)
            link(parted, 901, False)
            if number % 2:
                link(min(len(lines) - 1, parted + rng.randint(1, span)), 902, True)
        for patient in (retired, survivor):
            before = [resource for place, resource in said.get(patient, []) if place < at]
            if before:
                resource, where = rng.choice(before), later()
                say(where, _changed(resource, 700, times[where], "entered-in-error", patient))
                if rng.random() < 0.5:
                    where = min(len(lines) - 1, where + rng.randint(1, span))
                    say(where, _changed(resource, 701, times[where], resource["status"], patient))
            where = later(2 * span)
            say(where, _feedback(f"{patient}-{number}", patient, rng.choice(studies),
                                 rng.choice(["declined", "declined", "accepted", "enrolled", "withdrawn"]), times[where]))
    merged, rest = [], sorted(enumerate(added), key=lambda one: (one[1][0], one[0]))
    rest = [one for _, one in rest]
    for number, line in enumerate(lines):
        while rest and rest[0][0] <= number:
            merged.append(rest.pop(0)[1])
        merged.append(line)
    return merged, pairs


def _instant(at):
    return datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _changed(resource, version, at, status, patient):
    changed = copy.deepcopy(resource)
    changed["meta"] = {"versionId": str(version), "lastUpdated": _instant(at)}
    changed["status"] = status
    # By its id, whatever the first version was known by: deletes and corrections name the patient in many ways.
    changed["subject"] = {"reference": f"Patient/{patient}"}
    name = f"{resource['resourceType']}/{resource['id']}"
    return json.dumps({"specversion": "1.0", "id": f"change-{name}-{version}", "source": "//tests",
                       "type": "se.example.journal.resource.updated.v1", "time": _instant(at), "subject": name,
                       "datacontenttype": "application/fhir+json", "data": changed}, ensure_ascii=False, separators=(",", ":"))


def _feedback(name, patient, study, outcome, at):
    data = {"patient": {"reference": f"Patient/{patient}"}, "study": study, "outcome": outcome}
    if outcome == "declined":
        data["reason"] = "patient-declined"
    return json.dumps({"specversion": "1.0", "id": f"feedback-{name}", "source": "//tests", "type": FEEDBACK,
                       "time": _instant(at), "datacontenttype": "application/json", "data": data}, separators=(",", ":"))


def _patient_event(resource, version, at, link, active):
    moment = _instant(at)
    changed = copy.deepcopy(resource)
    changed["meta"] = {"versionId": str(version), "lastUpdated": moment}
    changed["active"] = active
    if link:
        changed["link"] = link
    return json.dumps({"specversion": "1.0", "id": f"merge-{resource['id']}-{version}", "source": "//tests",
                       "type": "se.example.journal.resource.updated.v1", "time": moment,
                       "subject": f"Patient/{resource['id']}", "datacontenttype": "application/fhir+json",
                       "data": changed}, ensure_ascii=False, separators=(",", ":"))


def with_poison(lines, every=97):
    """Some lines that nobody can understand."""
    poisoned = []
    for number, line in enumerate(lines):
        poisoned.append(line)
        if number % every == every - 1:
            poisoned.append('{"resourceType":"Observation","id":"cut off' if number % 2 else '{"resourceType":"Observation"}')
    return poisoned


def write_records(path, records):
    with open(path, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


