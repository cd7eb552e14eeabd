// `medverka lsp`, as an editor meets it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { BINARY, ROOT, Session, apply, fileUri, placeOf, protocol } from "./server.mjs";

const STUDY = `study T0001 "a test" { sites "Danderyd" region 01 }
codes stroke { icd10se I60-I64, I69 }
codes haemoglobin { npu NPU28309 }
define "had stroke" : condition "stroke"
include hb "åäö 🙂" : latest observation "haemoglobin" >= 100 g/L within last 90 days
exclude brain : "had stroke" or condition "stroke" starting within last 1 year
example "x" at 2026-01-01 {
  born 1970  female
  condition "stroke" on 2020-01-01
  expect ineligible, against: brain
}
`.replace(' "åäö 🙂"', ' sv "åäö 🙂"');

describe("a document", () => {
  let session;
  const uri = "untitled:one.study";
  before(async () => {
    session = new Session();
    const answer = await session.start({ locale: "sv" });
    assert.equal(answer.serverInfo.name, "medverka");
    assert.equal(answer.capabilities.positionEncoding, "utf-16");
  });
  after(async () => assert.equal(await session.stop(), 0));

  test("shows diagnostics as it is typed, and takes them away", async () => {
    const good = await session.open(uri, STUDY);
    assert.deepEqual(good.filter((one) => one.severity === 1), []);
    const bad = await session.change(uri, STUDY.replace('observation "haemoglobin"', 'observation "hemoglobin"'));
    const errors = bad.filter((one) => one.severity === 1);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].code, "MV0502");
    assert.equal(errors[0].source, "medverka");
    assert.match(errors[0].message, /haemoglobin/);
    // Behind two letters of UTF-16 for one character on the line.
    assert.deepEqual(errors[0].range.start, placeOf(STUDY, '"haemoglobin" >='));
    assert.deepEqual((await session.change(uri, STUDY)).filter((one) => one.severity === 1), []);
  });

  test("completes words, sets, codes, units and names", async () => {
    const labels = async (text, part, by) => {
      await session.change(uri, text);
      const list = await session.request(protocol.CompletionRequest.type, uri, placeOf(text, part, by));
      for (const item of list.items) {
        const edited = apply(text, [item.textEdit]);
        assert.ok(edited.includes(item.textEdit.newText));
      }
      return list.items.map((item) => item.label);
    };
    const line = (end) => STUDY + "exclude new : " + end;
    assert.deepEqual(await labels(line('condition "st'), '"st', 3 + 0).then((all) => all.includes("stroke")), true);
    const after = async (end) => labels(line(end), line(end), line(end).length);
    assert.deepEqual(await after('condition "str'), ["stroke"]);
    assert.ok((await after("condition icd10se ")).includes("I60-I64"));
    assert.deepEqual(await after("condition icd10se I69"), ["I69"]);
    assert.equal((await after('latest observation "haemoglobin" >= 90 '))[0], "g/L");
    assert.ok((await after('latest observation "haemoglobin" >= 90 mm')).includes("mmol/L"));
    assert.ok((await after('condition "stroke" start')).some((one) => one.startsWith("starting")));
    assert.ok((await after("had")).includes('"had stroke"'));
    assert.ok((await after("procedure")).includes("procedure"));
    const top = STUDY + "incl";
    assert.deepEqual(await labels(top, top, top.length), ["include"]);
    await session.change(uri, STUDY);
  });

  test("reads a criterion back on hover, in Swedish, and shows what a name stands for", async () => {
    const criterion = await session.request(protocol.HoverRequest.type, uri, placeOf(STUDY, "include hb", 9));
    assert.match(criterion.contents.value, /100 g\/L/);
    assert.match(criterion.contents.value, /90 dag/);
    const set = await session.request(protocol.HoverRequest.type, uri, placeOf(STUDY, '"stroke" starting', 2));
    assert.match(set.contents.value, /codes stroke \{ icd10se I60-I64, I69 \}/);
    assert.deepEqual(set.range.start, placeOf(STUDY, '"stroke" starting'));
    assert.equal(await session.request(protocol.HoverRequest.type, uri, { line: 0, character: 1 }), null);
  });

  test("goes to definitions and finds mentions", async () => {
    const found = await session.request(protocol.DefinitionRequest.type, uri, placeOf(STUDY, '"had stroke" or', 3));
    assert.deepEqual(found.range.start, placeOf(STUDY, '"had stroke" :'));
    const mentions = await session.request(protocol.ReferencesRequest.type, uri, placeOf(STUDY, "stroke {", 1), {
      context: { includeDeclaration: true },
    });
    assert.equal(mentions.length, 4);
  });

  test("renames everywhere, in quotes where they are needed", async () => {
    const rename = async (part, by, newName) => {
      const edit = await session.request(protocol.RenameRequest.type, uri, placeOf(STUDY, part, by), { newName });
      return apply(STUDY, edit.changes[uri]);
    };
    const sets = await rename("stroke {", 1, "brain damage");
    assert.equal(sets, STUDY.replace("codes stroke", "codes brain damage").replaceAll('"stroke"', '"brain damage"'));
    const definition = await rename('"had stroke" :', 1, "earlier");
    assert.equal(definition, STUDY.replaceAll("had stroke", "earlier"));
    const ready = await session.request(protocol.PrepareRenameRequest.type, uri, placeOf(STUDY, "brain :", 1));
    assert.equal(ready.placeholder, "brain");
    const claims = await rename("brain :", 1, "head");
    assert.ok(claims.includes("against: head") && claims.includes("exclude head"));
    for (const wrong of ["haemoglobin", "", 'a"b']) {
      await assert.rejects(rename("stroke {", 1, wrong), (error) => error.code === -32803);
    }
    await assert.rejects(rename("latest", 1, "x"), /no name here/);
  });

  test("formats to what is left as it is", async () => {
    await session.change(uri, STUDY.replaceAll("  ", "      ").replace(" : latest", ":latest"));
    const text = STUDY.replaceAll("  ", "      ").replace(" : latest", ":latest");
    const edits = await session.request(protocol.DocumentFormattingRequest.type, uri, undefined, {
      options: { tabSize: 2, insertSpaces: true },
    });
    const formatted = apply(text, edits);
    assert.notEqual(formatted, text);
    await session.change(uri, formatted);
    assert.deepEqual(
      await session.request(protocol.DocumentFormattingRequest.type, uri, undefined, { options: { tabSize: 2, insertSpaces: true } }),
      [],
    );
    await session.change(uri, STUDY);
  });

  test("has an outline", async () => {
    const outline = await session.connection.sendRequest(protocol.DocumentSymbolRequest.type, { textDocument: { uri } });
    assert.deepEqual(outline.map((one) => one.name), ["stroke", "haemoglobin", "had stroke", "hb", "brain"]);
  });
});

describe("files", () => {
  test("are seen as their editor shows them, and renamed together", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "medverka-lsp-å "));
    const shared = path.join(folder, "common.codes");
    const study = path.join(folder, "one.study");
    const sharedText = "codes stroke { icd10se I60-I64 }\n";
    const studyText = 'use "common.codes"\n' + STUDY.replace(/codes stroke.*\n/, "");
    fs.writeFileSync(shared, sharedText);
    fs.writeFileSync(study, studyText);
    const session = new Session();
    await session.start();
    const errors = (all) => all.filter((one) => one.severity === 1);
    assert.deepEqual(errors(await session.open(fileUri(study), studyText)), []);
    const place = placeOf(studyText, '"stroke" on', 2);
    const target = await session.request(protocol.DefinitionRequest.type, fileUri(study), place);
    assert.equal(target.uri, fileUri(shared));
    const used = await session.request(protocol.DefinitionRequest.type, fileUri(study), placeOf(studyText, "common", 1));
    assert.equal(used.uri, fileUri(shared));
    const edit = await session.request(protocol.RenameRequest.type, fileUri(study), place, { newName: "apoplexy" });
    assert.deepEqual(Object.keys(edit.changes).sort(), [fileUri(shared), fileUri(study)].sort());
    // An open shared file counts as it is shown, not as it lies on the disk.
    const broken = session.next(fileUri(study));
    await session.open(fileUri(shared), "codes apoplexy { icd10se I60-I64 }\n");
    assert.ok(errors(await broken).length > 0);
    assert.equal(await session.stop(), 0);
    fs.rmSync(folder, { recursive: true });
  });

  test("of the project are without errors, and read back on hover in English", async () => {
    const session = new Session();
    await session.start({ initializationOptions: { language: "en" } });
    const folder = path.join(ROOT, "criteria/studies");
    for (const name of fs.readdirSync(folder).filter((one) => one.endsWith(".study"))) {
      const uri = fileUri(path.join(folder, name));
      const text = fs.readFileSync(path.join(folder, name), "utf8");
      assert.deepEqual((await session.open(uri, text)).filter((one) => one.severity === 1), [], name);
      const line = text.split("\n").findIndex((one) => one.startsWith("include "));
      const hover = await session.request(protocol.HoverRequest.type, uri, { line, character: 9 });
      assert.ok(hover.contents.value.length > 20, name);
    }
    assert.equal(await session.stop(), 0);
  });
});

describe("bad input", () => {
  // Raw bytes in, raw bytes out.
  const raw = (pieces, patience = 20000) => new Promise((resolve, reject) => {
    const server = spawn(BINARY, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    const timer = setTimeout(() => { server.kill(); reject(new Error("hangs")); }, patience);
    server.stdout.on("data", (chunk) => { out += chunk; });
    server.on("close", (code, signal) => { clearTimeout(timer); resolve({ code, signal, out }); });
    server.stdin.on("error", () => {});
    for (const piece of pieces) server.stdin.write(piece);
    server.stdin.end();
  });
  const framed = (value) => {
    const content = typeof value === "string" ? value : JSON.stringify(value);
    return `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
  };
  const call = (id, method, params = {}) => framed({ jsonrpc: "2.0", id, method, params });
  const note = (method, params = {}) => framed({ jsonrpc: "2.0", method, params });
  const hello = call(1, "initialize", { capabilities: {} });
  const goodbye = call(99, "shutdown") + note("exit");
  const answers = (out) => [...out.matchAll(/\{"jsonrpc".*?(?=Content-Length:|$)/gs)].map((one) => JSON.parse(one[0]));

  test("broken JSON-RPC is answered with an error, and the next message with what it asks", async () => {
    const { code, out } = await raw([
      hello, framed("{ not json"), framed("[]"), framed("42"), framed('{"jsonrpc":"2.0","id":5}'),
      framed('{"jsonrpc":"2.0","id":{"a":1},"method":"x"}'), framed("[".repeat(100000)), framed('"\u0000\\ud800"'),
      call(6, "no/such"), call(7, "textDocument/hover", { textDocument: 3 }), call(8, "textDocument/completion"),
      call(9, "textDocument/rename", { textDocument: { uri: "file:///nowhere" }, position: { line: -1e9, character: 1e99 } }),
      note("textDocument/didChange", { textDocument: { uri: "x" } }), note("textDocument/didOpen"), note("$/cancelRequest", { id: 7 }),
      goodbye,
    ]);
    assert.equal(code, 0);
    const all = answers(out);
    for (const expected of [-32700, -32600, -32601, -32803]) {
      assert.ok(all.some((one) => one.error?.code === expected), `no answer with ${expected}`);
    }
    assert.equal(all.find((one) => one.id === 7).result, null);
    assert.equal(all.find((one) => one.id === 99).result, null);
  });

  test("a header without a length, or one that never ends, costs that message only", async () => {
    const { code, out } = await raw([
      "Nonsense: 1\r\n\r\n", "x".repeat(20000) + "\r\n\r\n", "Content-Length: -5\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n",
      hello, goodbye,
    ]);
    assert.equal(code, 0);
    assert.ok(answers(out).some((one) => one.id === 1 && one.result));
    assert.ok(answers(out).filter((one) => one.error).length >= 3);
  });

  test("a huge message is refused, a huge document gets its diagnostic", async () => {
    const document = (text) => note("textDocument/didOpen", { textDocument: { uri: "untitled:a.study", version: 1, text } });
    const huge = document("x".repeat(20 * 1024 * 1024));
    const large = document("# " + "x".repeat(2 * 1024 * 1024));
    const { code, out } = await raw([hello, huge, large, goodbye]);
    assert.equal(code, 0);
    assert.match(out, /16777216 are read at most/);
    const session = new Session();
    await session.start();
    const shown = await session.open("untitled:b.study", "# " + "x".repeat(2 * 1024 * 1024));
    assert.equal(shown[0].code, "MV0101");
    assert.equal(await session.stop(), 0);
  });

  test("requests before initialize and after shutdown are refused; exit without shutdown is 1", async () => {
    const early = await raw([call(3, "textDocument/hover"), note("exit")]);
    assert.equal(early.code, 1);
    assert.equal(answers(early.out)[0].error.code, -32002);
    const late = await raw([hello, call(2, "shutdown"), call(3, "textDocument/hover"), note("exit")]);
    assert.equal(late.code, 0);
    assert.equal(answers(late.out).find((one) => one.id === 3).error.code, -32600);
  });

  test("a client that goes away ends the server", async () => {
    assert.equal((await raw([hello])).code, 1);
    assert.equal((await raw(["Content-Length: 100\r\n\r\n{"])).code, 1);
  });

  test("documents full of junk are only wrong", async () => {
    const session = new Session();
    await session.start();
    const uri = "untitled:junk.study";
    await session.open(uri, STUDY);
    let seed = 7;
    const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    for (let round = 0; round < 60; ++round) {
      const letters = [...STUDY];
      for (let i = 0; i < 12; ++i) letters.splice(random(letters.length), random(5), ['"', "{", "}", "(", "\n", "🙂", "<", "\t", "é"][random(9)]);
      const text = letters.join("");
      session.change(uri, text);
      const position = { line: random(14), character: random(60) };
      await session.request(protocol.CompletionRequest.type, uri, position);
      await session.request(protocol.HoverRequest.type, uri, position);
      await session.request(protocol.DefinitionRequest.type, uri, position);
      await session.request(protocol.RenameRequest.type, uri, position, { newName: "other" }).catch((error) => {
        assert.equal(error.code, -32803);
      });
    }
    assert.equal(await session.stop(), 0);
  });
});
