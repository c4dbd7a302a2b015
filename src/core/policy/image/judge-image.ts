import type { Verdict } from "../verdict.ts";
import type { ImageFacts } from "./image-facts.ts";
import { cachesVerdict } from "./rules/caches.ts";
import { healthVerdict } from "./rules/health.ts";
import { initVerdict } from "./rules/init.ts";
import { labelsVerdict } from "./rules/labels.ts";
import { layersVerdict } from "./rules/layers.ts";
import { profileVerdict } from "./rules/profile.ts";
import { secretsVerdict } from "./rules/secrets.ts";
import { setuidVerdict } from "./rules/setuid.ts";
import { userVerdict } from "./rules/user.ts";
import { worldWritableVerdict } from "./rules/world-writable.ts";

const RULES = [
  layersVerdict,
  userVerdict,
  initVerdict,
  healthVerdict,
  setuidVerdict,
  worldWritableVerdict,
  cachesVerdict,
  secretsVerdict,
  profileVerdict,
  labelsVerdict,
] as const;

/** All that is said of an image without running it. */
export function judgeImage(facts: ImageFacts): readonly Verdict[] {
  return RULES.map((rule) => rule(facts));
}
