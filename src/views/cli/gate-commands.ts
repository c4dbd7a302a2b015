import type { CommandSpec } from "./command.ts";

/** What stands between the push and the tags, and what it knows. */
export const GATE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "db",
    summary: "the databases of advisories on this machine: fetch, show, verify",
    operands: "[status|update|verify] [SOURCE…]",
    arity: [0, Number.POSITIVE_INFINITY],
    description:
      "Advisories of PyPI and Debian in the OSV format. `update` reads exports, https addresses or paths, into one database:\na folder of .json files, a zip of them (the public all.zip), or JSON lines, also gzipped; without SOURCE those of\n`gates.vulnerabilities.osv.sources`. A record that cannot be read ends it, and what was kept stays. `status`, the\ndefault, shows digests, which a policy can pin, and how far their knowledge goes. The list is signed by a key of this\nmachine; `verify` reads every byte, exit 1 where one is not what was kept.",
    flags: {},
    examples: [
      ["lapstrake db update", "what the blueprint names"],
      [
        "lapstrake db update https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
        "the public export of one ecosystem",
      ],
      ["lapstrake db update pypi.zip debian.zip", "two files, as one database"],
      ["lapstrake db status --json", "digest, records, age and sources of each, for a program"],
    ],
    load: () => import("./commands/db.ts"),
  },
];
