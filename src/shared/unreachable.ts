/** The never-check: a `switch` over a closed union ends here, so a new member that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected value ${JSON.stringify(value)}`);
}
