/** The pause after wrong passwords, counted down. Rust decides how long; this only shows it, and Rust refuses
 *  anyway if somebody stops the clock. */
export class Wait {
  seconds = $state(0)
  #ticking: ReturnType<typeof setInterval> | undefined

  /** Counts down from what Rust said. */
  from(seconds: number): void {
    this.stop()
    this.seconds = seconds
    if (seconds <= 0) return
    const ends = Date.now() + seconds * 1000
    this.#ticking = setInterval(() => {
      this.seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000))
      if (this.seconds === 0) this.stop()
    }, 250)
  }

  stop(): void {
    clearInterval(this.#ticking)
  }
}
