import { describe, expect, it } from "vitest";
import { parseSshAddress, sshArgv } from "../../src/core/base/ssh-address.ts";
import { compareReleases } from "../../src/core/policy/contradictions/release-number.ts";
import { allowlistSighting } from "../../src/core/policy/risks/allowlist.ts";
import { cacheSighting } from "../../src/core/policy/risks/cache-quota.ts";
import { driverInProc, driverInSmi, driverSighting } from "../../src/core/policy/risks/driver.ts";
import { expirySighting, standingOn } from "../../src/core/policy/risks/expiry.ts";
import { planFacts } from "./plan-facts.ts";

describe("a driver", () => {
  const see = (...versions: readonly (string | undefined)[]) =>
    driverSighting(
      "535",
      versions.map((version, index) => {
        const machine = `m${index}`;
        return version === undefined ? { machine, why: "it is off" } : { machine, version };
      }),
    );

  it.each([
    ["newer than the floor", ["550.54.15"], "quiet"],
    ["the floor itself", ["535"], "quiet"],
    ["newer by numbers, not by letters", ["1000.1"], "quiet"],
    ["older", ["530.30.02"], "raised"],
    ["older by numbers, not by letters", ["95.4"], "raised"],
    ["older on one machine, silent on another", ["550.1", undefined, "470.2"], "raised"],
    ["silent on one machine", ["550.1", undefined], "unknown"],
    ["no version", ["N/A"], "unknown"],
    ["of no machine", [], "unknown"],
  ] as const)("%s: %s is %s", (_, versions, verdict) => {
    expect(see(...versions)).toMatchObject({ verdict, reason: expect.stringMatching(/\w/) });
  });

  it("names the machines that are old or silent, with what was seen", () => {
    expect(see("550.1", "470.2", undefined)).toEqual({
      verdict: "raised",
      reason: "the driver of m1 is older than 535",
      details: ["m0: driver 550.1", "m1: driver 470.2", "m2: unknown, it is off"],
    });
  });

  it.each([
    [
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC version: gcc 12.2.0\n",
      "535.129.03",
    ],
    [
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  545.23.06  Release Build  (builder)\n",
      "545.23.06",
    ],
    ["GCC version: 12.2.0\n", undefined],
    ["", undefined],
  ])("is read from the kernel's own words", (text, version) => {
    expect(driverInProc(text)).toBe(version);
  });

  it.each([
    ["535.54\n", "535.54"],
    ["550.1\n535.129.03\n", "535.129.03"],
    ["550.1\n[N/A]\n", undefined],
    ["No devices were found\n", undefined],
    ["", undefined],
  ])(
    "is read from nvidia-smi: %j, the oldest counts and one that is not there leaves it unknown",
    (text, version) => {
      expect(driverInSmi(text)).toBe(version);
    },
  );
});

describe("the end of an image", () => {
  const facts = { image: "old", until: "2026-03-31" };

  it.each([
    ["the last day", "2026-03-31", ["a"], "quiet"],
    ["the day after", "2026-04-01", ["a"], "raised"],
    ["the day after, with nothing on it", "2026-04-01", [], "quiet"],
    ["any day, where the image cannot be read", "2026-01-01", undefined, "unknown"],
  ] as const)("on %s", (_, today, standing, verdict) => {
    expect(expirySighting({ ...facts, today, standing }).verdict).toBe(verdict);
  });

  it("says how long it has, and what stands on it", () => {
    expect(expirySighting({ ...facts, today: "2026-03-01", standing: ["a", "b"] })).toEqual({
      verdict: "quiet",
      reason: "2 stand on old, which ends on 2026-03-31 (30 days from now)",
      details: ["a", "b"],
    });
  });

  it("counts what is built on it at any depth, and what is planned on any of those", () => {
    const fleet = planFacts({
      blueprint:
        "roots: { debian: { image: debian:12 } }\nimages:\n  old: { dockerfile: o }\n  mid: { dockerfile: m }\n  new: { dockerfile: n }\nservices:\n  a: { dockerfile: s }\n  b: { planned: true, family: mid }\n  c: { planned: true, family: new }\n",
      files: { o: "FROM debian\n", m: "FROM old\n", n: "FROM debian\n", s: "FROM mid\n" },
    });
    expect(standingOn("old", fleet)).toEqual(["mid", "a", "b (planned)"]);
  });
});

describe("the size of build caches", () => {
  it.each([
    [
      "under the limit",
      [
        { ref: "a", bytes: 60 },
        { ref: "b", bytes: 40 },
      ],
      "quiet",
    ],
    [
      "over it",
      [
        { ref: "a", bytes: 60 },
        { ref: "b", bytes: 41 },
      ],
      "raised",
    ],
    [
      "over it already, with a part unread",
      [
        { ref: "a", bytes: 101 },
        { ref: "b", why: "no" },
      ],
      "raised",
    ],
    [
      "under it, with a part unread",
      [
        { ref: "a", bytes: 1 },
        { ref: "b", why: "no" },
      ],
      "unknown",
    ],
    ["of none", [{ ref: "a", bytes: 0 }], "quiet"],
  ] as const)("%s", (_, readings, verdict) => {
    expect(cacheSighting(100, readings).verdict).toBe(verdict);
  });
});

describe("an allow-list", () => {
  const entry = {
    id: "CVE-1",
    component: `sha256:${"0".repeat(64)}`,
    expires: "2026-03-31",
    approver: "a",
    why: "w",
  };

  it.each([
    ["in force on its last day", [entry], "2026-03-31", "quiet"],
    ["expired the day after", [entry], "2026-04-01", "raised"],
    ["with one of two expired", [{ ...entry, expires: "2027-01-01" }, entry], "2026-04-01", "raised"],
    ["without entries", [], "2026-04-01", "unknown"],
  ] as const)("%s", (_, entries, today, verdict) => {
    expect(allowlistSighting(entries, today).verdict).toBe(verdict);
  });
});

describe("release numbers", () => {
  it.each([
    ["1.10", "1.9", 1],
    ["1", "1.0.0", 0],
    ["2.2.2+cu121", "2.2.2", 0],
    ["0.6.3.post1", "0.6.3", 1],
    ["0.6.3.post1", "0.6.4", -1],
    ["535.54.03", "535.129.03", -1],
    ["latest", "1", undefined],
    ["1.0rc1", "1.0", undefined],
  ])("%s against %s", (a, b, order) => {
    expect(compareReleases(a, b)).toBe(order);
  });
});

describe("an ssh address", () => {
  it("becomes an argv in which nothing of it can be an option", () => {
    const address = parseSshAddress("ssh://me@pc2:2222");
    expect(address).toEqual({ host: "pc2", user: "me", port: "2222" });
    const argv = sshArgv(address!, ["cat", "/x"]);
    expect(argv.slice(argv.indexOf("-l"))).toEqual(["-l", "me", "-p", "2222", "--", "pc2", "cat", "/x"]);
    for (const odd of ["ssh://-oProxyCommand=x", "ssh://-l@h", "tcp://h:1", "ssh://h;x", "ssh://"])
      expect(parseSshAddress(odd)).toBeUndefined();
  });
});
