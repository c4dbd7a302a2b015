import { z } from "zod";
import { ByteSizeShape } from "./byte-size.ts";

const size = {
  compressed: ByteSizeShape.exactOptional().meta({
    description: "The sum of the layers as the registry stores them.",
    examples: ["100MB"],
  }),
  unpacked: ByteSizeShape.exactOptional().meta({
    description: "The sum of the layers as a machine unpacks them.",
    examples: ["400MB"],
  }),
};

export const BudgetsShape = z
  .strictObject({
    cpu: z.strictObject(size).default({}).meta({ description: "For images of the tier cpu." }),
    gpu: z.strictObject(size).default({}).meta({ description: "For images of the tier gpu." }),
  })
  // Through the shape, so that the inner defaults apply.
  .prefault({})
  .meta({
    description: "How big an image of each tier may be. Units: kB, MB, GB (decimal); KiB, MiB, GiB (binary).",
  });
