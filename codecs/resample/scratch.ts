/** The memory of a kernel and its allocator. */
export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBufferLike };
  /** @returns the address, 0 where memory cannot grow so far */
  allocate(byteLength: number): number;
  /** Forgets all that was allocated. */
  reset(): void;
}

/** Places data in a kernel's memory for the time of one piece of work. */
export interface Scratch {
  reset(): void;
  /** @returns the address of so many bytes, contents undefined, behind which kernels may read and write a little */
  take(byteLength: number): number;
  /** Copies a view there. @param byteLength - what is longer than the view is filled with zeros */
  put(view: ArrayBufferView, byteLength?: number): number;
  /** Copies from an address into all of a view. */
  copyTo(view: ArrayBufferView, address: number): void;
}

/** Kernels read and write up to 16 bytes beyond what they are told, and read one pixel beyond a source of odd length. */
const MARGIN = 32;

export function createScratch({ memory, allocate, reset }: KernelMemory): Scratch {
  function take(byteLength: number): number {
    const address = allocate(byteLength + MARGIN);
    if (address === 0) throw new RangeError(`no memory for ${byteLength} bytes`);
    new Uint8Array(memory.buffer, address + byteLength, MARGIN).fill(0); // no number that would spoil a sum
    return address;
  }

  return {
    reset,
    take,
    put(view, byteLength = view.byteLength) {
      const address = take(byteLength);
      const target = new Uint8Array(memory.buffer, address, byteLength);
      target.set(bytesOf(view));
      if (byteLength > view.byteLength) target.fill(0, view.byteLength);
      return address;
    },
    copyTo(view, address) {
      bytesOf(view).set(new Uint8Array(memory.buffer, address, view.byteLength));
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
