"""The broker that ctest gives to tests with the label kafka, and names that no other test uses."""

import os
import pathlib
import socket
import struct
import sys
import uuid


def bootstrap():
    """Bootstrap servers. MEDVERKA_TEST_KAFKA names the file that holds them (medverka_needs_kafka in CMake)."""
    named = os.environ.get("MEDVERKA_TEST_KAFKA")
    root = pathlib.Path(__file__).resolve().parents[2]
    file = pathlib.Path(named) if named else root / "build" / "broker" / "bootstrap"
    if not file.exists():
        sys.exit(f"no broker: {file} is not there; run it by ctest, or ./dev broker start")
    return file.read_text().strip()


def unique(prefix):
    """For topics, groups and transactional ids: one broker serves many tests and many runs."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


CREATE_TOPICS, VERSION = 19, 4
TIMEOUT_MS = 30_000
ALREADY_THERE = 36


def _string(text):
    return struct.pack(">h", len(text.encode())) + text.encode()


def _exactly(connection, count):
    said = b""
    while len(said) < count:
        piece = connection.recv(count - len(said))
        if not piece:
            raise OSError("the broker hung up")
        said += piece
    return said


def _ask(servers, api, version, body):
    """One request of Kafka's protocol to the first broker; the answer behind its correlation number."""
    request = struct.pack(">hhi", api, version, 1) + _string("tests") + body
    host, port = servers.split(",")[0].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=TIMEOUT_MS / 1000 + 5) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", _exactly(connection, 4))
        return _exactly(connection, size)[4:]


def create_topic(servers, name, partitions=1, replication=1, settings=None):
    """With settings that `medverka topics create` would not give it; one request of Kafka's protocol, any broker takes it."""
    body = struct.pack(">i", 1) + _string(name) + struct.pack(">ihi", partitions, replication, 0)
    settings = settings or {}
    body += struct.pack(">i", len(settings)) + b"".join(_string(key) + _string(str(value)) for key, value in settings.items())
    body += struct.pack(">i?", TIMEOUT_MS, False)
    answer = _ask(servers, CREATE_TOPICS, VERSION, body)
    # Throttle, one topic: name, error, message.
    (length,) = struct.unpack_from(">h", answer, 8)
    (error,) = struct.unpack_from(">h", answer, 10 + length)
    if error not in (0, ALREADY_THERE):
        raise OSError(f"the broker will not create {name}: error {error}")


DELETE_RECORDS = 21


def delete_records(servers, topic, partition, before):
    """What retention does: offsets below `before` are gone. The first of `servers` must lead the partition. Gives where it begins."""
    body = struct.pack(">i", 1) + _string(topic) + struct.pack(">iiqi", 1, partition, before, TIMEOUT_MS)
    answer = _ask(servers, DELETE_RECORDS, 1, body)
    # Throttle, one topic: name, one partition: number, where it begins, error.
    (length,) = struct.unpack_from(">h", answer, 8)
    _, begins, error = struct.unpack_from(">iqh", answer, 14 + length)
    if error:
        raise OSError(f"the broker will not delete records of {topic}[{partition}]: error {error}")
    return begins
