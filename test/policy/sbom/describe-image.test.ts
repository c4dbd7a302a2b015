import { expect, test } from "vitest";
import type { Sbom, SbomComponent } from "../../../src/core/audit/sbom/sbom.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { describeImage } from "../../../src/core/policy/sbom/describe-image.ts";
import { library } from "../../kit/elf-facts.ts";
import { audited, type Made } from "../audit/audited.ts";

const SITE = "opt/venv/lib/python3.11/site-packages";
const LIB = "usr/lib/x86_64-linux-gnu";
const EXTENSION = "fast/_core.cpython-311-x86_64-linux-gnu.so";

const SERVICE: Made = {
  files: {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\nVERSION_CODENAME=bookworm\n',
    "var/lib/dpkg/info/curl.md5sums": "0123456789abcdef0123456789abcdef  usr/bin/curl\n",
    "srv/unused/Loose_Thing-2.dist-info/METADATA": "Name: Loose_Thing\nVersion: 2\n",
    "srv/unused/old.thing-1-py3.7.egg/EGG-INFO/PKG-INFO": "Name: old.thing\nVersion: 1\n",
  },
  wheels: [
    { name: "fast", files: { "fast/__init__.py": "", [EXTENSION]: "x" }, requires: ["slow"] },
    { name: "slow", files: { "slow.py": "" } },
  ],
  elf: {
    [`${SITE}/${EXTENSION}`]: library({ needed: ["libz.so.1"] }),
    [`${LIB}/libz.so.1`]: library({ soname: "libz.so.1" }),
  },
  packages: [
    { name: "zlib1g", files: [`${LIB}/libz.so.1`], more: "Source: zlib (1:1.2)\n" },
    { name: "curl", files: ["usr/bin/curl"], depends: "libc6 (>= 2.30)", more: "Homepage: javascript:x\n" },
  ],
};

function describeMade(made: Made): Sbom {
  return describeImage({
    facts: audited(made).facts,
    origins: new Map([["curl:amd64", { layer: 0, versionLayer: 0 }]]),
    licences: new Map(),
    layers: [
      {
        layer: 0,
        diffId: digestOf("layer"),
        createdBy: undefined,
        instruction: { image: "base", file: "Dockerfile", line: 3, endLine: 7 },
      },
    ],
    subject: { name: "image", digest: undefined, architecture: "amd64" },
    created: undefined,
    tool: "1",
    machine: "x86_64",
  });
}

const named = ({ components }: Sbom, name: string): SbomComponent | undefined =>
  components.find((each) => each.name === name);

test("an SBOM has each package and each distribution, those that no interpreter finds too", () => {
  const sbom = describeMade(SERVICE);
  expect(sbom.components.map(({ purl }) => purl)).toEqual([
    "pkg:deb/debian/curl@2.36-1?arch=amd64&distro=debian-12",
    "pkg:deb/debian/libc6@2.36-1?arch=amd64&distro=debian-12",
    "pkg:deb/debian/python3.11@2.36-1?arch=amd64&distro=debian-12",
    "pkg:deb/debian/zlib1g@2.36-1?arch=amd64&distro=debian-12&upstream=zlib%401:1.2",
    "pkg:pypi/fast@1.0",
    "pkg:pypi/loose-thing@2",
    "pkg:pypi/old-thing@1",
    "pkg:pypi/slow@1.0",
  ]);
  expect(sbom.system).toEqual({
    id: "debian",
    version: "12",
    name: "Debian 12",
    codename: "bookworm",
  });
});

test("its edges are dpkg's, Python's, and those of native files", () => {
  const sbom = describeMade(SERVICE);
  const edges = (name: string) => named(sbom, name)?.dependsOn;
  expect(edges("curl")).toEqual(["pkg:deb/debian/libc6@2.36-1?arch=amd64&distro=debian-12"]);
  expect(edges("fast")).toEqual([
    "pkg:deb/debian/zlib1g@2.36-1?arch=amd64&distro=debian-12&upstream=zlib%401:1.2",
    "pkg:pypi/slow@1.0",
  ]);
});

test("it says which files, with which hash, by which line of which Dockerfile", () => {
  const curl = named(describeMade(SERVICE), "curl");
  expect(curl?.files).toEqual([
    { path: "usr/bin/curl", hash: { algorithm: "MD5", hex: "0123456789abcdef0123456789abcdef" } },
  ]);
  expect(curl?.broughtBy).toEqual({ layer: 0, diffId: digestOf("layer"), instruction: "Dockerfile:3-7" });
});

test("what is no web address is no homepage", () => {
  expect(named(describeMade(SERVICE), "curl")).not.toHaveProperty("homepage");
});

test("two copies of one distribution have one purl and two ids", () => {
  const metadata = "Name: slow\nVersion: 1.0\n";
  const twice = describeMade({
    ...SERVICE,
    files: { ...SERVICE.files, "srv/copy/slow-1.0.dist-info/METADATA": metadata },
  });
  const copies = twice.components.filter(({ purl }) => purl === "pkg:pypi/slow@1.0");
  expect(copies.map(({ id }) => id)).toEqual([
    `pkg:pypi/slow@1.0#/${SITE}/slow-1.0.dist-info`,
    "pkg:pypi/slow@1.0#/srv/copy/slow-1.0.dist-info",
  ]);
});
