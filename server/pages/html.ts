/** Markup that is safe as it stands. */
export interface Html {
  readonly markup: string;
}

type Insertable = Html | string | number | false | undefined | readonly Html[];

/** Markup with values put in: texts are escaped, for content and quoted attributes alike; false and undefined are nothing. */
export function html(literals: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  const parts = literals.map((literal, index) => literal + insert(values[index]));
  return { markup: parts.join('') };
}

function insert(value: Insertable): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
