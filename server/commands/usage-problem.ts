/** What is wrong with a command line, one problem a line. */
export class UsageProblem extends Error {}
