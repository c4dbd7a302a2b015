import type { ImageFailure } from "../base/build-event.ts";
import type { Digest } from "../base/digest.ts";
import type { Identified } from "./trace.ts";

/** How one image of a plan ended. Times in milliseconds. */
export type ImageOutcome =
  | {
      readonly state: "reused" | "built";
      readonly digest: Digest;
      readonly identified: Identified;
      readonly ms: number;
    }
  | { readonly state: "failed"; readonly failure: ImageFailure }
  | { readonly state: "blocked"; readonly by: string }
  | { readonly state: "unavailable"; readonly why: string }
  | { readonly state: "cancelled" };
