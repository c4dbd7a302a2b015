import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  compareDebianVersions,
  parseDebianVersion,
  satisfies,
} from "../../../src/core/audit/dpkg/version.ts";
import { versionPairs } from "../../kit/debian-versions.ts";

function order(a: string, b: string): number | undefined {
  const [one, other] = [parseDebianVersion(a), parseDebianVersion(b)];
  return one === undefined || other === undefined ? undefined : Math.sign(compareDebianVersions(one, other));
}

describe("a Debian version", () => {
  it("has an epoch, an upstream part up to the last hyphen, and a revision", () => {
    expect(parseDebianVersion(" 1:2.0-rc-1~deb ")).toEqual({
      epoch: 1,
      upstream: "2.0-rc",
      revision: "1~deb",
    });
    expect(parseDebianVersion("7")).toEqual({ epoch: 0, upstream: "7", revision: "" });
    expect(parseDebianVersion("1:2:3")).toEqual({ epoch: 1, upstream: "2:3", revision: "" });
  });

  it.each(["", " ", "1 2", ":1", "x:1", "-1:1", "2147483648:1", "1:", "-1", "1-", "1\0"])(
    "is not %j",
    (text) => {
      expect(parseDebianVersion(text)).toBeUndefined();
    },
  );

  it.each([
    ["1.0~rc1", "1.0"],
    ["1.0", "1.0-1"],
    ["1.0", "1.0+b1"],
    ["1.0a", "1.0+"],
    ["1.9", "1.10"],
    ["9", "1:0"],
    ["1.0~~", "1.0~"],
    ["1.0-1", "1.0-1.1"],
    ["2.36-9+deb12u3", "2.36-9+deb12u10"],
    ["99999999999999999998", "99999999999999999999"],
  ])("%s is before %s", (a, b) => {
    expect([order(a, b), order(b, a)]).toEqual([-1, 1]);
  });

  it.each([
    ["1.0", "1.00"],
    ["1.0", "1.0-0"],
    ["0:1", "1"],
    ["1.", "1.0"],
  ])("%s is as good as %s", (a, b) => {
    expect(order(a, b)).toBe(0);
  });

  it("satisfies by all five operators, and not at all where it is none", () => {
    const asked = (operator: "<<" | "<=" | "=" | ">=" | ">>") =>
      ["1", "2", "3"].map((version) => satisfies(version, { operator, version: "2" }));
    expect(asked("<<")).toEqual([true, false, false]);
    expect(asked("<=")).toEqual([true, true, false]);
    expect(asked("=")).toEqual([false, true, false]);
    expect(asked(">=")).toEqual([false, true, true]);
    expect(asked(">>")).toEqual([false, false, true]);
    expect(satisfies("1-", { operator: "=", version: "1" })).toBeUndefined();
  });
});

/** dpkg itself, one call a pair: its exit codes are 0 and 1, and 2 for what it refuses. */
function dpkgAnswers(pairs: ReturnType<typeof versionPairs>): readonly (boolean | undefined)[] {
  const calls = pairs.map(
    ({ a, b, operator }) => `dpkg --compare-versions '${a}' '${operator}' '${b}'; echo $?`,
  );
  const run = spawnSync("sh", [], { input: calls.join("\n"), encoding: "utf8", maxBuffer: 1 << 28 });
  expect(run.status).toBe(0);
  const codes = run.stdout.trim().split("\n");
  expect(codes.length).toBe(pairs.length);
  return codes.map((code) => (code === "0" ? true : code === "1" ? false : undefined));
}

describe("against dpkg --compare-versions", () => {
  const count = Number(process.env["LAPSTRAKE_DPKG_PAIRS"] ?? 1200);
  const seed = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 6);

  it("every generated pair is judged as dpkg judges it, also those that it refuses", {
    timeout: 1_800_000,
  }, () => {
    const pairs = [
      ...versionPairs(Math.ceil(count * 0.8), seed, { odd: false }),
      ...versionPairs(Math.floor(count * 0.2), seed + 1, { odd: true }),
    ];
    const answers = dpkgAnswers(pairs);
    const differing = pairs
      .map((pair, index) => ({
        ...pair,
        dpkg: answers[index],
        ours: satisfies(pair.a, { operator: pair.operator, version: pair.b }),
      }))
      .filter(({ dpkg, ours }) => dpkg !== ours);
    expect(differing.slice(0, 10)).toEqual([]);
    // Every kind of answer is among them, so that agreement means something.
    expect(new Set(answers)).toEqual(new Set([true, false, undefined]));
  });

  it("and as dpkg's own Perl module orders it", () => {
    // It refuses more than dpkg does.
    const valid = /^(?:[0-9]+:)?[0-9][A-Za-z0-9.+~-]*$/;
    const pairs = versionPairs(20_000, seed + 2, { odd: false }).filter(({ a, b }) =>
      [a, b].every((text) => valid.test(text) && parseDebianVersion(text) !== undefined),
    );
    expect(pairs.length).toBeGreaterThan(15_000);
    const program = String.raw`use Dpkg::Version; while (<STDIN>) { chomp; my ($x, $y) = split /\t/; print version_compare($x, $y), "\n" }`;
    const run = spawnSync("perl", ["-e", program], {
      input: pairs.map(({ a, b }) => `${a}\t${b}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    const perl = run.stdout.trim().split("\n");
    const differing = pairs.filter(({ a, b }, index) => String(order(a, b)) !== perl[index]);
    expect(perl.length, run.stderr.slice(0, 300)).toBe(pairs.length);
    expect(differing.slice(0, 10)).toEqual([]);
  });
});
