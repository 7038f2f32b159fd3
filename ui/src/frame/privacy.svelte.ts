/** The privacy blur: one key makes everything unreadable while someone else is in the room, the same key brings
 *  it back. It locks nothing and forgets nothing; whoever leaves the room locks. */
class Privacy {
  hidden = $state(false)

  toggle(): void {
    this.hidden = !this.hidden
    document.documentElement.toggleAttribute('data-private', this.hidden)
  }

  reveal(): void {
    if (this.hidden) this.toggle()
  }
}

export const privacy = new Privacy()
