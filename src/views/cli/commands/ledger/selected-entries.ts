import type { Entry } from "../../../../core/record/entry.ts";
import { KINDS } from "../../../../core/record/kinds.ts";
import { type EntryFilter, selectEntries } from "../../../../core/record/select-entries.ts";
import { type FleetLedger, readLedger } from "../../../../flow/open-ledger.ts";
import { type Call, flagText } from "../../command.ts";
import { UsageError } from "../../error.ts";
import { countOf } from "../../selection.ts";

export interface SelectedEntries extends FleetLedger {
  readonly selected: readonly Entry[];
}

/** The entries that --since, --kind, --image and --last ask for. `shown`: so many where neither says how many. */
export async function selectedEntries(call: Call, shown?: number): Promise<SelectedEntries> {
  const { flags, world } = call;
  const since = sinceOf(flagText(flags, "since"), world.clock());
  const last = countOf(flags, "last", 1) ?? (since === undefined ? shown : undefined);
  const ledger = await readLedger(world);
  const kinds = kindsOf(flagText(flags, "kind"), ledger.entries);
  const selected = selectEntries(ledger.entries, { since, kinds, image: flagText(flags, "image"), last });
  return { ...ledger, selected };
}

const AGO_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `120` (an entry), `2026-11-01`, `2026-11-01T12:00Z`, `36h`, `7d`. Dates and times without a zone are UTC. */
function sinceOf(text: string | undefined, now: number): EntryFilter["since"] {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return { seq: Number(text) };
  const [, count, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return { time: now - Number(count) * (AGO_MS[unit] ?? 0) };
  const time = timeOf(text);
  if (time === undefined) {
    throw new UsageError(
      "USAGE_FLAG",
      `--since takes an entry's number, a date, a time, or 36h, 7d, got "${text}"`,
      {
        hint: "2026-11-01, 2026-11-01T12:00Z, 120, 7d",
      },
    );
  }
  return { time };
}

function timeOf(text: string): number | undefined {
  const [, date, clock, zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const day = Date.parse(`${date}T00:00Z`);
  // JavaScript makes the 3rd of March of February's 31st.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  const time = clock === undefined ? day : Date.parse(`${date}T${clock}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}

/** A kind counts where this version knows it or the ledger has it: an unknown one is a mistyped one. */
function kindsOf(text: string | undefined, entries: readonly Entry[]): readonly string[] {
  if (text === undefined) return [];
  const known = new Set<string>([...KINDS, ...entries.map(({ kind }) => kind)]);
  const kinds = text.split(",");
  const wrong = kinds.find((kind) => !known.has(kind));
  if (wrong === undefined) return kinds;
  throw new UsageError("USAGE_FLAG", `--kind takes ${[...known].join(", ")} (with commas), got "${wrong}"`);
}
