import { describe } from "vitest";
import { createMemoryRegistry } from "../../src/edge/registry/memory.ts";
import { conformance } from "./conformance.ts";

describe("in memory", () => {
  const registry = createMemoryRegistry();
  let count = 0;
  conformance(() => ({ registry, fresh: () => ({ host: "any.example", repository: `r${count++}` }) }));
});
