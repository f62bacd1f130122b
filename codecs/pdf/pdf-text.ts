/** A text string of PDF: UTF-16 with the mark that says so, in hexadecimal digits. */
export function pdfText(text: string): string {
  return `<${Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex')}>`;
}

/** A date as PDF has it, of one as TIFF and EXIF have it; undefined for any other form. */
export function pdfDate(text: string): string | undefined {
  const digits = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text)?.slice(1).join('');
  return digits && `(D:${digits})`;
}

/** Bytes as one character each. */
export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
