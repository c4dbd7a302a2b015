/** A Python interpreter in an image, and what is installed where it looks. */
export interface PythonEnvironment {
  /** The program, links resolved: `usr/bin/python3.11`. */
  readonly interpreter: string;
  /** `bin/python` of a venv where it has one: what a PATH leads to. */
  readonly venv?: string;
  readonly version: {
    readonly major: number;
    readonly minor: number;
    /** Built without the global lock (PEP 703): `python3.13t`. */
    readonly freeThreaded?: true;
  };
  /** Folders of `sys.path` in order, plain paths: the standard library's, `lib-dynload`, site-packages, what `.pth` files add. */
  readonly path: readonly string[];
  /** In the order in which they are found: of two that have one name, the first is the one that Python knows. */
  readonly distributions: readonly Distribution[];
  /** Copies that distributions carry in folders of their own: `setuptools/_vendor`. Nobody imports them by their names. */
  readonly vendored: readonly Distribution[];
  /** Modules that the finders of editable installs lead to: by name, the path without `.py` or `/__init__.py`. */
  readonly mapped: ReadonlyMap<string, string>;
}

export interface Distribution {
  /** As its metadata writes it. */
  readonly name: string;
  /** PEP 503: lower case, `-`. */
  readonly key: string;
  readonly version: string;
  /** Folder that it is installed in: one of `PythonEnvironment.path`. */
  readonly location: string;
  /** `…/x-1.dist-info` or `.egg-info`, plain path. */
  readonly metadata: string;
  readonly installer?: string;
  /** Asked for by name (REQUESTED). */
  readonly requested: boolean;
  readonly editable: boolean;
  /** Of an editable one, the plain path of its project: what lies there is its own. */
  readonly project?: string;
  /** Copied into another distribution: that one's name, or the folder's where nobody owns it. */
  readonly vendoredBy?: string;
  /** Wheel tags, as WHEEL has them: `cp311-cp311-manylinux_2_17_x86_64`. */
  readonly tags: readonly string[];
  readonly requires: readonly string[];
  readonly requiresPython?: string;
  readonly licence?: string;
  readonly entryPoints: readonly EntryPoint[];
  /** `name:architecture` of the Debian package that brought it: then dpkg's list says what its files are. */
  readonly package?: string;
  /** Plain paths from the image's root: by RECORD, or whatever else knows them. */
  readonly files: readonly RecordedFile[];
  /** By its metadata (PEP 794, top_level.txt); where it has none, `files` says what can be imported. */
  readonly topLevel?: readonly string[];
}

export interface RecordedFile {
  readonly path: string;
  /** sha256 in hex. */
  readonly sha256?: string;
  readonly size?: number;
}

export interface EntryPoint {
  readonly group: string;
  readonly name: string;
  /** `package.module:attribute`. */
  readonly value: string;
}
