/**
 * Writes CMYK bytes as RGB as if inks were perfect, which is what remains without a colour profile.
 *
 * @param bands - of a pixel of `ink`, four of which are inks
 * @param outputBands - from one pixel to the next in `output`
 */
export function cmykToRgb(ink: Uint8Array, bands: number, output: Uint8Array, outputBands: number): void {
  for (let at = 0, to = 0; at < ink.length; at += bands, to += outputBands) {
    const light = 255 - Number(ink[at + 3]);
    output[to] = ((255 - Number(ink[at])) * light + 127) / 255;
    output[to + 1] = ((255 - Number(ink[at + 1])) * light + 127) / 255;
    output[to + 2] = ((255 - Number(ink[at + 2])) * light + 127) / 255;
  }
}
