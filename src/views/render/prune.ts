import { shortDigest } from "../../core/base/digest.ts";
import type { EngineItem } from "../../core/inventory/reach/engine-leftovers.ts";
import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import { formatBytes } from "./progress-text.ts";
import { renderTable } from "./table.ts";

export interface PruneView {
  readonly plan: PrunePlan;
  readonly applied:
    | {
        readonly outcome: "done" | "interrupted" | "failed";
        readonly deleted: number;
        readonly left: readonly { readonly name: string; readonly why: string }[];
        readonly engineImages: number;
        readonly inUse: readonly string[];
        readonly restoreFile: string;
        readonly verified: number;
        readonly failure?: string;
      }
    | undefined;
}

/** The plan with a reason for each thing that goes, and in short what stays; then what was done. */
export function renderPrune({ plan, applied }: PruneView): string {
  const parts = [
    section(
      "releases",
      plan.releases.map(({ tag, kept, reason }) => [tag, kept ? "stays" : "goes", reason.because]),
    ),
    section(
      "unknown",
      plan.unread.map(({ what, why }) => [what, why]),
    ),
    section("stays", keepRows(plan.keep)),
    section("goes", plan.remove.map(itemRow)),
    section("stays on engines", plan.engineKeep.map(engineRow)),
    section("goes from engines", plan.engineRemove.map(engineRow)),
    summary(plan),
    ...(applied === undefined
      ? []
      : [section("not given up", applied.left.map(leftRow)), outcome(plan, applied)]),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  return `${title}\n${renderTable(rows.map(([first = "", ...rest]) => [`  ${first}`, ...rest]))}`;
}

/** One line for each repository and rule: what stays is most of it, and `--json` has it all. */
function keepRows(items: readonly PruneItem[]): string[][] {
  const groups = new Map<string, { repository: string; count: number; because: Set<string> }>();
  for (const { repository, reason } of items) {
    const key = `${repository} ${reason.rule}`;
    const group = groups.get(key) ?? { repository, count: 0, because: new Set() };
    group.count += 1;
    group.because.add(reason.because);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ repository, count, because }) => {
    const [first = "", ...more] = because;
    return [repository, String(count), more.length === 0 ? first : `${first} (and ${more.length} like it)`];
  });
}

function itemRow({ repository, digest, tags, reason }: PruneItem): string[] {
  const shown = tags.map((tag) => (tag.length > 24 ? `${tag.slice(0, 15)}…` : tag)).join(" ");
  return [`${repository}@${shortDigest(digest)}`, shown === "" ? "(no tag)" : shown, reason.because];
}

function engineRow({ engine, names, size, reason }: EngineItem): string[] {
  const [name = ""] = names;
  return [engine, name.replace(/@sha256:(.{12}).*/, "@$1"), formatBytes(size), reason.because];
}

function summary(plan: PrunePlan): string {
  const engines =
    plan.engineRemove.length === 0 ? "" : ` and ${plan.engineRemove.length} image(s) of engines`;
  switch (plan.state) {
    case "refused":
      return `nothing is deleted: ${plan.unread.length} thing(s) could not be read, and what they need is unknown`;
    case "clean":
      return `nothing to delete; ${plan.keep.length} manifest(s) stay`;
    case "ready":
      return `${plan.remove.length} manifest(s)${engines} to delete, ${plan.keep.length} stay; the registry's garbage collection can then free ${formatBytes(plan.freedBytes)}`;
  }
}

function outcome(plan: PrunePlan, applied: NonNullable<PruneView["applied"]>): string {
  const { deleted, engineImages, inUse, restoreFile, verified, failure } = applied;
  const done = `deleted ${deleted} of ${plan.remove.length} manifest(s), ${engineImages} of ${plan.engineRemove.length} image(s) of engines`;
  const how = {
    done: `${done}; ${verified} that stay beside them were looked at again`,
    interrupted: `${done}, then interrupted: the same command goes on`,
    failed: `${done}, then failed: ${failure ?? "no reason"}; the same command goes on`,
  };
  const stuck = inUse.length === 0 ? "" : `\nin use by now, and left: ${inUse.join(", ")}`;
  return `${how[applied.outcome]}\nrestore list: ${restoreFile}${stuck}`;
}

export function renderRestored(report: {
  readonly restored: readonly string[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}): string {
  const parts = [
    section("not restored", report.left.map(leftRow)),
    `${report.restored.length} name(s) stand again, ${report.left.length} do not`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function leftRow({ name, why }: { readonly name: string; readonly why: string }): string[] {
  return [name.replace(/@sha256:(.{12}).*/, "@$1"), why];
}
