import type { ElfFacts } from "../../../src/core/audit/elf/elf-facts.ts";
import { importsQuestion, LINKS_QUESTION } from "../../../src/core/audit/image/audit-question.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import { LayerCollector } from "../../../src/core/audit/image/layer-collector.ts";
import { joinFacts } from "../../../src/core/audit/image/layer-facts.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import type { ImageConfig } from "../../../src/core/oci/manifest.ts";
import { type ImageUse, imageUse } from "../../../src/core/policy/audit/image-use.ts";
import { openPythonGrammar } from "../../../src/edge/grammar/tree-sitter-python.ts";
import { gatherFacts } from "../../../src/flow/audit/gather-facts.ts";
import { library, program } from "../../kit/elf-facts.ts";
import { linkItem, type TarItem, tarOf } from "../../kit/tar-writer.ts";

const grammar = await openPythonGrammar();
const MULTIARCH = "usr/lib/x86_64-linux-gnu";
const SITE = "opt/venv/lib/python3.11/site-packages";

/** What every start of an interpreter imports, and what the tests' own sources do. */
const STANDARD = [
  "encodings/__init__",
  "encodings/utf_8",
  "encodings/aliases",
  "codecs",
  "io",
  "abc",
  "os",
  "site",
  "runpy",
  "typing",
];

export interface Installed {
  readonly name: string;
  readonly files: readonly string[];
  readonly depends?: string;
  readonly more?: string;
}

/** A distribution with its files below site-packages. */
export interface Wheel {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tag?: string;
  readonly requires?: readonly string[];
  /** entry_points.txt. */
  readonly entryPoints?: string;
}

export interface Made {
  readonly config?: ImageConfig["config"];
  readonly files?: Readonly<Record<string, string>>;
  readonly elf?: Readonly<Record<string, ElfFacts>>;
  readonly packages?: readonly Installed[];
  readonly wheels?: readonly Wheel[];
}

/** An image of Debian's layout with an interpreter and a venv, as an audit would have read it. */
export function audited({ config = {}, files = {}, elf = {}, packages = [], wheels = [] }: Made): ImageUse {
  const base: readonly Installed[] = [
    {
      name: "libc6",
      files: [`${MULTIARCH}/ld-linux-x86-64.so.2`, `${MULTIARCH}/libc.so.6`],
      more: "Essential: yes\n",
    },
    { name: "python3.11", files: ["usr/bin/python3.11"] },
  ];
  const texts: Readonly<Record<string, string>> = {
    "opt/venv/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\n",
    ...Object.fromEntries(STANDARD.map((name) => [`usr/lib/python3.11/${name}.py`, ""])),
    "usr/lib/python3.11/lib-dynload/.keep": "x",
    ...statusOf([...base, ...packages]),
    ...Object.assign({}, ...wheels.map(wheelFiles)),
    ...files,
  };
  const others = [...[...base, ...packages].flatMap((each) => each.files), ...Object.keys(elf)];
  const items: TarItem[] = [
    linkItem("lib", "usr/lib"),
    linkItem("lib64", MULTIARCH),
    linkItem("opt/venv/bin/python", "/usr/bin/python3.11"),
    ...[...others.map((path) => [path, path] as const), ...Object.entries(texts)].map(([path, content]) => ({
      path,
      content,
      mode: 0o755,
    })),
  ];
  const all = {
    "usr/bin/python3.11": program({ needed: ["libc.so.6"] }),
    [`${MULTIARCH}/libc.so.6`]: library({ soname: "libc.so.6", versionsDefined: ["GLIBC_2.36"] }),
    [`${MULTIARCH}/ld-linux-x86-64.so.2`]: library(),
    ...elf,
  };
  const sources = { id: "test", read: (content: Uint8Array) => grammar.read(content) };
  const collector = new LayerCollector([LINKS_QUESTION, importsQuestion(sources)]);
  const bytes = tarOf(items);
  collector.write(bytes);
  const { listing, answers } = collector.finish(digestOf(bytes));
  const facts = joinFacts(listing, answers);
  // The texts stand for programs; what their tables would say is told beside them.
  const notes = [
    ...facts.notes,
    ...Object.entries(all).map(([path, each]) => ({ kind: "elf", path, elf: each }) as const),
  ];
  const layers = [{ ...facts, notes }];
  const env = ["PATH=/opt/venv/bin:/usr/bin"];
  return imageUse(
    gatherFacts({ layers, flat: flatten(layers) }, { Env: env, WorkingDir: "/app", ...config }, sources)
      .facts,
  );
}

function statusOf(packages: readonly Installed[]): Readonly<Record<string, string>> {
  const stanza = ({ name, depends, more = "" }: Installed): string =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-1\nPriority: optional\n${depends === undefined ? "" : `Depends: ${depends}\n`}${more}`;
  return {
    "var/lib/dpkg/status": packages.map(stanza).join("\n"),
    "var/lib/dpkg/arch": "amd64\n",
    ...Object.fromEntries(
      packages.map(({ name, files }) => [
        `var/lib/dpkg/info/${name}.list`,
        files.map((path) => `/${path}\n`).join(""),
      ]),
    ),
  };
}

function wheelFiles({
  name,
  files,
  tag = "py3-none-any",
  requires = [],
  entryPoints,
}: Wheel): Readonly<Record<string, string>> {
  const info = `${SITE}/${name}-1.0.dist-info`;
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${requires.map((each) => `Requires-Dist: ${each}\n`).join("")}`;
  return {
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${SITE}/${path}`, text])),
    [`${info}/METADATA`]: metadata,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nTag: ${tag}\n`,
    ...(entryPoints === undefined ? {} : { [`${info}/entry_points.txt`]: entryPoints }),
    [`${info}/RECORD`]: [
      ...Object.entries(files).map(([path, text]) => `${path},,${text.length}`),
      `${name}-1.0.dist-info/METADATA,,`,
    ].join("\n"),
  };
}
