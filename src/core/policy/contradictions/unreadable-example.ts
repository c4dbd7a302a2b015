import { contradiction } from "./contradiction.ts";
import type { Rule } from "./facts.ts";

/** An example that claims to be a Dockerfile and that no builder would take. */
export const unreadableExample: Rule = ({ guides }) =>
  guides.flatMap(({ broken }) =>
    broken.map(({ name, why, at }) =>
      contradiction({
        rule: "unreadable-example",
        subject: name,
        message: `the example ${name} is no Dockerfile: ${why}`,
        places: [{ at, says: why }],
        resolution: "correct the example, or call its block text",
      }),
    ),
  );
