/** The privacy blur: one key makes everything unreadable while someone else is in the room, the same key brings
 *  it back. It locks nothing and forgets nothing; whoever leaves the room locks.
 *
 *  While it lies over the window nothing under it can be pressed or typed into: what was open is inert, and of the
 *  keys only its own, the lock's and the one that stops a recording arrive anywhere. What is marked
 *  `data-above-privacy` stays readable and usable, which is the way back, the recording light and "Need help now". */
import { pressed } from '../design'

const ABOVE = '[data-above-privacy]'
const THROUGH = ['mod b', 'mod l', 'mod .']

class Privacy {
  hidden = $state(false)
  #stood: HTMLElement | null = null
  #lift: () => void = () => undefined

  toggle(): void {
    this.hidden = !this.hidden
    document.documentElement.toggleAttribute('data-private', this.hidden)
    if (this.hidden) this.#hide()
    else this.#show()
  }

  reveal(): void {
    if (this.hidden) this.toggle()
  }

  #hide(): void {
    const { activeElement } = document
    this.#stood = activeElement instanceof HTMLElement ? activeElement : null
    const stopKeys = guardKeys()
    const stopLayers = stillLayers()
    this.#lift = () => {
      stopKeys()
      stopLayers()
    }
  }

  /** Everything is where it was, and so is the focus once the page is no longer inert. */
  #show(): void {
    this.#lift()
    const stood = this.#stood
    queueMicrotask(() => stood?.focus())
  }
}

/** Whether a dialog is open above the blur; then all that is typed, and all that opens, is its own. */
function dialogAbove(): boolean {
  return document.querySelector(`body > ${ABOVE}`) !== null
}

/** Nothing pressed under the blur reaches what listens for keys, neither in the page nor on the window. */
function guardKeys(): () => void {
  const passes = (event: KeyboardEvent) => THROUGH.some((chord) => pressed(event, chord))
  // What is above hears its own keys, but they end there and are no command.
  const beyond = (event: KeyboardEvent) => event.stopPropagation()
  const below = (event: KeyboardEvent) => {
    document.removeEventListener('keydown', beyond)
    if (passes(event)) return
    // Put last each time: a listener of the page after one that stops the event would not run either.
    document.addEventListener('keydown', beyond)
    if (dialogAbove() || event.key === 'Tab') return
    const above = event.target instanceof Element && event.target.closest(ABOVE) !== null
    if (above && (event.key === 'Enter' || event.key === ' ')) return
    event.stopPropagation()
    event.preventDefault()
  }
  addEventListener('keydown', below, { capture: true })
  return () => {
    removeEventListener('keydown', below, { capture: true })
    document.removeEventListener('keydown', beyond)
  }
}

/** Dialogs and menus hang beside the page. Those open now, and those an answer still opens, are inert; what
 *  belongs to a dialog above the blur is not. */
function stillLayers(): () => void {
  const stilled = new Set<HTMLElement>()
  const still = (nodes: Iterable<Node>) => {
    if (dialogAbove()) return
    for (const node of nodes) {
      if (!(node instanceof HTMLElement) || node.id === 'app' || node.inert) continue
      node.inert = true
      stilled.add(node)
    }
  }
  still(document.body.children)
  const watching = new MutationObserver((changes) => still(changes.flatMap((change) => [...change.addedNodes])))
  watching.observe(document.body, { childList: true })
  return () => {
    watching.disconnect()
    for (const node of stilled) node.inert = false
  }
}

export const privacy = new Privacy()
