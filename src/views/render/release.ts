import type { GateResult, ReleaseBody } from "../../core/record/kinds.ts";
import { type BuildView, buildJson, renderBuild } from "./build.ts";
import { fit } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** What a release came to, as far as it is shown. */
export type ReleaseView =
  | { readonly state: "unchanged"; readonly release: ReleaseBody; readonly exit: number }
  | {
      readonly state: "released";
      readonly release: ReleaseBody;
      readonly exit: number;
      readonly built: number;
      readonly withoutSbom: readonly { readonly name: string; readonly why: string }[];
    }
  | { readonly state: "stopped"; readonly build: BuildView; readonly exit: number }
  | { readonly state: "denied"; readonly gates: readonly GateResult[]; readonly exit: number };

export function renderRelease(view: ReleaseView): string {
  switch (view.state) {
    case "unchanged":
      return `${images(view.release)}\nnothing to do: ${view.release.tag} is what this tree makes (${count(view.release)})\n`;
    case "released":
      return `${images(view.release)}\n${missingSboms(view.withoutSbom)}released ${view.release.tag}: ${count(view.release)}, ${view.built} built in this run\n`;
    case "stopped":
      return `${renderBuild(view.build)}nothing was released: no tag was moved; run the same command to go on\n`;
    case "denied":
      return `${renderTable(view.gates.map(({ name, outcome, reason }) => [name, outcome, reason]))}\nnothing was released: denied\n`;
  }
}

export function releaseJson(view: ReleaseView): unknown {
  if (view.state === "stopped")
    return { version: 1, state: view.state, exit: view.exit, build: buildJson(view.build) };
  return { version: 1, ...view };
}

/** The whole of a reason, which may be a failed command of many lines, is in --json and in the record. */
const WHY_COLUMNS = 100;

function images(release: ReleaseBody): string {
  const rows = release.images.map(({ repository, digest }) => [`${repository}:${release.tag}`, digest]);
  const missing = release.unavailable.map(({ name, why }) => [name, fit(`not in it: ${why}`, WHY_COLUMNS)]);
  return `${renderTable([...rows, ...missing])}\n`;
}

function missingSboms(without: readonly { readonly name: string; readonly why: string }[]): string {
  return without.map(({ name, why }) => `no SBOM of ${name}: ${fit(why, WHY_COLUMNS)}\n`).join("");
}

function count({ images, unavailable, partial, dirty }: ReleaseBody): string {
  return [
    `${images.length} image${images.length === 1 ? "" : "s"}`,
    ...(unavailable.length === 0 ? [] : [`${unavailable.length} not in it`]),
    ...(partial ? ["partial"] : []),
    ...(dirty ? ["from a dirty tree"] : []),
  ].join(", ");
}
