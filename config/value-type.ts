/** What became of a text: the value, or the fact that it is none. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** How the text of a setting becomes its value. */
export interface ValueType<T> {
  /** What is allowed, as it ends the sentence "expected …". */
  readonly allowed: string;
  /** Numbers only; both ends are allowed. */
  readonly range?: { readonly min: number; readonly max: number };
  parse(text: string): Parsed<T>;
}

/** The largest number where nothing else limits it. */
export const LARGEST_INTEGER = 2 ** 31 - 1;

const INVALID: Parsed<never> = { ok: false };

/** A whole number in plain digits, both ends included. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    allowed: `an integer from ${min} to ${max}`,
    range: { min, max },
    parse: (text) => (/^[+-]?\d{1,15}$/.test(text) ? within(Number(text), min, max) : INVALID),
  };
}

/** A number with or without decimals, without exponent, both ends included. */
export function decimal(min: number, max: number): ValueType<number> {
  return {
    allowed: `a number from ${min} to ${max}`,
    range: { min, max },
    parse: (text) => (/^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? within(Number(text), min, max) : INVALID),
  };
}

/** 0 or 1. */
export function toggle(): ValueType<boolean> {
  return { ...numbered([false, true]), allowed: '0 (off) or 1 (on)' };
}

/** One of a list, given by its position: 0 is the first. */
export function numbered<const T>(values: readonly T[]): ValueType<T> {
  return {
    allowed: values.map((value, index) => `${index} (${value})`).join(', '),
    range: { min: 0, max: values.length - 1 },
    parse: (text) => choose(/^\d{1,3}$/.test(text) ? values[Number(text)] : undefined),
  };
}

/** One of a list, given as it is written there; the first ones by their position as well. */
export function namedOrNumbered<const T extends string>(values: readonly T[], numberedCount: number): ValueType<T> {
  const byNumber = numbered(values.slice(0, numberedCount));
  const byName = oneOf(values);
  return {
    allowed: `${byNumber.allowed}, or one of ${values.join(', ')}`,
    parse(text) {
      const found = byNumber.parse(text);
      return found.ok ? found : byName.parse(text);
    },
  };
}

/** One of a list, given as it is written there. */
export function oneOf<const T extends string | number>(values: readonly T[]): ValueType<T> {
  return {
    allowed: values.join(' or '),
    parse: (text) => choose(values.find((value) => String(value) === text)),
  };
}

/** Any text that `pattern` matches as a whole. */
export function text(allowed: string, pattern: RegExp): ValueType<string> {
  return { allowed, parse: (given) => (pattern.test(given) ? { ok: true, value: given } : INVALID) };
}

/** The same type, where no text at all stands for undefined. */
export function optional<T>(type: ValueType<T>): ValueType<T | undefined> {
  return { ...type, parse: (given) => (given === '' ? { ok: true, value: undefined } : type.parse(given)) };
}

/** A type made by a function that gives undefined for what it does not allow. */
export function parsedBy<T extends NonNullable<unknown>>(
  allowed: string,
  parse: (text: string) => T | undefined,
): ValueType<T> {
  return { allowed, parse: (given) => choose(parse(given)) };
}

function within(value: number, min: number, max: number): Parsed<number> {
  return value >= min && value <= max ? { ok: true, value } : INVALID;
}

function choose<T>(value: T | undefined): Parsed<T> {
  return value === undefined ? INVALID : { ok: true, value };
}
