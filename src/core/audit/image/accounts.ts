import type { FileTree } from "./file-tree.ts";

/** Paths of the accounts of an image. */
export const PASSWD = "etc/passwd";
export const GROUP = "etc/group";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly Group[];
}

/** Who a container runs as: what an engine makes of USER and the image's own /etc/passwd and /etc/group. */
export interface RunsAs {
  readonly uid: number;
  readonly gid: number;
  /** Other groups that the image's /etc/group gives to that user. */
  readonly groups: readonly Group[];
}

/** Undefined where there is such a file and its content is not known. */
export function readAccounts(tree: FileTree): Accounts | undefined {
  const passwd = fieldsOf(tree, PASSWD);
  const group = fieldsOf(tree, GROUP);
  if (passwd === undefined || group === undefined) return undefined;
  return {
    users: passwd.flatMap(([name = "", , uid, gid]) => {
      const [user, own] = [numberOf(uid), numberOf(gid)];
      return user === undefined || own === undefined ? [] : [{ name, uid: user, gid: own }];
    }),
    groups: group.flatMap(([name = "", , id, members = ""]) => {
      const gid = numberOf(id);
      return gid === undefined
        ? []
        : [{ name, gid, members: members.split(",").filter((each) => each !== "") }];
    }),
  };
}

function fieldsOf(tree: FileTree, path: string): readonly (readonly string[])[] | undefined {
  const found = tree.resolve(path);
  if (found === undefined) return [];
  const { content } = found.file;
  if (content === undefined) return undefined;
  return new TextDecoder()
    .decode(content)
    .split("\n")
    .map((line) => line.split(":"));
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Undefined where USER names somebody who is not in the image: then no container starts. */
export function runsAs(user: string, { users, groups }: Accounts): RunsAs | undefined {
  const [who = "", group] = user.split(":");
  const number = numberOf(who === "" ? "0" : who);
  const account = users.find(({ name, uid }) => (number === undefined ? name === who : uid === number));
  const uid = number ?? account?.uid;
  const gid =
    group === undefined || group === ""
      ? (account?.gid ?? 0)
      : (numberOf(group) ?? groups.find(({ name }) => name === group)?.gid);
  if (uid === undefined || gid === undefined) return undefined;
  const others = groups.filter(
    (each) => account !== undefined && each.members.includes(account.name) && each.gid !== gid,
  );
  return { uid, gid, groups: others };
}
