import { basename, join } from "node:path";
import type { PublicKey } from "../../core/base/signature.ts";
import { parseVouch, serializeVouch, type Vouch } from "../../core/record/checkpoint.ts";
import { RecordError } from "../../core/record/error.ts";
import type { Placed } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import { type ListedKey, parsePublicKeys, withPublicKey } from "../../core/record/public-keys.ts";
import type { Fleet } from "../load-fleet.ts";
import type { FleetState, World } from "../world.ts";
import { VouchError } from "./error.ts";

/** What was signed, with the lines that cannot be read. */
export interface ReadVouches {
  readonly vouches: readonly Placed[];
  readonly findings: readonly LedgerFinding[];
}

/** The files beside the blueprint that people commit. */
export function vouchFiles({ lockFile }: Pick<Fleet, "lockFile">): {
  readonly checkpoints: string;
  readonly keys: string;
} {
  const stem = basename(lockFile, ".lock");
  return { checkpoints: `${stem}.checkpoints`, keys: `${stem}.ledger.pub` };
}

/** In the state folder: what this machine signed itself, so that it never signs another history. */
export const SIGNED_FILE = "signed.checkpoints";

/** All that was signed, wherever it is kept: the repository's file, git notes, this machine's own copy. */
export async function readVouches(world: World, fleet: Fleet, state: FleetState): Promise<ReadVouches> {
  const { checkpoints } = vouchFiles(fleet);
  const [committed, own, notes] = await Promise.all([
    readText(world, fleet.folder, checkpoints),
    readText(world, state.folder, SIGNED_FILE),
    world.notes(fleet.folder).read(),
  ]);
  return joined([
    parseVouches(committed, checkpoints),
    parseVouches(own, join(state.folder, SIGNED_FILE)),
    ...notes.map(({ commit, text }) => parseVouches(text, `git note on ${commit.slice(0, 12)}`)),
  ]);
}

/** Each line of a text as what it says, or as a finding. `name` is how the text is called to people. */
export function parseVouches(text: string, name: string): ReadVouches {
  const vouches: Placed[] = [];
  const findings: LedgerFinding[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const at = `${name}:${index + 1}`;
    try {
      vouches.push({ ...parseVouch(line), at });
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      findings.push({ code: "CHECKPOINT_UNREADABLE", message: thrown.message, at });
    }
  }
  return { vouches, findings };
}

function joined(parts: readonly ReadVouches[]): ReadVouches {
  return {
    vouches: parts.flatMap(({ vouches }) => vouches),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

/** Throws VouchError KEY_LIST. */
export async function readKeys(world: World, fleet: Fleet): Promise<readonly ListedKey[]> {
  const { keys } = vouchFiles(fleet);
  try {
    return parsePublicKeys(await readText(world, fleet.folder, keys));
  } catch (thrown) {
    if (!(thrown instanceof RecordError)) throw thrown;
    throw new VouchError("KEY_LIST", `${keys}: ${thrown.message}`, {
      cause: thrown,
      hint: `\`git log -p ${keys}\` shows what it was`,
    });
  }
}

/** The list, with this machine's own key also where the repository has lost it: what it signed still counts here. */
export function withOwnKey(listed: readonly ListedKey[], own: PublicKey | undefined): readonly ListedKey[] {
  return own === undefined ? listed : [...listed, { role: "ledger", name: "this machine", key: own }];
}

/** Adds a key to the list in the repository, where it is not there yet. */
export async function listKey(world: World, fleet: Fleet, listed: ListedKey): Promise<void> {
  const { keys } = vouchFiles(fleet);
  const text = withPublicKey(await readText(world, fleet.folder, keys), listed);
  if (text !== undefined) await world.writeFile(join(fleet.folder, keys), text);
}

/** Adds the lines that a file does not have; it is replaced as a whole, so that a kill leaves the old one or the new one. */
export async function addVouches(
  world: World,
  folder: string,
  { name, vouches }: { readonly name: string; readonly vouches: readonly Vouch[] },
): Promise<void> {
  const before = await readText(world, folder, name);
  const known = new Set(before.split(/\r?\n/));
  const lines = vouches.map(serializeVouch).filter((line) => !known.has(line));
  if (lines.length === 0) return;
  const ended = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  await world.writeFile(join(folder, name), `${ended}${lines.join("\n")}\n`);
}

/** Adds a line to the git note on HEAD, where no note has it. The commit that has it now. */
export async function noteVouch(world: World, fleet: Fleet, line: string): Promise<string> {
  const notes = world.notes(fleet.folder);
  const known = (await notes.read()).find(({ text }) => text.split("\n").includes(line));
  return known?.commit ?? notes.append(`${line}\n`);
}

/** The text of a small file, empty where there is none. */
export async function readText(world: World, folder: string, name: string): Promise<string> {
  return (await readFileText(world, folder, name)) ?? "";
}

/** The text of a small file, or undefined where there is none. */
export async function readFileText(world: World, folder: string, name: string): Promise<string | undefined> {
  const bytes = await world.tree(folder).read(name);
  // What is no UTF-8 becomes letters that no line has.
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
