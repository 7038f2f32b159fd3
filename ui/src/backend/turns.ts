/** One press after the other. Rust carries out what it is asked side by side, so two presses that were sent right after
 *  each other may come about the other way round; where that would matter, the second waits here for the first.
 *
 *  A turn that failed is over like any other, and whoever took it hears why. Nothing is sent twice or left out. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  next<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
