/** The server cannot start; the message is one line for the operator. */
export class StartFailure extends Error {}
