import type { CanonicalRequest } from './canonical.ts';
import type { Rect, Size } from './geometry.ts';
import type { Identifier } from './identifier.ts';
import type { InfoMembers } from './info-members.ts';
import type { Metadata } from './metadata.ts';
import type { ImageRequest, PageAddress, ResolvedRequest } from './request.ts';
import type { Level, PageLabel, PixelBuffer, PixelLayout, Pyramid, SampleRange } from './source.ts';

/** What a client may hold a stored answer against. */
export interface Validators {
  /** Strong, quoted as in the header. */
  readonly etag: string;
  /** When the image file was last changed. */
  readonly lastModified: Date;
}

/** How one caller wants to be served. */
export interface CallOptions {
  /** Fires when the caller does not wait any more; looked at only when there is something to wait for. */
  readonly signal: AbortSignal;
  /** Whether the client's own copy still holds; asked before anything is decoded. */
  readonly isFresh: (validators: Validators) => boolean;
}

/** One who waits for an answer that every client gets anew. */
export type Caller = Pick<CallOptions, 'signal'>;

/** An encoded image, ready to be sent. */
export interface EncodedImage {
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** The answer to a request; `image` is undefined where the client's own copy still holds. */
export interface ImageAnswer {
  readonly validators: Validators;
  readonly image: EncodedImage | undefined;
  /** What the request came to for this image: exports are named after its size. */
  readonly resolved: ResolvedRequest;
  /** The same as any request for these pixels comes to; worked out when it is asked for. */
  canonical(): CanonicalRequest;
}

/** The angles from which a sequence of files shows its object; ascending. */
export interface Views {
  readonly horizontal: readonly number[];
  readonly vertical: readonly number[];
}

/** What descriptor documents are made of. */
export interface ImageDescription {
  readonly validators: Validators;
  readonly levels: Pyramid;
  readonly layout: PixelLayout;
  /** With the operator's rights statement where the image has none. */
  readonly metadata: Metadata;
  /** The tile size to advertise, in pixels; a square of its width in protocols that know only square tiles. */
  readonly tile: Size;
  /** Longest side of an export in pixels; Infinity for none. */
  readonly maxSide: number;
  /** Most pixels an export may have, so that whatever is advertised succeeds. */
  readonly maxArea: number;
  readonly allowUpscaling: boolean;
  /** What the operator adds to the description of this image. */
  readonly extra: InfoMembers;
  /** The pages of a file that has several. */
  readonly stack?: readonly PageLabel[];
  /** The views of a sequence of files. */
  readonly views?: Views;
}

/** One picture in one state: whatever is asked of it comes from the same stored bytes. */
export interface LentImage {
  readonly description: ImageDescription;
  /**
   * Whatever copy the client holds.
   *
   * @param request - for this picture
   * @throws ImageError of any kind
   */
  render(request: ImageRequest): Promise<EncodedImage>;
  /**
   * Lends the samples of a window as they are stored, before any range or operation.
   *
   * @param window - in the level's own pixels, inside the level
   * @param use - the pixels are gone when it returns
   * @throws RequestOverBudget, CorruptSource, SourceChanged, Overloaded
   */
  readSamples<T>(level: Level, window: Rect, use: (pixels: PixelBuffer) => T): Promise<T>;
  /** What is shown as black and as white in each band: what the file says, else what its samples are. */
  ranges(): Promise<readonly SampleRange[]>;
}

/** Which picture of which image, and from how many of its quality layers samples are read: all where nothing is said. */
export type WantedImage = Pick<ImageRequest, 'identifier' | 'page' | 'layers'>;

/** The one door between the protocols and the application. */
export interface ImageService {
  /** @throws ImageError of any kind */
  render(request: ImageRequest, options: CallOptions): Promise<ImageAnswer>;
  /**
   * Only the newest description is given, whatever copy the client holds.
   *
   * @param page - undefined is the first
   * @throws SourceNotFound, PageNotFound, UnsupportedSource, CorruptSource, Overloaded
   */
  describe(identifier: Identifier, caller: Caller, page?: PageAddress): Promise<ImageDescription>;
  /**
   * Lends a picture for as long as `work` takes, for answers that are made of several parts of it.
   *
   * @param work - done again from the start when the file is replaced meanwhile
   * @throws what `work` throws, and what `describe` does
   */
  lend<T>(wanted: WantedImage, caller: Caller, work: (image: LentImage) => Promise<T>): Promise<T>;
}
