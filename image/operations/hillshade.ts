import type { Hillshade } from '../operations.ts';

/**
 * Lights a normal map: three values of a pixel become how bright the ground there is. A pixel of 0, 0, 0 has no direction
 * and is dark.
 *
 * @param from - three values for each pixel
 * @param to - one value for each pixel
 */
export function hillshade({ azimuth, elevation }: Hillshade): (from: Float64Array, to: Float64Array) => void {
  const [across, along, down] = lightOf(azimuth, elevation);
  return (from, to) => {
    for (let pixel = 0, at = 0; pixel < to.length; pixel++, at += 3) {
      const east = Number(from[at]);
      const north = Number(from[at + 1]);
      const up = Number(from[at + 2]);
      const isDirected = east !== 0 || north !== 0 || up !== 0;
      const light = across * (0.5 - east) + along * (0.5 - north) + down * (0.5 - up);
      to[pixel] = isDirected && light > 0 ? Math.min(light, 1) : 0;
    }
  };
}

/** The direction that light comes from, of length 1. */
function lightOf(azimuth: number, elevation: number): readonly [number, number, number] {
  const x = Math.sin(radians(azimuth));
  const y = Math.cos(radians(azimuth));
  const z = -Math.sin(radians(elevation));
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
