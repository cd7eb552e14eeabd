"""The language server on a study of many criteria: from a key press to the list of proposals."""

import json
import os
import subprocess
import time

URI = "untitled:large.study"


def study(criteria):
    """One file with `criteria` criteria over 40 sets."""
    lines = ['study T0001 "large" { sites "Danderyds sjukhus" region 01 }']
    lines += [f"codes set {i} {{ icd10se C{i:02}  atc A{i % 10:02}AA }}" for i in range(10, 50)]
    lines += ["codes haemoglobin { npu NPU28309 }"]
    for i in range(criteria):
        body = (f'condition "set {10 + i % 40}" starting within last {1 + i % 11} months',
                f'latest observation "haemoglobin" >= {80 + i} g/L within last 90 days',
                f'age >= {18 + i % 60} years and no medication "set {10 + i % 40}" current')[i % 3]
        lines.append(f"exclude c{i} : {body}")
    return "\n".join(lines) + "\n"


class Server:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.id = 0

    def send(self, message):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.process.stdin.flush()

    def request(self, method, params):
        self.id += 1
        self.send({"id": self.id, "method": method, "params": params})
        while True:
            length = 0
            while (line := self.process.stdout.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answer = json.loads(self.process.stdout.read(length))
            if answer.get("id") == self.id:
                return answer["result"]

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def stop(self):
        self.request("shutdown", {})
        self.notify("exit", {})
        return self.process.wait(timeout=30)


def run(build, criteria, rounds):
    """Milliseconds of each completion, each after the document has changed by a letter."""
    server = Server(os.path.join(build, "medverka"))
    server.request("initialize", {"capabilities": {}})
    text = study(criteria)
    server.notify("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "medverka", "version": 1, "text": text}})
    took = []
    line = text.count("\n")
    for i in range(rounds):
        typed = 'exclude new : condition "set ' + "1234"[: i % 3]
        begin = time.monotonic()
        server.notify("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2 + i}, "contentChanges": [{"text": text + typed}]})
        answer = server.request("textDocument/completion",
                                {"textDocument": {"uri": URI}, "position": {"line": line, "character": len(typed)}})
        took.append((time.monotonic() - begin) * 1e3)
        if i % 3 == 0 and len(answer["items"]) != 40:
            raise ValueError(f"{len(answer['items'])} sets proposed, not 40")
    if server.stop() != 0:
        raise ValueError("the language server did not end well")
    return took
