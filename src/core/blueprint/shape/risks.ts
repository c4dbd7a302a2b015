import { z } from "zod";
import { ByteSizeShape } from "./byte-size.ts";
import { DateShape } from "./date.ts";
import { pattern } from "./leaf.ts";
import { NameShape } from "./name.ts";

const sentence = z.string().min(1).max(1000);
const degree = z.enum(["low", "medium", "high"]);

const DriverShape = z
  .strictObject({
    kind: z.literal("driver").meta({ description: "Raised where a machine's NVIDIA driver is older." }),
    floor: pattern(/^\d{1,4}(?:\.\d{1,4}){0,2}$/, 'a driver version, such as "535"').meta({
      description: "The oldest driver that will do, in quotes.",
      examples: ["535"],
    }),
    machines: z
      .array(NameShape)
      .default([])
      .meta({
        description: "The machines that are asked. Without it, all that have a `gpu`.",
        examples: [["pc2"]],
      }),
  })
  .meta({ title: "the driver of a GPU" });

const ExpiryShape = z
  .strictObject({
    kind: z
      .literal("expiry")
      .meta({ description: "Raised where something still builds on an image after its last day." }),
    image: NameShape.meta({ description: "The image that is to go.", examples: ["legacy-py310-cpu"] }),
    until: DateShape.meta({
      description: "The last day on which it may be in use.",
      examples: ["2026-12-31"],
    }),
  })
  .meta({ title: "the end of an image" });

const QuotaShape = z
  .strictObject({
    kind: z
      .literal("cache-quota")
      .meta({ description: "Raised where the build caches in the registry are bigger." }),
    limit: ByteSizeShape.meta({ description: "How big they may be together.", examples: ["20GB"] }),
  })
  .meta({ title: "the size of the build caches" });

const AllowanceShape = z.strictObject({
  id: pattern(/^[A-Za-z][A-Za-z0-9:._-]*$/, "the id of an advisory, such as CVE-2026-12345").meta({
    description: "The advisory.",
    examples: ["CVE-2026-12345"],
  }),
  component: pattern(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hex digits").meta({
    description: "The digest of the one component that it is allowed for.",
  }),
  expires: DateShape.meta({ description: "The last day that it is allowed.", examples: ["2026-12-31"] }),
  approver: sentence.meta({ description: "Who allowed it." }),
  why: sentence.meta({ description: "Why it does no harm there." }),
});

const AllowlistShape = z
  .strictObject({
    kind: z.literal("allowlist").meta({ description: "Raised where an entry has expired." }),
    entries: z
      .array(AllowanceShape)
      .default([])
      .meta({ description: "What a scanner may find without denying." }),
  })
  .meta({ title: "a list of allowed advisories" });

const RiskIdShape = pattern(/^[A-Z][A-Z0-9-]{0,15}$/, "the id of a risk, such as R1");

export const RiskShape = z.strictObject({
  risk: sentence.meta({ description: "What may come true.", examples: ["CUDA 12.1 driver mismatch on pc2"] }),
  likelihood: degree.meta({ description: "How likely it is." }),
  impact: degree.meta({ description: "How bad it would be." }),
  mitigation: sentence.meta({ description: "What is done so that it does not." }),
  detector: sentence.exactOptional().meta({
    description: "The command that shows whether it has come true. Without it, `lapstrake risk ID`.",
  }),
  fallback: sentence.meta({ description: "The command that takes the fleet back." }),
  phases: z
    .array(pattern(/^\d{1,3}(?:\.\d{1,3})*$/, 'the id of a phase, such as "4.1"'))
    .default([])
    .meta({
      description: "The phases whose documents must speak of it, in quotes. Without it, all.",
      examples: [["1", "4"]],
    }),
  watch: z
    .discriminatedUnion("kind", [DriverShape, ExpiryShape, QuotaShape, AllowlistShape], {
      error: ({ code }) =>
        code === "invalid_union" ? '"driver", "expiry", "cache-quota" or "allowlist"' : undefined,
    })
    .exactOptional()
    .meta({ description: "What `lapstrake risk` looks at. Without it, its state is unknown." }),
});

/** A register of risks, by id; whichever file holds it. */
export const RisksShape = z
  .record(RiskIdShape, RiskShape)
  .default({})
  .meta({ description: "The register of risks, by their ids." });

export type RisksShape = z.infer<typeof RisksShape>;
