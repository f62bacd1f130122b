import type { ValueType } from './value-type.ts';

/** The headings of the manual and of `--help`, in their order. */
export const GROUPS = [
  'Listening',
  'Files',
  'Encoding',
  'Limits and processing',
  'Caches',
  'HTTP and URLs',
  'IIIF',
  'Watermark',
  'Logging and process',
] as const;

/** One thing an operator can set, declared once: parsing, `--help` and the manual are made of it. */
export interface Setting<T = unknown> {
  /** As an environment variable and in the file. */
  readonly name: string;
  /** Other names of the same setting. */
  readonly aliases?: readonly string[];
  readonly group: (typeof GROUPS)[number];
  readonly type: ValueType<T>;
  /** As an operator would write it. */
  readonly default: string;
  /** What the default amounts to, where its text does not say so. */
  readonly defaultMeaning?: string;
  /** What a number counts. */
  readonly unit?: string;
  readonly description: string;
  /** The value is never shown. */
  readonly isSecret?: true;
  /** Accepted without effect: because it comes later, or because there is nothing here that it could change. */
  readonly status?: 'planned' | 'no-counterpart';
  /** Why a text that is not allowed is not, where what is allowed does not say enough. */
  readonly problemOf?: (text: string) => string | undefined;
  /** The end of a line for the log, for a value that does less than its name says; replaces that of `status`. */
  readonly notice?: (text: string) => string | undefined;
}

/** A setting's name first, then its others. */
export function namesOf(setting: Setting): readonly string[] {
  return [setting.name, ...(setting.aliases ?? [])];
}

/** The command line's form of a name: `JPEG_QUALITY` is `jpeg-quality`, after two dashes. */
export function optionOf(name: string): string {
  return name === 'MEZZOTINT_CONFIG' ? 'config' : name.toLowerCase().replaceAll('_', '-');
}

/** What is allowed, with its unit. */
export function allowedIn(setting: Setting): string {
  return setting.unit ? `${setting.type.allowed} (${setting.unit})` : setting.type.allowed;
}
