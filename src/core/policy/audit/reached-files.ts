import type { FoundModule } from "../../audit/reach/module-finder.ts";
import type { Reach, ReachedModule } from "../../audit/reach/reach-modules.ts";
import type { Reason } from "./reason.ts";

/** Why each module is reached, made when it is asked for; `roots` says it of the modules that nothing imports. */
export class ModuleReasons {
  readonly #reach: Reach;
  readonly #roots: ReadonlyMap<string, Reason>;
  readonly #known = new Map<string, Reason>();

  constructor(reach: Reach, roots: ReadonlyMap<string, Reason>) {
    this.#reach = reach;
    this.#roots = roots;
  }

  /** Without recursion: a chain of imports may be hundreds long. */
  of(module: string): Reason | undefined {
    const open: ReachedModule[] = [];
    let reason: Reason | undefined;
    for (let name: string | undefined = module; name !== undefined; ) {
      const known: Reason | undefined = this.#known.get(name);
      const reached = this.#reach.modules.get(name);
      if (known !== undefined || reached === undefined) {
        reason = known;
        break;
      }
      open.push(reached);
      if (reached.via === undefined) {
        reason = this.#roots.get(name) ?? this.#rootAbove(name);
        break;
      }
      name = reached.via.module;
    }
    for (const each of open.reverse()) {
      const at = each.via && `${each.via.path}:${each.via.line}`;
      reason = {
        what: each.via?.group === undefined ? "import" : "plugin",
        name: each.module,
        ...(at === undefined ? {} : { at }),
        ...(reason === undefined ? {} : { because: reason }),
      };
      this.#known.set(each.module, reason);
    }
    return reason;
  }

  /** A package is imported because something in it is. */
  #rootAbove(module: string): Reason | undefined {
    for (const [name, reason] of this.#roots) if (name.startsWith(`${module}.`)) return reason;
    return undefined;
  }
}

/** The file of a module, where it has one. */
export function fileOf(found: FoundModule): string | undefined {
  return "path" in found ? found.path : undefined;
}

/** A line of a module's source, or of a text that stands on a command line (`<string>`), which is no file. */
export function lineOf(path: string, line: number): string {
  return `${path.startsWith("<") ? "" : "/"}${path}:${line}`;
}
