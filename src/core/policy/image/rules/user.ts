import { readAccounts, runsAs } from "../../../audit/image/accounts.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** The user of every image of the fleet, `appuser` by name: never root, and the same on every volume. */
export const APP_USER = { uid: 10001, gid: 10001 } as const;

/** Groups of Debian whose members are as good as root, or read what only root should. */
const POWERFUL: ReadonlySet<string> = new Set("root sudo wheel adm docker disk shadow kmem staff".split(" "));

/** A container of the image runs as 10001:10001 and is in no group that is as good as root. */
export function userVerdict(facts: ImageFacts): Verdict {
  const user = facts.config.config.User ?? "";
  const wanted = `${APP_USER.uid}:${APP_USER.gid}`;
  return contentVerdict("image-user", facts, ({ flat }) => {
    const accounts = readAccounts(flat.tree);
    const holds = { message: `USER ${user} is ${wanted}` };
    if (accounts === undefined)
      return { unknown: [{ message: "its /etc/passwd or /etc/group is none that could be read" }], holds };
    const who = runsAs(user, accounts);
    if (who === undefined)
      return {
        fails: [
          {
            id: "unknown-user",
            message: `USER ${user} is nobody whom its /etc/passwd and /etc/group know`,
            hint: HINT,
          },
        ],
        holds,
      };
    const fails: Reason[] = [];
    if (who.uid !== APP_USER.uid || who.gid !== APP_USER.gid) {
      const set = user === "" ? "no USER is set, which is root" : `USER ${user} is ${who.uid}:${who.gid}`;
      const id = who.uid === 0 || who.gid === 0 ? "root-user" : "other-user";
      fails.push({ id, message: `${set}, not ${wanted}`, hint: HINT });
    }
    for (const { name, gid } of who.groups) {
      if (gid === 0 || POWERFUL.has(name))
        fails.push({ id: "powerful-group", message: `its user is in the group ${name} (${gid})` });
    }
    return { fails, holds };
  });
}

const HINT = `end the Dockerfile with \`USER ${APP_USER.uid}:${APP_USER.gid}\``;
