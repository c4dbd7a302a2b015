import type { EngineAnswer, EngineCall } from "./engine-http.ts";
import type { CallOptions } from "./port.ts";

/** The extra power to remove images, which only a clean-up needs. */
export interface ImageRemoval {
  /**
   * Takes one name (`REPOSITORY:TAG` or `REPOSITORY@DIGEST`) off an image, and with its last name the image. Never by
   * force: an image that a container uses stays. EngineError where the engine does not answer or refuses otherwise.
   */
  removeImage(name: string, options?: CallOptions): Promise<"removed" | "absent" | "in-use">;
}

/** `fine`: statuses that are answers too. */
type Send = (call: EngineCall, fine: readonly number[]) => Promise<EngineAnswer>;

export function imageRemoval(send: Send): ImageRemoval {
  return {
    async removeImage(name, call) {
      // The engine's router takes slashes in a name as they are.
      const path = `/images/${encodeURI(name)}?force=false&noprune=false`;
      const { status } = await send({ method: "DELETE", path, ...call }, [404, 409]);
      if (status === 404) return "absent";
      return status === 409 ? "in-use" : "removed";
    },
  };
}
