import { ambiguousBudget } from "./ambiguous-budget.ts";
import { appBeforeDependencies } from "./app-before-dependencies.ts";
import { argumentIgnored } from "./argument-ignored.ts";
import { argumentNotPassed } from "./argument-not-passed.ts";
import { cacheDisabled } from "./cache-disabled.ts";
import { contextDiffers } from "./context-differs.ts";
import { cudaArchList } from "./cuda-arch-list.ts";
import { drawnParent } from "./drawn-parent.ts";
import { exampleTag } from "./example-tag.ts";
import type { Rule } from "./facts.ts";
import { healthPort } from "./health-port.ts";
import { noInit } from "./no-init.ts";
import { pinsConflict } from "./pins-conflict.ts";
import { portTaken } from "./port-taken.ts";
import { sharedBuilder } from "./shared-builder.ts";
import { sharedCache } from "./shared-cache.ts";
import { singleStage } from "./single-stage.ts";
import { undefinedScope } from "./undefined-scope.ts";
import { unknownFamily } from "./unknown-family.ts";
import { unreadableExample } from "./unreadable-example.ts";

/** Every rule by the name that its findings and decisions have. */
export const RULES: Readonly<Record<string, Rule>> = {
  "unknown-family": unknownFamily,
  "cuda-arch-list": cudaArchList,
  "example-tag": exampleTag,
  "single-stage": singleStage,
  "app-before-dependencies": appBeforeDependencies,
  "health-port": healthPort,
  "no-init": noInit,
  "cache-disabled": cacheDisabled,
  "shared-builder": sharedBuilder,
  "drawn-parent": drawnParent,
  "ambiguous-budget": ambiguousBudget,
  "port-taken": portTaken,
  "shared-cache": sharedCache,
  "argument-ignored": argumentIgnored,
  "context-differs": contextDiffers,
  "argument-not-passed": argumentNotPassed,
  "undefined-scope": undefinedScope,
  "pins-conflict": pinsConflict,
  "unreadable-example": unreadableExample,
};
