"""The broker for tests is what it says: up and down, again on the same ports, and it refuses jars with other bytes."""

import os
import pathlib
import shutil
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import broker
import jars


def answers(bootstrap):
    host, port = bootstrap.split(",")[0].split(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


class BrokerTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="medverka-broker-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def cluster(self):
        cluster = broker.Cluster(self.folder / "kafka")
        self.addCleanup(cluster.reset)
        return cluster

    def test_comes_back_on_the_same_ports(self):
        cluster = self.cluster()
        bootstrap = cluster.start()
        self.assertTrue(answers(bootstrap))
        self.assertEqual(cluster.start(), bootstrap)
        cluster.kill9()
        self.assertFalse(answers(bootstrap))
        self.assertEqual(cluster.alive(), [])
        cluster.restart()
        self.assertTrue(answers(bootstrap))
        # Another process, which knows nothing but the folder, takes it down.
        broker.Cluster(self.folder / "kafka").stop()
        self.assertFalse(answers(bootstrap))
        cluster.reset()
        self.assertFalse((self.folder / "kafka").exists())

    def test_does_not_turn_one_broker_into_three(self):
        cluster = self.cluster()
        cluster.start()
        with self.assertRaisesRegex(broker.BrokerError, "holds 1 brokers, not 3"):
            cluster.start(3)

    def test_refuses_jars_with_other_bytes(self):
        copied = self.folder / "kafka-jars"
        shutil.copytree(jars.folder(), copied)
        spoilt = next(copied.glob("kafka-clients-*.jar"))
        spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"!")
        wrong = jars._wrong(copied, jars.read_lock(jars.HERE / "jars.lock"))
        self.assertEqual(wrong, [f"{spoilt.name} has other bytes than the lock file says"])
        spoilt.unlink()
        (copied / "more.jar").write_bytes(b"")
        wrong = jars._wrong(copied, jars.read_lock(jars.HERE / "jars.lock"))
        self.assertEqual(wrong, [f"{spoilt.name} is missing", "more.jar is not in the lock file"])


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main(verbosity=2)
