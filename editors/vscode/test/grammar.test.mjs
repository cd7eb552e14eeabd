// The TextMate grammar: every line of the project's studies gets the colours it should.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");
const here = path.dirname(fileURLToPath(import.meta.url));
const studies = path.resolve(here, "../../../criteria/studies");

const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer;
const registry = new textmate.Registry({
  onigLib: oniguruma.loadWASM(wasm).then(() => ({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  })),
  loadGrammar: async () =>
    textmate.parseRawGrammar(fs.readFileSync(path.join(here, "../syntaxes/medverka.tmLanguage.json"), "utf8"), "a.json"),
});

async function scopes(line) {
  const grammar = await registry.loadGrammar("source.medverka");
  return grammar.tokenizeLine(line, textmate.INITIAL).tokens.map((token) => [
    line.slice(token.startIndex, token.endIndex), token.scopes.at(-1).replace(".medverka", ""),
  ]);
}
const scopeOf = async (line, part) => (await scopes(line)).find(([text]) => text === part)?.[1];

test("words get the scope of what they are", async () => {
  const line = 'include kidneys sv "Njurar" : latest observation "creatinine" >= 30.5 mL/min/1.73m2 within last 90 days # why';
  assert.equal(await scopeOf(line, "include"), "keyword.control");
  assert.equal(await scopeOf(line, "kidneys"), "entity.name.function");
  assert.equal(await scopeOf(line, '"creatinine"'), "string.quoted.double");
  assert.equal(await scopeOf(line, "30.5"), "constant.numeric");
  assert.equal(await scopeOf(line, "mL/min/1.73m2"), "support.constant.unit");
  assert.equal(await scopeOf(line, "observation"), "storage.type");
  assert.equal(await scopeOf(line, "# why"), "comment.line.number-sign");
  assert.equal(await scopeOf("exclude x : condition icd10se C18 since 2024-01-01", "icd10se"), "support.type.system");
  assert.equal(await scopeOf("exclude x : condition icd10se C18 since 2024-01-01", "2024-01-01"), "constant.other.date");
});

test("every declaration of the project's studies is seen as one", async () => {
  let seen = 0;
  for (const name of fs.readdirSync(studies)) {
    for (const line of fs.readFileSync(path.join(studies, name), "utf8").split("\n")) {
      const keyword = line.match(/^(include|exclude|ask|define|event|codes|scale|cohort|example|study|use)\b/);
      if (!keyword) continue;
      ++seen;
      assert.equal((await scopes(line)).find(([text]) => text.trim() === keyword[0])?.[1], "keyword.control", `${name}: ${line}`);
    }
  }
  assert.ok(seen > 100);
});
