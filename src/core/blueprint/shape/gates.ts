import { z } from "zod";
import { GATES } from "../gate-policy.ts";
import { DateShape } from "./date.ts";
import { DigestShape } from "./digest.ts";
import { leaf, pattern } from "./leaf.ts";
import { parseTreePath, TreePathShape } from "./tree-path.ts";

const why = z.string().min(1).max(1000);

const severity = z.enum(["low", "medium", "high", "critical"]);

const OffShape = z
  .partialRecord(z.enum(GATES), why)
  .default({})
  .meta({
    description: "Gates that do not run, each with the reason, which every report shows.",
    examples: [{ labels: "images of before carry none; they go by the end of March" }],
  });

const EXPORT = "an https address without a login, or a path in the folder of this file";

const ExportShape = leaf<string>((text) => {
  if (!text.includes("://")) return parseTreePath(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "https:" && url.username === "" && url.hash === ""
    ? { value: text }
    : { expected: EXPORT };
}, EXPORT);

const OsvShape = z
  .strictObject({
    sources: z
      .array(ExportShape)
      .min(1)
      .max(100)
      .exactOptional()
      .meta({
        description:
          "What `lapstrake db update` fetches, all of it together one database: https addresses of exports, and paths in this tree.",
        examples: [["https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"]],
      }),
    export: TreePathShape.exactOptional().meta({
      description:
        "An export of OSV records in this tree: a folder, a zip, or JSON lines. Without it, what `lapstrake db update` keeps on this machine.",
      examples: ["advisories/pypi.osv.jsonl.gz"],
    }),
    digest: DigestShape.exactOptional().meta({
      description: "The digest of the database, as `lapstrake db status` shows it: no other one is used.",
    }),
  })
  .meta({ description: "Advisories in the OSV format: PyPI and Debian." });

const TrivyShape = z
  .strictObject({
    image: pattern(
      /^[a-z0-9][a-z0-9.:_/-]*@sha256:[0-9a-f]{64}$/,
      "an image by its digest, REPOSITORY@sha256:…",
    )
      .exactOptional()
      .meta({
        description:
          "Trivy as an image, by its digest; it runs on this machine's engine. Without it, the program on PATH or in LAPSTRAKE_TRIVY.",
      }),
    version: pattern(/^\d+\.\d+\.\d+$/, "a version such as 0.58.1")
      .exactOptional()
      .meta({ description: "The version that Trivy must have.", examples: ["0.58.1"] }),
    digest: DigestShape.exactOptional().meta({ description: "The digest that its program must have." }),
    database: DigestShape.exactOptional().meta({ description: "The digest that its database must have." }),
  })
  .meta({ description: "Trivy, as a program or as an image. It is run offline." });

const SuiteShape = z
  .strictObject({
    level: z.enum(["deny", "note"]).default("deny").meta({
      description: "`note`: what the suite has newer is shown, and blocks nothing.",
    }),
  })
  .meta({
    description: "The security suite of the image's own distribution, through this host's mirror.",
  });

const VulnerabilitiesShape = z
  .strictObject({
    deny: severity.default("high").meta({ description: "From this severity on, an image is denied." }),
    unknown: severity.default("high").meta({ description: "What counts where nobody rated the severity." }),
    unfixed: z.enum(["deny", "note"]).default("deny").meta({
      description: "What is done about one that no version mends yet.",
    }),
    maxAgeDays: z.int().min(1).max(365).default(7).meta({
      description: "A database that is older tells nothing for certain, and blocks.",
    }),
    osv: OsvShape.exactOptional(),
    trivy: TrivyShape.exactOptional(),
    suite: SuiteShape.exactOptional(),
  })
  .prefault({})
  .meta({
    description:
      "Known vulnerabilities. Every source that is named must answer; where none is named, `osv` is.",
  });

const BaseShape = z
  .strictObject({
    roots: z.enum(["deny", "note", "off"]).default("note").meta({
      description:
        "What it is where a root's tag has moved in its registry since the lock: `note` is shown and blocks nothing, `deny` blocks, and so does a registry that does not answer then; with `off`, and where `asOf` names the day, it is not asked.",
    }),
  })
  .prefault({})
  .meta({ description: "The roots under the hierarchy, against what their tags stand on today." });

export const GatesShape = z
  .strictObject({
    off: OffShape,
    asOf: DateShape.exactOptional().meta({
      description:
        "The day as of which databases and waivers are judged, instead of today. Reports say that it is no current verdict.",
      examples: ["2026-03-31"],
    }),
    waivers: TreePathShape.exactOptional().meta({
      description: "The file of waivers: what may stand for a while although a gate denies it.",
      examples: ["waivers.yaml"],
    }),
    waiverDays: z.int().min(1).max(366).default(90).meta({
      description: "For how many days a waiver may be granted, at most.",
    }),
    vulnerabilities: VulnerabilitiesShape,
    base: BaseShape,
    reduction: z
      .strictObject({
        percent: z.int().min(1).max(99).default(40).meta({
          description: "By how much the median service is smaller than its baseline, at least.",
        }),
      })
      .exactOptional()
      .meta({
        description:
          "The median size of services against the baseline that `lapstrake size --baseline` recorded.",
      }),
  })
  .meta({
    description:
      "What a release is held to between the push and the tags; `{}` is every gate with its defaults. Without this section no gate runs, and each release says so.",
    examples: [{ waivers: "waivers.yaml" }],
  });
