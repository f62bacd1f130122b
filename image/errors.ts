/** Every deliberate failure has one of these codes; the server maps each to one HTTP status. */
export type ErrorCode =
  | 'malformed-request'
  | 'region-outside-image'
  | 'size-over-limit'
  | 'upscaling-disabled'
  | 'source-not-found'
  | 'tile-not-found'
  | 'page-not-found'
  | 'request-over-budget'
  | 'unsupported-source'
  | 'corrupt-source'
  | 'source-changed'
  | 'pyramid-not-built'
  | 'overloaded';

/**
 * A failure that the client may be told about.
 *
 * `message` is sent as it stands: it is made of the client's own words and of facts about the protocol, never of paths,
 * library messages or stack traces. What only the operator may see goes into `cause`.
 */
export abstract class ImageError extends Error {
  abstract readonly code: ErrorCode;
}

/** A part of the request does not follow its grammar. */
export class MalformedRequest extends ImageError {
  readonly code = 'malformed-request';
  readonly part: string;

  /** @param expected - what would have been right, as the end of a sentence */
  constructor(part: string, text: string, expected: string) {
    super(`${part} "${excerpt(text)}" is not valid: expected ${expected}`);
    this.part = part;
  }
}

/** Light is to fall on an image that has no directions. */
export class NoNormalMap extends ImageError {
  readonly code = 'malformed-request';

  constructor(bands: number) {
    super(`SHD is not possible here: it lights images of three bands, a normal map, and this one has ${bands}`);
  }
}

/** The region has no pixel in common with the image. */
export class RegionOutsideImage extends ImageError {
  readonly code = 'region-outside-image';

  constructor(image: { readonly width: number; readonly height: number }) {
    super(`region lies outside the image, which is ${image.width} x ${image.height} pixels`);
  }
}

/** An explicit size is larger than this server or the output format allows. */
export class SizeOverLimit extends ImageError {
  readonly code = 'size-over-limit';

  constructor(size: { readonly width: number; readonly height: number }, limit: string) {
    super(`size ${size.width} x ${size.height} is too large: ${limit}`);
  }
}

/** The request asks for more pixels than the region has, and the server is set not to invent any. */
export class UpscalingDisabled extends ImageError {
  readonly code = 'upscaling-disabled';

  constructor() {
    super('this server does not enlarge images');
  }
}

/** No such image, or none that may be known about. */
export class SourceNotFound extends ImageError {
  readonly code = 'source-not-found';

  constructor(options?: ErrorOptions) {
    super('no such image', options);
  }
}

/** The folder exists, but no image lies in it that could be shown. */
export class NoImageInFolder extends ImageError {
  readonly code = 'source-not-found';

  constructor() {
    super('no image in this folder: collection.json lists the folders in it');
  }
}

/** The image exists, the tile or level does not. */
export class TileNotFound extends ImageError {
  readonly code = 'tile-not-found';

  /** @param what - the tile in the protocol's own terms */
  constructor(what: string) {
    super(`no such tile: ${what}`);
  }
}

/** The image exists, the page or view does not. */
export class PageNotFound extends ImageError {
  readonly code = 'page-not-found';

  /** @param what - the page in the client's own words */
  constructor(what: string) {
    super(`no such page: ${excerpt(what)}`);
  }
}

/** The request can never fit the decode budget, however idle the server is. */
export class RequestOverBudget extends ImageError {
  readonly code = 'request-over-budget';

  constructor(neededBytes: number, budgetBytes: number) {
    super(`the request needs ${neededBytes} bytes of decoded pixels, the server allows ${budgetBytes}`);
  }
}

/** A level of an image without stored levels is too large to be decoded as a whole, which is what it would take. */
export class LevelOverBudget extends ImageError {
  readonly code = 'request-over-budget';
  readonly neededBytes: number;
  readonly budgetBytes: number;

  /** @param neededBytes - what decoding takes at its height */
  constructor(neededBytes: number, budgetBytes: number) {
    super(
      `the image has no pyramid, and decoding it at this resolution takes ${neededBytes} bytes where the server allows ` +
        `${budgetBytes}: ask for a smaller size; its owner may raise MAX_DECODED_BYTES or make a pyramid of it`,
    );
    this.neededBytes = neededBytes;
    this.budgetBytes = budgetBytes;
  }
}

/** An image, but of a kind this server does not read. */
export class UnsupportedSource extends ImageError {
  readonly code = 'unsupported-source';

  /** @param kind - what the image uses, in the words of its format */
  constructor(kind: string) {
    super(`this kind of image is not supported: ${kind}`);
  }
}

/** The stored bytes contradict themselves or end too early. The reason is for the log only. */
export class CorruptSource extends ImageError {
  readonly code = 'corrupt-source';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('the image file is damaged', options);
    this.reason = reason;
  }
}

/** The stored bytes were replaced while they were read. */
export class SourceChanged extends ImageError {
  readonly code = 'source-changed';

  constructor() {
    super('the image is being replaced, try again');
  }
}

/** The image is too large to be decoded as a whole, and its pyramid does not exist yet. */
export class PyramidNotBuilt extends ImageError {
  readonly code = 'pyramid-not-built';

  constructor(cause: LevelOverBudget) {
    super(
      `the image can be had at this resolution once its pyramid is built: decoding it takes ${cause.neededBytes} bytes, ` +
        `the server allows ${cause.budgetBytes}; smaller sizes may be had now`,
      { cause },
    );
  }
}

/** More work is waiting than can be done in time. */
export class Overloaded extends ImageError {
  readonly code = 'overloaded';

  constructor() {
    super('the server is busy, try again');
  }
}

/** Fails to compile where a union has a member that no branch handles. */
export function assertNever(value: never): never {
  throw new Error(`unhandled value: ${JSON.stringify(value)}`);
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
