import { isByteSize, parseBool, parseCsvFields, parseUint32 } from "./go-value.ts";
import { ArgsError } from "./instruction-args.ts";
import { cut } from "./space.ts";

const TYPES = ["bind", "cache", "tmpfs", "secret", "ssh"] as const;

export type MountType = (typeof TYPES)[number];

/** One `RUN --mount=…`, defaults filled in as BuildKit does. */
export interface Mount {
  readonly type: MountType;
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly id: string;
  readonly sharing: string;
  readonly required: boolean;
  readonly env: string | undefined;
  readonly size: string | undefined;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

type Draft = { -readonly [Key in keyof Mount]: Mount[Key] };

/** Expands the value of one field; undefined where only the base image could say (the field then goes unchecked). */
export type FieldExpander = (value: string) => string | undefined;

/**
 * Reads one mount. Without `expand` it is the first look, when the file is parsed: only `from` counts then, since every
 * other field may hold a variable. Throws ArgsError.
 */
export function parseMount(text: string, expand?: FieldExpander): Mount {
  const fields = parseCsvFields(text);
  if (fields === undefined) throw new ArgsError(`--mount=${text} is no list of key=value`);
  const draft = emptyMount();
  let readOnly: boolean | undefined;
  for (const field of fields) {
    const [rawKey, rawValue] = cut(field, "=");
    const key = rawKey.toLowerCase();
    if (expand === undefined) {
      if (key === "from" && rawValue !== undefined) draft.from = fixedFrom(rawValue);
      continue;
    }
    if (rawValue === undefined) {
      readOnly = setBare(draft, key) ?? readOnly;
      continue;
    }
    const value = expand(rawValue);
    readOnly = setField(draft, key, value ?? { raw: rawValue }) ?? readOnly;
  }
  if (expand !== undefined) checkMount(draft);
  draft.readOnly = readOnly ?? !(draft.type === "cache" || draft.type === "tmpfs");
  return draft;
}

function emptyMount(): Draft {
  return {
    type: "bind",
    from: "",
    source: "",
    target: "",
    readOnly: true,
    id: "",
    sharing: "",
    required: false,
    env: undefined,
    size: undefined,
    mode: undefined,
    uid: undefined,
    gid: undefined,
  };
}

function fixedFrom(value: string): string {
  const dollar = value.indexOf("$");
  if (dollar >= 0 && dollar !== value.length - 1) {
    throw new ArgsError("from of a mount cannot hold a variable: define a stage with FROM and name that");
  }
  return value;
}

/** A key without a value; the result is the read-only setting, if this is one. */
function setBare(draft: Draft, key: string): boolean | undefined {
  if (key === "readonly" || key === "ro") return true;
  if (key === "readwrite" || key === "rw") return false;
  if (key !== "required") throw new ArgsError(`"${key}" of a mount needs a value`);
  requireType(draft, key, ["secret", "ssh"]);
  draft.required = true;
  return undefined;
}

type FieldValue = string | { readonly raw: string };

const TEXT_FIELDS: Readonly<Record<string, "source" | "target" | "id" | "env" | "from">> = {
  from: "from",
  source: "source",
  src: "source",
  target: "target",
  dst: "target",
  destination: "target",
  id: "id",
  env: "env",
};

function setField(draft: Draft, key: string, value: FieldValue): boolean | undefined {
  const text = typeof value === "string" ? value : value.raw;
  const field = Object.hasOwn(TEXT_FIELDS, key) ? TEXT_FIELDS[key] : undefined;
  if (field !== undefined) {
    draft[field] = text;
    return undefined;
  }
  switch (key) {
    case "type":
      draft.type = oneOf(TYPES, value, "type");
      return undefined;
    case "readonly":
    case "ro":
      return known(parseBool(text), key, value);
    case "readwrite":
    case "rw":
      return !known(parseBool(text), key, value);
    case "required":
      requireType(draft, key, ["secret", "ssh"]);
      draft.required = known(parseBool(text), key, value) ?? false;
      return undefined;
    case "size":
      requireType(draft, key, ["tmpfs"]);
      known(isByteSize(text) ? true : undefined, key, value);
      draft.size = text;
      return undefined;
    case "sharing":
      draft.sharing = oneOf(["shared", "private", "locked"], value, "sharing");
      return undefined;
    case "mode":
      draft.mode = known(parseUint32(text, 8), key, value);
      return undefined;
    case "uid":
    case "gid":
      draft[key] = known(parseUint32(text, 10), key, value);
      return undefined;
    default:
      throw new ArgsError(`a mount has no key "${key}"`);
  }
}

/** An undefined result is an error where the value is known, and passes where it is not. */
function known<T>(parsed: T | undefined, key: string, value: FieldValue): T | undefined {
  if (parsed === undefined && typeof value === "string")
    throw new ArgsError(`"${value}" is no ${key} of a mount`);
  return parsed;
}

function oneOf<T extends string>(allowed: readonly T[], value: FieldValue, key: string): T {
  const text = typeof value === "string" ? value.toLowerCase() : undefined;
  const found = allowed.find((candidate) => candidate === text);
  if (found === undefined) throw new ArgsError(`the ${key} of a mount is one of ${allowed.join(", ")}`);
  return found;
}

function requireType(draft: Draft, key: string, types: readonly MountType[]): void {
  if (!types.includes(draft.type)) throw new ArgsError(`a mount of type ${draft.type} takes no "${key}"`);
}

function checkMount(mount: Mount): void {
  const { type, mode, uid, gid, from, sharing, source, target, id } = mount;
  if ((type === "bind" || type === "tmpfs") && (mode ?? uid ?? gid) !== undefined) {
    throw new ArgsError(`a mount of type ${type} takes no mode, uid or gid`);
  }
  if (type === "secret") {
    if (from !== "") throw new ArgsError("a secret mount takes no from");
    if (source === "" && target === "" && id === "")
      throw new ArgsError("a secret mount needs an id or a target");
    if (source !== "" && id !== "") throw new ArgsError("a secret mount takes source or id, not both");
  }
  if (sharing !== "" && type !== "cache") throw new ArgsError(`a mount of type ${type} takes no sharing`);
  if (type === "ssh" && source !== "") throw new ArgsError("an ssh mount takes no source");
}
