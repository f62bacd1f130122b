import type { Size } from './geometry.ts';
import type { Identifier } from './identifier.ts';

/** What a folder has one line for. Names are bytes, each character one. */
export type ListedEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'image';
      readonly identifier: Identifier;
      readonly size: Size;
      /** How much of its pyramid is built, from 0 to 1 where that is known; undefined when none is on its way. */
      readonly pyramid?: number | 'begun' | 'waiting' | undefined;
    }
  | { readonly kind: 'problem'; readonly identifier: Identifier; readonly reason: string };

/** One page of one folder. */
export interface FolderPage {
  /** As in identifiers, empty for the folder that holds everything. */
  readonly folder: string;
  readonly entries: readonly ListedEntry[];
  /** From 1 to `pages`. */
  readonly page: number;
  readonly pages: number;
  /** Whether there are more entries than are listed. */
  readonly isCut: boolean;
  /** Whether sample images are being drawn into it. */
  readonly isBeingDrawn: boolean;
}

/**
 * Lists part of a folder: folders first, then images, each in the order of their names.
 *
 * Whether a file is an image is only found out for the page that is shown, so a page may have fewer entries than fit.
 *
 * @param folder - as in identifiers, empty for the folder that holds everything
 * @param page - the first is 1; one behind the last gives the last
 * @throws SourceNotFound when there is no such folder, or none that may be seen
 */
export type ListImages = (folder: string, page: number, signal: AbortSignal) => Promise<FolderPage>;
