import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONTENT_QUESTION, MAX_LOOKED_AT } from "../../src/core/policy/image/content-question.ts";
import { isDerKey } from "../../src/core/policy/image/secrets/der-key.ts";
import { findSecrets, ofOwnForms } from "../../src/core/policy/image/secrets/find-secrets.ts";
import { OWN_FORMS } from "../../src/core/policy/image/secrets/own-forms.ts";
import { askRules, RULE_NAMES, RULE_SET } from "../../src/core/policy/image/secrets/rule-set.ts";
import { createRandom, mutate } from "../kit/seeded-random.ts";
import { type Changes, judged, red } from "./image-facts.ts";
import { KINDS } from "./secret-corpus.ts";
import { CONFIG, FILES, HISTORY } from "./sound-image.ts";

const RANDOM = createRandom(20261126);

describe("one secret of each kind", () => {
  it.each(KINDS)(
    "$kind, $form: found by its line, by whom it should be",
    ({ kind, by, path = "app/x.py", make }) => {
      const secret = make(RANDOM);
      const isWholeFile = path.endsWith("account.json");
      const text = isWholeFile ? secret : `# settings\n\nvalue = 1\n${secret}\nother = 2\n`;
      expect(findSecrets(text, path)).toContainEqual({ kind, line: isWholeFile ? 1 : 4 });
      expect(askRules(text, path).some((hit) => hit.kind === kind)).toBe(by === "rules");
      expect(ofOwnForms(text).some((hit) => hit.kind === kind) || by === "rules").toBe(true);
    },
  );

  it("is there for each rule and each of our own forms", () => {
    const asked = new Set(
      KINDS.flatMap(({ path = "app/x.py", make }) => askRules(make(RANDOM), path).map(({ rule }) => rule)),
    );
    expect(RULE_NAMES.filter((name) => !asked.has(name))).toEqual([]);
    const own = KINDS.filter(({ by }) => by === "own");
    const idle = OWN_FORMS.filter(
      ({ pattern }) => !own.some(({ make }) => make(RANDOM).search(pattern) >= 0),
    );
    expect(idle.map(({ kind }) => kind)).toEqual([]);
  });

  it("never shows itself", () => {
    for (const { make, path = "app/x.py" } of KINDS) {
      const secret = make(RANDOM);
      const layers = [[...FILES, { path, content: `\n${secret}\n` }]];
      const shown = JSON.stringify(judged({ layers }));
      // No run of it: kinds and places are words.
      for (const [run] of secret.matchAll(/[A-Za-z0-9]{16,}/g)) expect(shown).not.toContain(run);
    }
  });
});

const HOSTILE_PREFIXES = [
  "SG.a.",
  "ghp_",
  "xoxb-1-",
  "-----BEGIN PRIVATE KEY-----\n",
  "postgresql://a:b@c/d?",
];
const TOKEN = `ghp_${"a1B2".repeat(9)}`;
const kindsIn = (text: string, path?: string): readonly string[] =>
  findSecrets(text, path).map(({ kind }) => kind);

describe("the rule set", () => {
  it("is the version that facts of layers are kept under", () => {
    const text = readFileSync(
      "node_modules/@secretlint/secretlint-rule-preset-recommend/package.json",
      "utf8",
    );
    const { version } = JSON.parse(text) as { readonly version: string };
    expect(RULE_SET).toBe(`secretlint-${version}`);
    expect(CONTENT_QUESTION.id).toContain(RULE_SET);
    const own = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(own.dependencies["@secretlint/secretlint-rule-preset-recommend"]).toBe(version);
  });

  it("is not switched off by what a file says", () => {
    for (const comment of ["secretlint-disable", "secretlint-disable-line", "secretlint-disable-next-line"])
      expect(kindsIn(`# ${comment}\n${TOKEN} # ${comment}\n`)).toEqual(["github-token"]);
  });

  it.each([
    "http://samuel:pass@example.com:8000/the/path",
    "https://deploy:k33p0ut@registry.example/x",
    "http://user:pass@web.com",
    "postgresql://postgres:postgres@localhost:5432/pandas",
    "postgresql+psycopg://scott:tiger@db.corp.io/test",
    "mysql://app:s3cr3tw0rd@localhost/app",
    `hf_${"a1B2".repeat(8)}cD of a hub that is for tests`,
    "AKIAIOSFODNN7EXAMPLE",
    "mysql://<username>:<password>@<host>/<dbname>[?<options>]",
    "postgres://tsdbadmin:<password>@<id>.corp.io:<port>/tsdb",
    "xoxb-1234-1243",
  ])("leaves an example of a manual alone: %s", (text) => {
    expect(kindsIn(text)).toEqual([]);
  });

  it.each(["https://deploy:k33p0ut@example.com.evil.io/x", "https://deploy:k33p0ut@notexample.com/x"])(
    "takes nothing for an example that only looks so: %s",
    (text) => {
      expect(kindsIn(text)).toEqual(["login-in-url"]);
    },
  );

  it("takes time that follows the text's length, whatever it is made of", () => {
    for (const prefix of HOSTILE_PREFIXES)
      for (const fill of ["a", "_", "a.", "a:", "\n", "A="])
        for (const length of [0, 40, 300, 10_000]) {
          const unit = prefix + fill.repeat(length / fill.length);
          const text = unit.repeat(MAX_LOOKED_AT / unit.length);
          const started = performance.now();
          expect(findSecrets(text, "x/package.json").length).toBeLessThanOrEqual(20);
          expect(performance.now() - started).toBeLessThan(5000);
        }
  });
});

describe("a file", () => {
  const planted = (content: string | Uint8Array, path = "app/x") => ({
    layers: [[...FILES, { path, content }]],
  });
  const reasons = (changes: Changes) =>
    (judged(changes)["image-secrets"]?.reasons ?? []).map(({ message }) => message).join("\n");

  it.each(["utf16le", "utf8"] as const)("is read as %s where it begins so", (encoding) => {
    const text = `\ufeffa = 1\r\ntoken = "${TOKEN}"\r\n`;
    expect(reasons(planted(Buffer.from(text, encoding)))).toBe("a github-token in /app/x, line 2");
  });

  it("is read as UTF-16 of the other order", () => {
    const bytes = Buffer.from(`\ufeffx ${TOKEN}`, "utf16le").swap16();
    expect(reasons(planted(bytes))).toBe("a github-token in /app/x, line 1");
  });

  const pair = (privateKey: KeyObject, type: "pkcs8" | "pkcs1" | "sec1") =>
    privateKey.export({ format: "der", type } as never) as unknown as Uint8Array;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-384" });
  it.each([
    ["PKCS#8", pair(rsa.privateKey, "pkcs8")],
    ["PKCS#1", pair(rsa.privateKey, "pkcs1")],
    ["SEC 1", pair(ec.privateKey, "sec1")],
    ["PKCS#8 of Ed25519", pair(generateKeyPairSync("ed25519").privateKey, "pkcs8")],
  ])("is a private key in DER by its structure (%s)", (_form, bytes) => {
    expect(reasons(planted(bytes))).toBe("a private-key in /app/x");
    expect(red(planted(bytes.subarray(0, -1)))).toEqual([]);
    expect(red(planted(Buffer.concat([bytes, Buffer.from([0])])))).toEqual([]);
  });

  it("is no private key where it is a public one, a certificate's beginning, or noise", () => {
    const publicKey = rsa.publicKey.export({ format: "der", type: "spki" });
    expect(isDerKey(publicKey)).toBe(false);
    expect(isDerKey(rsa.publicKey.export({ format: "der", type: "pkcs1" }))).toBe(false);
    const random = createRandom(7);
    const key = Buffer.from(pair(rsa.privateKey, "pkcs8"));
    for (let run = 0; run < 2000; run++) isDerKey(mutate(key, random));
    for (let run = 0; run < 2000; run++)
      expect(isDerKey(Uint8Array.from({ length: 64 }, () => random(256)))).toBe(false);
  });

  it("that a later layer hides or replaces is told as such", () => {
    const file = { path: "app/x", content: TOKEN };
    const told = "a github-token in /app/x, line 1; a later layer hides it, and the image still carries it";
    const below = [...FILES, file];
    expect(reasons({ layers: [below, [{ path: "app/.wh.x" }]] })).toBe(told);
    expect(reasons({ layers: [below, [{ path: "app/x", content: "clean" }]] })).toBe(told);
    expect(reasons({ layers: [below, [{ path: "app/y", content: "clean" }]] })).not.toContain("hides");
  });

  it("is counted where it was looked into, and where it was too large", () => {
    const large = { path: "app/large.txt", content: `${TOKEN}\n`.repeat(30_000) };
    const { reasons: told } = judged({ layers: [[...FILES, large]] })["image-secrets"] ?? {};
    const files = FILES.filter(({ flag }) => flag === undefined || flag === "0");
    const bytes = files.reduce((sum, { content = "" }) => sum + content.length, 0);
    expect(told?.map(({ message }) => message)).toEqual([
      `nothing of a known form in config and history, and in 1 layer(s); ${files.length} files of up to 1024 KiB (${bytes} bytes) were looked into; 1 larger ones (${large.content.length} bytes) were not`,
    ]);
  });

  it("is named in the reason: kind, path, layer", () => {
    const [reason] = judged(planted(TOKEN))["image-secrets"]?.reasons ?? [];
    expect(reason).toMatchObject({ id: "github-token", path: "app/x" });
    expect(reason?.digest).toMatch(/^sha256:/);
  });
});

describe("the config", () => {
  it.each<readonly [string, Changes]>([
    ["environment", { config: { Env: [...CONFIG.Env, `X=${TOKEN}`] } }],
    ["labels", { config: { Labels: { ...CONFIG.Labels, note: TOKEN } } }],
    ["commands", { config: { Cmd: ["python", "main.py", TOKEN] } }],
    [
      "commands",
      { config: { Healthcheck: { Test: ["CMD", "curl", "-H", TOKEN, "http://127.0.0.1/health"] } } },
    ],
    ["history", { history: [...HISTORY, `RUN curl -H ${TOKEN}`] }],
  ])("may hold none in its %s", (where, changes) => {
    expect(red(changes)).toEqual(["image-secrets fails"]);
    expect(judged(changes)["image-secrets"]?.reasons[0]?.message).toBe(`a github-token in its ${where}`);
  });
});
