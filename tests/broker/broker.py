#!/usr/bin/env python3
"""Apache Kafka for tests: one broker or three, on loopback, in a folder of their own.

    broker.py start [--brokers N] [--dir D] [--fresh] [--json]   up, or still up; prints the bootstrap servers
    broker.py stop [--dir D]                                      down; the data stay
    broker.py status [--dir D] [--json]                           exit 1 when it is not up
    broker.py reset [--dir D]                                     down, and the data gone
    broker.py lock                                                after a change of pom.xml: fetch, write jars.lock

Each node is broker and controller in one (KRaft). The ports stay the same over stop and start, so that clients come back.
D is build/broker when nothing is said. As a module: Cluster.
"""

import argparse
import base64
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import jars

READY_SECONDS = 60       # a busy machine; alone it takes two to four
STOP_SECONDS = 20
PORTS = range(20000, 32000)  # below the ports that the system gives away by itself
HEAP = "512m"
JAVA = ["-Xms128m", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-Xshare:auto", "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
        "-Dorg.slf4j.simpleLogger.log.kafka.coordinator=info", "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.coordinator=info"]
STARTED = "Kafka Server started"


class BrokerError(Exception):
    pass


def free_ports(count):
    found, tried = [], random.SystemRandom().sample(PORTS, 200)
    for port in tried:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise BrokerError("no free port on loopback")


def settings(node, nodes, where):
    """server.properties of one node: small, quick to start, quick to notice what has gone."""
    replicas = min(3, len(nodes))
    return {
        "process.roles": "broker,controller",
        "node.id": node["id"],
        "controller.quorum.voters": ",".join(f"{n['id']}@127.0.0.1:{n['controller_port']}" for n in nodes),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{node['port']},CONTROLLER://127.0.0.1:{node['controller_port']}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node['port']}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": where / "data",
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": 2 if replicas == 3 else 1,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": 2 if replicas == 3 else 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 500,
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "replica.lag.time.max.ms": 4000,
        "controller.quorum.election.timeout.ms": 500,
        "controller.quorum.fetch.timeout.ms": 1500,
        "controlled.shutdown.enable": "true" if replicas == 3 else "false",
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 2,
        "num.recovery.threads.per.data.dir": 2,
        # Journals of tests carry the times of their events: years apart, and perhaps ahead of this machine's clock.
        "log.roll.ms": 100 * 365 * 86_400_000,
        "log.message.timestamp.after.max.ms": 2**63 - 1,
        "log.segment.bytes": 256 * 1024 * 1024,
        "log.index.size.max.bytes": 1024 * 1024,
        "log.cleaner.threads": 1,
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "log.cleaner.io.buffer.size": 256 * 1024,
        "log.cleaner.backoff.ms": 2000,
        "message.max.bytes": 16 * 1024 * 1024,
        "replica.fetch.max.bytes": 16 * 1024 * 1024,
    }


class Cluster:
    """Brokers whose folder is `where`. Every method may be called by a process other than the one that started them."""

    def __init__(self, where=None):
        self.where = pathlib.Path(where or jars.ROOT / "build" / "broker").resolve()
        self._file = self.where / "cluster.json"
        self._children = {}

    # What there is ---------------------------------------------------------------------------------------------------

    @property
    def nodes(self):
        return json.loads(self._file.read_text())["nodes"] if self._file.exists() else []

    @property
    def bootstrap(self):
        return ",".join(f"127.0.0.1:{node['port']}" for node in self.nodes)

    def log(self, node_id=1):
        return self._folder(node_id) / "server.log"

    def pid(self, node_id):
        """Of the running node, or None. A number that another program has got meanwhile is not it."""
        if node_id in self._children and self._children[node_id].poll() is not None:
            del self._children[node_id]  # a child that died is gone for good only when it has been asked for
        try:
            pid = int((self._folder(node_id) / "pid").read_text())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            # While its other threads still go down, the first may be a zombie already, and the ports are still open.
            dead = (pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
                    and len(os.listdir(f"/proc/{pid}/task")) <= 1)
        except (OSError, ValueError):
            return None
        # A process that has just become java shows no command line for a moment.
        ours = not command or str(self._properties(node_id)).encode() in command
        return pid if ours and not dead else None

    def alive(self):
        return [node["id"] for node in self.nodes if self.pid(node["id"])]

    def status(self):
        return {"bootstrap": self.bootstrap, "folder": str(self.where),
                "nodes": [{"id": node["id"], "port": node["port"], "pid": self.pid(node["id"])} for node in self.nodes]}

    # Up and down -----------------------------------------------------------------------------------------------------

    def start(self, brokers=1):
        """Up, all of them; those that run already are left alone."""
        if self.nodes and len(self.nodes) != brokers:
            raise BrokerError(f"{self.where} holds {len(self.nodes)} brokers, not {brokers}: reset it first")
        if not self.nodes:
            self._lay_out(brokers)
        started = [node["id"] for node in self.nodes if not self.pid(node["id"])]
        marks = {node_id: self._launch(node_id) for node_id in started}
        for node_id, mark in marks.items():
            self._await(node_id, mark)
        return self.bootstrap

    def start_with_login(self, user, password):
        """One broker, with a second listener that asks for a login (SASL/PLAIN); gives that one's address."""
        self._lay_out(1)
        node, login = self.nodes[0], free_ports(1)[0]
        plain = f"PLAINTEXT://127.0.0.1:{node['port']}"
        text = self._properties(node["id"]).read_text()
        text = text.replace(f"listeners={plain}", f"listeners={plain},LOGIN://127.0.0.1:{login}")
        text = text.replace("CONTROLLER:PLAINTEXT", "CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT")
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        text += f'sasl.enabled.mechanisms=PLAIN\nlistener.name.login.plain.sasl.jaas.config={module} required user_{user}="{password}";\n'
        self._properties(node["id"]).write_text(text)
        self.start()
        return f"127.0.0.1:{login}"

    def change_password(self, old, new):
        """Of the listener with a login; holds from the next start on."""
        path = self._properties(self.nodes[0]["id"])
        path.write_text(path.read_text().replace(f'="{old}";', f'="{new}";'))

    def stop(self):
        """Ends them in order; the data stay."""
        pids = [pid for node in self.nodes if (pid := self.pid(node["id"]))]
        for pid in pids:
            self._signal(pid, signal.SIGCONT)
            # A cluster that goes down whole has nobody to hand its partitions to, and would wait for it.
            self._signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(self.pid(node["id"]) for node in self.nodes):
            if time.monotonic() > deadline:
                for node in self.nodes:
                    self.kill9(node["id"])
                return
            time.sleep(0.05)

    def reset(self):
        for node in self.nodes:
            self.kill9(node["id"])
        shutil.rmtree(self.where, ignore_errors=True)

    # Faults ----------------------------------------------------------------------------------------------------------

    def kill9(self, node_id=1):
        pid = self.pid(node_id)
        if not pid:
            return
        self._signal(pid, signal.SIGKILL)
        while self.pid(node_id):
            time.sleep(0.01)

    def restart(self, node_id=1):
        """Up again after kill9 or stop."""
        if not self.pid(node_id):
            self._await(node_id, self._launch(node_id))

    def freeze(self, node_id=1):
        self._signal(self.pid(node_id), signal.SIGSTOP)

    def thaw(self, node_id=1):
        self._signal(self.pid(node_id), signal.SIGCONT)

    # Inside ----------------------------------------------------------------------------------------------------------

    def _folder(self, node_id):
        return self.where / f"node-{node_id}"

    def _properties(self, node_id):
        return self._folder(node_id) / "server.properties"

    @staticmethod
    def _signal(pid, number):
        if pid:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def _lay_out(self, brokers):
        ports = free_ports(2 * brokers)
        nodes = [{"id": at + 1, "port": ports[2 * at], "controller_port": ports[2 * at + 1]} for at in range(brokers)]
        # A leading hyphen would be taken for an option.
        cluster_id = "M" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        formats = []
        for node in nodes:
            folder = self._folder(node["id"])
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            lines = (f"{key}={value}\n" for key, value in settings(node, nodes, folder).items())
            self._properties(node["id"]).write_text("".join(lines))
            formats.append(subprocess.Popen(self._java("kafka.tools.StorageTool", ["-Xmx128m", "-XX:TieredStopAtLevel=1"]) +
                                            ["format", "-t", cluster_id, "-c", str(self._properties(node["id"]))],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        said = [process.communicate()[0].decode(errors="replace") for process in formats]
        if any(process.returncode for process in formats):
            raise BrokerError("kafka.tools.StorageTool format failed:\n" + "\n".join(said)[-2000:])
        self._file.write_text(json.dumps({"cluster_id": cluster_id, "nodes": nodes}))
        (self.where / "bootstrap").write_text(self.bootstrap + "\n")

    @staticmethod
    def _java(main, flags):
        if not shutil.which("java"):
            raise BrokerError("java is not there: ./dev setup installs it (Debian's package openjdk-17-jdk-headless)")
        return ["java", *flags, "-cp", jars.classpath(), main]

    def _launch(self, node_id):
        """Gives where in the log its own lines begin."""
        log = self.log(node_id)
        mark = log.stat().st_size if log.exists() else 0
        # -Xlog:disable and the like stay away: what the JVM says in its last moment is wanted in the log.
        with open(log, "ab") as out:
            process = subprocess.Popen(self._java("kafka.Kafka", JAVA) + [str(self._properties(node_id))], stdout=out,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                                       cwd=self._folder(node_id))
        self._children[node_id] = process
        (self._folder(node_id) / "pid").write_text(str(process.pid))
        return mark

    def _await(self, node_id, mark):
        deadline = time.monotonic() + READY_SECONDS
        while True:
            with open(self.log(node_id), "rb") as log:
                log.seek(mark)
                said = log.read().decode(errors="replace")
            if STARTED in said:
                return
            if not self.pid(node_id):
                raise BrokerError(f"broker {node_id} ended at its start; {self.log(node_id)} says:\n{said[-2000:]}")
            if time.monotonic() > deadline:
                raise BrokerError(f"broker {node_id} is not up after {READY_SECONDS} s; see {self.log(node_id)}")
            time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["start", "stop", "status", "reset", "lock"])
    parser.add_argument("--brokers", type=int, default=None, choices=[1, 3])
    parser.add_argument("--dir")
    parser.add_argument("--fresh", action="store_true", help="start: throw away what was there")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cluster = Cluster(options.dir)
    try:
        return run(options, cluster)
    except (BrokerError, jars.JarError) as error:
        print(f"broker: {error}", file=sys.stderr)
        return 3


def run(options, cluster):
    if options.verb == "lock":
        print(f"{jars.write_lock()} jars written to jars.lock")
    elif options.verb == "stop":
        cluster.stop()
    elif options.verb == "reset":
        cluster.reset()
    elif options.verb == "status":
        report(options, cluster)
        return 0 if cluster.nodes and len(cluster.alive()) == len(cluster.nodes) else 1
    else:
        if options.fresh:
            cluster.reset()
        cluster.start(options.brokers or len(cluster.nodes) or 1)
        report(options, cluster)
    return 0


def report(options, cluster):
    status = cluster.status()
    if options.json:
        print(json.dumps(status))
    elif options.verb == "start":
        print(status["bootstrap"])
    elif not status["nodes"]:
        print("no broker: ./dev broker start")
    else:
        for node in status["nodes"]:
            state = f"up, process {node['pid']}" if node["pid"] else "down"
            print(f"broker {node['id']}  127.0.0.1:{node['port']}  {state}")


if __name__ == "__main__":
    sys.exit(main())
