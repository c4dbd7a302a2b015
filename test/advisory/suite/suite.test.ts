import { describe, expect, it } from "vitest";
import { byArchitecture } from "../../../src/core/advisory/suite/architectures.ts";
import { indexFault } from "../../../src/core/advisory/suite/index-age.ts";
import { outdatedPackages } from "../../../src/core/advisory/suite/outdated-packages.ts";
import { readPackagesIndex } from "../../../src/core/advisory/suite/read-packages-index.ts";
import { securitySuiteOf } from "../../../src/core/advisory/suite/security-suite.ts";
import { suiteCanary } from "../../../src/core/advisory/suite/suite-canary.ts";
import { readRelease } from "../../../src/core/audit/dpkg/read-release.ts";
import { messageOf } from "../../../src/core/base/error.ts";
import { debComponent, suiteIndex } from "../../kit/suite-index.ts";

const stanza = (name: string, version: string, more = "") =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n${more}\n`;

describe("the security suite of an image", () => {
  it.each([
    [{ id: "debian", version: "12", codename: "bookworm" }, "debian bookworm-security"],
    [{ id: "debian", version: "12" }, "debian bookworm-security"],
    [{ id: "debian", version: "12.5" }, "debian bookworm-security"],
    [{ id: "debian", codename: "trixie" }, "debian trixie-security"],
    [{ id: "ubuntu", version: "22.04", codename: "jammy" }, "ubuntu jammy-security"],
    [{ id: "ubuntu", version: "22.04.3" }, "ubuntu jammy-security"],
  ])("is known of %j", (system, expected) => {
    const found = securitySuiteOf(system);
    expect("why" in found ? found.why : `${found.distribution} ${found.suite}`).toBe(expected);
  });

  it.each([
    [undefined, "the image does not say which distribution it is of"],
    [{ id: "alpine", version: "3.20" }, "alpine has no security suite that is known here"],
    [{ id: "constructor" }, "constructor has no security suite that is known here"],
    [{ id: "debian" }, "the image does not say which release of debian it is of"],
    [{ id: "debian", version: "constructor" }, "the image does not say which release of debian it is of"],
    [{ id: "debian", codename: "sid" }, "Debian's sid has no security suite"],
    [
      { id: "debian", version: "10" },
      "the security suite of Debian's buster is not read: its support has ended",
    ],
    [{ id: "debian", codename: "a b\n" }, '"a b?" is no codename of a release'],
  ])("is unknown of %j", (system, why) => {
    expect(securitySuiteOf(system)).toEqual({ why });
  });
});

describe("an index of packages", () => {
  const read = (...texts: readonly string[]) =>
    readPackagesIndex(
      texts.map((text) => ({ bytes: Buffer.from(text), file: "Packages" })),
      "amd64",
    );

  it("gives the newest version of each package and of each source, in dpkg's order", () => {
    const { packages, sources, records } = read(
      stanza("libssl3", "3.0.9-1", "Source: openssl\n") +
        stanza("libssl3", "3.0.17-1~deb12u2", "Source: openssl\n") +
        stanza("linux-image-6.1.0-40-amd64", "6.1.153-1", "Source: linux-signed-amd64 (6.1.153+1)\n"),
      "Package: tzdata\nVersion: 2026b-0\nArchitecture: all\n",
    );
    expect(records).toBe(4);
    expect(packages.get("libssl3")?.version).toBe("3.0.17-1~deb12u2");
    expect([...packages.keys()]).toEqual(["libssl3", "linux-image-6.1.0-40-amd64", "tzdata"]);
    expect([...sources]).toEqual([
      ["openssl", "3.0.17-1~deb12u2"],
      ["linux-signed-amd64", "6.1.153+1"],
      ["tzdata", "2026b-0"],
    ]);
  });

  it.each([
    [
      "a stanza without a version",
      "Package: a\nArchitecture: amd64\n",
      'Packages:1: "" is no version (package a)',
    ],
    [
      "a version of two lines",
      "Package: a\nVersion: 1\n 2\nArchitecture: amd64\n",
      'Packages:1: "1?2" is no version (package a)',
    ],
    ["one without a name", `${stanza("a", "1")}Version: 1\n`, "Packages:5: a stanza without Package"],
    ["one without an architecture", "Package: a\nVersion: 1\n", "Packages:1: a stanza of no package"],
    [
      "one that is not there",
      stanza("a", "1", "Status: deinstall ok config-files\n"),
      "Packages:1: a stanza of no package",
    ],
    [
      "another architecture's",
      "Package: a\nVersion: 1\nArchitecture: arm64\n",
      "Packages:1: a package for arm64",
    ],
    [
      "HTML",
      "<html><body>504</body></html>\n",
      'Packages:1: "<html><body>504</body></html>" has no colon after a field\'s name',
    ],
  ])("is refused as a whole for %s", (_, text, why) => {
    let said = "it is read";
    try {
      read(text);
    } catch (error) {
      said = messageOf(error);
    }
    expect(said).toBe(why);
  });
});

describe("what is below a security suite", () => {
  const index = suiteIndex({
    libssl3: ["3.0.17-1~deb12u2", "openssl"],
    bash: ["5.2.15-2+deb12u1"],
    "linux-image-6.1.0-40-amd64": ["6.1.153-1", "linux"],
  });
  const found = (...components: Parameters<typeof debComponent>[]) =>
    outdatedPackages(
      components.map((each) => debComponent(...each)),
      index,
    ).map(({ id, component, fixed, summary }) => ({ id, of: component.name, fixed, summary }));

  it("has the suite's version as what mends it, and says that nobody rated it", () => {
    const component = debComponent("libssl3", "3.0.9-1", { source: "openssl" });
    expect(outdatedPackages([component], index)).toEqual([
      {
        source: "suite",
        id: "suite:bookworm-security/openssl",
        aliases: [],
        component: {
          id: component.id,
          ecosystem: "deb",
          name: "libssl3",
          version: "3.0.9-1",
          purl: component.purl,
        },
        severity: "unknown",
        severityFrom: undefined,
        fixed: ["3.0.17-1~deb12u2"],
        summary: "bookworm-security has libssl3 3.0.17-1~deb12u2",
      },
    ]);
  });

  it("is nothing that is as new, newer, or not of the suite", () => {
    expect(
      found(
        ["libssl3", "3.0.17-1~deb12u2", { source: "openssl" }],
        ["libssl3", "3.0.18-1+local1", { source: "openssl" }],
        ["bash", "1:1.0-1"],
        ["curl", "7.88.1-1"],
      ),
    ).toEqual([]);
  });

  it("is a package of a mended source that has another name in the suite", () => {
    expect(
      found(
        ["linux-image-6.1.0-9-amd64", "6.1.27-1", { source: "linux" }],
        ["linux-image-6.1.0-41-amd64", "6.1.160-1", { source: "linux" }],
      ),
    ).toEqual([
      {
        id: "suite:bookworm-security/linux",
        of: "linux-image-6.1.0-9-amd64",
        fixed: [],
        summary:
          "bookworm-security has 6.1.153-1 of its source linux, which brings no linux-image-6.1.0-9-amd64 any more",
      },
    ]);
  });

  it("is told as held where dpkg holds it", () => {
    expect(found(["bash", "5.2.15-2", { held: true }])).toMatchObject([
      { summary: "bookworm-security has bash 5.2.15-2+deb12u1; dpkg holds the package back" },
    ]);
  });
});

describe("an index at a time", () => {
  const DAY = 24 * 3600 * 1000;
  const date = Date.UTC(2026, 10, 25);
  const { release } = suiteIndex({});
  const index = { release, date, validUntil: date + 7 * DAY, fetchedAt: date };

  it.each([
    ["counts while its archive answers for it", index, date + 7 * DAY, undefined],
    [
      "has expired after that",
      index,
      date + 8 * DAY,
      "the Release of bookworm-security expired on 2026-12-02: its mirror stands still",
    ],
    ["has no date", { ...index, date: undefined }, date, "the Release of bookworm-security has no date"],
    [
      "is of a day to come",
      index,
      date - 2 * DAY,
      "the Release of bookworm-security is of 2026-11-25, which is still to come",
    ],
    [
      "counts for a week where no end is named",
      { ...index, validUntil: undefined },
      date + 7 * DAY,
      undefined,
    ],
    [
      "does not count longer",
      { ...index, validUntil: undefined },
      date + 8 * DAY,
      "bookworm-security was last read on 2026-11-25",
    ],
  ])("%s", (_, each, now, fault) => {
    expect(indexFault(each, now)).toBe(fault);
  });
});

describe("the dates of a Release", () => {
  const release = (fields: string) => readRelease(Buffer.from(`${fields}SHA256:\n`), "Release");

  it("are read in universal time", () => {
    expect(
      release("Date: Wed, 25 Nov 2026 02:22:30 UTC\nValid-Until: Wed, 2 Dec 2026 2:22:30 +0000\n"),
    ).toMatchObject({
      date: Date.UTC(2026, 10, 25, 2, 22, 30),
      validUntil: Date.UTC(2026, 11, 2, 2, 22, 30),
    });
  });

  it.each([
    "Wed, 25 Nov 2026 02:22:30 CET",
    "2026-11-25",
    "Wed, 41 Nov 2026 02:22:30 UTC",
    "25 Now 2026 1:00:00 UTC",
  ])("are unknown where they are none: %s", (date) => {
    expect(release(`Date: ${date}\n`).date).toBeUndefined();
  });

  it("stand beside whether packages for all architectures are apart", () => {
    const apart = (fields: string) => release(fields).allApart;
    expect(apart("Architectures: all amd64\n")).toBe(true);
    expect(apart("Architectures: all amd64\nNo-Support-for-Architecture-all: Packages\n")).toBe(false);
    expect(apart("Architectures: amd64\n")).toBe(false);
  });
});

describe("packages by the index that lists them", () => {
  const names = (components: readonly ReturnType<typeof debComponent>[], platform = "linux/amd64") =>
    Object.fromEntries(
      [...byArchitecture(components, platform)].map(([key, group]) => [key, group.map(({ name }) => name)]),
    );

  it("go with their architecture, those for all with the image's", () => {
    const foreign = debComponent("libc6", "1", { architecture: "i386" });
    const all = debComponent("tzdata", "1", { architecture: "all" });
    const own = [debComponent("bash", "1"), debComponent("dash", "1")];
    expect(names([foreign, all, ...own])).toEqual({ i386: ["libc6"], amd64: ["bash", "dash", "tzdata"] });
  });

  it.each([
    ["linux/arm64", "arm64"],
    ["linux/386", "i386"],
    ["linux/arm/v7", "armhf"],
  ])("for all alone go by the platform: %s", (platform, architecture) => {
    const all = debComponent("tzdata", "1", { architecture: "all" });
    expect(names([all], platform)).toEqual({ [architecture]: ["tzdata"] });
  });
});

describe("the planted package of a suite", () => {
  it("is found by what looks images up", () => {
    const index = suiteIndex({ old: ["0~1"], libssl3: ["3.0.17-1", "openssl"] });
    const planted = suiteCanary(index);
    expect(planted?.components).toMatchObject([{ name: "libssl3", version: "0" }]);
    expect(outdatedPackages(planted?.components ?? [], index)).toMatchObject([
      { id: "suite:bookworm-security/openssl", fixed: ["3.0.17-1"] },
    ]);
  });

  it("is none where the suite is empty", () => {
    expect(suiteCanary(suiteIndex({}))).toBeUndefined();
  });
});
