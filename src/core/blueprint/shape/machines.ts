import { z } from "zod";
import { pattern } from "./leaf.ts";
import { NameShape, VariableShape } from "./name.ts";

export const MachinesShape = z
  .record(
    NameShape,
    z.strictObject({
      gpu: z
        .string()
        .min(1)
        .max(128)
        .exactOptional()
        .meta({ description: "Its GPU, for people.", examples: ["NVIDIA RTX 4090"] }),
      sm: pattern(/^\d{1,2}\.\d$/, 'a CUDA compute capability, such as "8.9"')
        .exactOptional()
        .meta({ description: "CUDA compute capability of the GPU, in quotes.", examples: ["8.9"] }),
      engine: pattern(
        /^(?:ssh:\/\/[^\s:@/]+@)?[^\s@]+$/,
        "the address of a Docker engine without password, such as ssh://user@host",
      )
        .regex(/^(?:ssh|unix|tcp|npipe):\/\/./, {
          error: "ssh://, unix://, tcp:// or npipe:// and an address",
        })
        .exactOptional()
        .meta({ description: "The address of its Docker engine.", examples: ["ssh://deploy@mainpc"] }),
      profile: z
        .record(
          VariableShape,
          z.union([z.string(), z.number(), z.boolean()], { error: "text, a number, or true or false" }),
        )
        .default({})
        .meta({
          description: "Values that services on this machine find in /etc/machine-profile.json.",
          examples: [{ OMP_NUM_THREADS: 16 }],
        }),
    }),
  )
  .default({})
  .meta({ description: "The machines that services run on." });
