import { ImageError } from '../../image/errors.ts';
import type { ErrorBody } from '../reply.ts';

/**
 * One line of an IIP error answer: `1 3` no image chosen, `2 1` nothing to answer, `2 2` no such command, `3 2` no such
 * object.
 */
export interface IipFault {
  readonly code: '1 3' | '2 1' | '2 2' | '3 2';
  /** What it is about, in the client's own words. */
  readonly argument: string;
}

/** A request that IIP has error codes for. */
export class IipError extends ImageError {
  readonly code = 'malformed-request';
  readonly faults: readonly IipFault[];

  constructor(faults: readonly IipFault[]) {
    super(faults.map(({ code, argument }) => `${code} ${argument}`).join('; '));
    this.faults = faults;
  }
}

/** The name that iipsrv gives its errors: scripts look for it. */
const DISPOSITION = 'inline;filename="IIPisAMadGameClosedToOurUnderstanding.netfpx"';

/** Words an error as IIP does: a missing image is its `1 3`, whatever else it has no code for its `2 1`. */
export function iipErrorBody(error: ImageError): ErrorBody {
  const faults = error instanceof IipError ? error.faults : [faultOf(error)];
  return { type: 'application/vnd.netfpx', body: faults.map(errorLine).join(''), disposition: DISPOSITION };
}

function faultOf(error: ImageError): IipFault {
  return { code: error.code === 'source-not-found' ? '1 3' : '2 1', argument: error.message };
}

/** The length counts code and argument and one more. What might end the line early or is no ASCII is masked, dots apart. */
function errorLine({ code, argument }: IipFault): string {
  const printable = argument.replaceAll('…', '...').replace(/[^ -~]/g, '?');
  return `Error/${code.length + printable.length + 1}:${code} ${printable}\r\n`;
}
