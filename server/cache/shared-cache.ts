import type { EncodedImage } from '../../image/service.ts';

/** Encoded images shared by several processes or machines. It never fails: what goes wrong is a miss. */
export interface SharedCache {
  get(key: string): Promise<EncodedImage | undefined>;
  /** Returns at once; the image is stored when and if it can be. */
  set(key: string, image: EncodedImage): void;
  close(): Promise<void>;
}
