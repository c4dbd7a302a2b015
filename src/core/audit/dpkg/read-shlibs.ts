import { fieldsText } from "./database-text.ts";

/** One line of `shlibs`: a library and what a package that links it depends on. */
export interface SharedLibrary {
  /** `udeb`, of the installer; nothing for packages. */
  readonly type: string | undefined;
  /** `libssl` of `libssl.so.3`. */
  readonly library: string;
  readonly version: string;
  /** As it stands there: `libssl3 (>= 3.0.0)`. */
  readonly dependency: string;
}

const LINE = /^(?:([a-z0-9-]{1,40}):[ \t]+)?([^ \t:]{1,255})[ \t]+([^ \t]{1,255})[ \t]+(.{1,2000})$/;

/** deb-shlibs(5). Lines of another form are none: a package that one misses is found by its file's owner. */
export function readShlibs(bytes: Uint8Array): readonly SharedLibrary[] {
  return fieldsText(bytes)
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("#") || line.length > 4000) return [];
      const [, type, library, version, dependency] = LINE.exec(line.trim()) ?? [];
      return library === undefined || version === undefined || dependency === undefined
        ? []
        : [{ type, library, version, dependency: dependency.trim() }];
    });
}

/** How `shlibs` writes a soname: `libssl.so.3` as libssl 3, `libfoo-1.2.so` as libfoo 1.2. Undefined for a name without a version. */
export function shlibsName(soname: string): Pick<SharedLibrary, "library" | "version"> | undefined {
  const so = soname.indexOf(".so.");
  if (so > 0 && so + 4 < soname.length)
    return { library: soname.slice(0, so), version: soname.slice(so + 4) };
  if (!soname.endsWith(".so")) return undefined;
  const stem = soname.slice(0, -3);
  // The last hyphen before a digit: `libgtk-x11-2.0.so`.
  for (let at = stem.lastIndexOf("-"); at > 0; at = stem.lastIndexOf("-", at - 1))
    if (/[0-9]/.test(stem.charAt(at + 1))) return { library: stem.slice(0, at), version: stem.slice(at + 1) };
  return undefined;
}
