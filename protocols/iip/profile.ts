import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SampleType } from '../../image/source.ts';
import { printFixed, printGeneral } from './c-numbers.ts';

/** One view's part of a profile. */
export interface ViewProfile {
  /** Undefined where the image has no other views. */
  readonly name: string | undefined;
  readonly values: readonly string[];
}

/** Samples of one type, bands interleaved. */
export interface ProfileSamples {
  readonly values: readonly number[];
  readonly sample: SampleType;
}

/** Values printed before other requests get their turn. */
const PART_VALUES = 2 ** 14;

/** The samples as they are printed; what is no number is 0. */
export async function printSamples({ values, sample }: ProfileSamples, scale: number): Promise<string[]> {
  const print = sample === 'float32' ? printReal : printInteger;
  const printed: string[] = [];
  for (let start = 0; start < values.length; start += PART_VALUES) {
    if (start > 0) await nextTurn();
    for (const value of values.slice(start, start + PART_VALUES)) printed.push(print(value * scale));
  }
  return printed;
}

function printReal(value: number): string {
  return printFixed(Number.isFinite(value) ? value : 0, 9);
}

function printInteger(value: number): string {
  return printGeneral(value, 6);
}

/** The JSON answer of PFL, in the white space of iipsrv. */
export function profileDocument(views: readonly ViewProfile[]): string {
  const [first] = views;
  if (first && first.name === undefined) return `{\n\t"profile": [${first.values.join(',')}]\n}`;
  const members = views.map(({ name = '', values }) => `\t\t${JSON.stringify(name)}: [${values.join(',')}]`);
  return `{\n\t"profile": {\n${members.join(',\n')}\n\t}\n}`;
}
