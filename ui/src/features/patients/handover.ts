/** The name that was searched for in vain, on its way to the form for a new person.
 *
 *  It goes by memory and is taken once, because the address holds ids and never a name: an address may end up in a
 *  picture or a log. */
let name = ''

export function handOver(searched: string): void {
  name = searched
}

export function takeOver(): string {
  const taken = name
  name = ''
  return taken
}
