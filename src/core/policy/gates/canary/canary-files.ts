import type { TarFile } from "../../../audit/tar/write-tar.ts";

/** A package as it is recorded in the image. None of these exists, so that nobody finds a fault in them. */
export interface CanaryDeb {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  /** Its files, with their contents. */
  readonly files: readonly TarFile[];
}

export interface CanaryDistribution {
  readonly name: string;
  readonly version: string;
  /** The module that it brings. */
  readonly module: string;
}

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`;

const PYTHON = "usr/local/lib/python3.11";
export const INTERPRETER = "usr/local/bin/python3.11";
export const TINI = "usr/bin/tini";

export const CANARY_DEBS: readonly CanaryDeb[] = [
  {
    name: "lapstrake-canary-base",
    version: "1.0-1",
    files: [
      { path: "etc/os-release", content: OS_RELEASE },
      {
        path: "etc/passwd",
        content: "root:x:0:0::/root:/bin/false\nappuser:x:10001:10001::/app:/bin/false\n",
      },
      { path: "etc/group", content: "root:x:0:\nappuser:x:10001:\n" },
    ],
  },
  {
    name: "lapstrake-canary-init",
    version: "1:1.0-1",
    files: [{ path: TINI, content: "stands for tini\n", mode: 0o755 }],
  },
];

export const CANARY_DISTRIBUTION: CanaryDistribution = {
  name: "lapstrake-canary",
  version: "1.0",
  module: "lapstrake_canary",
};

/** Files that make an interpreter, which no package brought. */
export const CANARY_PYTHON: readonly TarFile[] = [
  { path: INTERPRETER, content: "stands for Python\n", mode: 0o755 },
  { path: `${PYTHON}/os.py`, content: '"""Stands for the standard library."""\n' },
];

/** The files of packages, and what dpkg records of them. */
export function debFiles(debs: readonly CanaryDeb[]): readonly TarFile[] {
  const lists = debs.map(({ name, files }) => ({
    path: `var/lib/dpkg/info/${name}.list`,
    content: files.map(({ path }) => `/${path}\n`).join(""),
  }));
  const status = { path: "var/lib/dpkg/status", content: debs.map(stanzaOf).join("\n") };
  return [...debs.flatMap(({ files }) => files), status, ...lists];
}

function stanzaOf({ name, version, source }: CanaryDeb): string {
  return [
    `Package: ${name}`,
    "Status: install ok installed",
    "Priority: optional",
    "Maintainer: nobody <nobody@example.org>",
    "Architecture: amd64",
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    "Description: stands in the image of a canary",
    "",
  ].join("\n");
}

/** A distribution as pip installs it. */
export function distributionFiles({ name, version, module }: CanaryDistribution): readonly TarFile[] {
  const site = `${PYTHON}/site-packages`;
  const info = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  const files = [
    { path: `${module}/__init__.py`, content: '"""Stands for a module."""\n' },
    { path: `${info}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
    {
      path: `${info}/WHEEL`,
      content: "Wheel-Version: 1.0\nGenerator: canary\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    },
    { path: `${info}/INSTALLER`, content: "pip\n" },
  ];
  const record = [...files.map(({ path }) => `${path},,\n`), `${info}/RECORD,,\n`].join("");
  return [...files, { path: `${info}/RECORD`, content: record }].map(({ path, content }) => ({
    path: `${site}/${path}`,
    content,
  }));
}
