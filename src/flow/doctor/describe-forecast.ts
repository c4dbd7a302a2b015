import type { DiskForecast, DiskNeed } from "./disk-forecast.ts";
import { gigabytes } from "./gigabytes.ts";

const UNBUILT = " (never built here: by default sizes)";

/** The forecast in one line, with its numbers: the worst file system only where there is trouble. */
export function describeForecast(forecast: DiskForecast): string {
  const { disks, images, guessed, verdict } = forecast;
  const told = verdict === "enough" ? disks : disks.filter((disk) => disk.verdict === verdict);
  const basis =
    guessed === 0
      ? ""
      : guessed === images
        ? UNBUILT
        : ` (${guessed} of them never built here: by default sizes)`;
  return `${images} images to build${basis} need ${told.map(describeDisk).join("; ")}`;
}

function describeDisk({ needBytes, leastBytes, freeBytes, paths, verdict }: DiskNeed): string {
  const free = `${gigabytes(freeBytes)} are free at ${paths.join(" and ")}`;
  switch (verdict) {
    case "enough":
      return `about ${gigabytes(needBytes)}, build cache included; ${free}`;
    case "tight":
      return `about ${gigabytes(needBytes)}, but ${free}: it goes on only if the engine can drop build cache (${gigabytes(leastBytes)} at least)`;
    case "short":
      return `at least ${gigabytes(leastBytes)}, but ${free}`;
  }
}
