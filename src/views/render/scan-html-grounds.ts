import { formatPosition } from "../../core/base/error.ts";
import type { CanaryResult, ScanReport, WaiverUse } from "../../core/policy/gates/gate.ts";
import { componentText } from "./component-text.ts";
import { counted } from "./inventory-cells.ts";
import { daysLeft, inWaiverOrder, sourceText, waiverDaysText } from "./scan-cells.ts";
import { GATE_TEXT } from "./scan-gate-text.ts";
import { markOf, shown, tableHtml } from "./scan-html-parts.ts";

/** Below this many days a waiver is shown as soon over. */
const SOON = 14;

export function waiversSection({ waivers, asOf }: ScanReport): string {
  if (waivers.length === 0) return "";
  const rows = inWaiverOrder(waivers).map((waiver) => {
    const { gate, id, image, component, why, who, until, count, at } = waiver;
    return [
      stateMark(waiver),
      `<b>${shown(id)}</b><small>${gate}${component === undefined ? "" : `, ${shown(componentText(component))}`}</small>`,
      image === "*" ? "all images" : shown(image),
      `${shown(why)}<small>${shown(who)}, ${shown(formatPosition(at))}</small>`,
      `${shown(until)}<small class="${waiver.state !== "pending" && daysLeft(waiver, asOf) < SOON ? "blocked" : ""}">${shown(waiverDaysText(waiver, asOf))}</small>`,
      String(count),
    ];
  });
  return tableHtml(
    [
      { title: "State" },
      { title: "Of", kind: "name" },
      { title: "In" },
      { title: "Why" },
      { title: "Until" },
      { title: "Findings", kind: "number" },
    ],
    rows,
  );
}

function stateMark({ state }: WaiverUse): string {
  switch (state) {
    case "used":
      return markOf("waived", "used");
    case "expired":
      return markOf("denied", "expired");
    case "unused":
      return markOf("unknown", "matches nothing");
    case "pending":
      return markOf("unknown", "not begun");
  }
}

/** What nobody looked for, since the blueprint says so. */
export function offSection({ off }: ScanReport): string {
  if (off.length === 0) return "";
  const rows = off.map(({ gate, why }) => [`<b>${gate}</b>`, shown(GATE_TEXT[gate]), shown(why)]);
  return tableHtml([{ title: "Gate" }, { title: "Looks for" }, { title: "Why it is off" }], rows);
}

export function canariesSection({ canaries }: ScanReport): string {
  if (canaries.length === 0)
    return `<p class="unknown">None was planted: nothing shows that a gate can go red.</p>\n`;
  const dead = canaries.filter(({ alive }) => !alive);
  const alive = canaries.filter((canary) => canary.alive);
  return `<p>Faults that were planted in this very run. A gate that does not go red for its own, or does for an image without fault,
is not believed.</p>
${dead.length === 0 ? "" : canaryTable(dead)}${
  alive.length === 0
    ? ""
    : `<details><summary>${counted(alive.length, "canary", "canaries")} did what ${alive.length === 1 ? "it" : "they"} must</summary>
${canaryTable(alive)}</details>
`
}`;
}

function canaryTable(canaries: readonly CanaryResult[]): string {
  const rows = canaries.map(({ gate, planted, alive, found, reason }) => [
    alive ? markOf("passed", "alive") : markOf("denied", "dead"),
    gate,
    shown(planted),
    `${found}: ${shown(reason)}`,
  ]);
  return tableHtml(
    [{ title: "State" }, { title: "Gate" }, { title: "Planted" }, { title: "The gate said" }],
    rows,
  );
}

export function sourcesSection({ sources }: ScanReport): string {
  if (sources.length === 0) return `<p class="unknown">No source of vulnerabilities was used.</p>\n`;
  const rows = sources.map((used) => {
    const { source, tool, state, database } = used;
    return [
      state === "scanned" ? markOf("passed", "scanned") : markOf(state),
      `${source}<small>${shown(tool)}</small>`,
      shown(sourceText(used)),
      database === undefined
        ? "-"
        : `<code title="${shown(database.digest)}">${shown(database.digest.slice(0, 19))}</code>`,
    ];
  });
  return tableHtml(
    [{ title: "State" }, { title: "Source" }, { title: "Database" }, { title: "Digest" }],
    rows,
  );
}
