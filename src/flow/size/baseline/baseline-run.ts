import type { Builder } from "../../../edge/builder/port.ts";
import type { OpenFleet } from "../../tags/open-fleet.ts";
import type { World } from "../../world.ts";

/** What the builds of baselines share. */
export interface BaselineRun extends OpenFleet {
  readonly world: World;
  readonly builder: Builder;
}
