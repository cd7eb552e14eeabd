// A server under test, spoken to with the client half of VS Code's own protocol library.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
export const protocol = require("vscode-languageserver-protocol/node");

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const BINARY = process.env.MEDVERKA ? path.resolve(process.env.MEDVERKA) : path.join(ROOT, "build/release/medverka");

export class Session {
  constructor() {
    this.process = spawn(BINARY, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.process.on("exit", resolve));
    this.connection = protocol.createProtocolConnection(
      new protocol.StreamMessageReader(this.process.stdout),
      new protocol.StreamMessageWriter(this.process.stdin),
    );
    this.diagnostics = new Map();
    this.waiting = [];
    this.connection.onNotification(protocol.PublishDiagnosticsNotification.type, (params) => {
      this.diagnostics.set(params.uri, params);
      this.waiting = this.waiting.filter((one) => !one(params));
    });
    this.connection.listen();
    this.version = 0;
  }

  async start(options = {}) {
    return this.connection.sendRequest(protocol.InitializeRequest.type, {
      processId: process.pid, rootUri: null, capabilities: {}, ...options,
    });
  }

  // Opens, and gives the diagnostics that follow.
  open(uri, text) {
    const shown = this.next(uri);
    this.connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: "medverka", version: ++this.version, text },
    });
    return shown;
  }

  change(uri, text) {
    const shown = this.next(uri, ++this.version);
    this.connection.sendNotification(protocol.DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: this.version }, contentChanges: [{ text }],
    });
    return shown;
  }

  next(uri, version = 0) {
    return new Promise((resolve) => {
      this.waiting.push((params) => {
        if (params.uri !== uri || (params.version ?? version) < version) return false;
        resolve(params.diagnostics);
        return true;
      });
    });
  }

  request(type, uri, position, more = {}) {
    return this.connection.sendRequest(type, { textDocument: { uri }, position, ...more });
  }

  async stop() {
    await this.connection.sendRequest(protocol.ShutdownRequest.type);
    await this.connection.sendNotification(protocol.ExitNotification.type);
    const code = await this.ended;
    this.connection.dispose();
    return code;
  }
}

export const fileUri = (name) => pathToFileURL(path.resolve(name)).href;

// Where a part of the text stands: {line, character} of its first letter, moved by `by`.
export function placeOf(text, part, by = 0) {
  const offset = text.indexOf(part) + by;
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1).length };
}

export function apply(text, edits) {
  const starts = [0];
  for (let i = 0; i < text.length; ++i) if (text[i] === "\n") starts.push(i + 1);
  const offset = (p) => starts[p.line] + p.character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((all, e) => all.slice(0, offset(e.range.start)) + e.newText + all.slice(offset(e.range.end)), text);
}
