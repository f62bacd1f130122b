/** Kinds of image by the bytes they begin with: as hexadecimal digits. */
const SIGNATURES: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['JPEG XL', /^(?:ff0a|0000000c4a584c200d0a870a)/],
  ['HEIF', /^.{8}66747970(?:68656963|68656978|68657663|6d696631|6d736631)/],
  ['BMP', /^424d.{8}00000000/],
  ['Photoshop', /^384250530001/],
  ['OpenEXR', /^762f3101/],
  ['Netpbm', /^503[1-6](?:0a|20)/],
];

/** The name of a common image format whose files begin like `head`, whether it can be read here or not. */
export function knownKindOf(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString('hex');
  return SIGNATURES.find(([, pattern]) => pattern.test(text))?.[0];
}
