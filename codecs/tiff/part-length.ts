/** How many bytes are decoded at once: a few milliseconds of work. Larger tiles let other requests have their turn. */
export const PART_LENGTH = 2 ** 20;
