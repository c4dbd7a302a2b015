export type TarType =
  | "file"
  | "hardlink"
  | "symlink"
  | "character"
  | "block"
  | "directory"
  | "fifo"
  /** A type that no image has a use for; its content is passed over. */
  | "unknown";

/** One entry of a tar stream, names as they are written in it. */
export interface TarEntry {
  readonly path: string;
  readonly type: TarType;
  /** Permission bits with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file as it is read back: a sparse one with its holes. */
  readonly size: number;
  /** Of a sparse one, the bytes of its filled parts in the stream. */
  readonly stored?: number;
  /** Of links. */
  readonly target: string;
  /** The stream has only its filled parts. */
  readonly sparse: boolean;
  /** It carries file capabilities (`security.capability`): powers of root without set-user-id. */
  readonly capabilities: boolean;
}
