import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';
import { createChunkReader } from '../tiff/chunk-reader.ts';
import type { CodestreamRange } from './main-header.ts';

/** A box in memory, without its header. */
export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** A box in the file, without its header. */
export interface BoxRange extends CodestreamRange {
  readonly type: string;
}

/** What a JP2 or JPX file holds. */
export interface Jp2File {
  readonly codestream: CodestreamRange;
  /** The boxes of the header, those of superboxes among them. */
  readonly header: readonly Box[];
  /** What lies beside the image: XML and the like. */
  readonly extras: readonly BoxRange[];
}

const SIGNATURE = '0000000c6a5020200d0a870a';
const RAW = 'ff4fff51';
const MAX_BOXES = 4096;
/** Colour profiles are the only long thing in it. */
const MAX_HEADER = 20 * 2 ** 20;
const SUPERBOXES = ['res ', 'cgrp'];

/** Whether a file begins as JP2, JPX or JPH, or as a codestream without boxes. */
export function isJpeg2000(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 12)).toString('hex');
  return text === SIGNATURE || text.startsWith(RAW);
}

/** @throws CorruptSource, UnsupportedSource */
export async function readBoxes(bytes: ByteSource, head: Uint8Array): Promise<Jp2File> {
  if (head[0] === 0xff) return { codestream: { offset: 0, byteLength: bytes.size }, header: [], extras: [] };
  const boxes = await listBoxes(bytes, head);
  const codestream = boxes.find(({ type }) => type === 'jp2c');
  if (!codestream) {
    if (boxes.some(({ type }) => type === 'ftbl')) throw new UnsupportedSource('JPX in fragments');
    throw new CorruptSource('no codestream in the file');
  }
  const header = boxes.find(({ type }) => type === 'jp2h');
  const extras = boxes.filter(({ type }) => type === 'uuid' || type === 'xml ');
  return { codestream, header: header ? await readHeaderBox(bytes, header) : [], extras };
}

async function listBoxes(bytes: ByteSource, head: Uint8Array): Promise<BoxRange[]> {
  const chunks = createChunkReader(bytes, head);
  const boxes: BoxRange[] = [];
  for (let at = 0; at + 8 <= bytes.size; ) {
    const available = Math.min(16, bytes.size - at);
    const { type, headerLength, byteLength } = parseBoxHeader(Buffer.from(await chunks.view(at, available)));
    const rest = bytes.size - at;
    const length = byteLength === 0 ? rest : byteLength;
    if (length < headerLength) throw new CorruptSource(`box ${type} of ${length} bytes`);
    if (boxes.length >= MAX_BOXES) throw new CorruptSource(`more than ${MAX_BOXES} boxes`);
    boxes.push({ type, offset: at + headerLength, byteLength: Math.min(length, rest) - headerLength });
    at += length;
  }
  return boxes;
}

/** @param bytes - at least 8 */
function parseBoxHeader(bytes: Buffer): { type: string; headerLength: number; byteLength: number } {
  const type = bytes.toString('latin1', 4, 8);
  const length = bytes.readUInt32BE(0);
  if (length !== 1) return { type, headerLength: 8, byteLength: length };
  if (bytes.length < 16) throw new CorruptSource(`box ${type} is cut short`);
  return { type, headerLength: 16, byteLength: bytes.readUInt32BE(8) * 2 ** 32 + bytes.readUInt32BE(12) };
}

async function readHeaderBox(bytes: ByteSource, { offset, byteLength }: BoxRange): Promise<Box[]> {
  if (byteLength > MAX_HEADER) throw new UnsupportedSource(`JP2 with a header of ${byteLength} bytes`);
  return boxesIn(Buffer.from(await bytes.read(offset, byteLength)));
}

/** The boxes in a superbox, and those in superboxes among them. @throws CorruptSource */
function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const { type, headerLength, byteLength } = parseBoxHeader(bytes.subarray(at));
    const length = byteLength === 0 ? bytes.length - at : byteLength;
    if (length < headerLength || at + length > bytes.length) throw new CorruptSource(`box ${type} of ${length} bytes`);
    const content = bytes.subarray(at + headerLength, at + length);
    boxes.push(...(SUPERBOXES.includes(type) ? boxesIn(content) : [{ type, content }]));
    at += length;
  }
  return boxes;
}
