import { describe, expect, it } from "vitest";
import type { IndexedVersion, IndexFacts } from "../../src/core/policy/locks/index-facts.ts";
import { judgeLock, judgeUse } from "../../src/core/policy/locks/judge-locks.ts";
import type { LockFacts, LockInImage } from "../../src/core/policy/locks/lock-facts.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";
import { hashOf, inImage, lockFacts, readText, UV_HEADER } from "./facts.ts";

const OFFLINE: IndexFacts = { state: "not-asked", why: "nobody asked" };
const pin = (name: string, version: string, via = "-r app.in"): string =>
  `${name}==${version} \\\n    --hash=${hashOf(`${name} ${version}`)}\n    # via ${via}\n`;
const INPUT = "flask>=2,<3\n";
const LOCK = `${UV_HEADER}${pin("flask", "2.3.1")}${pin("werkzeug", "2.3.0", "flask")}`;

function judged(
  facts: LockFacts,
  index: IndexFacts = OFFLINE,
  use: Partial<LockInImage> = {},
): Record<string, Verdict> {
  const verdicts = [...judgeLock(facts, index), ...judgeUse(inImage(facts, use))];
  return Object.fromEntries(verdicts.map((verdict) => [verdict.rule, verdict]));
}

function outcomes(verdicts: Record<string, Verdict>): Record<string, string> {
  return Object.fromEntries(Object.entries(verdicts).map(([rule, { outcome }]) => [rule, outcome]));
}

describe("a sound lock", () => {
  it("holds by every rule but the index, which nobody asked", () => {
    expect(outcomes(judged(lockFacts(LOCK, { input: INPUT })))).toEqual({
      "lock-hashes": "holds",
      "lock-pinned": "holds",
      "lock-inputs": "holds",
      "lock-index": "unknown",
      "lock-interpreter": "holds",
      "lock-platform": "holds",
      "lock-parent": "holds",
    });
  });

  it("has verdicts that are plain data, with the digests of all that they were made of", () => {
    const facts = lockFacts(LOCK, { input: INPUT });
    const verdict = judged(facts)["lock-inputs"];
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    expect(verdict?.subject).toEqual({ kind: "lock", name: "app.lock", digest: facts.lock.digest });
    expect(verdict?.inputs).toEqual([
      { name: "app.lock", digest: facts.lock.digest },
      { name: "app.in", digest: facts.named[0]?.read?.digest },
    ]);
    expect(judged(facts)["lock-interpreter"]?.inputs.map(({ name }) => name)).toEqual([
      "app.lock",
      "python of app",
    ]);
  });
});

/** One fault in the sound lock, and the rule that must go red (or unknown), alone, with this reason at this line. */
const FAULTS: readonly {
  readonly fault: string;
  readonly lock?: string;
  readonly input?: string | null;
  readonly use?: Partial<LockInImage>;
  readonly rule: string;
  readonly outcome: "fails" | "unknown";
  readonly reason: string | RegExp;
  readonly line?: number;
  readonly also?: readonly string[];
}[] = [
  {
    fault: "a hash that is too short",
    lock: LOCK.replace(hashOf("flask 2.3.1"), "sha256:abc123"),
    rule: "lock-hashes",
    outcome: "fails",
    reason: "a sha256 has 64 hex digits, this one has 6",
    line: 4,
  },
  {
    fault: "a hash of a weak algorithm",
    lock: LOCK.replace(hashOf("flask 2.3.1"), `md5:${"a".repeat(32)}`),
    rule: "lock-hashes",
    outcome: "fails",
    reason: '"md5" is no algorithm that pip trusts',
    line: 4,
  },
  {
    fault: "a hash that is no hex",
    lock: LOCK.replace(hashOf("flask 2.3.1"), `sha256:${"z".repeat(64)}`),
    rule: "lock-hashes",
    outcome: "fails",
    reason: "lower-case hex",
    line: 4,
  },
  {
    fault: "a hash in capitals",
    lock: LOCK.replace(hashOf("flask 2.3.1"), `sha256:${"A".repeat(64)}`),
    rule: "lock-hashes",
    outcome: "fails",
    reason: "lower-case hex",
    line: 4,
  },
  {
    fault: "one hash for two distributions",
    lock: LOCK.replace(hashOf("werkzeug 2.3.0"), hashOf("flask 2.3.1")),
    rule: "lock-hashes",
    outcome: "fails",
    reason: "also one of flask (line 3)",
    line: 7,
  },
  {
    fault: "no hash",
    lock: LOCK.replace(` \\\n    --hash=${hashOf("werkzeug 2.3.0")}`, ""),
    rule: "lock-pinned",
    outcome: "fails",
    reason: "werkzeug: it has no hash",
    line: 6,
  },
  {
    fault: "a range",
    lock: LOCK.replace("flask==2.3.1", "flask>=2.3.1"),
    rule: "lock-pinned",
    outcome: "fails",
    reason: ">=2.3.1 allows more than one version",
    line: 3,
    also: ["lock-index"],
  },
  {
    fault: "a wildcard",
    lock: LOCK.replace("flask==2.3.1", "flask==2.3.*"),
    rule: "lock-pinned",
    outcome: "fails",
    reason: "==2.3.* allows more",
    line: 3,
  },
  {
    fault: "no version",
    lock: LOCK.replace("flask==2.3.1", "flask"),
    rule: "lock-pinned",
    outcome: "fails",
    reason: "names no version",
    line: 3,
  },
  {
    fault: "a folder",
    lock: `${LOCK}-e ./src\n`,
    rule: "lock-pinned",
    outcome: "fails",
    reason: "-e ./src is a folder",
    line: 9,
  },
  {
    fault: "a branch",
    lock: LOCK.replace("flask==2.3.1", "flask @ git+https://x.test/flask@main"),
    rule: "lock-pinned",
    outcome: "fails",
    reason: "version control",
    line: 3,
  },
  {
    fault: "a line that is none",
    lock: `${LOCK}>>>>>>> theirs\n`,
    rule: "lock-pinned",
    outcome: "fails",
    reason: "neither NAME with versions nor NAME @ URL",
    line: 9,
  },
  {
    fault: "another interpreter (pip-compile)",
    lock: LOCK.replace(
      UV_HEADER,
      "#\n# This file is autogenerated by pip-compile with Python 3.13\n# by the following command:\n#\n#    pip-compile --generate-hashes app.in\n#\n",
    ),
    rule: "lock-interpreter",
    outcome: "fails",
    reason: "made for Python 3.13, but app has Python 3.11",
    line: 2,
    also: ["lock-platform"],
  },
  {
    fault: "another interpreter (uv)",
    lock: LOCK.replace("--python-version 3.11", "--python-version 3.10.4"),
    rule: "lock-interpreter",
    outcome: "fails",
    reason: "made for Python 3.10, but app has Python 3.11",
    line: 1,
  },
  {
    fault: "an interpreter that only the install command names",
    use: { commandPython: "3.12" },
    rule: "lock-interpreter",
    outcome: "fails",
    reason: "Python 3.12 (the install command at line 7)",
  },
  {
    fault: "no header",
    lock: LOCK.replace(UV_HEADER, ""),
    rule: "lock-interpreter",
    outcome: "unknown",
    reason: "no header says which tool made it",
    line: 1,
    also: ["lock-platform"],
  },
  {
    fault: "a header without version",
    lock: LOCK.replace("--python-version 3.11", ""),
    rule: "lock-interpreter",
    outcome: "unknown",
    reason: "names no Python",
    line: 1,
  },
  {
    fault: "an image whose Python nobody tells",
    use: { root: undefined },
    rule: "lock-interpreter",
    outcome: "unknown",
    reason: "which Python app has is not told",
  },
  {
    fault: "another machine",
    lock: LOCK.replace("x86_64-manylinux_2_36", "aarch64-manylinux_2_36"),
    rule: "lock-platform",
    outcome: "fails",
    reason: "another machine than x86_64",
    line: 1,
  },
  {
    fault: "another system",
    lock: LOCK.replace("x86_64-manylinux_2_36", "macos"),
    rule: "lock-platform",
    outcome: "fails",
    reason: "no Linux",
    line: 1,
  },
  {
    fault: "a newer C library",
    lock: LOCK.replace("x86_64-manylinux_2_36", "x86_64-manylinux_2_39"),
    rule: "lock-platform",
    outcome: "fails",
    reason: "may need glibc 2.39, and the root has 2.36",
    line: 1,
  },
  {
    fault: "another C library",
    lock: LOCK.replace("x86_64-manylinux_2_36", "x86_64-unknown-linux-musl"),
    rule: "lock-platform",
    outcome: "fails",
    reason: "another C library",
    line: 1,
  },
  {
    fault: "a second platform that it is not for",
    use: { platforms: ["linux/amd64", "linux/arm64"] },
    rule: "lock-platform",
    outcome: "fails",
    reason: "the image is linux/arm64",
  },
  {
    fault: "a header without platform",
    lock: LOCK.replace("--python-platform x86_64-manylinux_2_36", ""),
    rule: "lock-platform",
    outcome: "unknown",
    reason: "names no platform",
    line: 1,
  },
  {
    fault: "a name that is not in it",
    input: `${INPUT}redis\n`,
    rule: "lock-inputs",
    outcome: "fails",
    reason: "redis is asked for, but is not in app.lock",
    line: 2,
  },
  {
    fault: "a version that the input does not allow",
    input: "flask>=3\n",
    rule: "lock-inputs",
    outcome: "fails",
    reason: "flask is pinned to 2.3.1, which flask>=3 (app.in:1) does not allow",
    line: 3,
  },
  {
    fault: "a pin that nobody asks for",
    lock: `${LOCK}${pin("evil", "1.0", "nobody")}`,
    rule: "lock-inputs",
    outcome: "fails",
    reason: "evil is in the lock for nobody",
    line: 9,
  },
  {
    fault: "pins that only name each other",
    lock: `${LOCK}${pin("a", "1", "b")}${pin("b", "1", "a")}`,
    rule: "lock-inputs",
    outcome: "fails",
    reason: "a is in the lock for b, which the inputs do not lead to",
    line: 9,
  },
  {
    fault: "a pin that lies about its input",
    lock: `${LOCK}${pin("evil", "1.0", "-r app.in")}`,
    rule: "lock-inputs",
    outcome: "fails",
    reason: "evil is in the lock for -r app.in, which the inputs do not lead to",
    line: 9,
  },
  {
    fault: "a pin without a comment",
    lock: `${LOCK}${pin("evil", "1.0").replace(/ +# via.*\n/, "")}`,
    rule: "lock-inputs",
    outcome: "fails",
    reason: "no comment says who asks for it",
    line: 9,
  },
  {
    fault: "no input",
    input: null,
    rule: "lock-inputs",
    outcome: "unknown",
    reason: "app.in, of which it was made, is not there",
  },
  {
    fault: "no comments",
    lock: LOCK.replaceAll(/ +# via.*\n/g, ""),
    rule: "lock-inputs",
    outcome: "unknown",
    reason: 'no "# via" comments',
  },
];

describe("each rule has a fault that turns it, and it alone", () => {
  it.each(FAULTS)(
    "$fault: $rule $outcome",
    ({ lock = LOCK, input = INPUT, use = {}, rule, outcome, reason, line, also = [] }) => {
      const verdicts = judged(lockFacts(lock, { input: input ?? undefined }), OFFLINE, use);
      const turned = Object.values(verdicts).filter((verdict) => verdict.outcome !== "holds");
      const expected = [rule, "lock-index", ...also].toSorted();
      expect([...new Set([...turned.map((verdict) => verdict.rule), ...also])].toSorted()).toEqual([
        ...new Set(expected),
      ]);
      expect(verdicts[rule]).toMatchObject({ outcome });
      expect(verdicts[rule]?.reasons.map(({ message }) => message).join("\n")).toMatch(
        typeof reason === "string" ? new RegExp(reason.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")) : reason,
      );
      const place = verdicts[rule]?.reasons[0]?.at;
      expect(place?.line).toBe(line ?? place?.line);
    },
  );

  it("an empty lock is not known to be anything", () => {
    const { "lock-hashes": hashes, "lock-pinned": pinned } = judged(lockFacts("", { input: "" }));
    expect([hashes?.outcome, pinned?.outcome]).toEqual(["unknown", "unknown"]);
  });
});

describe("inputs", () => {
  const override = (text: string) =>
    ({ role: "override", written: "over.txt", read: readText("over.txt", text) }) as const;
  const constraint = (text: string) =>
    ({ role: "constraint", written: "c.lock", read: readText("c.lock", text) }) as const;
  const inputs = (input: string, named: Parameters<typeof lockFacts>[1] = {}) =>
    judged(lockFacts(LOCK, { input, ...named }))["lock-inputs"];

  it("are replaced by an override", () => {
    expect(inputs("flask>=3\n", { named: [override("flask==2.3.1\n")] })?.outcome).toBe("holds");
    expect(inputs("flask>=2\n", { named: [override("flask==2.3.0\n")] })?.outcome).toBe("fails");
    expect(
      inputs(`${INPUT}redis\n`, { named: [override('redis ; sys_platform == "never"\n')] })?.outcome,
    ).toBe("holds");
  });

  it("may be limited by a constraint, which asks for nothing", () => {
    expect(inputs(INPUT, { named: [constraint("werkzeug==2.3.0\nredis==1\n")] })?.outcome).toBe("holds");
    expect(inputs(INPUT, { named: [constraint("werkzeug==2.2\n")] })?.outcome).toBe("fails");
  });

  it("count only where their marker does", () => {
    expect(inputs(`${INPUT}colorama ; sys_platform == "win32"\n`)?.outcome).toBe("holds");
    expect(inputs(`${INPUT}uvloop ; sys_platform == "linux"\n`)?.outcome).toBe("fails");
  });
});

describe("a parent's lock", () => {
  const parent = (text: string) => ({
    inherited: [{ image: "base", facts: lockFacts(text, { input: "" }) }],
  });
  const verdict = (text: string) =>
    judged(lockFacts(LOCK, { input: INPUT }), OFFLINE, parent(text))["lock-parent"];

  it("agrees where it has the same versions, however they are written", () => {
    expect(verdict(pin("werkzeug", "2.3"))).toMatchObject({ outcome: "holds" });
    expect(verdict(pin("numpy", "1.0"))).toMatchObject({ outcome: "holds" });
  });

  it("disagrees where a child would replace what lies below it", () => {
    expect(verdict(pin("werkzeug", "2.2.1"))).toMatchObject({
      outcome: "fails",
      reasons: [
        { message: "werkzeug is 2.3.0 here, but base below it has 2.2.1 (app.lock:1)", at: { line: 6 } },
      ],
    });
  });

  it("does not count what is not installed there", () => {
    const windows = pin("werkzeug", "2.2.1").replace("==2.2.1", "==2.2.1 ; os_name == 'nt'");
    expect(verdict(windows)).toMatchObject({ outcome: "holds" });
  });
});

describe("the index", () => {
  const listed = (name: string, version: string): IndexedVersion => ({
    state: "listed",
    hashes: [hashOf(`${name} ${version}`), hashOf("other")],
  });
  const facts = lockFacts(LOCK, { input: INPUT });
  const asked = (versions: Record<string, IndexedVersion>) =>
    judged(facts, { state: "asked", client: "uv", versions: new Map(Object.entries(versions)) })[
      "lock-index"
    ];
  const BOTH = { "flask==2.3.1": listed("flask", "2.3.1"), "werkzeug==2.3.0": listed("werkzeug", "2.3.0") };

  it("holds where every hash is listed for its version", () => {
    expect(asked(BOTH)).toMatchObject({
      outcome: "holds",
      reasons: [{ message: "2 hashes listed by the index (asked by uv)" }],
    });
  });

  it("fails for a hash of the right length that no file has (canary)", () => {
    expect(asked({ ...BOTH, "flask==2.3.1": listed("flask", "2.3.2") })).toMatchObject({
      outcome: "fails",
      reasons: [{ message: expect.stringContaining("lists no file with"), at: { line: 4 } }],
    });
  });

  it("fails for a version that is not there", () => {
    expect(asked({ ...BOTH, "flask==2.3.1": { state: "absent" } })).toMatchObject({
      outcome: "fails",
      reasons: [{ message: "the index has no flask 2.3.1" }],
    });
  });

  it("is unknown where one answer is missing, or none was asked for", () => {
    expect(asked({ "flask==2.3.1": listed("flask", "2.3.1") })?.outcome).toBe("unknown");
    expect(asked({ ...BOTH, "flask==2.3.1": { state: "unknown", why: "timed out" } })).toMatchObject({
      outcome: "unknown",
      reasons: [{ message: "flask: timed out" }],
    });
    expect(judged(facts)["lock-index"]).toMatchObject({
      outcome: "unknown",
      reasons: [{ message: "nobody asked" }],
    });
  });

  it("moves its inputs when its answer moves", () => {
    const other = { ...BOTH, "flask==2.3.1": { state: "listed", hashes: [hashOf("flask 2.3.1")] } as const };
    expect(asked(BOTH)?.inputs.at(-1)?.digest).not.toBe(asked(other)?.inputs.at(-1)?.digest);
  });
});
