/** For how long something was waited for: requests that overlap count once. */
export class Waits {
  #open = 0;
  #since = 0;
  #milliseconds = 0;

  begin(): void {
    if (this.#open++ === 0) this.#since = performance.now();
  }

  end(): void {
    if (--this.#open === 0) this.#milliseconds += performance.now() - this.#since;
  }

  /** What has ended. */
  get seconds(): number {
    return this.#milliseconds / 1000;
  }
}
