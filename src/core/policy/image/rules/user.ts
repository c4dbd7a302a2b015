import { readAccounts, runsAs } from "../../../audit/image/accounts.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** Groups of Debian whose members are as good as root, or read what only root should. */
const POWERFUL: ReadonlySet<string> = new Set("root sudo wheel adm docker disk shadow kmem staff".split(" "));

/** A container of the image runs as the fleet's user and is in no group that is as good as root. */
export function userVerdict(facts: ImageFacts): Verdict {
  const user = facts.config.config.User ?? "";
  const wanted = facts.expected.user;
  const hint = `end the Dockerfile with \`USER ${wanted}\``;
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
            hint,
          },
        ],
        holds,
      };
    const fails: Reason[] = [];
    if (`${who.uid}:${who.gid}` !== wanted) {
      const set = user === "" ? "no USER is set, which is root" : `USER ${user} is ${who.uid}:${who.gid}`;
      const id = who.uid === 0 || who.gid === 0 ? "root-user" : "other-user";
      fails.push({ id, message: `${set}, not ${wanted}`, hint });
    }
    for (const { name, gid } of who.groups) {
      if (gid === 0 || POWERFUL.has(name))
        fails.push({ id: "powerful-group", message: `its user is in the group ${name} (${gid})` });
    }
    return { fails, holds };
  });
}
