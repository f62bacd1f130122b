import type { BuildOrder } from './build-order.ts';

/** Orders that are carried out one after the other. */
export interface BuildQueue {
  /** Nothing happens where it is there already. */
  add(order: BuildOrder): void;
  /** Names of images; the first is the one at hand. */
  names(): readonly string[];
  /** Resolves when nothing is at hand any more. */
  untilIdle(): Promise<void>;
}

/** More images than this are not remembered; they ask again later. */
const MOST_ORDERS = 1000;

/** @param carryOut - never fails */
export function createBuildQueue(carryOut: (order: BuildOrder) => Promise<void>, onChange: () => void): BuildQueue {
  const orders = new Map<string, BuildOrder>();
  let work = Promise.resolve();

  /** Those that are added meanwhile as well. */
  async function runAll(): Promise<void> {
    for (const order of orders.values()) {
      await carryOut(order);
      orders.delete(order.key);
      onChange();
    }
  }

  return {
    add(order) {
      if (orders.has(order.key) || orders.size >= MOST_ORDERS) return;
      orders.set(order.key, order);
      if (orders.size === 1) work = runAll();
      onChange();
    },
    names: () => [...orders.values()].map(({ name }) => name),
    untilIdle: () => work,
  };
}
