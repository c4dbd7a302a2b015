import { describe, expect, test } from "vitest";
import { licencesOfCopyright } from "../../../src/core/audit/sbom/copyright-licences.ts";
import { licencesOf } from "../../../src/core/audit/sbom/licence.ts";
import { purl } from "../../../src/core/audit/sbom/purl.ts";

describe("a licence", () => {
  test.each([
    ["MIT", "MIT"],
    ["Expat", "MIT"],
    ["GPL-2+", "GPL-2.0-or-later"],
    ["LGPL-2.1+", "LGPL-2.1-or-later"],
    ["GPL-3", "GPL-3.0-only"],
    ["BSD-3-clause", "BSD-3-Clause"],
    ["GPL-2+ or Expat", "GPL-2.0-or-later OR MIT"],
    ["MIT OR (Apache-2.0 AND ISC)", "MIT OR (Apache-2.0 AND ISC)"],
  ])("%s is %s", (written, expression) => {
    expect(licencesOf([written])).toEqual([{ expression }]);
  });

  test.each([
    "GPL-2+ with OpenSSL exception",
    "Artistic",
    "License :: OSI Approved :: BSD License",
    "GPL",
    "",
  ])("%s is not guessed at", (name) => {
    expect(licencesOf([name])).toEqual([{ name }]);
  });

  test("is told once, however it was written", () => {
    expect(licencesOf(["Expat", "MIT"])).toEqual([{ expression: "MIT" }]);
  });
});

describe("a copyright file", () => {
  test("says its licences by the fields of the machine-readable format", () => {
    const text =
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+\n On Debian: /usr/share/common-licenses/GPL-2\n\nFiles: x\nLicense: Expat\n\nLicense: GPL-2+\n text\n";
    expect(licencesOfCopyright(text)).toEqual(["Expat", "GPL-2+"]);
  });

  test("of another form says which texts it points to, and no more", () => {
    expect(licencesOfCopyright("see `/usr/share/common-licenses/LGPL-2.1'.\n")).toEqual([
      "/usr/share/common-licenses/LGPL-2.1",
    ]);
    expect(licencesOfCopyright("All rights reserved.\n")).toEqual([]);
  });
});

test("a package URL encodes all but letters, digits and five signs", () => {
  expect(
    purl({
      type: "deb",
      namespace: "debian",
      name: "libstdc++6",
      version: "1:12.2.0-14+deb12u1~x",
      qualifiers: { upstream: "gcc-12", arch: "amd64", distro: undefined },
    }),
  ).toBe("pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~x?arch=amd64&upstream=gcc-12");
  expect(purl({ type: "pypi", name: "a/b\ud800" })).toBe("pkg:pypi/a%2Fb%EF%BF%BD");
});
