import type { ScanReport } from "../../core/policy/gates/gate.ts";
import type { ReleaseBody } from "../../core/record/kinds.ts";
import { type BuildView, buildJson, renderBuild } from "./build.ts";
import { fit } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** What a release came to, as far as it is shown. */
export type ReleaseView =
  | {
      readonly state: "unchanged";
      readonly release: ReleaseBody;
      readonly exit: number;
      readonly lastScan:
        | {
            readonly outcome: string;
            readonly reason: string;
            readonly asOf: string;
            readonly ageDays: number;
          }
        | undefined;
    }
  | {
      readonly state: "released";
      readonly release: ReleaseBody;
      readonly exit: number;
      readonly built: number;
      readonly withoutSbom: readonly { readonly name: string; readonly why: string }[];
      readonly scan: ScanReport | undefined;
    }
  | { readonly state: "stopped"; readonly build: BuildView; readonly exit: number }
  | {
      readonly state: "denied";
      readonly scan: ScanReport;
      readonly denied: readonly { readonly name: string; readonly why: string }[];
      readonly exit: number;
    };

export function renderRelease(view: ReleaseView): string {
  switch (view.state) {
    case "unchanged":
      return `${images(view.release)}\n${lastScan(view.lastScan)}nothing to do: ${view.release.tag} is what this tree makes (${count(view.release)})\n`;
    case "released":
      return `${images(view.release)}\n${missingSboms(view.withoutSbom)}${gates(view.release, view.scan)}released ${view.release.tag}: ${count(view.release)}, ${view.built} built in this run\n`;
    case "stopped":
      return `${renderBuild(view.build)}nothing was released: no tag was moved; run the same command to go on\n`;
    case "denied":
      return `${renderTable(view.denied.map(({ name, why }) => [name, why]))}\n${deadCanaries(view.scan)}nothing was released: ${view.denied.length} of ${view.scan.images.length} images get no tag; --partial releases the others, \`lapstrake scan\` tells all\n`;
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

function gates({ gates: results }: ReleaseBody, scan: ScanReport | undefined): string {
  if (scan === undefined) return "no gate ran: the blueprint has no `gates:`\n";
  const passed = results.filter(({ outcome }) => outcome === "passed").map(({ name }) => name);
  const waived = results.filter(({ outcome }) => outcome === "waived");
  const { canaries } = scan;
  const lines = [
    `gates passed: ${passed.join(", ")}${asOf(scan)}`,
    ...waived.map(({ name, reason }) => `gate ${name}: ${reason}`),
    ...scan.off.map(({ gate, why }) => `gate ${gate} is off: ${why}`),
    ...scan.waivers
      .filter(({ state }) => state !== "used")
      .map(
        ({ id, image, state, from, at }) =>
          `waiver ${at.file}:${at.line} (${id} in ${image}) is ${state === "pending" ? `not begun until ${from}` : state}`,
      ),
    `${canaries.filter(({ alive }) => alive).length} of ${canaries.length} canaries did what they must`,
  ];
  return `${deadCanaries(scan)}${lines.map((line) => `${line}\n`).join("")}`;
}

function asOf({ pinned, asOf: day }: Pick<ScanReport, "pinned" | "asOf">): string {
  return pinned ? ` (judged as of ${day}: no current verdict)` : "";
}

function deadCanaries({ canaries }: ScanReport): string {
  return canaries
    .filter(({ alive }) => !alive)
    .map(({ gate, planted, found }) => `the canary of ${gate} (${planted}) came out ${found}\n`)
    .join("");
}

function lastScan(last: Extract<ReleaseView, { state: "unchanged" }>["lastScan"]): string {
  if (last === undefined) return "no gate ran, and none is on record for these images\n";
  const { outcome, reason, asOf: day, ageDays } = last;
  return `no gate ran; ${ageDays} days ago, as of ${day}: ${outcome}, ${fit(reason, WHY_COLUMNS)}\n`;
}

function count({ images, unavailable, partial, dirty }: ReleaseBody): string {
  return [
    `${images.length} image${images.length === 1 ? "" : "s"}`,
    ...(unavailable.length === 0 ? [] : [`${unavailable.length} not in it`]),
    ...(partial ? ["partial"] : []),
    ...(dirty ? ["from a dirty tree"] : []),
  ].join(", ");
}
