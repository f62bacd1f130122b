import type { Figures } from './measure.ts';
import type { Row } from './rows.ts';

/** A row with what was measured: ours first, then the peer's where there is one; an error says why there are none. */
export interface Result {
  readonly row: Row;
  readonly ours: Figures | Error;
  readonly peer: Figures | Error | undefined;
}

/** How a row did against its bar on this machine. */
export interface Verdict {
  readonly barMs: number;
  readonly isMet: boolean;
}

/**
 * How much slower this machine is than the one where the bars were measured: the geometric mean of what the peer needs
 * here over what it needed there. Undefined without a calibrating row of the peer.
 */
export function machineFactor(results: readonly Result[]): number | undefined {
  const logarithms = results.flatMap(({ row, peer }) => {
    return isFigures(peer) && row.peerReferenceMs ? [Math.log(peer.cpuMs / row.peerReferenceMs)] : [];
  });
  if (logarithms.length === 0) return undefined;
  return Math.exp(logarithms.reduce((sum, each) => sum + each, 0) / logarithms.length);
}

/** Undefined where there is nothing to compare. */
export function verdictOf({ row, ours }: Result, factor: number | undefined): Verdict | undefined {
  if (!row.bar || factor === undefined || !isFigures(ours)) return undefined;
  const barMs = row.bar.referenceMs * row.bar.share * factor;
  return { barMs, isMet: ours.cpuMs <= barMs };
}

const COLUMNS = ['work', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms', 'RSS MB'];
const PEER_COLUMNS = ['peer CPU ms', 'ratio', 'bar ms', ''];

/** The table as text, and below it the machine factor and what went wrong. */
export function report(results: readonly Result[]): string {
  const factor = machineFactor(results);
  const hasPeer = results.some(({ peer }) => peer !== undefined);
  const header = hasPeer ? [...COLUMNS, ...PEER_COLUMNS] : COLUMNS;
  const lines = results.map((result) => {
    const cells = [result.row.name, ...figureCells(result.ours)];
    return hasPeer ? [...cells, ...peerCells(result, factor)] : cells;
  });
  return [...table([header, ...lines]), '', ...calibration(results, factor), ...failures(results)].join('\n');
}

function figureCells(figures: Figures | Error): string[] {
  if (!isFigures(figures)) return ['-', '-', '-', '-', '-'];
  const { requestsPerSecond, p50Ms, p99Ms, cpuMs, rssMb } = figures;
  return [requestsPerSecond.toFixed(0), p50Ms.toFixed(2), p99Ms.toFixed(2), cpuMs.toFixed(3), rssMb.toFixed(0)];
}

function peerCells(result: Result, factor: number | undefined): string[] {
  const { ours, peer } = result;
  const verdict = verdictOf(result, factor);
  return [
    isFigures(peer) ? peer.cpuMs.toFixed(3) : '-',
    isFigures(peer) && isFigures(ours) ? (ours.cpuMs / peer.cpuMs).toFixed(2) : '-',
    verdict ? verdict.barMs.toFixed(3) : '-',
    verdict ? (verdict.isMet ? 'met' : 'missed') : '',
  ];
}

/** The first column to the left, the others to the right. */
function table(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => {
    const cells = line.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return cells.join('  ').trimEnd();
  });
}

function calibration(results: readonly Result[], factor: number | undefined): string[] {
  if (factor === undefined) return [];
  const parts = results.flatMap(({ row, peer }) => {
    if (!isFigures(peer) || !row.peerReferenceMs) return [];
    return [
      `${row.name} ${peer.cpuMs.toFixed(2)} / ${row.peerReferenceMs} = ${(peer.cpuMs / row.peerReferenceMs).toFixed(2)}`,
    ];
  });
  return [
    `machine factor ${factor.toFixed(2)}: the peer's ms here over those where the bars were measured (${parts.join(', ')})`,
    "bar ms = reference ms x share x machine factor; ratio = our CPU over the peer's",
  ];
}

function failures(results: readonly Result[]): string[] {
  return results.flatMap(({ row, ours, peer }) => [
    ...(ours instanceof Error ? [`${row.name}: ours: ${ours.message}`] : []),
    ...(peer instanceof Error ? [`${row.name}: peer: ${peer.message}`] : []),
  ]);
}

function isFigures(value: Figures | Error | undefined): value is Figures {
  return value !== undefined && !(value instanceof Error);
}
