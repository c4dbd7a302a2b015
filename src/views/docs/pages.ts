import { blueprintJsonSchema, planJsonSchema } from "../../core/blueprint/json-schema.ts";
import { renderBlueprintReference } from "../../core/blueprint/reference.ts";
import { COMMANDS } from "../cli/table.ts";
import { renderCliIndex, renderCliPage } from "./cli-pages.ts";

/** A file of the repository that is made from the program itself. */
export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly render: () => string;
}

/** Every generated page. `npm run docs` writes them; `npm run check` fails where one differs. */
export const PAGES: readonly Page[] = [
  { path: "docs/cli/README.md", render: () => renderCliIndex(COMMANDS) },
  ...COMMANDS.map((spec) => ({ path: `docs/cli/${spec.name}.md`, render: () => renderCliPage(spec) })),
  { path: "docs/blueprint.md", render: renderBlueprintReference },
  {
    path: "docs/blueprint.schema.json",
    render: () => `${JSON.stringify(blueprintJsonSchema(), undefined, 2)}\n`,
  },
  {
    path: "docs/plan.schema.json",
    render: () => `${JSON.stringify(planJsonSchema(), undefined, 2)}\n`,
  },
];
