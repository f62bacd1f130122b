import type { CodingStyle } from '../coding-style.ts';
import type { Resolution } from './tile-geometry.ts';

/** One packet: a layer of a precinct of a component. */
export interface PacketPlace {
  readonly component: number;
  readonly resolution: number;
  readonly precinct: number;
  readonly layer: number;
}

/** The order in which the packets of a tile are stored. */
export interface PacketOrder {
  readonly count: number;
  /** Where a packet stands, from 0. */
  indexOf(place: PacketPlace): number;
  /** All packets in their order. */
  places(): Generator<PacketPlace>;
}

/** What the order depends on. */
export interface PacketShape {
  readonly style: Pick<CodingStyle, 'progression' | 'layers'>;
  readonly components: number;
  readonly resolutions: readonly Resolution[];
}

/** Precincts before each resolution, and how many it has. */
interface Counts {
  readonly before: readonly number[];
  readonly of: readonly number[];
  readonly total: number;
}

/**
 * Packets of components that are all sampled alike.
 *
 * @see ISO/IEC 15444-1 §B.12
 */
export function createPacketOrder(shape: PacketShape): PacketOrder {
  const of = shape.resolutions.map(({ columns, rows }) => columns * rows);
  const before = of.map((_, index) => of.slice(0, index).reduce((sum, count) => sum + count, 0));
  const counts = { of, before, total: of.reduce((sum, count) => sum + count, 0) };
  const count = counts.total * shape.components * shape.style.layers;
  switch (shape.style.progression) {
    case 'LRCP':
    case 'RLCP':
    case 'RPCL':
      return { count, ...byResolution(shape, counts, shape.style.progression) };
    case 'PCRL':
    case 'CPRL':
      return { count, ...byPosition(shape, counts, shape.style.progression) };
  }
}

type Order = Omit<PacketOrder, 'count'>;

function byResolution(
  { components, style: { layers } }: PacketShape,
  { of, before, total }: Counts,
  progression: 'LRCP' | 'RLCP' | 'RPCL',
): Order {
  const withinLayer = ({ component, resolution, precinct }: PacketPlace) =>
    Number(before[resolution]) * components + component * Number(of[resolution]) + precinct;
  const indexOf = (place: PacketPlace): number => {
    const { component, resolution, precinct, layer } = place;
    const start = Number(before[resolution]) * components;
    if (progression === 'LRCP') return layer * total * components + withinLayer(place);
    if (progression === 'RPCL') return (start + precinct * components + component) * layers + layer;
    return start * layers + layer * Number(of[resolution]) * components + withinLayer(place) - start;
  };
  function* places(): Generator<PacketPlace> {
    const loops = LOOPS[progression];
    for (const { resolution, layer, layers: count } of rounds(of.length, layers, progression)) {
      yield* nested({ layer: count, component: components, precinct: Number(of[resolution]) }, loops, (at) => ({
        ...at,
        resolution,
        layer: layer + at.layer,
      }));
    }
  }
  return { indexOf, places };
}

type Loop = 'layer' | 'component' | 'precinct';

/** The loops inside that over resolutions, the outermost first. */
const LOOPS: Readonly<Record<'LRCP' | 'RLCP' | 'RPCL', readonly Loop[]>> = {
  LRCP: ['layer', 'component', 'precinct'],
  RLCP: ['layer', 'component', 'precinct'],
  RPCL: ['precinct', 'component', 'layer'],
};

/** One resolution after the other, for each layer anew where layers come first. */
function* rounds(resolutions: number, layers: number, progression: 'LRCP' | 'RLCP' | 'RPCL') {
  const isByLayer = progression === 'LRCP';
  for (let layer = 0; layer < (isByLayer ? layers : 1); layer++) {
    for (let resolution = 0; resolution < resolutions; resolution++) {
      yield { resolution, layer, layers: isByLayer ? 1 : layers };
    }
  }
}

/** Three loops, the first changing slowest. */
function* nested(
  lengths: Readonly<Record<Loop, number>>,
  [outer = 'layer', middle = 'component', inner = 'precinct']: readonly Loop[],
  placeAt: (at: Record<Loop, number>) => PacketPlace,
): Generator<PacketPlace> {
  for (let one = 0; one < lengths[outer]; one++) {
    for (let two = 0; two < lengths[middle]; two++) {
      for (let three = 0; three < lengths[inner]; three++) {
        yield placeAt({ layer: 0, component: 0, precinct: 0, [outer]: one, [middle]: two, [inner]: three });
      }
    }
  }
}

/** Precincts that begin at the same place, whatever their resolution. */
interface Position {
  /** Of the first of them among all precincts. */
  readonly start: number;
  readonly members: readonly { readonly resolution: number; readonly precinct: number }[];
}

function byPosition(
  { components, resolutions, style: { layers } }: PacketShape,
  { of, total }: Counts,
  progression: 'PCRL' | 'CPRL',
): Order {
  const positions = positionsOf(resolutions);
  const ranks = of.map((count) => new Uint32Array(count));
  const groups = of.map((count) => new Uint32Array(count));
  for (const [group, { start, members }] of positions.entries()) {
    for (const [member, { resolution, precinct }] of members.entries()) {
      ranks[resolution]?.fill(start + member, precinct, precinct + 1);
      groups[resolution]?.fill(group, precinct, precinct + 1);
    }
  }
  return {
    indexOf({ component, resolution, precinct, layer }) {
      const rank = Number(ranks[resolution]?.[precinct]);
      if (progression === 'CPRL') return (component * total + rank) * layers + layer;
      const { start, members } = positions[Number(groups[resolution]?.[precinct])] ?? { start: 0, members: [] };
      return (start * components + component * members.length + rank - start) * layers + layer;
    },
    *places() {
      if (progression === 'PCRL') {
        for (const position of positions) yield* atPosition(position, 0, components, layers);
        return;
      }
      for (let component = 0; component < components; component++) {
        for (const position of positions) yield* atPosition(position, component, component + 1, layers);
      }
    },
  };
}

function* atPosition(
  { members }: Position,
  firstComponent: number,
  endComponent: number,
  layers: number,
): Generator<PacketPlace> {
  for (let component = firstComponent; component < endComponent; component++) {
    for (const { resolution, precinct } of members) {
      for (let layer = 0; layer < layers; layer++) yield { component, resolution, precinct, layer };
    }
  }
}

/** Row by row, coarsest resolution first where several begin at one place. */
function positionsOf(resolutions: readonly Resolution[]): Position[] {
  const rows = new Map<number, Map<number, { resolution: number; precinct: number }[]>>();
  for (const [index, resolution] of resolutions.entries()) {
    for (let precinct = 0; precinct < resolution.columns * resolution.rows; precinct++) {
      const { x, y } = placeOf(resolution, precinct, resolutions.length - 1 - index);
      const row = entryOf(rows, y, () => new Map());
      entryOf(row, x, () => []).push({ resolution: index, precinct });
    }
  }
  let start = 0;
  return sorted(rows).flatMap((row) =>
    sorted(row).map((members) => {
      start += members.length;
      return { start: start - members.length, members };
    }),
  );
}

function entryOf<T>(map: Map<number, T>, key: number, create: () => T): T {
  const known = map.get(key) ?? create();
  map.set(key, known);
  return known;
}

function sorted<T>(map: ReadonlyMap<number, T>): T[] {
  return [...map].sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** Where a precinct begins, in samples of the tile. */
function placeOf(resolution: Resolution, precinct: number, halvings: number): { x: number; y: number } {
  const { firstColumn, firstRow, columns, precinct: size, start } = resolution;
  const column = precinct % columns;
  const row = Math.floor(precinct / columns);
  return {
    x: column === 0 ? start.x : (firstColumn + column) * 2 ** (size.width + halvings),
    y: row === 0 ? start.y : (firstRow + row) * 2 ** (size.height + halvings),
  };
}
