/** The known name that is nearest to a mistyped one; undefined where none is near. */
export function suggest(mistyped: string, known: readonly string[]): string | undefined {
  const reach = Math.min(Math.max(2, Math.floor(mistyped.length / 4)), Math.floor(mistyped.length / 2));
  const near = known
    .map((name) => ({ name, distance: editDistance(mistyped.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach);
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** How many letters must be put in, taken out or exchanged to make `b` of `a` (Levenshtein). */
function editDistance(a: string, b: string): number {
  const start = Array.from({ length: b.length + 1 }, (_, index) => index);
  const rows = [...a].reduce((above, letter, row) => nextRow(above, letter, row, b), start);
  return rows[b.length] ?? 0;
}

function nextRow(above: readonly number[], letter: string, row: number, b: string): number[] {
  const next = [row + 1];
  for (let column = 0; column < b.length; column++) {
    const exchanged = (above[column] ?? 0) + (letter === b[column] ? 0 : 1);
    next.push(Math.min(exchanged, (above[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
  }
  return next;
}
