import type { Registry } from "../edge/registry/port.ts";
import type { ReferrerListing } from "../edge/registry/powers.ts";

/** Whether this adapter can tell what refers to a manifest. */
export function listsReferrers<Kind extends Registry>(registry: Kind): registry is Kind & ReferrerListing {
  return "listReferrers" in registry;
}
