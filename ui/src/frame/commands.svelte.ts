/** Everything one can do by name or by key, in one list: the palette searches it, the keyboard listens to it,
 *  the help on "?" prints it. A screen offers its own while it is open and they go when it goes. Where single keys
 *  are switched off no command has one, neither to press nor to read. */
import type { Component } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { dialogIsOpen, isPressable, isTyping, pressed } from '../design'
import { preferences } from '../features/settings/preferences.svelte'

export type Command = {
  /** As it is read, already in the person's language. */
  label: string
  icon?: Component
  /** "n", "mod l", "?": see `design/keys`. Single keys do nothing while someone types. */
  key?: string
  run: () => void
}
type Offer = { place: 'everywhere' | 'here'; commands: () => Command[] }

class Commands {
  #offers = new SvelteMap<symbol, Offer>()

  add(offer: Offer): () => void {
    const id = Symbol('offer')
    this.#offers.set(id, offer)
    return () => this.#offers.delete(id)
  }

  get everywhere(): Command[] {
    return this.#of('everywhere')
  }

  get here(): Command[] {
    return this.#of('here')
  }

  /** Runs what this key stands for; says whether it stands for anything. The open screen comes first. */
  hear(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.repeat) return false
    const command = [...this.here, ...this.everywhere].find(({ key }) => key !== undefined && pressed(event, key))
    if (command === undefined) return false
    if (isSingle(command.key) && (isTyping(event.target) || dialogIsOpen())) return false
    if (command.key === 'space' && isPressable(event.target)) return false
    event.preventDefault()
    command.run()
    return true
  }

  #of(place: Offer['place']): Command[] {
    return [...this.#offers.values()]
      .filter((offer) => offer.place === place)
      .flatMap((offer) => offer.commands())
      .map((command) => (isSingle(command.key) && !preferences.now.singleKeys ? without(command) : command))
  }
}

function isSingle(key: string | undefined): boolean {
  return key !== undefined && !key.startsWith('mod ')
}

function without({ key: _, ...command }: Command): Command {
  return command
}

/** A single key as it is printed on a button; nothing where single keys are switched off. */
export function singleKey(key: string): string | undefined {
  return preferences.now.singleKeys ? key : undefined
}

export const commandList = new Commands()

/** Offers commands for as long as the component lives: `offer(() => [{ label, key: 'n', run }])`. */
export function offer(commands: () => Command[], place: Offer['place'] = 'here'): void {
  $effect(() => commandList.add({ place, commands }))
}
