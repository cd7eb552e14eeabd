"""The broker that ctest gives to tests with the label kafka, and names that no other test uses."""

import os
import pathlib
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
